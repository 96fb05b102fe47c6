"""Words of danger that the model alone does not hear."""

import pytest

from handlers.dangers import danger_in


@pytest.mark.parametrize(
    "text", ["我男人天天打我，我不敢回家", "我家老汉打我", "老公喝了酒又打我", "儿子动手打我"]
)
def test_who_is_beaten_at_home_is_in_danger(text: str) -> None:
    assert danger_in(text) == "violence"


@pytest.mark.parametrize("text", ["我老公打我电话没接", "儿子打我手机", "老公打我微信语音"])
def test_a_call_is_no_blow(text: str) -> None:
    assert danger_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "热水器都打不着火，一个多礼拜了",
        "楼下谁家红烧肉 香死人了",
        "我那个白鼻子母驼走丢了，见着的说一声",
        "褥疮垫是巷子里买的，380，说是进口，躺了三天就漏气",
        "我家那个报警器一年没响过",
    ],
)
def test_what_only_has_the_words_of_danger_is_none(text: str) -> None:
    assert danger_in(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("煤气罐的垫圈漏气，一屋子味", "gas"),
        ("放羊的娃走丢了", "missing"),
        ("灶打不着火，后头着火了", "fire"),
        ("报警器没响，可是一屋子煤气味", "gas"),
        ("羊走丢了，娃出去找也走丢了", "missing"),
    ],
)
def test_danger_told_with_the_same_words_stays_one(text: str, kind: str) -> None:
    assert danger_in(text) == kind
