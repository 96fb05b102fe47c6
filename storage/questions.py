""" "要登记吗?": uncertain lines about which a resident is asked once."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import MessageKey, Question, QuestionState, ResidentId, UnitId
from storage.queries import Connection, Noun
from storage.rows import from_millis, to_millis, to_value


class Questions:
    """pending → asked → answered or dropped; a settled question keeps nothing of what was said."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add(
        self,
        source_key: MessageKey,
        platform: str,
        conversation: str,
        resident: ResidentId,
        unit: UnitId,
        text: str,
        images: tuple[str, ...],
        gist: str,
        raised_at: datetime,
        due_at: datetime | None,
        *,
        is_anonymous: bool = False,
    ) -> Question | None:
        """Raise a question, to be asked at `due_at`; None if its line raised one already."""
        question: Question | None = self._queries.add_question(
            self._connection,
            source_key=source_key,
            platform=platform,
            conversation=conversation,
            resident=resident,
            unit=unit,
            text=text,
            images=to_value(images),
            gist=gist,
            raised_at=to_millis(raised_at),
            due_at=to_value(due_at),
            is_anonymous=int(is_anonymous),
        )
        return question

    def get_by_source(self, source_key: MessageKey) -> Question | None:
        question: Question | None = self._queries.get_by_source(
            self._connection, source_key=source_key
        )
        return question

    def get_open(self, platform: str, conversation: str, resident: ResidentId) -> Question | None:
        """The newest question to this resident here that is pending or asked."""
        question: Question | None = self._queries.get_open(
            self._connection, platform=platform, conversation=conversation, resident=resident
        )
        return question

    def get_open_of(self, resident: ResidentId) -> Question | None:
        """The newest question to this resident, wherever, that is pending or asked."""
        question: Question | None = self._queries.get_open_of(self._connection, resident=resident)
        return question

    def make_anonymous(self, question: int) -> None:
        """If it is registered, he wants no name there."""
        self._queries.make_anonymous(self._connection, question=question)

    def list_open_here(
        self, platform: str, conversation: str, since: datetime
    ) -> Sequence[Question]:
        """Questions raised here since a moment (included), pending or asked, oldest first."""
        return list(
            self._queries.list_open_here(
                self._connection,
                platform=platform,
                conversation=conversation,
                since=to_millis(since),
            )
        )

    def list_due(self, now: datetime, most: int = 1000) -> Sequence[Question]:
        """Questions to be asked (pending) or given up (asked) by now, earliest first."""
        return list(self._queries.list_due(self._connection, now=to_millis(now), most=most))

    def next_due(self) -> datetime | None:
        value: int | None = self._queries.next_due(self._connection)
        return None if value is None else from_millis(value)

    def mark_asked(self, question: int, due_at: datetime | None) -> None:
        """A pending question is asked and expires at `due_at`; any other is left alone."""
        self._queries.mark_asked(self._connection, question=question, due_at=to_value(due_at))

    def settle(self, question: int, state: QuestionState) -> None:
        """Answer or drop a question; its text, gist and images are forgotten."""
        self._queries.settle_question(self._connection, question=question, state=to_value(state))

    def count_asked_since(self, platform: str, conversation: str, since: datetime) -> int:
        """How many questions raised here since a moment (included) were really asked."""
        count: int = self._queries.count_asked_since(
            self._connection,
            platform=platform,
            conversation=conversation,
            since=to_millis(since),
        )
        return count

    def was_asked(self, resident: ResidentId, since: datetime) -> bool:
        """Whether a question raised since a moment (included) was put to this resident."""
        return bool(
            self._queries.count_asked_of(
                self._connection, resident=resident, since=to_millis(since)
            )
        )
