-- name: list_all()
select unit, name from known_place order by unit, name;

-- name: add(unit, name)!
insert into known_place (unit, name) values (:unit, :name)
on conflict (unit, name) do nothing;

-- name: remove_all()!
delete from known_place;

-- name: list_repeated()
with told as (
    select unit, place_key, place, count(*) as times from ticket
    where outcome in ('confirmed', 'unconfirmed') and is_sensitive = 0 and place is not null
    group by unit, place_key, place
), counted as (
    select unit, place_key, place, times, sum(times) over (partition by unit, place_key) as total
    from told
)
select unit, place_key, place, times from counted
where total > 1
order by unit, place_key, place;

-- name: list_confirmed()
select distinct ticket.unit, ticket.place_key, ticket.place
from ticket
join correction on correction.ticket = ticket.number and correction.place = ticket.place
where ticket.outcome in ('confirmed', 'unconfirmed') and ticket.is_sensitive = 0
    and correction.person is not null
order by ticket.unit, ticket.place_key, ticket.place;
