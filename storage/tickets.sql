-- name: add_ticket(source_key, unit, platform, conversation, resident, is_sensitive, is_anonymous, kind, field, urgency, place, place_key, gist, body, assignee, opened_at, contact_due_at, acceptance_due_at, handling_due_at, answer_due_at, gather_until, next_action_at)<!
insert into ticket (
    source_key, unit, platform, conversation, resident, is_sensitive, is_anonymous, kind, field, urgency,
    place, place_key, gist, body, stage, assignee, level, reopened, opened_at, clock_started_at,
    contact_due_at, acceptance_due_at, handling_due_at, answer_due_at,
    gather_until, reminders_sent, escalations_sent, next_action_at, updated_at
) values (
    :source_key, :unit, :platform, :conversation, :resident, :is_sensitive, :is_anonymous, :kind, :field, :urgency,
    :place, :place_key, :gist, :body, 'registered', :assignee, 0, 0, :opened_at, :opened_at,
    :contact_due_at, :acceptance_due_at, :handling_due_at, :answer_due_at,
    :gather_until, 0, 0, :next_action_at, :opened_at
)
on conflict (source_key) do nothing
returning number;

-- name: get_ticket(number)^
-- record_class: Ticket
select * from ticket where number = :number;

-- name: get_by_source(source_key)^
-- record_class: Ticket
select * from ticket where source_key = :source_key;

-- name: save_ticket(number, unit, is_sensitive, is_anonymous, kind, field, urgency, place, place_key, gist, body, stage, outcome, assignee, level, reopened, clock_started_at, contact_due_at, contact_done_at, contact_proof, acceptance_due_at, acceptance_done_at, acceptance_proof, handling_due_at, handling_done_at, handling_proof, answer_due_at, answer_done_at, answer_proof, closed_at, closed_proof, is_solved, is_satisfied, joined_into, result, gather_until, acknowledged_at, reminders_sent, escalations_sent, last_reminded_at, next_action_at, updated_at)!
update ticket set
    unit = :unit, is_sensitive = :is_sensitive, is_anonymous = :is_anonymous, kind = :kind, field = :field,
    urgency = :urgency, place = :place, place_key = :place_key, gist = :gist, body = :body, stage = :stage,
    outcome = :outcome, assignee = :assignee, level = :level, reopened = :reopened,
    clock_started_at = :clock_started_at,
    contact_due_at = :contact_due_at, contact_done_at = :contact_done_at, contact_proof = :contact_proof,
    acceptance_due_at = :acceptance_due_at, acceptance_done_at = :acceptance_done_at, acceptance_proof = :acceptance_proof,
    handling_due_at = :handling_due_at, handling_done_at = :handling_done_at, handling_proof = :handling_proof,
    answer_due_at = :answer_due_at, answer_done_at = :answer_done_at, answer_proof = :answer_proof,
    closed_at = :closed_at, closed_proof = :closed_proof, is_solved = :is_solved, is_satisfied = :is_satisfied,
    joined_into = :joined_into, result = :result, gather_until = :gather_until, acknowledged_at = :acknowledged_at,
    reminders_sent = :reminders_sent, escalations_sent = :escalations_sent, last_reminded_at = :last_reminded_at,
    next_action_at = :next_action_at, updated_at = :updated_at
where number = :number;

-- name: reschedule_ticket(number, assignee, gather_until, acknowledged_at, reminders_sent, escalations_sent, last_reminded_at, next_action_at, updated_at)!
update ticket set
    assignee = :assignee, gather_until = :gather_until, acknowledged_at = :acknowledged_at,
    reminders_sent = :reminders_sent, escalations_sent = :escalations_sent, last_reminded_at = :last_reminded_at,
    next_action_at = :next_action_at, updated_at = :updated_at
where number = :number;

-- name: list_due(now, most)
-- record_class: Ticket
select * from ticket where next_action_at <= :now order by next_action_at, number limit :most;

-- name: next_due()$
select min(next_action_at) from ticket where next_action_at is not null;

-- name: list_open_for_person(person)
-- record_class: Ticket
select * from ticket where assignee = :person and stage <> 'closed' order by number;

-- name: list_open_in_scope(unit)
-- record_class: Ticket
select * from ticket
where stage <> 'closed' and unit in (select unit from unit_scope where ancestor = :unit)
order by opened_at, number;

-- name: list_recent_in_unit(unit, since)
-- record_class: Ticket
select * from ticket
where unit = :unit and updated_at >= :since
order by updated_at desc, number desc limit 60;

-- What others raised in private, delicate matters of others and what ended as no matter stay unknown.
-- name: list_known_to(unit, resident, since)
-- record_class: Ticket
select * from ticket
where unit = :unit and updated_at >= :since and (
    (
        is_sensitive = 0 and substr(conversation, 1, 8) <> 'private:'
        and (stage <> 'closed' or outcome in ('confirmed', 'unconfirmed'))
    )
    or exists (select 1 from report where report.ticket = ticket.number and report.resident = :resident)
)
order by updated_at desc, number desc limit 60;

-- name: list_for_resident(resident, most)
-- record_class: Ticket
select ticket.* from ticket
join report on report.ticket = ticket.number
where report.resident = :resident
order by ticket.number desc limit :most;

-- name: list_all()
-- record_class: Ticket
select * from ticket order by number;

-- name: add_message(key, ticket, resident, person, act, at, text, images, images_missing, voice, is_recalled)!
insert into ticket_message (key, ticket, resident, person, act, at, text, images, images_missing, voice, is_recalled)
values (:key, :ticket, :resident, :person, :act, :at, :text, :images, :images_missing, :voice, :is_recalled)
on conflict (key) do nothing;

-- name: get_message(key)^
-- record_class: TicketMessage
select * from ticket_message where key = :key;

-- name: list_spoken(platform, most)
select m.key, r.user_id, m.text
from ticket_message m join resident r on r.id = m.resident
where m.ticket > (select coalesce(max(number), 0) from ticket) - :most
    and r.platform = :platform and m.is_recalled = 0
order by m.at;

-- name: list_messages(ticket)
-- record_class: TicketMessage
select * from ticket_message where ticket = :ticket order by at, key;

-- name: mark_recalled(key)!
update ticket_message set is_recalled = 1 where key = :key;

-- name: move_message(key, target)!
update ticket_message set ticket = :target where key = :key;

-- name: add_report(ticket, resident, conversation, platform, at, is_acknowledged, is_anonymous)!
insert into report (ticket, resident, conversation, platform, at, is_acknowledged, is_anonymous)
values (:ticket, :resident, :conversation, :platform, :at, :is_acknowledged, :is_anonymous)
on conflict (ticket, resident) do nothing;

-- name: list_reports(ticket)
-- record_class: Report
select * from report where ticket = :ticket order by at, resident;

-- name: acknowledge_reports(ticket)!
update report set is_acknowledged = 1 where ticket = :ticket;

-- name: make_anonymous(ticket, resident)!
update report set is_anonymous = 1 where ticket = :ticket and resident = :resident;

-- name: remove_report(ticket, resident)!
delete from report where ticket = :ticket and resident = :resident;

-- name: list_reporters(ticket)
select report.ticket, report.resident, report.conversation, report.platform, report.at, report.is_acknowledged,
    report.is_anonymous, resident.user_id
from report
join resident on resident.id = report.resident
where report.ticket = :ticket
order by report.at, report.resident;

-- name: list_raised_in_scope(unit, since)
select ticket.number, ticket.unit, ticket.field, ticket.opened_at, report.resident
from ticket
join report on report.ticket = ticket.number
where ticket.unit in (select unit from unit_scope where ancestor = :unit)
    and ticket.opened_at >= :since and ticket.is_sensitive = 0
    and coalesce(ticket.outcome, '') not in ('mistaken', 'joined', 'withdrawn')
order by ticket.number, report.resident;
