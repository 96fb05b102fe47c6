-- name: add_correction(at, person, resident, act, field, place, text)$
insert into correction (at, person, resident, act, field, place, text)
values (:at, :person, :resident, :act, :field, :place, :text)
returning id;

-- name: list_all()
-- record_class: Correction
select * from correction order by id;
