"""A ticket's life from the first line to the resident's word, on whichever platform."""

from collections.abc import Awaitable, Callable

from storage.models import Outcome, OutgoingState, Stage
from tests.bot.service import (
    INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    WATERWORKS,
    RunningService,
    picture,
    private,
    queued,
)

LEAK, MENDED = picture("blue"), picture("green")

Between = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Between two steps nothing happens."""


async def live(service: RunningService, between: Between = nothing) -> None:
    """With a reopening on the way. `between` runs between any two steps."""
    await raise_matter(service)
    await between()
    await accept(service)
    await between()
    await ask_for_help_and_time(service)
    await between()
    await approve(service)
    await between()
    await answer(service, "换了水管，来水了")
    await between()
    await dispute(service)
    await between()
    await answer(service, "又换了阀门，真来水了")
    await between()
    await service.in_group(RESIDENT, "满意")
    await service.in_group(RESIDENT, "进度 1", (service.group, "已结"), at_bot=True)


async def raise_matter(service: RunningService) -> None:
    await service.in_group(
        RESIDENT,
        "登记 3号楼二单元停水了",
        (service.group, "#1"),
        (private(INSTRUCTOR), "1 受理"),
        at_bot=True,
        images=[LEAK],
        card="3-2-501 王桂兰",
    )


async def accept(service: RunningService) -> None:
    """By quoting the bot's acknowledgement in the group, without a number."""
    card = service.last(service.group)
    await service.in_group(INSTRUCTOR, "受理", (service.group, "已受理"), quote=card)


async def ask_for_help_and_time(service: RunningService) -> None:
    """In private, by quoting the card there."""
    card = await service.peer.wait_for_sent("1 受理", conversation=private(INSTRUCTOR))
    await service.in_private(
        INSTRUCTOR,
        "协办 水厂",
        (private(WATERWORKS), "#1"),
        (private(INSTRUCTOR), "水厂"),
        quote=card,
    )
    await service.in_private(
        INSTRUCTOR,
        "延期 2天 等水管配件",
        (private(SECRETARY), "等水管配件"),
        (private(INSTRUCTOR), "#1"),
        quote=card,
    )


async def approve(service: RunningService) -> None:
    await service.in_private(
        SECRETARY,
        "批准 1",
        (service.group, "等水管配件，延到"),
        (private(INSTRUCTOR), "延期"),
        (private(SECRETARY), "#1"),
    )


async def answer(service: RunningService, result: str) -> None:
    await service.in_private(
        INSTRUCTOR,
        f"1 办结 {result}",
        (service.group, result),
        (private(INSTRUCTOR), "#1"),
        images=[MENDED],
    )


async def dispute(service: RunningService) -> None:
    await service.in_group(
        RESIDENT,
        "还没有水",
        (service.group, "重新办理"),
        (private(SECRETARY), "#1"),
        (private(INSTRUCTOR), "#1"),
    )


async def is_closed_as_it_should(service: RunningService) -> None:
    """Stops the service, once all that was queued has gone."""
    ticket = await service.ticket()
    await service.has_nothing_to_send()
    await service.stop()
    assert (ticket.stage, ticket.outcome) == (Stage.CLOSED, Outcome.CONFIRMED)
    assert (ticket.is_solved, ticket.is_satisfied, ticket.reopened) == (True, True, 1)
    assert {row.state for row in queued(service.config.database_url)} == {OutgoingState.SENT}
