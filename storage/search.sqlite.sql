-- name: index_words(number, words)!
insert or replace into ticket_search (rowid, words) values (:number, :words);

-- name: remove_words(number)!
delete from ticket_search where rowid = :number;

-- name: find_words(words, unit, most)
-- Words of small letters and digits hold no operators, and words side by side must all match.
-- The search comes first and is read newest first, so that it stops at the limit. Units are looked
-- up in a narrow index: a common word in a small unit passes a hundred thousand tickets of others.
select ticket.number from ticket_search
cross join ticket indexed by ticket_number_unit on ticket.number = ticket_search.rowid
where ticket_search match :words
    and ticket.unit in (select unit from unit_scope where ancestor = :unit)
order by ticket_search.rowid desc limit :most;

-- name: find_assisted(words, unit, most)
select assist.ticket from assist
cross join ticket_search on ticket_search.rowid = assist.ticket
where ticket_search match :words and assist.unit = :unit
order by assist.ticket desc limit :most;
