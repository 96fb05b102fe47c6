"""Words that are taken out, on both databases; tests/security holds what that promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from storage.health import compact
from storage.models import (
    Act,
    MessageKey,
    OutgoingClass,
    Resident,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
    VoiceNote,
)
from storage.store import Store

Open = Callable[..., Ticket]
DAY = timedelta(days=1)


def say(store: Store, ticket: Ticket, resident: Resident, at: datetime) -> MessageKey:
    key = MessageKey(f"qq/private:{resident.user_id}/m1")
    store.tickets.add_message(
        TicketMessage(key, ticket.number, resident.id, None, Act.ADD, at, "没水", ("a.jpg",))
    )
    return key


def queue(store: Store, slot: str, at: datetime, conversation: str, *users: str) -> int:
    row = store.outbox.queue(
        slot,
        *("qq", conversation, None, OutgoingClass.ANSWER, "老李好", users, ()),
        *(None, None, at, at),
    )
    assert row is not None
    return row


def test_a_closed_tickets_words_go_when_their_time_is_over(
    store: Store, open_ticket: Open, resident: Resident, now: datetime
) -> None:
    ticket = open_ticket()
    key = say(store, ticket, resident, now)
    store.tickets.save(replace(ticket, stage=Stage.CLOSED, closed_at=now, result="修好了"))
    assert store.erasure.list_past(now, 10) == []
    assert store.erasure.list_past(now + DAY, 10) == [ticket.number]

    store.erasure.blank_ticket(ticket.number)
    store.erasure.blank_past_names()

    blank = store.tickets.get(ticket.number)
    message = store.tickets.get_message(key)
    known = store.residents.get(resident.id)
    assert blank is not None
    assert message is not None
    assert known is not None
    assert (blank.body, blank.gist, blank.place, blank.result) == ("", ticket.field, None, None)
    assert (message.text, message.images) == ("", ())
    assert store.erasure.list_past(now + DAY, 10) == []


def test_an_open_ticket_is_never_past(store: Store, open_ticket: Open, now: datetime) -> None:
    open_ticket()
    assert store.erasure.list_past(now + 10_000 * DAY, 10) == []


def test_what_was_sent_long_ago_goes_and_what_waits_stays(store: Store, now: datetime) -> None:
    sent, waiting = queue(store, "a", now, "group:1"), queue(store, "b", now, "group:1")
    store.outbox.mark_sent(sent, "1", now)
    assert store.erasure.remove_past_outbox(now, 10) == 0
    assert store.erasure.remove_past_outbox(now + DAY, 10) == 1
    assert store.outbox.get(sent) is None
    assert store.outbox.get(waiting) is not None


def test_commands_of_long_ago_go(store: Store, now: datetime) -> None:
    store.history.log_command(MessageKey("k"), now, None, None, "查", None, "done")
    assert store.erasure.remove_past_records(now) == 0
    assert store.erasure.remove_past_records(now + DAY) == 1


def test_files_are_known_wherever_they_are_spoken_of(
    store: Store, open_ticket: Open, resident: Resident, now: datetime
) -> None:
    say(store, open_ticket(), resident, now)
    store.reception.add_dead_letter("k", now, '{"images": ["b.jpg"]}', "ValueError", 5)
    assert store.erasure.list_images() == {"a.jpg", "b.jpg"}


def test_pictures_that_wait_to_be_sent_are_dropped_with_the_resident_they_came_from(
    store: Store, open_ticket: Open, now: datetime
) -> None:
    number = open_ticket().number
    row = store.outbox.queue(
        *("card", "qq", "private:7", None, OutgoingClass.CARD, "新件", (), ("a.jpg",)),
        *(number, None, now, now),
    )
    assert row is not None
    store.erasure.blank_shared(number, is_opener=False)
    waiting = store.outbox.get(row)
    assert waiting is not None
    assert (waiting.text, waiting.images) == ("新件", ())


def test_voice_notes_are_files_too(
    store: Store, open_ticket: Open, resident: Resident, now: datetime
) -> None:
    note = TicketMessage(
        *(MessageKey("k"), open_ticket().number, resident.id, None, Act.ADD, now, ""),
        voice=str(VoiceNote(8, "c.silk")),
    )
    store.tickets.add_message(note)
    letter = f'{{"platform": "qq", "sender": "{resident.user_id}", "voice": {{"file": "d.silk"}}}}'
    store.reception.add_dead_letter("k", now, letter, "ValueError", 5)
    assert store.erasure.list_images() == {"c.silk", "d.silk"}
    assert store.erasure.list_texts_of(resident.id)[1] == {"c.silk"}
    assert store.erasure.remove_letters(resident) == {"d.silk"}


def test_an_account_is_forgotten_in_keys_chats_slots_and_mentions(
    store: Store, open_ticket: Open, resident: Resident, now: datetime
) -> None:
    own = f"private:{resident.user_id}"
    ticket = open_ticket(source_key=f"qq/{own}/m0", conversation=own)
    say(store, ticket, resident, now)
    alone = queue(store, f"qq/{own}/m0#0", now, own)
    other = queue(store, f"ack:1:{own}0:1", now, "group:1", resident.user_id, "7")
    store.erasure.blank_resident(resident)
    store.erasure.forget_account(resident)

    moved = f"private:forgotten-{resident.id}"
    saved, row, shared = (
        store.tickets.get(ticket.number),
        store.outbox.get(alone),
        store.outbox.get(other),
    )
    assert saved is not None
    assert row is not None
    assert shared is not None
    assert (saved.source_key, saved.conversation) == (f"qq/{moved}/m0", moved)
    assert store.tickets.get_message(MessageKey(f"qq/{moved}/m1")) is not None
    assert (row.conversation, row.text, row.slot) == (moved, "", f"qq/{moved}/m0#0")
    assert (shared.at_users, shared.slot) == (("7",), f"ack:1:{own}0:1")
    assert store.residents.find("qq", resident.user_id) is None


def test_a_name_is_hidden_in_ones_own_tickets(
    store: Store, open_ticket: Open, resident: Resident, now: datetime
) -> None:
    ticket = open_ticket(body="老李家没水")
    store.history.add(ticket.number, now, "受理", detail="给老李打过电话")
    store.erasure.hide_name("老李", [ticket.number])
    store.erasure.hide_name("水", [TicketNumber(1)])
    saved = store.tickets.get(ticket.number)
    assert saved is not None
    assert saved.body == "**家没水"
    assert store.history.list_for_ticket(ticket.number)[0].detail == "给**打过电话"


def test_a_database_can_be_written_anew(database_url: str) -> None:
    compact(database_url)
