"""What secretaries do."""

from tests.handlers.town import INSTRUCTOR, OVER_SECRETARY, SECRETARY, Town, private, to


def test_urging_reaches_the_holder_in_private(town: Town) -> None:
    town.open("停水")
    told = town.tell(OVER_SECRETARY, "督办 1 群众等着用水")
    assert "郝长顺书记在问：群众等着用水。" in to(told, private(INSTRUCTOR))[0]


def test_the_board_is_opened_by_a_secretary_in_private_only(town: Town) -> None:
    assert "有效）：https://board.example/board/" in town.tell(SECRETARY, "面板")[0].text
    assert "私下" in town.say(SECRETARY, "/面板")[0].text
    assert "用不了" in town.tell(INSTRUCTOR, "/面板")[0].text
