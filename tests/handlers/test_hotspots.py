"""One field in three units, or from five people, within a fortnight is a hot spot."""

from datetime import UTC, datetime, timedelta

from handlers.hotspots import HotSpot, Raised, find_hot_spots
from storage.models import Field, ResidentId, TicketNumber, UnitId

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def raised(
    number: int, unit: str, people: set[int], *, days: float = 1, field: Field = Field.UTILITIES
) -> Raised:
    return Raised(
        TicketNumber(number),
        UnitId(unit),
        field,
        NOW - timedelta(days=days),
        frozenset(map(ResidentId, people)),
    )


def test_three_units_make_a_hot_spot() -> None:
    found = find_hot_spots(
        [raised(1, "east", {1}, days=3), raised(3, "west", {2}), raised(2, "north", {3}, days=2)],
        NOW,
    )
    numbers = (TicketNumber(1), TicketNumber(2), TicketNumber(3))
    assert found == (HotSpot(Field.UTILITIES, numbers, units=3, people=3),)


def test_five_people_of_one_unit_make_a_hot_spot() -> None:
    found = find_hot_spots([raised(1, "east", {1, 2, 3}), raised(2, "east", {4, 5})], NOW)
    assert [(spot.units, spot.people) for spot in found] == [(1, 5)]


def test_one_person_who_complains_five_times_is_one_person() -> None:
    assert find_hot_spots([raised(number, "east", {1}) for number in range(5)], NOW) == ()


def test_two_units_and_four_people_are_not_enough() -> None:
    assert find_hot_spots([raised(1, "east", {1, 2}), raised(2, "west", {3, 4})], NOW) == ()


def test_a_ticket_of_the_fifteenth_day_before_no_longer_counts() -> None:
    old = raised(1, "east", {1}, days=14.5)
    assert find_hot_spots([old, raised(2, "west", {2}), raised(3, "north", {3})], NOW) == ()


def test_the_fourteenth_day_still_counts() -> None:
    old = raised(1, "east", {1}, days=14)
    assert find_hot_spots([old, raised(2, "west", {2}), raised(3, "north", {3})], NOW)


def test_fields_are_counted_apart() -> None:
    roads = raised(3, "north", {3}, field=Field.ROADS)
    assert find_hot_spots([raised(1, "east", {1}), raised(2, "west", {2}), roads], NOW) == ()


def test_other_matters_have_nothing_in_common() -> None:
    tickets = [raised(number, f"unit{number}", {number}, field=Field.OTHER) for number in range(6)]
    assert find_hot_spots(tickets, NOW) == ()


def test_the_field_with_most_people_comes_first() -> None:
    found = find_hot_spots(
        [raised(1, "east", set(range(5))), raised(2, "east", set(range(7)), field=Field.ROADS)],
        NOW,
    )
    assert [spot.field for spot in found] == [Field.ROADS, Field.UTILITIES]


def test_nothing_raised_is_nothing_hot() -> None:
    assert find_hot_spots([], NOW) == ()
