"""Hot spots (热点难点主动办): one field raised in several units or by many people at once. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.models import Field, ResidentId, TicketNumber, UnitId

WITHIN = timedelta(days=14)
UNITS = 3
PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Raised:
    """A ticket as far as hot spots go. `residents`: everybody who raised or joined it."""

    ticket: TicketNumber
    unit: UnitId
    field: Field
    opened_at: datetime
    residents: frozenset[ResidentId]


@dataclass(frozen=True, slots=True)
class HotSpot:
    """`tickets` in the order they were opened; `people` counts each resident once."""

    field: Field
    tickets: tuple[TicketNumber, ...]
    units: int
    people: int


def find_hot_spots(
    raised: Iterable[Raised],
    now: datetime,
    *,
    within: timedelta = WITHIN,
    units: int = UNITS,
    people: int = PEOPLE,
) -> tuple[HotSpot, ...]:
    """The fields raised within the time in so many units or by so many people, widest first.

    Field.OTHER is no field that anybody could go and look after.
    """
    by_field: defaultdict[Field, list[Raised]] = defaultdict(list)
    for one in raised:
        if one.field is not Field.OTHER and timedelta(0) <= now - one.opened_at <= within:
            by_field[one.field].append(one)
    spots = (_spot(field, tickets) for field, tickets in by_field.items())
    hot = [spot for spot in spots if spot.units >= units or spot.people >= people]
    return tuple(sorted(hot, key=lambda spot: (-spot.people, -spot.units, spot.field)))


def _spot(field: Field, raised: list[Raised]) -> HotSpot:
    in_order = sorted(raised, key=lambda one: (one.opened_at, one.ticket))
    return HotSpot(
        field,
        tuple(one.ticket for one in in_order),
        len({one.unit for one in raised}),
        len(frozenset[ResidentId]().union(*(one.residents for one in raised))),
    )
