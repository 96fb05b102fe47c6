-- name: list_past(before, most)
select number from ticket
where stage = 'closed' and body <> '' and closed_at < :before
order by closed_at, number limit :most;

-- name: blank_ticket(number)!
update ticket set body = '', gist = field, place = null, place_key = null, result = null
where number = :number;

-- name: blank_body(number, body)!
update ticket set body = :body where number = :number;

-- name: blank_ticket_messages(number)!
update ticket_message set text = '', images = '[]', images_missing = 0, voice = null
where ticket = :number;

-- name: remove_corrections_about(number)!
delete from correction where ticket = :number;

-- name: blank_events(number)!
update event set detail = '', before = null where ticket = :number;

-- name: drop_befores(number)!
update event set before = null where ticket = :number;

-- name: blank_approvals(number)!
update approval set reason = '' where ticket = :number;

-- name: blank_ticket_outbox(number)!
update outbox set text = '', at_users = '[]', images = '[]'
where ticket = :number and state in ('sent', 'dead', 'cancelled');

-- name: drop_waiting_images(number)!
update outbox set images = '[]' where ticket = :number and state in ('new', 'unknown');

-- name: blank_past_names()!
update resident set name = ''
where name <> '' and not exists (
    select 1 from report join ticket on ticket.number = report.ticket
    where report.resident = resident.id and ticket.body <> ''
) and exists (select 1 from report where report.resident = resident.id);

-- name: remove_past_outbox(before, most)!
delete from outbox
where queued_at < :before and state in ('sent', 'dead', 'cancelled')
    and id in (select id from outbox order by id limit :most);

-- name: remove_past_commands(before)!
delete from command_log where at < :before;

-- name: remove_past_questions(before)!
delete from question where raised_at < :before and state in ('answered', 'dropped');

-- name: remove_past_floods(before)!
delete from flood where ended_at < :before;

-- name: list_images()
select images from ticket_message where images <> '[]'
union all select images from outbox where images <> '[]'
union all select images from question where images <> '[]';

-- name: list_voices()
select voice from ticket_message where voice is not null;

-- name: list_payloads()
select payload from dead_letter;

-- name: list_texts_of(resident)
select text, images, voice from ticket_message where resident = :resident
union all select text, images, null from question where resident = :resident
union all select body, '[]', null from ticket where resident = :resident;

-- name: blank_messages_of(resident)!
update ticket_message set text = '', images = '[]', images_missing = 0, voice = null
where resident = :resident;

-- name: blank_questions_of(resident)!
update question set text = '', images = '[]', gist = '', due_at = null, state = 'dropped'
where resident = :resident;

-- name: blank_events_of(resident)!
update event set detail = '' where resident = :resident;

-- name: remove_commands_of(resident)!
delete from command_log where resident = :resident;

-- name: remove_corrections_of(resident)!
delete from correction where resident = :resident;

-- name: remove_correction(text)!
delete from correction where text = :text;

-- name: remove_resident_marks(platform, user_id, conversation)!
delete from watermark where platform = :platform and conversation = :conversation
    and :user_id <> '';

-- name: remove_floods_of(platform, user_id)!
delete from flood where platform = :platform and user_id = :user_id;

-- name: cancel_to(platform, conversation)!
update outbox set state = 'cancelled'
where platform = :platform and conversation = :conversation and state in ('new', 'unknown');

-- name: blank_to(platform, conversation, other)!
update outbox set text = '', at_users = '[]', images = '[]', conversation = :other
where platform = :platform and conversation = :conversation and state <> 'sending';

-- name: list_slots_with(part)
select id, slot from outbox where replace(slot, :part, '') <> slot;

-- name: set_slot(id, slot)!
update outbox set slot = :slot where id = :id;

-- name: list_mentions(part)
select id, at_users from outbox where replace(at_users, :part, '') <> at_users;

-- name: set_mentions(id, at_users)!
update outbox set at_users = :at_users where id = :id;

-- name: hide_in_outbox(number, name, other)!
update outbox set text = replace(text, :name, :other) where ticket = :number;

-- name: hide_in_digests(name, other)!
update outbox set text = replace(text, :name, :other) where kind = 'digest' and replace(text, :name, '') <> text;

-- name: hide_in_messages(number, name, other)!
update ticket_message set text = replace(text, :name, :other) where ticket = :number;

-- name: hide_in_events(number, name, other)!
update event set detail = replace(detail, :name, :other) where ticket = :number;

-- name: hide_in_ticket(number, name, other)!
update ticket set body = replace(body, :name, :other), gist = replace(gist, :name, :other), result = replace(result, :name, :other)
where number = :number;

-- name: move_ticket_keys(old, new)!
update ticket set
    source_key = replace(source_key, :old, :new),
    contact_proof = replace(contact_proof, :old, :new),
    acceptance_proof = replace(acceptance_proof, :old, :new),
    handling_proof = replace(handling_proof, :old, :new),
    answer_proof = replace(answer_proof, :old, :new),
    closed_proof = replace(closed_proof, :old, :new)
where source_key <> replace(source_key, :old, :new)
    or coalesce(contact_proof, '') <> replace(coalesce(contact_proof, ''), :old, :new)
    or coalesce(acceptance_proof, '') <> replace(coalesce(acceptance_proof, ''), :old, :new)
    or coalesce(handling_proof, '') <> replace(coalesce(handling_proof, ''), :old, :new)
    or coalesce(answer_proof, '') <> replace(coalesce(answer_proof, ''), :old, :new)
    or coalesce(closed_proof, '') <> replace(coalesce(closed_proof, ''), :old, :new);

-- name: move_message_keys(old, new)!
update ticket_message set key = replace(key, :old, :new) where key <> replace(key, :old, :new);

-- name: move_event_keys(old, new)!
update event set message_key = replace(message_key, :old, :new)
where message_key <> replace(message_key, :old, :new);

-- name: move_question_keys(old, new)!
update question set source_key = replace(source_key, :old, :new)
where source_key <> replace(source_key, :old, :new);

-- name: move_tickets(platform, conversation, other)!
update ticket set conversation = :other where platform = :platform and conversation = :conversation;

-- name: move_reports(platform, conversation, other)!
update report set conversation = :other where platform = :platform and conversation = :conversation;

-- name: move_questions(platform, conversation, other)!
update question set conversation = :other where platform = :platform and conversation = :conversation;

-- name: forget_resident(resident, other)!
update resident set user_id = :other, name = '' where id = :resident;

-- name: list_letters()
select id, payload from dead_letter;

-- name: remove_letter(id)!
delete from dead_letter where id = :id;
