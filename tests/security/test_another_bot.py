"""Promise: a bot in the group that answers every answer starts no loop."""

import pytest

from bot.exchanges import MOST_IN_GROUP
from tests.handlers.town import GROUP
from tests.security.conftest import Street
from tests.tally import Tally

OTHER = "90001"
LOUD = ("/帮助", "/进度 1", "/办洁", "/查 路灯")


@pytest.mark.parametrize("words", LOUD)
async def test_an_answer_to_every_answer_ends_after_three(
    street: Street, words: str, tally: Tally
) -> None:
    """The other bot hears what is sent to the group and answers at once, for ever."""
    answered = 0
    await street.hear(OTHER, words, after=1)
    for _ in range(50):
        queued = [row for row in await street.queued() if row.conversation == GROUP]
        if len(queued) == answered:
            break
        answered = len(queued)
        await street.hear(OTHER, f"{words} {queued[-1].text[:20]}", after=1)
    assert answered > 0
    tally("another bot that answers for ever", 50, doubled=max(0, answered - MOST_IN_GROUP))


async def test_it_is_not_answered_later_either_while_it_goes_on(street: Street) -> None:
    for _ in range(200):
        await street.hear(OTHER, "/帮助", after=2)
    queued = [row for row in await street.queued() if row.conversation == GROUP]
    assert len(queued) <= 2 * MOST_IN_GROUP
