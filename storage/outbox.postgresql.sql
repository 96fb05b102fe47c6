-- name: list_claimable(now, most)
-- record_class: OutboxRow
select * from outbox
where state = 'new' and id in (
    select coalesce(min(case kind when 'alarm' then id end), min(id)) from outbox
    where state = 'new' and state in ('new', 'sending', 'unknown') and not_before <= :now
        and (platform, conversation) not in (
            select platform, conversation from outbox
            where state = 'sending' and state in ('new', 'sending', 'unknown')
        )
    group by platform, conversation
)
order by case kind when 'alarm' then 0 else 1 end, id
limit :most
for update skip locked;
