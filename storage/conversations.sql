-- name: remove_scope()!
delete from unit_scope;

-- name: add_scope(ancestor, unit)!
insert into unit_scope (ancestor, unit) values (:ancestor, :unit);

-- name: bind_conversation(platform, conversation, unit, title, is_paused)!
insert into conversation (platform, conversation, unit, title, is_paused)
values (:platform, :conversation, :unit, :title, :is_paused)
on conflict (platform, conversation) do update set
    unit = excluded.unit, title = excluded.title, is_paused = excluded.is_paused;

-- name: get_conversation(platform, conversation)^
-- record_class: Conversation
select * from conversation where platform = :platform and conversation = :conversation;

-- name: list_all()
-- record_class: Conversation
select * from conversation order by platform, conversation;

-- name: list_for_unit(unit)
-- record_class: Conversation
select * from conversation where unit = :unit order by platform, conversation;

-- name: rename_conversation(platform, conversation, title)!
update conversation set title = :title
where platform = :platform and conversation = :conversation;

-- name: set_paused(platform, conversation, is_paused)!
update conversation set is_paused = :is_paused
where platform = :platform and conversation = :conversation;

-- name: remove_conversation(platform, conversation)!
delete from conversation where platform = :platform and conversation = :conversation;

-- name: move_tickets(platform, old, new)!
update ticket set conversation = :new where platform = :platform and conversation = :old;

-- name: move_reports(platform, old, new)!
update report set conversation = :new where platform = :platform and conversation = :old;

-- name: move_questions(platform, old, new)!
update question set conversation = :new where platform = :platform and conversation = :old;

-- name: move_unsent(platform, old, new)!
update outbox set conversation = :new
where platform = :platform and conversation = :old and state = 'new';
