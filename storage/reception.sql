-- name: open_gap(platform, account, began_at)$
insert into gap (platform, account, began_at, recovered, opened)
values (:platform, :account, :began_at, 0, 0)
returning id;

-- name: get_open_gap(platform, account)^
-- record_class: Gap
select * from gap where platform = :platform and account = :account and ended_at is null
order by id desc limit 1;

-- name: get_last_gap(platform, account)^
-- record_class: Gap
select * from gap where platform = :platform and account = :account order by id desc limit 1;

-- name: close_gap(platform, account, ended_at)!
update gap set ended_at = :ended_at
where platform = :platform and account = :account and ended_at is null;

-- name: add_recovered(id, recovered, opened, unfilled)!
update gap set
    recovered = recovered + :recovered, opened = opened + :opened, unfilled = unfilled + :unfilled
where id = :id;

-- name: list_gaps_between(since, until)
-- record_class: Gap
select * from gap where began_at < :until and (ended_at is null or ended_at > :since)
order by began_at, id;

-- name: move_watermark(platform, conversation, message_id, at)!
insert into watermark (platform, conversation, message_id, at)
values (:platform, :conversation, :message_id, :at)
on conflict (platform, conversation) do update set message_id = excluded.message_id, at = excluded.at
where watermark.at <= excluded.at;

-- name: get_watermark(platform, conversation)^
-- record_class: Watermark
select * from watermark where platform = :platform and conversation = :conversation;

-- name: list_watermarks(platform)
-- record_class: Watermark
select * from watermark where platform = :platform order by conversation;

-- name: add_dead_letter(key, at, payload, error, tries)$
insert into dead_letter (key, at, payload, error, tries)
values (:key, :at, :payload, :error, :tries)
on conflict (key) do update set error = excluded.error, tries = dead_letter.tries + excluded.tries
returning id;

-- name: list_dead_letters()
-- record_class: DeadLetter
select * from dead_letter order by id;

-- name: get_dead_letter(id)^
-- record_class: DeadLetter
select * from dead_letter where id = :id;

-- name: remove_dead_letter(id)!
delete from dead_letter where id = :id;

-- name: add_flood(platform, conversation, user_id, began_at, ended_at, dropped)!
insert into flood (platform, conversation, user_id, began_at, ended_at, dropped)
values (:platform, :conversation, :user_id, :began_at, :ended_at, :dropped)
on conflict (platform, conversation, user_id, began_at) do update set
    ended_at = excluded.ended_at, dropped = flood.dropped + excluded.dropped;

-- name: list_floods_since(since)
-- record_class: Flood
select * from flood where ended_at >= :since order by began_at, conversation, user_id;

-- name: list_floods_in_scope(unit, since)
-- record_class: Flood
select flood.* from flood
join conversation on conversation.platform = flood.platform and conversation.conversation = flood.conversation
where flood.ended_at >= :since and conversation.unit in (select unit from unit_scope where ancestor = :unit)
order by flood.began_at, flood.conversation, flood.user_id;
