-- name: list_claimable(now, most)
-- record_class: OutboxRow
select * from outbox
where id in (
    select id from (
        select id, row_number() over (
            partition by platform, conversation order by case kind when 'alarm' then 0 else 1 end, id
        ) as place
        from outbox
        where state = 'new' and state in ('new', 'sending', 'unknown') and not_before <= :now
            and (platform, conversation) not in (
                select platform, conversation from outbox
                where state = 'sending' and state in ('new', 'sending', 'unknown')
            )
    ) as ranked
    where place = 1
)
order by case kind when 'alarm' then 0 else 1 end, id
limit :most;
