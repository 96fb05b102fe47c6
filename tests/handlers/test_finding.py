"""What one may look at."""

import pytest

from storage.models import Stage
from tests.handlers.town import (
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    private,
    to,
)


def test_search_finds_by_words_within_what_one_may_see(town: Town) -> None:
    town.open("路灯不亮", text="铁路巷的路灯坏了三天")
    assert "#1" in town.tell(INSTRUCTOR, "查 路灯")[0].text
    assert "没有找到" in town.tell(OTHER_INSTRUCTOR, "查 路灯")[0].text
    assert "#1" in town.tell(TOWN_SECRETARY, "查 路灯")[0].text


def test_one_character_is_enough_to_search_by(town: Town) -> None:
    town.open("路灯不亮", text="铁路巷的路灯坏了三天")
    assert "#1" in town.tell(INSTRUCTOR, "查 灯")[0].text


@pytest.mark.parametrize(
    ("word", "hint"),
    [("查 锅炉", "换个说法"), ("查 锅炉 铁路巷", "少写一个词"), ("查 锅炉", "进度 12")],
)
def test_where_nothing_is_found_it_is_said_what_to_try(town: Town, word: str, hint: str) -> None:
    town.open("路灯不亮", text="铁路巷的路灯坏了三天")
    assert hint in town.tell(INSTRUCTOR, word)[0].text


def test_a_sensitive_ticket_is_not_found_by_those_it_is_kept_from(town: Town) -> None:
    from handlers.reading import Against

    reading = {"is_sensitive": True, "against": Against.INSTRUCTOR}
    town.open("干部吃请", text="指导员吃拿卡要", **reading)
    assert town.store.people.get(town.ticket(1).assignee).name == "鲍春霞"  # type: ignore[arg-type, union-attr]
    assert "没有找到" in town.tell(INSTRUCTOR, "查 指导员")[0].text
    assert "没有找到" in town.tell(INSTRUCTOR, "进度 1")[0].text
    assert "#1" in town.tell(SECRETARY, "进度 1")[0].text


def test_what_was_raised_in_private_is_not_shown_in_the_group(town: Town) -> None:
    town.open("路灯不亮", where=private(RESIDENT), text="铁路巷的路灯坏了三天")
    assert "没有找到" in town.say(INSTRUCTOR, "/查 路灯")[0].text
    assert "路灯" not in town.say(INSTRUCTOR, "/待办")[0].text
    assert "路灯" not in town.say(INSTRUCTOR, "/进度 1")[0].text
    assert "#1" not in town.say(RESIDENT, "/我的")[0].text
    assert "#1" in town.tell(INSTRUCTOR, "查 路灯")[0].text


def test_what_was_taken_back_is_not_the_newest_word(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 受理 水站在抢修")
    town.tell(INSTRUCTOR, "1 进展 王大爷家的低保批了")
    town.tell(INSTRUCTOR, "撤销")
    text = town.tell(RESIDENT, "进度 1")[0].text
    assert "低保" not in text
    assert "水站在抢修" in text


def test_progress_tells_why_a_matter_was_declined(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 不受理 小区内部管道归物业")
    assert "@我说“进度 1”" in to(told, GROUP)[0]
    text = town.say(RESIDENT, "进度 1", is_at_bot=True)[0].text
    assert "没有受理" in text
    assert "小区内部管道归物业" in text


def test_todo_lists_what_waits(town: Town) -> None:
    town.open("停水")
    town.open("路灯不亮", sender=NEIGHBOUR)
    text = town.tell(INSTRUCTOR, "待办")[0].text
    assert text.startswith("2 件等您")


def test_todo_tells_a_secretary_what_waits_for_his_word(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    text = town.tell(SECRETARY, "待办")[0].text
    assert text == "等您定延期：#1，回“批准 1”或“驳回 1”。"


def test_todo_tells_a_secretary_that_a_return_wants_an_owner(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 退 不归我管")
    text = town.tell(SECRETARY, "待办")[0].text
    assert text.startswith("1 件等您：\n#1")
    assert text.endswith("\n等您定退单：#1，回“1 转 姓名或支部”，或“驳回 1”。")


def test_statistics_show_numerator_and_denominator(town: Town) -> None:
    town.answered()
    text = town.tell(SECRETARY, "统计")[0].text
    assert "响应 1/1（100%）" in text


def test_what_is_left_out_of_a_residents_list_is_counted(town: Town) -> None:
    for _ in range(8):
        town.open()
    lines = town.tell(RESIDENT, "我的")[0].text.splitlines()
    assert len(lines) == 7
    assert lines[-1] == "还有 2 件：#2、#1，回“进度 2”看。"


@pytest.mark.parametrize("is_sensitive", [False, True])
@pytest.mark.parametrize(
    ("who", "command"),
    [
        (INSTRUCTOR, "受理"),
        (INSTRUCTOR, "受理 99"),
        (RESIDENT, "撤销"),
        (RESIDENT, "进度 99"),
        (RESIDENT, "满意"),
        (RESIDENT, "撤销 1"),
    ],
)
def test_no_answer_in_the_group_names_what_was_raised_in_private(
    town: Town, who: str, command: str, is_sensitive: bool
) -> None:
    for gist in ("化疗药", "低保"):
        town.open(gist, where=private(RESIDENT), is_sensitive=is_sensitive)
    said = " ".join(to(town.say(who, command, is_at_bot=True), GROUP))
    assert not any(word in said for word in ("化疗药", "低保", "涉及个人", "#1", "#2"))


def test_which_of_two_private_answers_is_meant_is_not_asked_in_the_group(town: Town) -> None:
    town.answered(gist="化疗药", where=private(RESIDENT))
    town.answered(gist="低保", where=private(RESIDENT))
    for word in ("满意", "不满意"):
        said = " ".join(to(town.say(RESIDENT, word, is_at_bot=True), GROUP))
        assert "化疗药" not in said
    assert town.ticket(1).stage is Stage.ANSWERED


def test_a_private_matter_withdrawn_in_the_group_is_confirmed_in_private(town: Town) -> None:
    town.open("化疗药", where=private(RESIDENT))
    told = town.say(RESIDENT, "撤销 1", is_at_bot=True)
    assert to(told, GROUP) == []
    assert "按您的意思撤了" in to(told, private(RESIDENT))[0]


def test_progress_tells_an_extension_that_came_after_the_last_word(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 受理 水站在抢修")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    assert "最新：水站在抢修" in town.tell(RESIDENT, "进度 1")[0].text
    town.wait(minutes=5)
    town.tell(SECRETARY, "批准 1 抓紧，别再拖")
    text = town.tell(RESIDENT, "进度 1")[0].text
    assert text.endswith("\n最新：缺配件，延到12月2日 18:00前办好")
    town.wait(minutes=5)
    town.tell(INSTRUCTOR, "1 进展 配件到了")
    assert "最新：配件到了" in town.tell(RESIDENT, "进度 1")[0].text


def test_progress_tells_that_a_result_was_shown_by_a_picture(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 受理 水站在抢修")
    town.tell(INSTRUCTOR, "1 办结", images=("tap.jpg",))
    assert "最新：见图" in town.tell(RESIDENT, "进度 1")[0].text


def test_progress_tells_that_a_matter_went_to_another_branch(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 受理 水站在抢修")
    town.tell(INSTRUCTOR, "1 转 河东 归你们")
    text = town.tell(RESIDENT, "进度 1")[0].text
    assert "抢修" not in text
    assert "最新：已转给河东党支部接着办" in text
    assert "归你们" not in text
