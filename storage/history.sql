-- name: add_event(ticket, at, person, resident, action, message_key, detail, before)<!
insert into event (ticket, at, person, resident, action, message_key, detail, before)
values (:ticket, :at, :person, :resident, :action, :message_key, :detail, :before)
returning id;

-- name: list_for_ticket(ticket)
-- record_class: Event
select * from event where ticket = :ticket order by id;

-- name: last_commanded(person, since)^
-- record_class: Event
select event.* from event
join command_log on command_log.key = event.message_key and command_log.result = 'done'
where event.person = :person and event.at >= :since
order by event.id desc limit 1;

-- name: list_commands_after(person, after)
select word from command_log
where person = :person and at > :after and result = 'done'
order by at;

-- name: last_given(person, word, since)^
select key, at from command_log
where person = :person and word = :word and result = 'done' and at >= :since
order by at desc, key desc limit 1;

-- name: clear_before(event)!
update event set before = null where id = :event;

-- name: log_command(key, at, person, resident, word, ticket, result)!
insert into command_log (key, at, person, resident, word, ticket, result)
values (:key, :at, :person, :resident, :word, :ticket, :result)
on conflict (key) do nothing;

-- name: set_command_result(key, result)!
update command_log set result = :result where key = :key;
