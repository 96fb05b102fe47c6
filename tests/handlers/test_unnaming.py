"""Who wants no name has none, whoever else raised the same matter."""

from functools import partial

import pytest

from handlers import dispatch
from handlers.conversing import bare_line
from handlers.dispatch import needs_store
from handlers.intents import Ear, shipped_model
from handlers.reading import Gate, Match, Reading
from handlers.talk import Talk
from storage.models import Act, Field, OutboxRow, OutgoingClass, TicketNumber, Urgency
from tests.handlers.conftest import TownMaker
from tests.handlers.town import (
    CHATTER,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)

SENSITIVE = {"where": private(RESIDENT), "is_sensitive": True}


def waiting(town: Town, user_id: str) -> str:
    return " ".join(to(list(town.store.outbox.list_new()), private(user_id)))


def heard(monkeypatch: pytest.MonkeyPatch, act: Act, number: int = 1) -> None:
    guess = Match(TicketNumber(number), act, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)


def join(town: Town, monkeypatch: pytest.MonkeyPatch, text: str) -> list[OutboxRow]:
    heard(monkeypatch, Act.JOIN)
    told = town.say(NEIGHBOUR, text, reading=matter())
    return told + town.wait(minutes=5)


def test_who_adds_that_he_wants_no_name_has_none_in_the_card_that_waits(
    town_at: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_at("2026-11-24 23:00")
    town.open("吃拿卡要", **SENSITIVE)
    heard(monkeypatch, Act.ADD)
    town.tell(RESIDENT, "别说是我", reading=matter())
    assert town.ticket(1).is_anonymous
    assert "匿名居民：" in waiting(town, INSTRUCTOR)
    assert "小何" not in waiting(town, INSTRUCTOR)


def test_who_writes_it_behind_the_word_too(town_at: TownMaker) -> None:
    town = town_at("2026-11-24 23:00")
    town.open("吃拿卡要", **SENSITIVE)
    town.tell(RESIDENT, "补充 1 别说是我")
    assert "小何" not in waiting(town, INSTRUCTOR)


def test_who_says_it_with_the_word_that_it_is_not_solved_too(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "还没好，别说是我")
    assert town.ticket(1).is_anonymous
    assert "匿名居民" in to(told, private(INSTRUCTOR))[0]
    assert "小何" not in waiting(town, INSTRUCTOR)


def test_who_joins_without_a_name_leaves_the_opener_his(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    join(town, monkeypatch, "我家也停水 别说是我")
    heard(monkeypatch, Act.ADD)
    told = town.say(RESIDENT, "二单元一滴都没有", reading=matter())
    assert "小何妈妈：二单元" in to(told, private(INSTRUCTOR))[0]
    told = town.tell(NEIGHBOUR, "补充 1 三楼也没水")
    assert "匿名居民：三楼也没水" in to(told, private(INSTRUCTOR))[0]


def test_an_opener_without_a_name_leaves_the_joiner_his(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    join(town, monkeypatch, "我家也停水")
    town.tell(RESIDENT, "匿名 1")
    told = town.tell(NEIGHBOUR, "补充 1 三楼也没水")
    assert "周：三楼也没水" in to(told, private(INSTRUCTOR))[0]
    told = town.tell(RESIDENT, "补充 1 娃没法洗脸")
    assert "匿名居民：娃没法洗脸" in to(told, private(INSTRUCTOR))[0]


def test_a_joiner_who_asks_later_has_no_name_in_what_waits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    join(town, monkeypatch, "我家也停水")
    town.tell(NEIGHBOUR, "补充 1 三楼也没水")
    assert "周：" in waiting(town, INSTRUCTOR)
    told = town.tell(NEIGHBOUR, "匿名 1")
    assert to(told, private(NEIGHBOUR)) == ["#1 已改为匿名，办事的人看不到您的名字。"]
    assert "周：" not in waiting(town, INSTRUCTOR)
    assert "小何妈妈：" in waiting(town, INSTRUCTOR)
    assert not town.ticket(1).is_anonymous


def test_nobody_without_a_name_is_named_in_the_group(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    (acknowledged,) = to(join(town, monkeypatch, "我家也停水 别说是我"), GROUP)
    assert "周" not in acknowledged
    assert "#1" in acknowledged
    (answered,) = of(town.tell(INSTRUCTOR, "1 办结 修好了"), OutgoingClass.ANSWER)
    assert "周" not in answered.text
    assert answered.at_users == (RESIDENT,)


def test_where_nobody_has_a_name_the_answer_names_none(town: Town) -> None:
    town.open()
    town.tell(RESIDENT, "匿名 1")
    (answered,) = of(town.tell(INSTRUCTOR, "1 办结 修好了"), OutgoingClass.ANSWER)
    assert answered.at_users == ()
    assert "小何" not in answered.text
    assert "。解决了吗" in answered.text or "。现在好了没有" in answered.text


def test_a_line_that_is_split_off_is_unnamed_only_where_its_own_resident_is(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    town.tell(RESIDENT, "匿名 1")
    join(town, monkeypatch, "八号楼水龙头发黄")
    town.tell(INSTRUCTOR, "1 拆分")
    assert not town.ticket(2).is_anonymous
    told = town.tell(NEIGHBOUR, "补充 2 三楼也是")
    assert "周：三楼也是" in to(told, private(INSTRUCTOR))[0]


def test_of_merged_tickets_each_keeps_his_wish(town: Town) -> None:
    town.open()
    town.open("没水", sender=NEIGHBOUR, where=private(NEIGHBOUR))
    town.tell(NEIGHBOUR, "匿名 2")
    town.tell(INSTRUCTOR, "1 合并 2")
    told = town.tell(NEIGHBOUR, "补充 1 三楼也没水") + town.tell(RESIDENT, "补充 1 二楼也没")
    cards = " ".join(to(told, private(INSTRUCTOR)))
    assert "匿名居民：三楼" in cards
    assert "小何妈妈：二楼" in cards


def test_a_ticket_that_is_split_again_keeps_the_wish_said_meanwhile(town: Town) -> None:
    town.open()
    town.open("没水", sender=NEIGHBOUR)
    town.tell(INSTRUCTOR, "1 合并 2")
    town.tell(NEIGHBOUR, "匿名 2")
    assert not town.ticket(1).is_anonymous
    town.tell(INSTRUCTOR, "2 拆分")
    told = town.tell(NEIGHBOUR, "补充 2 三楼也没水")
    assert "匿名居民：三楼" in to(told, private(INSTRUCTOR))[0]


def test_who_says_it_twice_is_told_that_it_is_so_already(town: Town) -> None:
    town.open("吃拿卡要", **SENSITIVE)
    town.tell(RESIDENT, "匿名")
    before = len(town.events(1))
    assert to(town.tell(RESIDENT, "匿名"), private(RESIDENT)) == ["#1 已经是匿名的了。"]
    assert len(town.events(1)) == before


@pytest.mark.parametrize(
    "said",
    ["匿名 会计贪钱", "匿名，会计贪钱", "匿名：会计贪钱", "/匿名 会计贪钱", "匿名\n会计贪钱"],
)
def test_the_word_itself_is_no_part_of_the_matter(town: Town, said: str) -> None:
    told = town.tell(RESIDENT, said)
    assert (town.ticket(1).body, town.ticket(1).is_anonymous) == ("会计贪钱", True)
    cards = [row.text for row in told if row.person is not None]
    assert "匿名居民：会计贪钱" in cards[0]


def test_the_word_before_a_line_in_the_group_is_no_part_of_it_either(town: Town) -> None:
    town.say(RESIDENT, "匿名，会计贪钱", reading=matter("贪钱", is_sensitive=True))
    assert (town.ticket(1).body, town.ticket(1).is_anonymous) == ("会计贪钱", True)


@pytest.mark.parametrize("said", ["匿名举报会计贪钱", "匿名"])
def test_what_only_begins_like_the_word_is_kept(town: Town, said: str) -> None:
    town.say(RESIDENT, said, reading=matter("贪钱", is_sensitive=True))
    assert town.ticket(1).body == said


def test_danger_behind_the_word_alarms_without_it(town: Town) -> None:
    told = town.tell(RESIDENT, "匿名 楼道里一股煤气味，头都晕")
    assert town.ticket(1).urgency is Urgency.CRITICAL
    assert "匿名居民：楼道里" in to(told, private(INSTRUCTOR))[0]


WISHES = ["匿名吧", "匿名一下", "能匿名吗？", "可以匿名吗", "我想匿名", "匿名吧，谢谢", "能匿名嗎"]


@pytest.mark.parametrize("said", WISHES)
def test_the_wish_in_other_words_is_the_command(town: Town, said: str) -> None:
    town.open("吃拿卡要", **SENSITIVE)
    told = town.tell(RESIDENT, said)
    assert to(told, private(RESIDENT)) == ["#1 已改为匿名，办事的人看不到您的名字。"]
    assert town.ticket(1).is_anonymous
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("said", [*WISHES, "匿名"])
def test_in_the_group_it_counts_just_after_the_report_and_is_answered_aside(
    town: Town, said: str
) -> None:
    town.open()
    incoming = town.incoming(RESIDENT, said, GROUP)
    hear = partial(Ear(shipped_model()).hear, bare_line(incoming), Talk())
    assert needs_store(incoming, hear, Talk(), True)
    told = town.say(RESIDENT, said)
    assert to(told, GROUP) == []
    assert to(told, private(RESIDENT)) == ["#1 已改为匿名，办事的人看不到您的名字。"]
    assert town.ticket(1).is_anonymous


def test_who_has_just_joined_may_say_it_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.open()
    town.wait(minutes=30)
    join(town, monkeypatch, "我家也停水")
    told = town.say(NEIGHBOUR, "匿名吧")
    assert to(told, private(NEIGHBOUR)) == ["#1 已改为匿名，办事的人看不到您的名字。"]
    assert not town.ticket(1).is_anonymous


def test_delivered_twice_it_is_answered_once(town: Town) -> None:
    town.open()
    assert town.say(RESIDENT, "匿名吧", message_id="twice")
    assert town.say(RESIDENT, "匿名吧", message_id="twice") == []


@pytest.mark.parametrize(
    "said",
    ["匿名举报的人是谁", "谁匿名吧里发的", "有人匿名举报我家", "你们匿名一下试试", "匿名吧里见"],
)
def test_talk_of_others_who_want_no_name_is_none(
    town: Town, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    town.open()
    monkeypatch.setattr(dispatch, "match", lambda *_: None)
    town.say(RESIDENT, said, reading=CHATTER)
    assert not town.ticket(1).is_anonymous


def test_an_hour_later_it_is_talk_of_the_group(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.open()
    monkeypatch.setattr(dispatch, "match", lambda *_: None)
    town.wait(hours=1)
    assert town.say(RESIDENT, "能匿名吗", reading=CHATTER) == []
    assert not town.ticket(1).is_anonymous


@pytest.mark.parametrize("changed", [{"at_users": (NEIGHBOUR,)}, {"quote": "n1"}])
def test_what_is_said_to_a_neighbour_is_not_meant_for_the_bot(
    town: Town, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    town.open()
    monkeypatch.setattr(dispatch, "match", lambda *_: None)
    town.say(NEIGHBOUR, "我想去信访", message_id="n1", reading=CHATTER)
    town.say(RESIDENT, "能匿名吗", reading=CHATTER, **changed)
    assert not town.ticket(1).is_anonymous


def test_who_has_raised_nothing_is_greeted_as_ever(town: Town) -> None:
    town.open()
    told = town.tell(NEIGHBOUR, "能匿名吗")
    assert "#" not in "".join(to(told, private(NEIGHBOUR)))
    assert not town.ticket(1).is_anonymous


def test_a_neighbour_who_says_it_in_the_group_changes_nothing(town: Town) -> None:
    town.open()
    town.say(NEIGHBOUR, "匿名吧", reading=CHATTER)
    assert not town.ticket(1).is_anonymous


@pytest.mark.parametrize(
    "said",
    ["解决了，但是李惠收了我两百块钱", "补充 1 李惠收了我两百块钱", "满意 1 李惠收了两百块钱"],
)
def test_a_complaint_taken_apart_keeps_the_wish(town: Town, said: str) -> None:
    town.open()
    town.tell(RESIDENT, "匿名 1")
    town.tell(INSTRUCTOR, "1 办结 修好了")
    told = town.tell(RESIDENT, said)
    assert town.ticket(2).is_anonymous
    assert "匿名居民：" in to(told, private(SECRETARY))[0]
    assert "不提您的名字" in "".join(to(told, private(RESIDENT)))


@pytest.mark.parametrize("reading", [CHATTER, matter("态度的事")])
def test_one_heard_as_more_on_the_matter_keeps_it_too(
    town: Town, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    town.open()
    town.tell(RESIDENT, "匿名 1")
    heard(monkeypatch, Act.ADD)
    said = "指导员李惠不管，打电话还骂人"
    told = town.say(RESIDENT, said, reading=reading) + town.wait(minutes=5)
    monkeypatch.undo()
    if of(told, OutgoingClass.QUESTION):
        told += town.tell(RESIDENT, "登记")
    assert f"匿名居民：{said}" in to(told, private(SECRETARY))[0]


def test_a_line_that_staff_register_by_quote_keeps_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    heard(monkeypatch, Act.JOIN)
    town.say(NEIGHBOUR, "八号楼水龙头发黄", reading=matter(), message_id="n1")
    town.wait(minutes=5)
    town.tell(NEIGHBOUR, "匿名 1")
    town.say(INSTRUCTOR, "登记", quote="n1")
    cards = " ".join(to(town.wait(minutes=5), private(INSTRUCTOR)))
    assert "匿名居民：八号楼水龙头发黄" in cards


def test_who_was_named_before_the_merge_is_told_so(town: Town) -> None:
    town.open()
    town.open("没水", sender=NEIGHBOUR)
    for row in town.store.outbox.list_new():
        town.mark_sent(row, f"s{row.id}")
    town.tell(INSTRUCTOR, "1 合并 2")
    told = town.tell(NEIGHBOUR, "匿名 2")
    assert to(told, private(NEIGHBOUR)) == ["#1 往后不再提您的名字；先前转出去的那条带着名字。"]


def _asked(town: Town, **changed: object) -> None:
    """The resident is asked whether what he said is to be registered."""
    town.say(
        RESIDENT, "会计好像收了点啥", reading=matter("收东西", gate=Gate.ASK, score=0.3, **changed)
    )
    town.wait(minutes=3)


@pytest.mark.parametrize("said", ["匿名", "匿名吧"])
def test_while_he_is_asked_the_wish_is_of_that_and_of_no_other_ticket(
    town: Town, said: str
) -> None:
    town.open()
    town.wait(minutes=30)
    _asked(town, is_sensitive=True)
    told = town.tell(RESIDENT, said)
    assert to(told, private(RESIDENT)) == ["好的，登记的话不提您的名字。要登记就回“登记”。"]
    assert not town.ticket(1).is_anonymous
    town.tell(RESIDENT, "登记")
    assert town.ticket(2).is_anonymous


def test_who_is_asked_in_the_group_may_say_it_there(town: Town) -> None:
    _asked(town)
    told = town.say(RESIDENT, "能匿名吗", reading=CHATTER)
    assert to(told, GROUP) == []
    assert to(told, private(RESIDENT)) == ["好的，登记的话不提您的名字。要登记就在群里回“登记”。"]
    town.say(RESIDENT, "登记", reading=CHATTER)
    assert town.ticket(1).is_anonymous


def test_with_a_number_the_wish_is_of_that_ticket(town: Town) -> None:
    town.open()
    _asked(town, is_sensitive=True)
    town.tell(RESIDENT, "匿名 1")
    assert town.ticket(1).is_anonymous


def test_what_he_joined_after_the_question_is_meant(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open(sender=NEIGHBOUR)
    town.wait(minutes=30)
    _asked(town, is_sensitive=True)
    heard(monkeypatch, Act.JOIN)
    town.say(RESIDENT, "我家也停水", reading=matter(field=Field.OTHER))
    told = town.tell(RESIDENT, "匿名")
    assert to(told, private(RESIDENT)) == ["#1 已改为匿名，办事的人看不到您的名字。"]


def test_a_ticket_raised_after_the_question_is_meant(town: Town) -> None:
    _asked(town, is_sensitive=True)
    town.wait(minutes=30)
    town.open(field=Field.UTILITIES)
    town.tell(RESIDENT, "匿名")
    assert town.ticket(1).is_anonymous
