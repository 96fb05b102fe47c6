"""Taking out what people said: of one person who asks for it, and of all when its time is over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import orjson

from storage.models import Resident, ResidentId, TicketNumber, VoiceNote
from storage.queries import Connection, Noun
from storage.rows import to_millis

HIDDEN = "**"
GONE = "（已删除）"
LEAST_NAME = 2
"""A name of one character is a part of too many words to be hidden wherever it stands."""


class Erasure:
    """Counts stay true: tickets and reports keep their rows, and lose their words."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def list_past(self, before: datetime, most: int) -> Sequence[TicketNumber]:
        """Tickets closed before a moment that still have their texts, oldest first."""
        rows = self._queries.list_past(self._connection, before=to_millis(before), most=most)
        return [TicketNumber(number) for (number,) in rows]

    def blank_ticket(self, number: TicketNumber) -> None:
        """All that was said in a ticket and about it, whoever said it."""
        for query in (
            "blank_ticket", "blank_ticket_messages", "blank_events", "blank_approvals",
            "blank_ticket_outbox", "remove_corrections_about",
        ):  # fmt: skip
            getattr(self._queries, query)(self._connection, number=number)

    def blank_past_names(self) -> None:
        """The names of residents of whose matters no text is left."""
        self._queries.blank_past_names(self._connection)

    def remove_past_outbox(self, before: datetime, most: int) -> int:
        """What was said to people, and is settled; how many rows."""
        removed: int = self._queries.remove_past_outbox(
            self._connection, before=to_millis(before), most=most
        )
        return removed

    def remove_past_records(self, before: datetime) -> int:
        """The log of commands, settled questions and floods; how many rows."""
        moment = to_millis(before)
        return sum(
            getattr(self._queries, query)(self._connection, before=moment)
            for query in ("remove_past_commands", "remove_past_questions", "remove_past_floods")
        )

    def list_images(self) -> frozenset[str]:
        """The names of all stored files that some row still speaks of."""
        rows = self._queries.list_images(self._connection)
        found = {name for (images,) in rows for name in orjson.loads(images)}
        for (voice,) in self._queries.list_voices(self._connection):
            found |= _file_of(voice)
        for (payload,) in self._queries.list_payloads(self._connection):
            found |= _files_in(orjson.loads(payload))
        return frozenset(found)

    def list_texts_of(self, resident: ResidentId) -> tuple[frozenset[str], frozenset[str]]:
        """Everything a resident said that is kept, and the names of his stored files."""
        rows = list(self._queries.list_texts_of(self._connection, resident=resident))
        texts = frozenset(text for text, _, _ in rows if text)
        files = {name for _, images, _ in rows for name in orjson.loads(images)}
        return texts, frozenset(files.union(*(_file_of(voice) for _, _, voice in rows)))

    def blank_resident(self, resident: Resident) -> None:
        """All he said, and everything that was said to him alone."""
        for query in (
            "blank_messages_of", "blank_questions_of", "blank_events_of", "remove_commands_of",
            "remove_corrections_of",
        ):  # fmt: skip
            getattr(self._queries, query)(self._connection, resident=resident.id)
        self._queries.remove_floods_of(
            self._connection, platform=resident.platform, user_id=resident.user_id
        )

    def remove_corrections(self, texts: Sequence[str]) -> None:
        """Corrections that staff gave of exactly these (masked) texts."""
        for text in texts:
            self._queries.remove_correction(self._connection, text=text)

    def remove_letters(self, resident: Resident) -> frozenset[str]:
        """His messages that could not be handled; the names of the files in them."""
        images: set[str] = set()
        for letter, platform, sender, names in self._letters():
            if (platform, sender) == (resident.platform, resident.user_id):
                self._queries.remove_letter(self._connection, id=letter)
                images |= names
        return frozenset(images)

    def blank_shared(self, number: TicketNumber, *, is_opener: bool) -> None:
        """A matter of others too: it goes on, without his words, and no picture of it that waits
        to be sent (till the morning, say) goes out any more."""
        self._queries.drop_befores(self._connection, number=number)
        self._queries.drop_waiting_images(self._connection, number=number)
        self._queries.blank_ticket_outbox(self._connection, number=number)
        if is_opener:
            self._queries.blank_body(self._connection, number=number, body=GONE)

    def hide_name(self, name: str, tickets: Sequence[TicketNumber]) -> None:
        """Where others speak of him: in his tickets, and in digests."""
        if len(name) < LEAST_NAME:
            return
        for number in tickets:
            for query in (
                "hide_in_outbox", "hide_in_messages", "hide_in_events", "hide_in_ticket",
            ):  # fmt: skip
                getattr(self._queries, query)(
                    self._connection, number=number, name=name, other=HIDDEN
                )
        self._queries.hide_in_digests(self._connection, name=name, other=HIDDEN)

    def forget_account(self, resident: Resident) -> None:
        """His account's id, wherever it stands: as a name of a chat, in keys, as a mention."""
        own, other = f"private:{resident.user_id}", f"private:forgotten-{resident.id}"
        where = {"platform": resident.platform, "conversation": own}
        self._queries.cancel_to(self._connection, **where)
        self._queries.blank_to(self._connection, **where, other=other)
        self._queries.remove_resident_marks(self._connection, **where, user_id=resident.user_id)
        for query in ("move_tickets", "move_reports", "move_questions"):
            getattr(self._queries, query)(self._connection, **where, other=other)
        for query in (
            "move_ticket_keys", "move_message_keys", "move_event_keys", "move_question_keys",
        ):  # fmt: skip
            prefix = f"{resident.platform}/"
            getattr(self._queries, query)(
                self._connection, old=f"{prefix}{own}/", new=f"{prefix}{other}/"
            )
        self._forget_slots(own, other)
        self._forget_mentions(resident.user_id)
        self._queries.forget_resident(
            self._connection, resident=resident.id, other=f"forgotten-{resident.id}"
        )

    def _forget_slots(self, own: str, other: str) -> None:
        whole = re.compile(rf"{re.escape(own)}(?![\w@.-])")
        for row, slot in list(self._queries.list_slots_with(self._connection, part=own)):
            self._queries.set_slot(self._connection, id=row, slot=whole.sub(other, slot))

    def _forget_mentions(self, user_id: str) -> None:
        part = orjson.dumps(user_id).decode()
        for row, users in list(self._queries.list_mentions(self._connection, part=part)):
            kept = [user for user in orjson.loads(users) if user != user_id]
            self._queries.set_mentions(
                self._connection, id=row, at_users=orjson.dumps(kept).decode()
            )

    def _letters(self) -> Iterator[tuple[int, str, str, frozenset[str]]]:
        for letter, payload in list(self._queries.list_letters(self._connection)):
            said = orjson.loads(payload)
            yield letter, str(said.get("platform")), str(said.get("sender")), _files_in(said)


def _files_in(letter: Mapping[str, object]) -> frozenset[str]:
    """The stored files of a message that could not be handled."""
    images, voice = letter.get("images"), letter.get("voice")
    found = list(images) if isinstance(images, list) else []
    if isinstance(voice, dict) and voice.get("file"):
        found.append(voice["file"])
    return frozenset(map(str, found))


def _file_of(voice: str | None) -> frozenset[str]:
    """The stored file of a voice note, where one is kept."""
    file = VoiceNote.read(voice).file if voice else None
    return frozenset((file,)) if file else frozenset()
