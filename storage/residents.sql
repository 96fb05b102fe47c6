-- name: see_resident(platform, user_id, name, unit)^
-- record_class: Resident
insert into resident (platform, user_id, name, unit) values (:platform, :user_id, :name, :unit)
on conflict (platform, user_id) do update set
    name = case when excluded.name = '' then resident.name else excluded.name end,
    unit = coalesce(excluded.unit, resident.unit)
returning *;

-- name: get_resident(resident)^
-- record_class: Resident
select * from resident where id = :resident;

-- name: find_resident(platform, user_id)^
-- record_class: Resident
select * from resident where platform = :platform and user_id = :user_id;
