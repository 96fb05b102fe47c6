from collections.abc import Callable
from datetime import datetime, timedelta

from storage.models import MessageKey, PersonId, Resident, Ticket
from storage.rows import from_json
from storage.store import Store

KEY = MessageKey("qq/group:1/77")


def test_events_are_listed_in_the_order_of_their_adding(
    store: Store, open_ticket: Callable[..., Ticket], now: datetime
) -> None:
    ticket, other = open_ticket(), open_ticket()
    store.history.add(ticket.number, now + timedelta(hours=1), "accepted")
    store.history.add(other.number, now, "opened")
    store.history.add(ticket.number, now, "handled")
    found = [event.action for event in store.history.list_for_ticket(ticket.number)]
    assert found == ["accepted", "handled"]


def test_an_event_keeps_who_when_and_through_which_message(
    store: Store,
    open_ticket: Callable[..., Ticket],
    person: PersonId,
    resident: Resident,
    now: datetime,
) -> None:
    number = open_ticket().number
    store.history.add(number, now, "joined", person, resident.id, KEY, "并入 #3")
    (event,) = store.history.list_for_ticket(number)
    assert (event.at, event.person, event.resident) == (now, person, resident.id)
    assert (event.message_key, event.detail, event.before) == (KEY, "并入 #3", None)


def test_an_event_gives_back_the_ticket_as_it_was(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    ticket = open_ticket()
    store.history.add(ticket.number, now, "accepted", person=person, before=ticket)
    event = store.history.last_undoable(person, now)
    assert event is not None
    assert event.before is not None
    assert from_json(Ticket, event.before) == ticket


def test_the_newest_undoable_event_of_the_person_is_found(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    ticket = open_ticket()
    other = store.people.upsert("other", "李梅", None)
    store.history.add(ticket.number, now, "first", person=person, before=ticket)
    newest = store.history.add(ticket.number, now, "second", person=person, before=ticket)
    store.history.add(ticket.number, now, "noted", person=person)
    store.history.add(ticket.number, now, "others", person=other, before=ticket)
    event = store.history.last_undoable(person, now)
    assert event is not None
    assert event.id == newest


def test_an_event_before_the_moment_is_past_undoing(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    ticket = open_ticket()
    store.history.add(ticket.number, now, "accepted", person=person, before=ticket)
    assert store.history.last_undoable(person, now + timedelta(milliseconds=1)) is None


def test_an_undone_event_is_not_undone_twice(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    ticket = open_ticket()
    event = store.history.add(ticket.number, now, "accepted", person=person, before=ticket)
    store.history.clear_before(event)
    assert store.history.last_undoable(person, now) is None
    assert [each.id for each in store.history.list_for_ticket(ticket.number)] == [event]


def test_a_command_delivered_again_is_known(store: Store, person: PersonId, now: datetime) -> None:
    assert store.history.log_command(KEY, now, person, None, "受理", None, "")
    assert not store.history.log_command(KEY, now, person, None, "受理", None, "")


def test_the_result_of_a_command_is_kept(store: Store, resident: Resident, now: datetime) -> None:
    store.history.log_command(KEY, now, None, resident.id, "我的", None, "")
    store.history.set_command_result(KEY, "refused")
    cursor = store.connection.execute("select word, result from command_log")
    assert [tuple(row) for row in cursor.fetchall()] == [("我的", "refused")]
