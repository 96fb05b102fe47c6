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

-- name: count_joined_later(unit, since, until)$
select count(*)
from ticket
join report on report.ticket = ticket.number
where ticket.unit in (select unit from unit_scope where ancestor = :unit)
    and ticket.opened_at < :since
    and report.at >= :since and report.at < :until
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

-- name: count_overdue(unit, now)$
select count(*) from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and stage <> 'closed'
    and case stage
        when 'registered' then contact_due_at
        when 'contacted' then acceptance_due_at
        when 'accepted' then handling_due_at
        when 'handled' then answer_due_at
    end <= :now;

-- name: list_opened(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined')
order by opened_at desc, number desc limit :most;

-- name: list_joiners(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined')
    and exists (
        select 1 from report
        where report.ticket = ticket.number and report.resident <> ticket.resident
    )
order by opened_at desc, number desc limit :most;

-- name: list_closed(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until
    and outcome not in ('mistaken', 'joined')
order by closed_at desc, number desc limit :most;

-- name: list_by_outcome(unit, since, until, outcome, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until and outcome = :outcome
order by closed_at desc, number desc limit :most;

-- name: list_not_answered(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until and outcome in ('declined', 'withdrawn')
order by closed_at desc, number desc limit :most;

-- name: list_open(unit, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit) and stage <> 'closed'
order by opened_at, number limit :most;

-- name: list_by_stage(unit, stage, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and stage <> 'closed' and stage = :stage
order by opened_at, number limit :most;

-- name: list_overdue(unit, now, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and stage <> 'closed'
    and case stage
        when 'registered' then contact_due_at
        when 'contacted' then acceptance_due_at
        when 'accepted' then handling_due_at
        when 'handled' then answer_due_at
    end <= :now
order by case stage
        when 'registered' then contact_due_at
        when 'contacted' then acceptance_due_at
        when 'accepted' then handling_due_at
        when 'handled' then answer_due_at
    end, number
limit :most;

-- name: list_response(unit, since, until, now, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined', 'withdrawn')
    and (contact_done_at is not null or contact_due_at <= :now)
order by opened_at desc, number desc limit :most;

-- name: list_in_time(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined', 'withdrawn')
    and contact_done_at <= contact_due_at
order by opened_at desc, number desc limit :most;

-- name: list_late(unit, since, until, now, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined', 'withdrawn')
    and (contact_done_at > contact_due_at or (contact_done_at is null and contact_due_at <= :now))
order by opened_at desc, number desc limit :most;

-- name: list_not_timed(unit, since, until, now, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and opened_at >= :since and opened_at < :until
    and coalesce(outcome, '') not in ('mistaken', 'joined')
    and (outcome = 'withdrawn' or (contact_done_at is null and contact_due_at > :now))
order by opened_at desc, number desc limit :most;

-- name: list_solution(unit, since, until, is_solved, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until
    and outcome in ('confirmed', 'unconfirmed')
    and :is_solved in (-1, coalesce(is_solved, 0))
order by closed_at desc, number desc limit :most;

-- name: list_satisfaction(unit, since, until, is_satisfied, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until
    and outcome in ('confirmed', 'unconfirmed')
    and is_satisfied is not null and :is_satisfied in (-1, is_satisfied)
order by closed_at desc, number desc limit :most;

-- name: list_silent(unit, since, until, most)
-- record_class: ListedTicket
select ticket.*, (select count(*) from report where report.ticket = ticket.number) as people
from ticket
where unit in (select unit from unit_scope where ancestor = :unit)
    and closed_at >= :since and closed_at < :until
    and outcome in ('confirmed', 'unconfirmed') and is_satisfied is null
order by closed_at desc, number desc limit :most;
