-- name: add_link(token_hash, person, unit, created_at, expires_at, used_at)!
insert into board_link (token_hash, person, unit, created_at, expires_at, used_at)
values (:token_hash, :person, :unit, :created_at, :expires_at, :used_at);

-- name: get_link(token_hash)^
-- record_class: BoardLink
select * from board_link where token_hash = :token_hash;

-- name: use_link(token_hash, now)^
-- record_class: BoardLink
update board_link set used_at = :now
where token_hash = :token_hash and used_at is null and expires_at > :now
returning *;
