-- name: add_approval(ticket, kind, reason, new_due_at, asked_by, asked_at)^
-- record_class: Approval
insert into approval (ticket, kind, state, reason, new_due_at, asked_by, asked_at)
values (:ticket, :kind, 'waiting', :reason, :new_due_at, :asked_by, :asked_at)
returning *;

-- name: get_approval(approval)^
-- record_class: Approval
select * from approval where id = :approval;

-- name: get_waiting(ticket)^
-- record_class: Approval
select * from approval where ticket = :ticket and state = 'waiting' order by id desc limit 1;

-- name: get_approved(ticket, decided_at)^
-- record_class: Approval
select * from approval
where ticket = :ticket and state = 'approved' and decided_at = :decided_at
order by id desc limit 1;

-- name: list_waiting_in_scope(unit)
-- record_class: Approval
select approval.* from approval
join ticket on ticket.number = approval.ticket
where approval.state = 'waiting' and ticket.unit in (select unit from unit_scope where ancestor = :unit)
order by approval.id;

-- name: decide_approval(approval, state, decided_by, decided_at)!
update approval set state = :state, decided_by = :decided_by, decided_at = :decided_at
where id = :approval and state = 'waiting';

-- name: unsettle_approvals(ticket, settled_at)!
update approval set state = 'waiting', decided_by = null, decided_at = null
where ticket = :ticket and state = 'settled' and decided_at = :settled_at;

-- name: add_assist(ticket, unit, asked_by, asked_at)!
insert into assist (ticket, unit, asked_by, asked_at)
values (:ticket, :unit, :asked_by, :asked_at)
on conflict (ticket, unit) do nothing;

-- name: list_assists(ticket)
-- record_class: Assist
select * from assist where ticket = :ticket order by asked_at, unit;
