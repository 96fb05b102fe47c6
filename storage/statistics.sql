-- name: count_opened(unit, since, until)$
select count(*) from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined');

-- name: count_people(unit, since, until)$
select count(distinct report.resident)
from ticket
join report on report.ticket = ticket.number
where ticket.unit in (select unit from unit_scope where ancestor = :unit)
    and ticket.opened_at >= :since and ticket.opened_at < :until
    and coalesce(ticket.outcome, '') not in ('mistaken', 'joined');

-- name: count_joined(unit, since, until)$
select count(*)
from ticket
join report on report.ticket = ticket.number
where ticket.unit in (select unit from unit_scope where ancestor = :unit)
    and ticket.opened_at >= :since and ticket.opened_at < :until
    and report.resident <> ticket.resident
    and coalesce(ticket.outcome, '') not in ('mistaken', 'joined');

-- name: count_by_stage(unit)
select stage, count(*)
from ticket
where stage <> 'closed' and unit in (select unit from unit_scope where ancestor = :unit)
group by stage;

-- name: count_by_outcome(unit, since, until)
select outcome, count(*)
from ticket
where closed_at >= :since and closed_at < :until
    and unit in (select unit from unit_scope where ancestor = :unit)
group by outcome;

-- name: count_response(unit, since, until, now)^
select
    coalesce(sum(case when contact_done_at <= contact_due_at then 1 else 0 end), 0),
    coalesce(sum(case when contact_done_at is not null or contact_due_at <= :now then 1 else 0 end), 0)
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined', 'withdrawn');

-- name: count_solution(unit, since, until)^
select
    count(*),
    coalesce(sum(case when is_solved = 1 then 1 else 0 end), 0),
    coalesce(sum(case when is_satisfied is not null then 1 else 0 end), 0),
    coalesce(sum(case when is_satisfied = 1 then 1 else 0 end), 0)
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until
    and outcome in ('confirmed', 'unconfirmed');
