"""What waits for a secretary's word (延期, 退单), and the departments asked to assist (协办)."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import (
    Approval,
    ApprovalKind,
    ApprovalState,
    Assist,
    PersonId,
    TicketNumber,
    UnitId,
)
from storage.queries import Connection, Noun
from storage.rows import to_millis, to_row, to_value


class Approvals:
    """An approval is decided once."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add(
        self,
        ticket: TicketNumber,
        kind: ApprovalKind,
        reason: str,
        asked_by: PersonId,
        asked_at: datetime,
        new_due_at: datetime | None = None,
    ) -> Approval:
        """Ask; the new request waits. `new_due_at` belongs to extensions."""
        approval: Approval = self._queries.add_approval(
            self._connection,
            ticket=ticket,
            kind=to_value(kind),
            reason=reason,
            new_due_at=to_value(new_due_at),
            asked_by=asked_by,
            asked_at=to_millis(asked_at),
        )
        return approval

    def get(self, approval: int) -> Approval | None:
        found: Approval | None = self._queries.get_approval(self._connection, approval=approval)
        return found

    def get_waiting(self, ticket: TicketNumber) -> Approval | None:
        """The newest request of a ticket that still waits."""
        found: Approval | None = self._queries.get_waiting(self._connection, ticket=ticket)
        return found

    def get_approved(self, ticket: TicketNumber, decided_at: datetime) -> Approval | None:
        """The request of a ticket that was granted at that moment."""
        found: Approval | None = self._queries.get_approved(
            self._connection, ticket=ticket, decided_at=to_millis(decided_at)
        )
        return found

    def list_waiting_in_scope(self, unit: UnitId) -> Sequence[Approval]:
        """What waits in a unit and all below it, oldest first."""
        return list(self._queries.list_waiting_in_scope(self._connection, unit=unit))

    def decide(
        self,
        approval: int,
        state: ApprovalState,
        decided_by: PersonId | None,
        decided_at: datetime,
    ) -> bool:
        """Settle a waiting request; False if another was quicker or there is none."""
        return bool(
            self._queries.decide_approval(
                self._connection,
                approval=approval,
                state=to_value(state),
                decided_by=decided_by,
                decided_at=to_millis(decided_at),
            )
        )

    def unsettle(self, ticket: TicketNumber, settled_at: datetime) -> None:
        """What a step at that moment settled without deciding it waits again."""
        self._queries.unsettle_approvals(
            self._connection, ticket=ticket, settled_at=to_millis(settled_at)
        )

    def add_assist(self, assist: Assist) -> bool:
        """Ask a department; False if it was asked for this ticket already."""
        return bool(self._queries.add_assist(self._connection, **to_row(assist)))

    def list_assists(self, ticket: TicketNumber) -> Sequence[Assist]:
        """In the order in which they were asked."""
        return list(self._queries.list_assists(self._connection, ticket=ticket))
