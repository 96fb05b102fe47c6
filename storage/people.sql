-- name: upsert_person(handle, name, phone)$
insert into person (handle, name, phone) values (:handle, :name, :phone)
on conflict (handle) do update set name = excluded.name, phone = excluded.phone
returning id;

-- name: get_person(person)^
-- record_class: Person
select * from person where id = :person;

-- name: list_all()
-- record_class: Person
select * from person order by id;

-- name: find_by_name(name)
-- record_class: Person
select * from person where name = :name order by id;

-- name: remove_posts(person)!
delete from post where person = :person;

-- name: add_post(person, unit, role)!
insert into post (person, unit, role) values (:person, :unit, :role)
on conflict (person, unit, role) do nothing;

-- name: list_posts(person)
-- record_class: Post
select * from post where person = :person order by unit, role;

-- name: list_in_post(unit, role)
-- record_class: Person
select person.* from person
join post on post.person = person.id
where post.unit = :unit and post.role = :role
order by person.id;

-- name: list_people_of_unit(unit)
-- record_class: Person
select * from person
where id in (select person from post where unit = :unit)
order by id;

-- name: bind_account(platform, user_id, person)!
-- Another person's use of the account says nothing about the new owner's.
insert into account (platform, user_id, person) values (:platform, :user_id, :person)
on conflict (platform, user_id) do update set
    person = excluded.person,
    last_used_at = case when account.person = excluded.person then account.last_used_at end;

-- name: unbind_account(platform, user_id)!
delete from account where platform = :platform and user_id = :user_id;

-- name: by_account(platform, user_id)^
-- record_class: Person
select person.* from person
join account on account.person = person.id
where account.platform = :platform and account.user_id = :user_id;

-- name: list_accounts(person)
-- record_class: Account
select * from account where person = :person
order by last_used_at desc nulls last, platform, user_id;

-- name: touch_account(platform, user_id, at)!
update account set last_used_at = :at where platform = :platform and user_id = :user_id;

-- name: list_all_accounts()
-- record_class: Account
select * from account order by person, platform, user_id;

-- name: list_account_units()
select platform, user_id from account where person in (select person from post);

-- name: add_leave(person, first_day, last_day)$
insert into leave (person, first_day, last_day) values (:person, :first_day, :last_day)
returning id;

-- name: remove_leave(leave)!
delete from leave where id = :leave;

-- name: end_leave(leave, last_day)!
update leave set last_day = :last_day where id = :leave;

-- name: list_leaves(person)
-- record_class: Leave
select * from leave where person = :person order by first_day, id;

-- name: count_leaves_on(person, day)$
select count(*) from leave
where person = :person and first_day <= :day and last_day >= :day;

-- name: remove_expired_bind_codes(now)!
delete from bind_code where expires_at <= :now;

-- name: add_bind_code(code, person, created_at, expires_at)!
insert into bind_code (code, person, created_at, expires_at)
values (:code, :person, :created_at, :expires_at);

-- name: take_bind_code(code)^
-- record_class: BindCode
delete from bind_code where code = :code returning *;
