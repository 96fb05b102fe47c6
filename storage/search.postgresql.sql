-- name: index_words(number, words)!
insert into ticket_search (number, words)
values (:number, array_to_tsvector(string_to_array(:words, ' ')))
on conflict (number) do update set words = excluded.words;

-- name: remove_words(number)!
delete from ticket_search where number = :number;

-- name: find_words(words, unit, most)
-- The words become 'one' & 'two'; they are of letters and digits, so that quotes suffice.
select ticket.number from ticket_search
join ticket on ticket.number = ticket_search.number
where ticket_search.words @@ cast('''' || replace(:words, ' ', ''' & ''') || '''' as tsquery)
    and ticket.unit in (select unit from unit_scope where ancestor = :unit)
order by ticket_search.number desc limit :most;
