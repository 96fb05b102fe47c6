"""Groups the bot is taken into or out of: the administrators are told, for nobody else would be."""

from collections.abc import Callable, Sequence

from handlers import rooms
from handlers.context import Context
from handlers.messages import Outgoing, Target
from storage.models import OutboxRow
from tests.handlers.town import ADMINISTRATOR, GROUP, Town, private, to

BOUND, UNBOUND = Target("qq", GROUP), Target("qq", "group:999")


def told(town: Town, job: Callable[[Context], Sequence[Outgoing]]) -> list[OutboxRow]:
    return town.queue(job(town.context()), "notice")


def test_administrators_hear_of_a_bound_group_that_is_lost(town: Town) -> None:
    town.store.conversations.rename("qq", GROUP, "城关大家庭")
    rows = told(town, lambda context: rooms.lose(BOUND, town.now, context))
    assert to(rows, private(ADMINISTRATOR)) == [
        "城关党支部的QQ群“城关大家庭”我不在里面了（被移出，或群解散了），那里的话我听不见。"
        "请把我拉回去，不用重新绑定。"
    ]
    assert len(rows) == 1


def test_the_same_loss_is_told_once(town: Town) -> None:
    at = town.now
    assert told(town, lambda context: rooms.lose(BOUND, at, context))
    assert not told(town, lambda context: rooms.lose(BOUND, at, context))


def test_a_group_without_a_title_is_called_by_its_number(town: Town) -> None:
    (row,) = told(town, lambda context: rooms.enter(UNBOUND, context))
    assert row.conversation == private(ADMINISTRATOR)
    assert row.text.startswith("有人把我拉进了QQ群（999），还没绑定支部")
    assert "绑定本群" in row.text


def test_a_group_that_is_nobodys_may_be_left_and_a_bound_one_entered_in_silence(
    town: Town,
) -> None:
    assert not told(town, lambda context: rooms.lose(UNBOUND, town.now, context))
    assert not told(town, lambda context: rooms.enter(BOUND, context))
    assert not told(town, lambda context: rooms.fall_silent(UNBOUND, 600, context))


def test_a_mute_is_told_once_a_day(town: Town) -> None:
    (row,) = told(town, lambda context: rooms.fall_silent(BOUND, 600, context))
    assert "把我禁言了（10 分钟）" in row.text
    assert not told(town, lambda context: rooms.fall_silent(BOUND, 600, context))
