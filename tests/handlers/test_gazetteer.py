"""The places that units come to know from their closed tickets."""

import pytest

from handlers.forgetting import forget
from handlers.gazetteer import grow, is_name, with_known
from handlers.intents import Ear, shipped_model
from handlers.talk import Talk
from storage.models import UnitId
from tests.handlers.town import INSTRUCTOR, NEIGHBOUR, RESIDENT, THIRD, Town

CHENGGUAN = UnitId("chengguan")


def settle(town: Town, place: str, sender: str = RESIDENT, **changed: object) -> int:
    """A matter at a place, closed by the resident's word."""
    ticket = town.open("停水", sender, place=place, place_key=place, **changed)
    town.tell(INSTRUCTOR, f"{ticket.number} 办结 修好了")
    town.tell(sender, f"满意 {ticket.number}")
    return int(ticket.number)


def known(town: Town) -> list[str]:
    grow(town.context())
    assert {unit for unit, _ in town.store.places.list_all()} <= {CHENGGUAN}
    return [name for _, name in town.store.places.list_all()]


def test_a_place_of_two_closed_tickets_is_known(town: Town) -> None:
    settle(town, "老磨坊")
    assert known(town) == []
    settle(town, "老磨坊", NEIGHBOUR)
    assert known(town) == ["老磨坊"]


def test_a_place_that_staff_wrote_is_known_once_its_ticket_is_closed(town: Town) -> None:
    ticket = town.open("停水")
    town.tell(INSTRUCTOR, f"{ticket.number} 改 地点 老磨坊")
    assert known(town) == []
    town.tell(INSTRUCTOR, f"{ticket.number} 办结 修好了")
    town.tell(RESIDENT, "满意")
    assert known(town) == ["老磨坊"]


def test_of_what_was_no_matter_nothing_is_known(town: Town) -> None:
    settle(town, "老磨坊")
    ticket = town.open("停水", NEIGHBOUR, place="老磨坊", place_key="老磨坊")
    town.tell(INSTRUCTOR, f"{ticket.number} 不是")
    assert known(town) == []


def test_what_was_told_by_who_is_forgotten_is_forgotten(town: Town) -> None:
    settle(town, "老磨坊")
    settle(town, "老磨坊", NEIGHBOUR)
    assert known(town) == ["老磨坊"]
    forget("qq", NEIGHBOUR, town.context())
    assert [name for _, name in town.store.places.list_all()] == []


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        *(
            ("老磨坊", True),
            ("大槐树", True),
            ("5社机井", True),
            ("张家桥", True),
            ("国家粮站", True),
        ),
        *(("3号楼2单元", False), ("3-2-501", False), ("502室", False), ("8号院", False)),
        *(("老王家", False), ("李婶家门口", False), ("王家隔壁", False), ("我家", False)),
        *(("门口", False), ("那边", False), ("东边", False), ("路", False), ("139****5678", False)),
        *(("从村委会往东走三百米再拐弯的那条巷子", False), ("", False)),
    ],
)
def test_dwellings_homes_and_vague_words_are_no_names(place: str, is_one: bool) -> None:
    assert is_name(place) is is_one


def test_a_unit_knows_its_own_places_and_those_of_the_units_above(town: Town) -> None:
    learned = [(CHENGGUAN, "老磨坊"), (town.settings.town, "大集")]
    places = with_known(dict.fromkeys(town.settings.units, ("闸口",)), learned, town.settings)
    assert places[CHENGGUAN] == ("闸口", "老磨坊", "大集")
    assert places[town.settings.town] == ("闸口", "大集")


def test_a_known_place_is_found_in_a_line_where_it_was_not_before(town: Town) -> None:
    town.say(THIRD, "早")
    line = town.talk[next(iter(town.talk))][0]
    said = type(line)(line.message_id, line.at, line.sender, "", "碾盘子又停水了，没人管吗")
    talk = Talk(unit=CHENGGUAN)
    plain = Ear(shipped_model())
    taught = Ear(shipped_model(), places={CHENGGUAN: ("碾盘子",)})
    assert plain.classify(said, talk).place is None
    reading = taught.classify(said, talk)
    assert (reading.place, reading.place_key) == ("碾盘子", "碾盘子")
