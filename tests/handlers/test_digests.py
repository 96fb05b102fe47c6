"""The secretaries' daily digest."""

import dataclasses
from datetime import timedelta

from handlers import digests
from handlers.reading import Against
from handlers.replies.digests import MOST
from handlers.settings import Settings
from storage.models import Field, OutgoingClass, UnitId
from tests.handlers.conftest import TownMaker
from tests.handlers.office import at
from tests.handlers.town import (
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    private,
    to,
)


def digest(town: Town, secretary: str = SECRETARY) -> str:
    return to(town.queue(digests.daily(town.context()), "digest"), private(secretary))[0]


def without_holidays(town: Town) -> Settings:
    only_workdays = dataclasses.replace(town.settings.digest, holidays=False)
    return dataclasses.replace(town.settings, digest=only_workdays)


def test_a_quiet_day_is_one_line(town: Town) -> None:
    text = digest(town)
    assert "\n" not in text
    assert text == "城关党支部 11月24日：没有新事项，没有超期。没有在办的件。"


def test_every_secretary_gets_his_own(town: Town) -> None:
    rows = town.queue(digests.daily(town.context()), "digest")
    assert len(rows) == 11
    assert len({row.conversation for row in rows}) == 11


def test_what_happens_below_is_in_the_digests_above(town: Town) -> None:
    town.open("停水")
    rows = town.queue(digests.daily(town.context()), "digest")
    for secretary in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        assert "新收 1 件" in to(rows, private(secretary))[0]
    assert "没有新事项" in to(rows, private("21000021"))[0]


def test_whom_a_complaint_goes_past_reads_nothing_of_it(town: Town) -> None:
    reading = {"is_sensitive": True, "against": Against.SECRETARY}
    town.open("干部吃请", text="我要反映支部书记收红包", **reading)
    town.wait(hours=30)
    rows = town.queue(digests.daily(town.context()), "digest")
    assert "#1" not in to(rows, private(SECRETARY))[0]
    assert "#1" in to(rows, private(OVER_SECRETARY))[0]


def test_an_unnamed_resident_stays_so_where_he_could_not_be_reached(town: Town) -> None:
    text = "匿名反映一下，会计把低保款截留了"
    town.open("截留", where=private(RESIDENT), text=text, is_sensitive=True)
    row = next(one for one in town.store.outbox.list_new() if one.conversation == private(RESIDENT))
    town.store.outbox.mark_dead(row.id, "不是好友", town.now)
    text = digest(town)
    assert "没送到" in text
    assert "小何" not in text


def test_it_is_queued_once_a_day(town: Town) -> None:
    assert town.queue(digests.daily(town.context()), "digest") != []
    town.now += timedelta(minutes=5)
    assert town.queue(digests.daily(town.context()), "digest again") == []
    town.now += timedelta(days=1)
    assert town.queue(digests.daily(town.context()), "digest") != []


def test_pieces_and_people_apart(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    assert "新收 1 件（2 人），其中 1 人是加入的" in digest(town)


def test_who_joins_an_older_matter_is_counted_on_his_own_day(town: Town) -> None:
    town.open("停水")
    town.wait_until(at("2026-11-24 17:30"))
    assert "加入" not in digest(town)
    town.wait_until(at("2026-11-25 09:00"))
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    town.wait_until(at("2026-11-25 17:30"))
    assert "新收 0 件 · 1 人加入早先的件 · 结了 0" in digest(town)
    town.wait_until(at("2026-11-26 17:30"))
    assert "加入" not in digest(town)


def test_the_longest_overdue_comes_first_with_whose_move_it_is(town: Town) -> None:
    town.open("停水")
    town.wait(days=1)
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    town.wait(days=2)
    text = digest(town)
    assert text.index("#1") < text.index("#2")
    assert "超期 2 件" in text
    assert "李惠" in text


def test_waiting_approvals_are_named_with_the_answer(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    assert "回“批准 1”" in digest(town)


def test_what_could_not_be_delivered_is_named(town: Town) -> None:
    town.open("停水", where=private(RESIDENT))
    town.tell(INSTRUCTOR, "1 办结 通了")
    row = next(
        row
        for row in town.store.outbox.list_new()
        if row.kind is OutgoingClass.ANSWER and row.conversation == private(RESIDENT)
    )
    town.store.outbox.mark_dead(row.id, "不是好友", town.now)
    text = digest(town)
    assert "没送到：小何妈妈的" in text
    assert "不是好友" in text


def lose(town: Town, count: int) -> None:
    for number in range(1, count + 1):
        town.tell(f"9{number:03}", f"进度 {number}")
        for row in town.store.outbox.list_new():
            town.store.outbox.mark_dead(row.id, f"原因{number}", town.now)


def test_of_many_lost_messages_the_rest_are_counted(town: Town) -> None:
    lose(town, 16)
    lines = [line for line in digest(town, TOWN_SECRETARY).splitlines() if "没送到" in line]
    assert len(lines) == 6
    assert lines[-1] == "还有 11 条没送到"


def test_the_whole_digest_names_every_lost_message(town: Town) -> None:
    lose(town, 16)
    assert digests.whole_digest(town.settings.town, town.context()).count("没送到：") == 16


def test_a_lost_reply_about_a_ticket_is_named_to_its_unit(town: Town) -> None:
    town.open("停水")
    (row,) = town.tell(RESIDENT, "进度 1")
    town.store.outbox.mark_dead(row.id, "不是好友", town.now)
    assert "没送到：小何妈妈的 #1 消息（不是好友）" in digest(town)


def test_who_wants_no_name_has_none_among_what_was_lost(town: Town) -> None:
    town.open("停水", where=private(RESIDENT))
    town.tell(RESIDENT, "匿名")
    (row,) = town.tell(RESIDENT, "进度 1")
    town.store.outbox.mark_dead(row.id, "不是好友", town.now)
    text = digest(town)
    assert "没送到：匿名居民的 #1 消息（不是好友）" in text
    assert "小何妈妈" not in text


def test_of_many_gaps_the_longest_are_named_and_the_others_counted(town: Town) -> None:
    for number in range(21):
        begin = town.now - timedelta(hours=20) + timedelta(minutes=30 * number)
        town.store.reception.open_gap("qq", "1000", begin)
        gap = town.store.reception.close_gap(
            "qq", "1000", begin + timedelta(minutes=1 if number % 5 else 10 + number)
        )
        assert gap is not None
        town.store.reception.add_recovered(gap.id, 2, number % 2, number % 3 == 0)
    lines = [line for line in digest(town).splitlines() if "掉线" in line]
    assert len(lines) == 5
    assert [line.split(" ")[0] for line in lines[:4]] == [
        "15:30–15:45", "18:00–18:20", "20:30–20:55", "23:00–23:30",
    ]  # fmt: skip
    assert lines[4] == "另掉线 17 次，共 26 分钟，补收 34 条，立案 8，6 个会话查不到记录，请翻看"


def test_the_whole_digest_names_every_gap(town: Town) -> None:
    for number in range(21):
        begin = town.now - timedelta(hours=20) + timedelta(minutes=30 * number)
        town.store.reception.open_gap("qq", "1000", begin)
        town.store.reception.close_gap("qq", "1000", begin + timedelta(minutes=1))
    whole = digests.whole_digest(UnitId("chengguan"), town.context())
    assert whole.count("掉线") == 21


def test_a_gap_in_reception_is_named(town: Town) -> None:
    town.store.reception.open_gap("qq", "1000", town.now - timedelta(hours=3))
    town.store.reception.close_gap("qq", "1000", town.now - timedelta(hours=1))
    assert "06:00–08:00 掉线" in digest(town)


def test_a_gap_of_an_earlier_day_has_its_date(town_at: TownMaker) -> None:
    town = town_at("2026-11-28 03:10")
    town.settings = without_holidays(town)
    town.store.reception.open_gap("qq", "1000", town.now)
    town.store.reception.close_gap("qq", "1000", town.now + timedelta(hours=2))
    town.wait_until(at("2026-11-30 17:30"))
    assert "11月28日 03:10–05:10 掉线" in digest(town)


def test_at_most_600_characters_and_whole_lines(town: Town) -> None:
    for index in range(40):
        sender = f"9{index:03}"
        gist = f"第{index}条巷子路灯不亮很久了"
        town.open(
            gist, sender=sender, field=Field.ROADS, text=f"{gist} {index}", place=f"{index}巷"
        )
    town.wait(days=5)
    text = digest(town)
    assert len(text) <= MOST
    assert text.endswith("明细回“日报 全”，看板回“面板”。")


def test_a_digest_leads_only_to_what_there_is(town: Town) -> None:
    town.open()
    town.settings = dataclasses.replace(town.settings, board_url="https://town.example")
    assert town.tell(SECRETARY, "日报")[0].text.endswith("\n明细回“日报 全”，看板回“面板”。")
    assert town.tell(SECRETARY, "日报 全")[0].text.endswith("\n看板回“面板”。")
    town.settings = dataclasses.replace(town.settings, board_url=None)
    assert "回“" not in town.tell(SECRETARY, "日报 全")[0].text


def test_the_whole_digest_leaves_nothing_out(town: Town) -> None:
    for index in range(12):
        town.open(f"{index}号路灯不亮", sender=f"9{index:03}", place=f"{index}巷", text=f"{index}")
    town.wait(days=5)
    text = town.tell(SECRETARY, "日报 全")[0].text
    assert all(f"#{number} " in text for number in range(1, 13))


def test_rates_show_what_they_are_made_of(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "满意")
    assert "响应 1/1 · 解决 1/1 · 满意 1/1" in digest(town)


def test_silence_is_in_no_denominator_of_satisfaction(town: Town) -> None:
    town.answered()
    town.wait(days=3, hours=1)
    assert "解决 0/1 · 满意 0/0（没说满不满意 1 件不计）" in digest(town)


def test_no_digest_on_a_holiday_where_none_is_wanted(town_at: TownMaker) -> None:
    town = town_at("2026-10-01 17:30")
    town.settings = without_holidays(town)
    assert digests.daily(town.context()) == []


def test_who_said_that_it_is_repaired_is_not_told_of_as_silent(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "好了")
    assert "解决 1/1 · 满意 0/0（没说满不满意 1 件不计）" in digest(town)
    town.wait(seconds=1)
    assert "没说满不满意 1 件不计" in town.tell(SECRETARY, "统计")[0].text


def test_what_came_after_the_last_digest_is_in_the_next(town_at: TownMaker) -> None:
    town = town_at("2026-11-27 18:00")
    town.settings = without_holidays(town)
    town.open("停水")
    town.wait_until(at("2026-11-30 17:30"))
    assert "新收 1 件（1 人）" in digest(town)


def test_a_digest_that_comes_late_leaves_no_hole(town_at: TownMaker) -> None:
    town = town_at("2026-11-23 18:00")
    town.open("停水")
    town.wait_until(at("2026-11-24 19:00"))
    assert "新收 1 件（1 人）" in digest(town)


def test_phone_numbers_never_reach_a_digest(town: Town) -> None:
    town.open("电话13812345678没人接", place=None)
    town.wait(days=3)
    assert "13812345678" not in digest(town)


def test_the_end_of_the_known_holidays_is_told_to_the_town(town_at: TownMaker) -> None:
    town = town_at("2026-12-01 17:30")
    rows = town.queue(digests.daily(town.context()), "digest")
    assert "节假日" in to(rows, private(TOWN_SECRETARY))[0]
    assert "节假日" not in to(rows, private(SECRETARY))[0]


def test_the_digest_speaks_of_a_unit_by_its_name(town: Town) -> None:
    name = town.settings.units[UnitId("chengguan")].name
    assert digest(town).startswith(name)
