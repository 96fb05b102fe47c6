"""Finding tickets by their words, within what the asker may see."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.models import Assist, PersonId, Ticket, TicketNumber, UnitId
from storage.store import Store

TOWN, EAST, WEST = UnitId("town"), UnitId("east"), UnitId("west")

OpenTicket = Callable[..., Ticket]


@pytest.fixture
def units(store: Store) -> None:
    for ancestor, unit in ((TOWN, TOWN), (TOWN, EAST), (TOWN, WEST), (EAST, EAST), (WEST, WEST)):
        store.connection.execute(
            f"insert into unit_scope (ancestor, unit) values ('{ancestor}', '{unit}')"
        )


@pytest.fixture
def add(store: Store, units: None, open_ticket: OpenTicket) -> Callable[..., TicketNumber]:
    def make(words: str, unit: UnitId = EAST) -> TicketNumber:
        number = open_ticket(unit=unit).number
        store.search.index(number, words)
        return number

    return make


Add = Callable[..., TicketNumber]


def test_a_ticket_is_found_by_each_of_its_words(store: Store, add: Add) -> None:
    number = add("3 号楼 水管 漏水")
    assert store.search.find("水管", TOWN) == [number]
    assert store.search.find("漏水 3", TOWN) == [number]


def test_all_words_must_match(store: Store, add: Add) -> None:
    add("水管 漏水")
    both = add("水管 停水")
    assert store.search.find("水管 停水", TOWN) == [both]
    assert store.search.find("漏水 停水", TOWN) == []


def test_what_a_unit_assists_with_is_found_too(store: Store, add: Add) -> None:
    number, _ = add("水管 漏水", WEST), add("水管 漏水", WEST)
    store.approvals.add_assist(
        Assist(number, EAST, PersonId(1), datetime(2026, 11, 24, tzinfo=UTC))
    )
    assert store.search.find("漏水 水管", EAST) == [number]
    assert store.search.find("停水", EAST) == []


def test_a_part_of_a_word_is_no_match(store: Store, add: Add) -> None:
    add("自来水管")
    assert store.search.find("水管", TOWN) == []


def test_one_character_finds_the_words_it_is_in(store: Store, add: Add) -> None:
    numbers = [add("路灯 不亮"), add("灯泡 坏了"), add("换 灯")]
    add("电线 wifi 301")
    assert store.search.find("灯", TOWN) == numbers[::-1]
    assert store.search.find("灯 泡", TOWN) == [numbers[1]]
    for part in ("w", "3"):
        assert store.search.find(part, TOWN) == []


def test_the_characters_of_words_that_are_gone_find_nothing(store: Store, add: Add) -> None:
    number = add("路灯")
    store.search.index(number, "停水")
    assert store.search.find("灯", TOWN) == []


def test_the_newest_come_first_and_no_more_than_asked_for(store: Store, add: Add) -> None:
    numbers = [add("停电") for _ in range(5)]
    assert store.search.find("停电", TOWN, 3) == numbers[:1:-1]


def test_only_tickets_of_the_unit_and_below_are_found(store: Store, add: Add) -> None:
    east, west = add("停电", EAST), add("停电", WEST)
    assert store.search.find("停电", EAST) == [east]
    assert store.search.find("停电", WEST) == [west]
    assert store.search.find("停电", TOWN) == [west, east]
    assert store.search.find("停电", UnitId("elsewhere")) == []


def test_a_ticket_that_moves_is_found_in_its_new_unit(store: Store, add: Add) -> None:
    number = add("停电", EAST)
    store.connection.execute(f"update ticket set unit = 'west' where number = {number}")
    assert store.search.find("停电", EAST) == []
    assert store.search.find("停电", WEST) == [number]


def test_new_words_take_the_place_of_the_old(store: Store, add: Add) -> None:
    number = add("停电")
    store.search.index(number, "停水")
    assert store.search.find("停电", TOWN) == []
    assert store.search.find("停水", TOWN) == [number]


def test_a_removed_ticket_is_found_no_more(store: Store, add: Add) -> None:
    number = add("停电")
    store.search.remove(number)
    assert store.search.find("停电", TOWN) == []


def test_case_and_width_of_spaces_make_no_difference(store: Store, add: Add) -> None:
    number = add("WiFi\u3000坏了")
    assert store.search.find("  wifi \n 坏了 ", TOWN) == [number]


def test_numbers_with_points_and_dashes_are_found_as_written(store: Store, add: Add) -> None:
    number = add("3-2-501 3.5元 a_b")
    for words in ("3-2-501", "3.5元", "501", "a_b"):
        assert store.search.find(words, TOWN) == [number], words


@pytest.mark.parametrize("words", ["", "   ", "。,!", '"', "* ' & |", "()"])
def test_without_a_word_nothing_is_found(store: Store, add: Add, words: str) -> None:
    add("停电 。")
    assert store.search.find(words, TOWN) == []


@pytest.mark.parametrize(
    "words",
    [
        '停电"',
        "停电*",
        "NOT 停电",
        "words:停电",
        "停电 OR 停水",
        "'停电' & !停水",
        "停电 NEAR 停水",
    ],
)
def test_the_query_languages_have_no_power_here(store: Store, add: Add, words: str) -> None:
    number = add("停电 not words or near 停水")
    assert store.search.find(words, TOWN) == [number]


def test_a_very_long_text_is_indexed_by_its_beginning(store: Store, add: Add) -> None:
    long_word = "水" * 5_000
    number = add(f"停电 {long_word} " + " ".join(f"词{n}" for n in range(100_000)))
    assert store.search.find("停电 词7", TOWN) == [number]
    assert store.search.find(long_word, TOWN) == [number]
    assert store.search.find("词99999", TOWN) == []


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(text=st.text(max_size=60), other=st.text(max_size=20))
def test_whatever_was_indexed_is_found_by_the_same_text(
    store: Store, first_ticket: None, text: str, other: str
) -> None:
    store.search.index(TicketNumber(1), text)
    is_empty = not any(character.isalnum() for character in text)
    assert store.search.find(text, TOWN) == ([] if is_empty else [1])
    store.search.find(other, TOWN)


@pytest.fixture
def first_ticket(store: Store, units: None, open_ticket: OpenTicket) -> None:
    assert open_ticket(unit=EAST).number == 1
