"""What was said and may be quoted after a restart: residents' lines of tickets, and sent words."""

from collections.abc import Callable
from datetime import datetime

from storage.models import MessageKey, Ticket
from storage.store import Store
from tests.storage.queued import MINUTE, Queue
from tests.storage.raised import message

OpenTicket = Callable[..., Ticket]


def test_lines_of_residents_are_listed_oldest_first_with_who_said_them(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    ticket = open_ticket()
    for number in (2, 1):
        at = now + number * MINUTE
        store.tickets.add_message(message(ticket, f"qq/group:1/{number}", at, text=f"第{number}句"))
    assert [one[1:] for one in store.tickets.list_spoken("qq")][-2:] == [
        ("20001", "第1句"),
        ("20001", "第2句"),
    ]
    assert store.tickets.list_spoken("wechat") == []


def test_what_was_taken_back_or_belongs_to_an_old_ticket_is_left_out(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    old, new = open_ticket(), open_ticket()
    for ticket, key in ((old, "qq/group:1/61"), (new, "qq/group:1/62"), (new, "qq/group:1/63")):
        store.tickets.add_message(message(ticket, key, now))
    store.tickets.mark_recalled(MessageKey("qq/group:1/63"))
    keys = [key for key, *_ in store.tickets.list_spoken("qq", most=1)]
    assert [key for key in keys if key.split("/")[-1] in ("61", "62", "63")] == ["qq/group:1/62"]


def test_sent_words_are_listed_with_their_message_ids(
    store: Store, queue: Queue, now: datetime
) -> None:
    for slot in ("a", "b", "c"):
        number = queue(slot)
        assert number is not None
        if slot != "b":
            store.outbox.mark_sent(number, f"m-{slot}", now)
    assert store.outbox.list_spoken("qq") == [
        ("group:1", "m-a", "text of a"),
        ("group:1", "m-c", "text of c"),
    ]
    assert store.outbox.list_spoken("qq", most=1) == [("group:1", "m-c", "text of c")]
    assert store.outbox.list_spoken("wechat") == []
