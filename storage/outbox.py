"""What is to be said, and what became of it: new -> sending -> sent | unknown | dead."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from storage.models import (
    OutboxRow,
    OutgoingClass,
    OutgoingState,
    PersonId,
    TicketNumber,
    UnitId,
)
from storage.queries import Connection, Noun
from storage.rows import from_millis, to_millis, to_value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_HEADS = 1000
DEAD_LOOK_BACK = timedelta(days=30)


class Outbox:
    """A slot is queued once for ever; a row that was sent is never sent again."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def queue(
        self,
        slot: str,
        platform: str,
        conversation: str,
        unit: UnitId | None,
        kind: OutgoingClass,
        text: str,
        at_users: tuple[str, ...],
        images: tuple[str, ...],
        ticket: TicketNumber | None,
        person: PersonId | None,
        queued_at: datetime,
        not_before: datetime,
    ) -> int | None:
        """The new row's id; None when the slot is there already, in whatever state."""
        row: int | None = self._queries.queue_message(
            self._connection, slot=slot, platform=platform, conversation=conversation, unit=unit,
            kind=str(kind), text=text, at_users=to_value(at_users), images=to_value(images),
            ticket=ticket, person=person, queued_at=to_millis(queued_at),
            not_before=to_millis(not_before),
        )  # fmt: skip
        return row

    def claim(
        self,
        now: datetime,
        may_send: Callable[[OutboxRow], bool] = lambda _: True,
        most: int = 64,
    ) -> Sequence[OutboxRow]:
        """Take rows to send: due, one per conversation, alarms first, then oldest first.

        They are `sending` from here on; a conversation with a row in `sending` gives no other.
        `may_send` can leave a row where it is (pace, breaker, account offline).
        """
        moment = to_millis(now)
        heads = list(self._queries.list_claimable(self._connection, now=moment, most=MOST_HEADS))
        taken: list[OutboxRow] = []
        for head in heads:
            if len(taken) == most:
                break
            if may_send(head):
                row = self._queries.claim_row(self._connection, id=head.id, now=moment)
                if row is not None:
                    taken.append(row)
        return taken

    def get(self, row: int) -> OutboxRow | None:
        found: OutboxRow | None = self._queries.get_row(self._connection, id=row)
        return found

    def get_by_slot(self, slot: str) -> OutboxRow | None:
        found: OutboxRow | None = self._queries.get_by_slot(self._connection, slot=slot)
        return found

    def mark_sent(self, row: int, message_id: str | None, at: datetime) -> None:
        """Arrived, by receipt or by echo; a message id that is known already is kept."""
        self._queries.mark_sent(self._connection, id=row, message_id=message_id, at=to_millis(at))

    def mark_unknown(self, row: int, error: str = "") -> None:
        """Sent, but nobody knows whether it arrived."""
        self._queries.mark_unknown(self._connection, id=row, error=error or None)

    def mark_dead(self, row: int, error: str, at: datetime) -> None:
        """Given up at a moment, with the reason (Chinese, the digest names it)."""
        self._queries.mark_dead(self._connection, id=row, error=error, at=to_millis(at))

    def cancel(self, row: int, reason: str) -> None:
        """No longer needs saying; nobody is told."""
        self._queries.cancel_row(self._connection, id=row, error=reason)

    def release(
        self, row: int, not_before: datetime, error: str | None = None, *, is_tried: bool = True
    ) -> None:
        """Back to `new`, to be tried again from a moment on. `is_tried` False: nothing was said."""
        self._queries.release_row(
            self._connection,
            id=row,
            not_before=to_millis(not_before),
            error=error,
            untried=0 if is_tried else 1,
        )

    def set_text(self, row: int, text: str, ticket: TicketNumber | None) -> None:
        """Say something else, of another ticket, as long as the row is still `new`."""
        self._queries.set_text(self._connection, id=row, text=text, ticket=ticket)

    def retarget(self, row: int, platform: str, conversation: str) -> None:
        """Send a row elsewhere: the person has bound another account since it was queued."""
        self._queries.retarget_row(
            self._connection, id=row, platform=platform, conversation=conversation
        )

    def last_acknowledgement(self, platform: str, conversation: str, most: int = 200) -> str | None:
        """The text with which a matter was last acknowledged there, of the newest `most` rows."""
        text: str | None = self._queries.last_acknowledgement(
            self._connection, platform=platform, conversation=conversation, most=most
        )
        return text

    def next_due(self, after: datetime = EPOCH) -> datetime | None:
        """The earliest moment past `after` from which a waiting row may go."""
        value = self._queries.next_due(self._connection, after=to_millis(after))
        return None if value is None else from_millis(value)

    def list_spoken(self, platform: str, most: int = 2000) -> Sequence[tuple[str, str, str]]:
        """(conversation, message id, text) of what was sent, of the newest rows, oldest first."""
        return list(self._queries.list_spoken(self._connection, platform=platform, most=most))

    def list_sent_lately(
        self, since: datetime, most: int = 5000
    ) -> Sequence[tuple[str, str, datetime]]:
        """(platform, conversation, sent at) of the newest `most` rows, oldest first."""
        rows = self._queries.list_sent_lately(self._connection, since=to_millis(since), most=most)
        return [(platform, talk, from_millis(at)) for platform, talk, at in rows]

    def list_new(self) -> Sequence[OutboxRow]:
        return self._list(OutgoingState.NEW)

    def list_sending(self) -> Sequence[OutboxRow]:
        """In flight. After a restart nobody knows what became of these."""
        return self._list(OutgoingState.SENDING)

    def list_unknown(self) -> Sequence[OutboxRow]:
        return self._list(OutgoingState.UNKNOWN)

    def list_due_before(self, before: datetime) -> Sequence[OutboxRow]:
        """Waiting rows that should have gone before a moment: the backlog of an outage."""
        return list(self._queries.list_due_before(self._connection, before=to_millis(before)))

    def list_waiting(
        self, platform: str, conversation: str, kind: OutgoingClass, now: datetime
    ) -> Sequence[OutboxRow]:
        """What may go now to a conversation and was never tried, of one class."""
        return list(
            self._queries.list_waiting(
                self._connection,
                platform=platform,
                conversation=conversation,
                kind=str(kind),
                now=to_millis(now),
            )
        )

    def record_echo(
        self, platform: str, conversation: str, text: str, message_id: str, at: datetime
    ) -> OutboxRow | None:
        """Mark the oldest open row that an own message proves; None if none fits.

        Blanks are not compared, and mentions may stand before the text.
        """
        if self.by_message(platform, conversation, message_id) is not None:
            return None
        seen = "".join(text.split())
        for row in list(
            self._queries.list_open_in_conversation(
                self._connection, platform=platform, conversation=conversation
            )
        ):
            said = "".join(row.text.split())
            if seen == said or (said and seen.endswith(said)):
                self.mark_sent(row.id, message_id, at)
                found: OutboxRow = row
                return found
        return None

    def by_message(self, platform: str, conversation: str, message_id: str) -> OutboxRow | None:
        """What the bot said in a message, to find the ticket of a card that is quoted."""
        found: OutboxRow | None = self._queries.get_by_message(
            self._connection,
            platform=platform,
            conversation=conversation,
            message_id=message_id,
        )
        return found

    def list_dead_since(self, unit: UnitId, since: datetime) -> Sequence[OutboxRow]:
        """What was given up since a moment, for a unit and all below it."""
        return list(
            self._queries.list_dead_since(
                self._connection,
                unit=unit,
                since=to_millis(since),
                oldest=to_millis(since - DEAD_LOOK_BACK),
            )
        )

    def list_for_ticket(self, ticket: TicketNumber) -> Sequence[OutboxRow]:
        return list(self._queries.list_for_ticket(self._connection, ticket=ticket))

    def cancel_unsent(
        self,
        ticket: TicketNumber | None = None,
        slot_prefix: str | None = None,
        reason: str | None = None,
    ) -> int:
        """Take back what was never tried, of a ticket or of slots that begin so; how many.

        By the `reason` a ticket's can be restored.
        Reminders speak of other tickets too: what they still say is settled when they go.
        """
        taken = 0
        if ticket is not None:
            taken += self._queries.cancel_for_ticket(self._connection, ticket=ticket, reason=reason)
        if slot_prefix:
            taken += self._queries.cancel_for_slot(
                self._connection, prefix=slot_prefix, length=len(slot_prefix)
            )
        return taken

    def restore(self, ticket: TicketNumber, reason: str) -> None:
        """What of a ticket was cancelled for this reason is to be said after all."""
        self._queries.restore_cancelled(self._connection, ticket=ticket, reason=reason)

    def _list(self, state: OutgoingState) -> Sequence[OutboxRow]:
        return list(self._queries.list_in_state(self._connection, state=str(state)))
