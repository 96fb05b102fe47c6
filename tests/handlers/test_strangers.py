"""Who was never met in a group and writes in private is asked once of which village he is."""

import pytest

from handlers import dispatch as dispatching
from handlers.dispatch import dispatch
from handlers.reading import Match, Reading
from handlers.settings import Settings
from handlers.talk import Talk
from handlers.units import units_told
from storage.models import Act, OutboxRow, Stage, TicketNumber, Urgency
from tests.handlers.town import (
    ADMINISTRATOR,
    CHATTER,
    INSTRUCTOR,
    OVER_SECRETARY,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    matter,
    private,
    to,
)

STRANGER = "5999"
ASKED = "哪个村或社区"
MATTER = matter("路灯坏了")


def say(town: Town, text: str, reading: Reading = CHATTER) -> list[OutboxRow]:
    """A stranger's line in private."""
    town.said += 1
    incoming = town.incoming(STRANGER, text, private(STRANGER))
    dispatched = dispatch(incoming, town.context(reading, Talk(is_private=True)))
    return town.queue(dispatched.outgoing, incoming.key)


def told(town: Town, user_id: str) -> str:
    return "\n".join(to(list(town.store.outbox.list_new()), private(user_id)))


def test_he_is_asked_once_and_told_how_to_say_it(town: Town) -> None:
    (asked,) = to(say(town, "门口路灯坏了", MATTER), private(STRANGER))
    assert ASKED in asked
    assert "附近的地名" in asked
    assert "比如“河东”" in asked
    town.wait(days=1)
    say(town, "水管也裂了", matter("水管裂了", place="锅炉后头"))
    town.wait(days=1)
    assert told(town, STRANGER).count(ASKED) == 1


def test_his_answer_brings_the_matter_to_his_unit(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    say(town, "城关的")
    acknowledged = "".join(to(town.wait(seconds=1), private(STRANGER)))
    assert "李惠" in acknowledged
    assert town.ticket(1).unit == "chengguan"
    assert "门口路灯坏了" in told(town, INSTRUCTOR)
    assert told(town, TOWN_SECRETARY) == ""


def test_his_unit_is_remembered(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    say(town, "城关的")
    town.wait(hours=1)
    say(town, "井盖没了", matter("井盖没了", place="井边"))
    assert [ticket.unit for ticket in town.tickets()] == ["chengguan"] * 2


def test_without_an_answer_the_town_has_the_matter_and_is_told_so(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=6)
    assert "没说是哪个村" in told(town, TOWN_SECRETARY)
    assert "1 转" in told(town, TOWN_SECRETARY)
    assert "#1" in told(town, STRANGER)


def test_a_late_answer_moves_it_and_everybody_hears(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=30)
    answer = say(town, "我是城关片的")
    assert "已转给城关党支部" in "".join(to(answer, private(STRANGER)))
    assert "门口路灯坏了" in "".join(to(answer, private(INSTRUCTOR)))
    assert "不用办" in "".join(to(answer, private(TOWN_SECRETARY)))
    assert town.ticket(1).unit == "chengguan"


@pytest.mark.parametrize("said", ["匿名", "匿名吧"])
def test_who_wants_no_name_has_none_where_it_moves(town: Town, said: str) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=30)
    say(town, said)
    (card,) = to(say(town, "城关的"), private(INSTRUCTOR))
    assert "匿名居民：门口路灯坏了" in card
    assert STRANGER not in card


def test_the_card_where_it_moves_tells_the_name_as_every_card_does(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=30)
    town.store.residents.see("qq", STRANGER, "3-2-501老马13900000000", None)
    (card,) = to(say(town, "城关的"), private(INSTRUCTOR))
    assert "\n老马：门口路灯坏了" in card


def test_an_answer_of_the_next_day_promises_no_time_that_is_past(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(days=1)
    (card,) = to(say(town, "城关的"), private(INSTRUCTOR))
    assert "请尽快联系" in card
    assert "昨天" not in card


def test_what_staff_have_taken_up_stays_with_them(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=10)
    town.tell(TOWN_SECRETARY, "1 受理")
    say(town, "城关的")
    assert (town.ticket(1).unit, town.ticket(1).stage) == ("liuyuan", Stage.ACCEPTED)


def test_who_has_taken_it_up_hears_the_answer_and_it_is_no_greeting(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=10)
    town.tell(TOWN_SECRETARY, "1 受理")
    answer = say(town, "城关的")
    assert to(answer, private(STRANGER)) == ["记在 #1 里了。"]
    assert "城关的" in "".join(to(answer, private(TOWN_SECRETARY)))


def test_an_answer_after_staff_passed_it_on_is_remembered(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=10)
    town.tell(TOWN_SECRETARY, "1 转 城关党支部")
    answer = say(town, "城关的")
    assert [row.text for row in answer] == ["记在 #1 里了。"]
    say(town, "井盖没了", matter("井盖没了", place="井边"))
    town.wait(minutes=10)
    assert town.ticket(2).unit == "chengguan"
    assert "哪个村" not in told(town, INSTRUCTOR)


def test_an_answer_delivered_twice_is_not_greeted(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    incoming = town.incoming(STRANGER, "城关的", private(STRANGER), "twice")
    for _ in range(2):
        dispatched = dispatch(incoming, town.context(CHATTER, Talk(is_private=True)))
    assert dispatched.outgoing == ()


def test_more_than_the_name_is_kept_with_the_matter(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    say(town, "我是城关的，在光明巷口上")
    assert town.ticket(1).unit == "chengguan"
    assert "光明巷口上" in town.ticket(1).body


def test_a_name_that_two_have_is_asked_about(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    (which,) = to(say(town, "卫生巷"), private(STRANGER))
    assert "河东党支部" in which
    assert "城关党支部" in which
    assert town.ticket(1).unit == "liuyuan"
    say(town, "河东")
    assert town.ticket(1).unit == "hedong"


def test_who_says_it_at_once_is_not_asked(town: Town) -> None:
    for text in ("我是新泉村的，路灯坏了", "新泉村小学路灯坏了"):
        assert say(town, text, matter("路灯坏了", place=text)) == []
    assert {ticket.unit for ticket in town.tickets()} == {"xinquan"}


def test_what_he_once_said_of_himself_is_not_asked_later(town: Town) -> None:
    say(town, "我是城关的，路灯坏了", MATTER)
    town.wait(minutes=10)
    say(town, "井盖没了", matter("井盖没了", place="井边"))
    assert ASKED not in told(town, STRANGER)
    assert [ticket.unit for ticket in town.tickets()] == ["chengguan"] * 2


def test_a_place_where_something_is_need_not_be_his_own(town: Town) -> None:
    say(town, "新泉村小学路灯坏了", MATTER)
    resident = town.store.residents.find("qq", STRANGER)
    assert resident is not None
    assert resident.unit is None


def test_more_that_he_says_does_not_shorten_the_wait_for_his_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(seconds=30)
    guess = Match(TicketNumber(1), Act.ADD, 0.95)
    monkeypatch.setattr(dispatching, "match", lambda *_: guess)
    say(town, "天黑看不见路", CHATTER)
    assert town.wait(seconds=120) == []
    say(town, "城关的")
    town.wait(seconds=1)
    assert "看不见路" in told(town, INSTRUCTOR)
    assert told(town, TOWN_SECRETARY) == ""


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("书记收了钱不办事", matter("干部吃请", is_sensitive=True)),
        ("家里煤气味", matter("煤气", urgency=Urgency.CRITICAL, danger="gas")),
    ],
)
def test_of_a_complaint_or_in_danger_nothing_is_asked(
    town: Town, text: str, reading: Reading
) -> None:
    say(town, text, reading)
    assert len(town.tickets()) == 1
    assert ASKED not in told(town, STRANGER)


def test_a_complaint_that_nobody_had_goes_past_whom_it_is_about_once_he_says_where(
    town: Town,
) -> None:
    say(town, "书记收了人家红包，低保名额给了亲戚", matter("名额的事", is_sensitive=True))
    answer = say(town, "我是城关的")
    assert to(answer, private(STRANGER)) == ["记在 #1 里了。"]
    assert "红包" in "".join(to(answer, private(OVER_SECRETARY)))
    assert to(answer, private(ADMINISTRATOR)) == ["#1 已经有人办了，不用您定了。"]
    assert "红包" not in told(town, SECRETARY) + told(town, TOWN_SECRETARY)


def test_where_the_town_has_a_complaint_it_hears_of_where(town: Town) -> None:
    say(town, "指导员收了人家红包", matter("红包的事", is_sensitive=True))
    answer = say(town, "我是城关的")
    assert to(answer, private(STRANGER)) == ["记在 #1 里了。"]
    assert "我是城关的" in "".join(to(answer, private(TOWN_SECRETARY)))
    assert town.ticket(1).unit == "liuyuan"


def test_a_complaint_of_somebody_there_does_not_come_to_him(town: Town) -> None:
    say(town, "李惠收了红包不办事", matter("红包的事"))
    town.wait(minutes=10)
    answer = say(town, "城关的")
    assert to(answer, private(STRANGER)) == ["记在 #1 里了。"]
    assert told(town, INSTRUCTOR) == ""
    assert town.ticket(1).unit == "liuyuan"


@pytest.mark.parametrize("minutes", [0, 10])
@pytest.mark.parametrize(
    "said",
    [
        "城关的，李惠收了我两百块钱不给修",
        "城关的，找过指导员李惠，态度差得很",
        "城关的，跟小李说过，小李收了钱",
    ],
)
def test_a_complaint_said_with_the_answer_does_not_come_to_whom_it_is_about(
    town: Town, said: str, minutes: int
) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=minutes)
    say(town, said, CHATTER)
    town.wait(minutes=10)
    assert said in told(town, SECRETARY)
    assert "门口路灯坏了" in told(town, INSTRUCTOR)
    assert said not in told(town, INSTRUCTOR)
    assert town.ticket(2).is_sensitive


def test_of_two_in_one_matter_only_who_opened_it_says_where_it_belongs(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=10)
    guess = Match(TicketNumber(1), Act.JOIN, 0.95)
    other = private("5998")
    for text, found in (("我家门口也黑", guess), ("井盖没了", None), ("新泉的", None)):
        monkeypatch.setattr(dispatching, "match", lambda *_, found=found: found)
        incoming = town.incoming("5998", text, other, text)
        reading = CHATTER if text == "新泉的" else MATTER
        dispatched = dispatch(incoming, town.context(reading, Talk(is_private=True)))
        town.queue(dispatched.outgoing, incoming.key)
    assert [ticket.unit for ticket in town.tickets()] == ["liuyuan", "xinquan"]


def test_who_is_of_the_town_itself_stays_there(town: Town) -> None:
    say(town, "门口路灯坏了", MATTER)
    town.wait(minutes=10)
    assert to(say(town, "镇上的"), private(STRANGER)) == ["记在 #1 里了。"]
    assert town.ticket(1).unit == "liuyuan"


def test_of_a_delicate_matter_he_is_asked_with_the_answer(town: Town) -> None:
    say(town, "我家低保咋停了", matter("低保的事", is_sensitive=True))
    assert told(town, STRANGER).count(ASKED) == 1
    assert "没说是哪个村" in told(town, TOWN_SECRETARY)
    say(town, "城关")
    assert town.ticket(1).unit == "chengguan"
    assert "低保" in told(town, INSTRUCTOR)


def test_staff_are_not_asked(town: Town) -> None:
    town.said += 1
    incoming = town.incoming(ADMINISTRATOR, "登记 路灯坏了", private(ADMINISTRATOR))
    dispatched = dispatch(incoming, town.context(MATTER, Talk(is_private=True)))
    assert all(ASKED not in one.text for one in dispatched.outgoing)


def test_who_is_known_to_a_group_is_not_asked(town: Town) -> None:
    town.say(STRANGER, "楼道灯坏了没人修", reading=MATTER)
    say(town, "井盖没了", matter("井盖没了", place="井边"))
    assert ASKED not in told(town, STRANGER)


@pytest.mark.parametrize(
    ("said", "units"),
    [
        ("新泉", ["xinquan"]),
        ("新泉村。", ["xinquan"]),
        ("我是新泉村三组的", ["xinquan"]),
        ("我們是新泉村的", ["xinquan"]),
        ("红柳", ["hongliugou"]),
        ("住在五公里那边", ["wugongli"]),
        ("桥头", ["wugongli"]),
        ("铁路家属院", ["tielu"]),
        ("家属院的", ["tielu"]),
        ("河东社区", ["hedong"]),
        ("一区", ["xinquan"]),
        ("二道沟呢", ["hongliugou"]),
        ("黑山口", ["nongmu"]),
        ("镇上的", ["liuyuan"]),
        ("卫生巷", ["chengguan", "hedong"]),
        ("不知道", []),
        ("好", []),
        ("好的", []),
        ("灯坏了两天了", []),
        ("社区", []),
        ("村里", []),
        ("什么时候来修", []),
        ("住建办", []),
        ("", []),
    ],
)
def test_the_usual_ways_to_say_it(settings: Settings, said: str, units: list[str]) -> None:
    found = units_told(said, settings)
    assert sorted(found) == units
