"""Closing belongs to the resident."""

import pytest

from handlers import dispatch
from handlers.confirmations import Verdict, verdict_of
from handlers.messages import Voice
from handlers.reading import Match
from storage.models import Act, Outcome, OutgoingClass, Stage, TicketNumber, Urgency
from tests.handlers.conftest import TownMaker
from tests.handlers.town import (
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("好了", Verdict.SOLVED),
        ("水来了 谢谢网格员", Verdict.SOLVED),
        ("解决了", Verdict.SOLVED),
        ("都好了", Verdict.SOLVED),
        ("修好了，谢谢", Verdict.SATISFIED),
        ("满意", Verdict.SATISFIED),
        ("没味儿了 满意", Verdict.SATISFIED),
        ("没味了", Verdict.SOLVED),
        ("不漏了", Verdict.SOLVED),
        ("没事了", Verdict.SOLVED),
        ("没水", Verdict.UNSOLVED),
        ("没", Verdict.UNSOLVED),
        ("非常满意", Verdict.SATISFIED),
        ("不满意", Verdict.UNSATISFIED),
        ("还没", Verdict.UNSOLVED),
        ("没解决", Verdict.UNSOLVED),
        ("又坏了", Verdict.UNSOLVED),
        ("还是没水", Verdict.UNSOLVED),
        ("谢谢", None),
        ("好的", None),
        ("收到", None),
        ("好了吗？", None),
        ("嗯", None),
        ("👍", None),
        ("", None),
        ("我家楼下那个路灯上次修好了以后晚上能看见路了不过楼道里的还是不太行", None),
    ],
)
def test_what_a_short_answer_says(text: str, verdict: Verdict | None) -> None:
    assert verdict_of(text) is verdict


def test_the_residents_word_closes_and_nothing_more_is_said(town: Town) -> None:
    town.answered()
    assert town.say(RESIDENT, "好了") == []
    ticket = town.ticket(1)
    assert ticket.outcome is Outcome.CONFIRMED
    assert ticket.is_solved is True
    assert ticket.is_satisfied is None


def test_satisfaction_counts_only_when_said(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "满意")
    assert town.ticket(1).is_satisfied is True


def test_thanks_alone_neither_closes_nor_reopens(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "谢谢")
    assert town.ticket(1).stage is Stage.ANSWERED


def test_not_solved_starts_over_one_level_higher(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "还没")
    ticket = town.ticket(1)
    assert ticket.stage is Stage.REGISTERED
    assert (ticket.level, ticket.reopened) == (1, 1)
    assert ticket.contact_done_at is None
    assert "还没好" in to(told, GROUP)[0]
    assert "还没好" in to(told, private(SECRETARY))[0]
    assert "还没好" in to(told, private(INSTRUCTOR))[0]


def test_after_closing_not_satisfied_by_number_reopens(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "好了")
    town.tell(RESIDENT, "不满意 1 又堵了")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_stranger_can_not_close_or_reopen(town: Town) -> None:
    town.answered()
    town.tell(NEIGHBOUR, "不满意 1")
    town.tell(NEIGHBOUR, "满意 1")
    assert town.ticket(1).stage is Stage.ANSWERED


def test_silence_closes_as_unconfirmed_after_three_working_days(town: Town) -> None:
    town.answered()
    town.wait(days=2)
    assert town.ticket(1).stage is Stage.ANSWERED
    told = town.wait(days=2)
    assert to(told, GROUP) == []
    ticket = town.ticket(1)
    assert ticket.outcome is Outcome.UNCONFIRMED
    assert ticket.is_solved is None


def test_satisfied_by_word_closes_before_any_answer(town: Town) -> None:
    town.open()
    told = town.tell(RESIDENT, "满意 1")
    assert town.ticket(1).outcome is Outcome.CONFIRMED
    assert "居民说好了" in to(told, private(INSTRUCTOR))[0]


def test_the_residents_word_ends_every_clock(town: Town) -> None:
    town.open()
    town.tell(RESIDENT, "满意 1")
    assert town.wait(days=20) == []


def heard_as_thanks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the weights are trained, some line is once taken for thanks that is none."""
    guess = Match(TicketNumber(1), Act.THANKS, 0.7)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)


@pytest.mark.parametrize(
    "said", ["昨天还好好的，今天就停了", "反正就这样凑合着过", "上次修好了管了三天，现在又停"]
)
def test_what_only_sounds_like_thanks_ends_no_untouched_matter(
    town: Town, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    heard_as_thanks(monkeypatch)
    town.open()
    told = town.say(RESIDENT, said)
    assert town.ticket(1).stage is Stage.REGISTERED
    assert said in to(told, private(INSTRUCTOR))[0]
    town.say(NEIGHBOUR, said)
    assert town.ticket(1).stage is Stage.REGISTERED


@pytest.mark.parametrize(
    "said",
    ["已经来电了", "来水了，娃能洗脸了", "603有水了", "通了", "师傅把管子换好了，多谢"],
)
def test_that_it_is_over_ends_an_untouched_matter(
    town: Town, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    heard_as_thanks(monkeypatch)
    town.open()
    town.say(RESIDENT, said)
    assert town.ticket(1).outcome is Outcome.CONFIRMED


def test_thanks_in_other_words_end_what_staff_have_seen_to(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard_as_thanks(monkeypatch)
    town.open("施工扰民")
    town.say(INSTRUCTOR, "跟他们说过了，中午不干")
    town.say(RESIDENT, "静了，午睡可以续上了，谢谢小蒋")
    assert town.ticket(1).outcome is Outcome.CONFIRMED


def test_a_resident_withdraws_by_word(town: Town) -> None:
    town.open()
    told = town.tell(RESIDENT, "撤销 1")
    assert town.ticket(1).outcome is Outcome.WITHDRAWN
    assert len(of(told, OutgoingClass.CARD)) == 1


def test_one_of_two_withdraws_and_the_other_goes_on(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    town.tell(RESIDENT, "撤销 1")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_anonymous_hides_the_name_from_then_on(town: Town) -> None:
    town.tell(RESIDENT, "匿名")
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    town.tell(RESIDENT, "匿名")
    told = town.tell(RESIDENT, "补充 1 上个月的事")
    card = to(told, private(INSTRUCTOR))[0]
    assert "匿名居民" in card
    assert "小何" not in card


def test_who_asks_to_be_unnamed_at_once_is_named_to_nobody(town: Town) -> None:
    text = "匿名反映一下，会计把我们村低保款截留了，别说是我"
    told = town.tell(RESIDENT, text, reading=matter("截留", is_sensitive=True))
    assert town.ticket(1).is_anonymous
    assert "不提您的名字" in to(told, private(RESIDENT))[0]
    assert not [row for row in told if row.person and "小何" in row.text]


def test_who_asks_later_is_told_that_the_card_bore_the_name(town: Town) -> None:
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    for row in town.store.outbox.list_new():
        town.mark_sent(row, f"s{row.id}")
    told = town.tell(RESIDENT, "匿名")
    assert to(told, private(RESIDENT)) == ["#1 往后不再提您的名字；先前转出去的那条带着名字。"]


def test_a_card_that_waits_for_the_morning_loses_the_name(town_at: TownMaker) -> None:
    town = town_at("2026-11-24 23:00")
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    told = town.tell(RESIDENT, "匿名")
    assert "办事的人看不到您的名字" in to(told, private(RESIDENT))[0]
    card = to(list(town.store.outbox.list_new()), private(INSTRUCTOR))[0]
    assert "匿名居民：" in card
    assert "小何" not in card


def test_a_name_is_kept_out_of_every_card_that_waits(town: Town) -> None:
    town.open("路灯不亮")
    town.say(RESIDENT, voice=Voice(4, None, "note.amr"))
    town.tell(INSTRUCTOR, "1 办结 好了")
    town.say(RESIDENT, "还没", is_at_bot=True)
    town.say(RESIDENT, images_missing=1)
    told = town.tell(RESIDENT, "匿名 1")
    assert "办事的人看不到您的名字" in to(told, private(RESIDENT))[0]
    cards = to(list(town.store.outbox.list_new()), private(INSTRUCTOR))
    assert "语音" in " ".join(cards)
    assert "小何" not in " ".join(cards)


def test_it_is_said_that_a_card_of_a_voice_note_has_gone_out_with_the_name(town: Town) -> None:
    town.open("路灯不亮")
    for row in town.say(RESIDENT, voice=Voice(4, None, "note.amr")):
        town.mark_sent(row, f"bot{row.id}")
    told = town.tell(RESIDENT, "匿名 1")
    assert "先前转出去的那条带着名字" in to(told, private(RESIDENT))[0]


def test_what_is_said_after_the_word_is_a_matter_of_its_own(town: Town) -> None:
    town.open("路灯不亮", where=private(RESIDENT))
    told = town.tell(RESIDENT, "匿名 我们楼上男人天天打老婆，孩子哭得厉害")
    ticket = town.ticket(2)
    assert (ticket.is_anonymous, ticket.urgency) == (True, Urgency.CRITICAL)
    assert "打老婆" in ticket.body
    alarm = to(told, private(INSTRUCTOR))[0]
    assert "匿名居民" in alarm
    assert "小何" not in alarm
    assert not town.ticket(1).is_anonymous


@pytest.mark.parametrize(
    "said", ["可以吗", "行不行", "处理一下吧", "别提我名字", "不要说是我，谢谢", "吧"]
)
def test_a_wish_after_the_word_is_no_matter(town: Town, said: str) -> None:
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    town.tell(RESIDENT, f"匿名 {said}")
    assert town.ticket(1).is_anonymous
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("said", ["没水了", "别说是我，会计贪钱", "打人了"])
def test_few_words_of_a_matter_after_the_word_open_it(town: Town, said: str) -> None:
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    town.tell(RESIDENT, f"匿名 {said}")
    assert said in town.ticket(2).body


def test_thanks_after_the_word_are_no_matter(town: Town) -> None:
    town.open("吃拿卡要", where=private(RESIDENT), is_sensitive=True)
    town.tell(RESIDENT, "匿名，谢谢")
    assert town.ticket(1).is_anonymous
    assert len(town.tickets()) == 1


def test_progress_and_own_list(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 受理 水站在修")
    assert "水站在修" in town.tell(RESIDENT, "进度 1")[0].text
    assert "#1" in town.tell(RESIDENT, "我的")[0].text
    assert "没有找到" in town.tell(NEIGHBOUR, "进度 1")[0].text


def test_satisfied_with_one_of_several_asks_which(town: Town) -> None:
    town.answered(gist="停水")
    town.answered(gist="路灯不亮")
    told = town.tell(RESIDENT, "满意")
    assert told[0].text == "满意哪一件？#2 路灯不亮、#1 停水。带上编号就行。"
    assert [town.ticket(number).stage for number in (1, 2)] == [Stage.ANSWERED] * 2
    town.tell(RESIDENT, "满意 1")
    assert town.ticket(1).outcome is Outcome.CONFIRMED


def test_anonymous_means_the_newest_open_one(town: Town) -> None:
    town.answered(gist="停水")
    town.open("低保咨询", is_sensitive=True)
    town.tell(RESIDENT, "匿名")
    assert [town.ticket(number).is_anonymous for number in (1, 2)] == [False, True]


@pytest.mark.parametrize("text", ["1 匿名", "1 满意", "1 补充 测试", "1 不满意"])
def test_the_instructor_can_not_speak_for_the_resident(town: Town, text: str) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, text)
    assert [row.text for row in told] == ["#1 不是您反映的，这个词由反映的居民来说。"]


def test_a_neighbours_ticket_is_not_known_to_a_resident(town: Town) -> None:
    town.open("停水")
    assert town.tell(NEIGHBOUR, "满意 1")[0].text == "没有找到 #1。"


def test_a_complaint_of_the_worker_said_with_the_verdict_reaches_his_secretary(town: Town) -> None:
    town.open()
    told = town.say(RESIDENT, "不满意 李惠指导员态度恶劣", is_at_bot=True)
    assert "态度恶劣" in " ".join(to(told, private(SECRETARY)))
    assert "态度恶劣" not in " ".join(to(told, private(INSTRUCTOR)))


def test_a_complaint_of_the_secretary_said_with_the_verdict_goes_past_him(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "不满意 鲍书记吃拿卡要", is_at_bot=True)
    assert "吃拿卡要" in " ".join(to(told, private(OVER_SECRETARY)))
    assert "吃拿卡要" not in " ".join(to(told, private(SECRETARY)) + to(told, private(INSTRUCTOR)))


def test_a_complaint_of_the_worker_is_told_once(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "不满意 李惠指导员态度恶劣", is_at_bot=True)
    assert len(to(told, private(SECRETARY))) == 1


def test_a_spoken_verdict_keeps_its_voice_note(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, voice=Voice(4, "还没好", "note.amr"))
    kept = [one.voice for one in town.store.tickets.list_messages(TicketNumber(1)) if one.voice]
    assert kept == [Voice(4, None, "note.amr").kept]
    assert town.ticket(1).reopened == 1
