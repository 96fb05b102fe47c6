-- name: add_correction(at, person, resident, act, field, place, text, key, ticket)$
insert into correction (at, person, resident, act, field, place, text, key, ticket)
values (:at, :person, :resident, :act, :field, :place, :text, :key, :ticket)
returning id;

-- name: list_all()
-- record_class: Correction
select * from correction order by id;

-- name: remove_given_by(key)!
delete from correction where key = :key;

-- name: list_lessons()
-- record_class: Lesson
select ticket.number as ticket, ticket.resident, ticket.field, ticket_message.text
from ticket
join ticket_message on ticket_message.key = ticket.source_key
where ticket.outcome in ('confirmed', 'unconfirmed') and ticket.is_sensitive = 0
    and ticket_message.text <> '' and ticket_message.is_recalled = 0
order by ticket.number;
