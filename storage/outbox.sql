-- "state in ('new', 'sending', 'unknown')" beside "state = ..." lets SQLite use the partial index.
-- "platform || ''" keeps it from the index of message ids, where a busy group's whole past stands.

-- name: queue_message(slot, platform, conversation, unit, kind, text, at_users, images, ticket, person, queued_at, not_before)<!
insert into outbox (
    slot, platform, conversation, unit, kind, text, at_users, images, ticket, person,
    state, queued_at, not_before, tries
) values (
    :slot, :platform, :conversation, :unit, :kind, :text, :at_users, :images, :ticket, :person,
    'new', :queued_at, :not_before, 0
)
on conflict (slot) do nothing
returning id;

-- name: claim_row(id, now)^
-- record_class: OutboxRow
update outbox set state = 'sending', claimed_at = :now, tries = tries + 1
where id = :id and state = 'new'
returning *;

-- name: get_row(id)^
-- record_class: OutboxRow
select * from outbox where id = :id;

-- name: get_by_slot(slot)^
-- record_class: OutboxRow
select * from outbox where slot = :slot;

-- name: mark_sent(id, message_id, at)!
update outbox set state = 'sent', message_id = coalesce(:message_id, message_id), sent_at = :at, error = null
where id = :id;

-- name: mark_unknown(id, error)!
update outbox set state = 'unknown', error = :error where id = :id and state in ('new', 'sending', 'unknown');

-- name: mark_dead(id, error, at)!
update outbox set state = 'dead', error = :error, claimed_at = :at
where id = :id and state in ('new', 'sending', 'unknown');

-- name: cancel_row(id, error)!
update outbox set state = 'cancelled', error = :error where id = :id and state = 'new';

-- name: release_row(id, not_before, error, untried)!
update outbox set state = 'new', not_before = :not_before, error = :error, tries = tries - :untried
where id = :id and state in ('sending', 'unknown');

-- name: set_text(id, text, ticket)!
update outbox set text = :text, ticket = :ticket where id = :id and state = 'new';

-- name: retarget_row(id, platform, conversation)!
update outbox set platform = :platform, conversation = :conversation where id = :id;

-- name: next_due(after)$
select min(not_before) from outbox
where state = 'new' and state in ('new', 'sending', 'unknown') and not_before > :after;

-- name: list_sent_lately(since, most)
select platform, conversation, sent_at from (
    select id, platform, conversation, sent_at, state from outbox order by id desc limit :most
) as newest
where state = 'sent' and sent_at >= :since
order by sent_at, id;

-- name: list_spoken(platform, most)
select conversation, message_id, text from (
    select id, platform, conversation, message_id, text from outbox order by id desc limit :most
) as newest
where platform = :platform and message_id is not null
order by id;

-- name: list_in_state(state)
-- record_class: OutboxRow
select * from outbox where state = :state and state in ('new', 'sending', 'unknown') order by id;

-- name: list_due_before(before)
-- record_class: OutboxRow
select * from outbox
where state = 'new' and state in ('new', 'sending', 'unknown') and not_before < :before
order by id;

-- name: list_open_in_conversation(platform, conversation)
-- record_class: OutboxRow
select * from outbox
where state in ('new', 'sending', 'unknown') and tries > 0
    and platform || '' = :platform and conversation || '' = :conversation
order by id;

-- name: get_by_message(platform, conversation, message_id)^
-- record_class: OutboxRow
select * from outbox
where platform = :platform and conversation = :conversation and message_id = :message_id
order by id desc limit 1;

-- name: list_dead_since(unit, since, oldest)
-- record_class: OutboxRow
select * from outbox
where state = 'dead' and queued_at >= :oldest and claimed_at >= :since
    and unit in (select unit from unit_scope where ancestor = :unit)
order by queued_at, id;

-- name: last_acknowledgement(platform, conversation, most)$
select text from (
    select id, platform, conversation, kind, text from outbox order by id desc limit :most
) as newest
where platform = :platform and conversation = :conversation and kind = 'ack'
order by id desc limit 1;

-- name: list_for_ticket(ticket)
-- record_class: OutboxRow
select * from outbox where ticket = :ticket order by id;

-- name: cancel_for_ticket(ticket, reason)!
update outbox set state = 'cancelled', error = coalesce(:reason, error)
where ticket = :ticket and state = 'new' and tries = 0 and kind not in ('reminder', 'escalation');

-- name: restore_cancelled(ticket, reason)!
update outbox set state = 'new', error = null
where ticket = :ticket and state = 'cancelled' and error = :reason;

-- name: list_waiting(platform, conversation, kind, now)
-- record_class: OutboxRow
select * from outbox
where state = 'new' and state in ('new', 'sending', 'unknown') and not_before <= :now and tries = 0
    and platform || '' = :platform and conversation || '' = :conversation and kind = :kind
order by id;

-- name: cancel_for_slot(prefix, length)!
update outbox set state = 'cancelled'
where state = 'new' and state in ('new', 'sending', 'unknown') and tries = 0
    and substr(slot, 1, :length) = :prefix;
