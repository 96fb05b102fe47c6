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
