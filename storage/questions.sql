-- name: add_question(source_key, platform, conversation, resident, unit, text, images, gist, raised_at, due_at, is_anonymous)^
-- record_class: Question
insert into question (
    source_key, platform, conversation, resident, unit, text, images, gist, state, raised_at, due_at, is_asked,
    is_anonymous
) values (
    :source_key, :platform, :conversation, :resident, :unit, :text, :images, :gist, 'pending', :raised_at, :due_at, 0,
    :is_anonymous
)
on conflict (source_key) do nothing
returning *;

-- name: get_by_source(source_key)^
-- record_class: Question
select * from question where source_key = :source_key;

-- name: get_open(platform, conversation, resident)^
-- record_class: Question
select * from question
where resident = :resident and state in ('pending', 'asked')
    and platform = :platform and conversation = :conversation
order by id desc limit 1;

-- name: get_open_of(resident)^
-- record_class: Question
select * from question
where resident = :resident and state in ('pending', 'asked')
order by id desc limit 1;

-- name: list_open_here(platform, conversation, since)
-- record_class: Question
select * from question
where platform = :platform and conversation = :conversation and raised_at >= :since
    and state in ('pending', 'asked')
order by id;

-- name: list_due(now, most)
-- record_class: Question
select * from question where due_at <= :now order by due_at, id limit :most;

-- name: next_due()$
select min(due_at) from question where due_at is not null;

-- name: mark_asked(question, due_at)!
update question set state = 'asked', due_at = :due_at, is_asked = 1
where id = :question and state = 'pending';

-- name: make_anonymous(question)!
update question set is_anonymous = 1 where id = :question;

-- name: settle_question(question, state)!
update question set state = :state, text = '', images = '[]', gist = '', due_at = null
where id = :question;

-- name: count_asked_since(platform, conversation, since)$
select count(*) from question
where platform = :platform and conversation = :conversation and raised_at >= :since and is_asked = 1;

-- name: count_asked_of(resident, since)$
select count(*) from question
where resident = :resident and raised_at >= :since and is_asked = 1;
