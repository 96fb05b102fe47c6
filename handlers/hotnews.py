"""热点难点主动办: what many raise is told to the secretary once, with its tickets."""

from collections.abc import Sequence

from handlers.assignment import private_to
from handlers.context import Context
from handlers.hotspots import PEOPLE, UNITS, WITHIN, HotSpot, Raised, find_hot_spots
from handlers.messages import Outgoing
from handlers.replies import staff as staff_replies
from handlers.settings import UnitKind
from storage.models import OutgoingClass, ResidentId, Role, TicketNumber, UnitId

MANY = 10**9


def tell_hot_spots(context: Context) -> list[Outgoing]:
    """Each day: to a branch's secretary what five people raise, to those above what goes on in
    three units. The slot says it once in a fortnight."""
    told: list[Outgoing] = []
    for unit, one in context.settings.units.items():
        if one.kind is not UnitKind.DEPARTMENT:
            for spot in _spots(unit, one.kind, context):
                told += _tell(unit, spot, context)
    return told


def _spots(unit: UnitId, kind: UnitKind, context: Context) -> Sequence[HotSpot]:
    is_branch = kind is UnitKind.BRANCH
    return find_hot_spots(
        _raised(unit, context),
        context.now,
        units=MANY if is_branch else UNITS,
        people=PEOPLE if is_branch else MANY,
    )


def _raised(unit: UnitId, context: Context) -> Sequence[Raised]:
    rows = context.store.tickets.list_raised_in_scope(unit, context.now - WITHIN)
    residents: dict[TicketNumber, set[ResidentId]] = {}
    for number, _, _, _, resident in rows:
        residents.setdefault(number, set()).add(resident)
    first = {row[0]: row for row in reversed(rows)}
    return [
        Raised(number, of, field, opened_at, frozenset(residents[number]))
        for number, (_, of, field, opened_at, _) in first.items()
    ]


def _tell(unit: UnitId, spot: HotSpot, context: Context) -> list[Outgoing]:
    if _was_told(unit, spot, context):
        return []
    text = staff_replies.hot_spot(spot.field.value, spot.people, spot.units, spot.tickets)
    slot = f"hot:{unit}:{spot.field.value}:{_day(context)}"
    return [
        Outgoing(
            private_to(context.store, person.id),
            OutgoingClass.NOTICE,
            text,
            person=person.id,
            unit=unit,
            slot=slot,
        )
        for person in context.store.people.list_in_post(unit, Role.SECRETARY)[:1]
    ]


def _was_told(unit: UnitId, spot: HotSpot, context: Context) -> bool:
    today = _day(context)
    return any(
        context.store.outbox.get_by_slot(f"hot:{unit}:{spot.field.value}:{today - back}")
        for back in range(WITHIN.days + 1)
    )


def _day(context: Context) -> int:
    return context.now.date().toordinal()
