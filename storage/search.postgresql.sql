-- name: index_words(number, words)!
insert into ticket_search (number, words)
values (:number, array_to_tsvector(string_to_array(:words, ' ')))
on conflict (number) do update set words = excluded.words;

-- name: remove_words(number)!
delete from ticket_search where number = :number;

-- name: find_words(words, unit, most)
-- The words become 'one' & 'two'; they are of letters and digits, so that quotes suffice.
-- Common words are found among the newest few thousand. Only where those were not enough the index
-- is asked; left to itself, the planner reads a million rows backwards for a word that is rare.
with wanted as materialized (
    select cast('''' || replace(:words, ' ', ''' & ''') || '''' as tsquery) as query
), newest as materialized (
    select number, words from ticket_search order by number desc limit 5000
), lately as materialized (
    select newest.number from newest
    join ticket on ticket.number = newest.number
    where newest.words @@ (select query from wanted)
        and ticket.unit in (select unit from unit_scope where ancestor = :unit)
    order by newest.number desc limit :most
), hits as materialized (
    select number from ticket_search
    where (select count(*) from lately) < :most and words @@ (select query from wanted)
    order by number desc
), found as (
    select number from hits
    where (select unit from ticket where ticket.number = hits.number) in (
        select unit from unit_scope where ancestor = :unit
    )
    order by number desc limit :most
)
select number from lately union select number from found order by number desc limit :most;

-- name: find_assisted(words, unit, most)
select assist.ticket from assist
join ticket_search on ticket_search.number = assist.ticket
where assist.unit = :unit
    and ticket_search.words @@ cast('''' || replace(:words, ' ', ''' & ''') || '''' as tsquery)
order by assist.ticket desc limit :most;
