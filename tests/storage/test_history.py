from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

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
    (event,) = store.history.list_for_ticket(ticket.number)
    assert event.before is not None
    assert from_json(Ticket, event.before) == ticket


Command = Callable[..., int]


@pytest.fixture
def command(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> Command:
    """A command of the person, or of another, and the event it makes."""
    ticket = open_ticket()

    def give(key: str, by: PersonId = person) -> int:
        store.history.log_command(MessageKey(key), now, by, None, key, None, "done")
        return store.history.add(ticket.number, now, key, person=by, message_key=MessageKey(key))

    return give


def test_the_newest_step_by_a_command_of_the_person_is_found(
    store: Store, command: Command, person: PersonId, now: datetime
) -> None:
    command("first")
    newest = command("second")
    command("others", store.people.upsert("other", "李梅", None))
    event = store.history.last_commanded(person, now)
    assert event is not None
    assert event.id == newest


def test_what_is_no_command_or_was_refused_or_undone_is_passed_over(
    store: Store, command: Command, person: PersonId, now: datetime
) -> None:
    first = command("first")
    for key, result in (("second", "undone"), ("third", "refused")):
        command(key)
        store.history.set_command_result(MessageKey(key), result)
    (number, *_) = [ticket.number for ticket in store.tickets.list_all()]
    store.history.add(number, now, "talked", person=person, message_key=KEY)
    event = store.history.last_commanded(person, now)
    assert event is not None
    assert event.id == first


def test_a_step_before_the_moment_is_not_found(
    store: Store, command: Command, person: PersonId, now: datetime
) -> None:
    command("first")
    assert store.history.last_commanded(person, now + timedelta(milliseconds=1)) is None


def test_the_commands_that_stand_after_a_moment_are_listed_by_their_words(
    store: Store, person: PersonId, now: datetime
) -> None:
    for step, result in enumerate(("done", "done", "refused", "done")):
        at = now + timedelta(seconds=step)
        store.history.log_command(
            MessageKey(f"k{step}"), at, person, None, f"word{step}", None, result
        )
    assert store.history.list_commands_after(person, now) == ["word1", "word3"]


def test_an_undone_event_loses_what_it_holds_and_stays(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    ticket = open_ticket()
    event = store.history.add(ticket.number, now, "accepted", person=person, before=ticket)
    store.history.clear_before(event)
    (kept,) = store.history.list_for_ticket(ticket.number)
    assert (kept.id, kept.before) == (event, None)


def test_a_command_delivered_again_is_known(store: Store, person: PersonId, now: datetime) -> None:
    assert store.history.log_command(KEY, now, person, None, "受理", None, "")
    assert not store.history.log_command(KEY, now, person, None, "受理", None, "")


def test_the_result_of_a_command_is_kept(store: Store, resident: Resident, now: datetime) -> None:
    store.history.log_command(KEY, now, None, resident.id, "我的", None, "")
    store.history.set_command_result(KEY, "refused")
    cursor = store.connection.execute("select word, result from command_log")
    assert [tuple(row) for row in cursor.fetchall()] == [("我的", "refused")]
