"""Rows of the outbox; see the fixture `queue`."""

from collections.abc import Callable
from datetime import timedelta

from storage.models import OutboxRow

Queue = Callable[..., int | None]
"""Takes a slot, and changed values by keyword; the id of the row."""
MINUTE = timedelta(minutes=1)


def slots(rows: object) -> list[str]:
    return [row.slot for row in rows]  # type: ignore[attr-defined]


def the(row: OutboxRow | None) -> OutboxRow:
    assert row is not None
    return row
