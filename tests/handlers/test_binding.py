"""Which group belongs to which unit, which account to whom."""

from storage.models import UnitId
from tests.handlers.town import ADMINISTRATOR, GROUP, INSTRUCTOR, RESIDENT, Town, to


def test_the_administrator_binds_a_group(town: Town) -> None:
    town.say(ADMINISTRATOR, "/绑定本群 城关", where="group:999")
    bound = town.store.conversations.get("qq", "group:999")
    assert bound is not None
    assert bound.unit == UnitId("chengguan")


def test_nobody_else_binds_a_group(town: Town) -> None:
    town.say(INSTRUCTOR, "/绑定本群 城关", where="group:999")
    assert town.store.conversations.get("qq", "group:999") is None


def test_a_bind_code_works_once(town: Town) -> None:
    text = town.tell(ADMINISTRATOR, "绑定码 李惠")[0].text
    code = "".join(char for char in text if char.isdigit())[:8]
    assert "李惠" in town.tell("7777", f"绑定码 {code}")[0].text
    assert "不对" in town.tell("8888", f"绑定码 {code}")[0].text


def test_pausing_a_group_is_told_in_private(town: Town) -> None:
    told = town.say(ADMINISTRATOR, "/停发")
    assert to(told, GROUP) == []
    bound = town.store.conversations.get("qq", GROUP)
    assert bound is not None
    assert bound.is_paused


def test_the_words_that_are_asked_for_bind_a_group(town: Town) -> None:
    asked = town.say(RESIDENT, "@连心 在吗", where="group:999", is_at_bot=True)[0].text
    assert "@我说“绑定本群 支部名”" in asked
    town.say(ADMINISTRATOR, "@连心 绑定本群 城关", where="group:999", is_at_bot=True)
    assert town.store.conversations.get("qq", "group:999") is not None
