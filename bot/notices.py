"""What follows from a platform's notice of a group: a job for the runtime, or nothing."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.adapters.port import Notice
from handlers import rooms
from handlers.context import Context
from handlers.messages import Outgoing, Target


def job_for(notice: Notice) -> Callable[[Context], Sequence[Outgoing]] | None:
    """Of members who come and go only the bot's own account counts, of its mutes only those of
    a known length: a whole group falls silent on purpose."""
    if notice.kind == "rooms":
        return partial(rooms.review, notice.platform, notice.rooms)
    if notice.conversation is None:
        return None
    group = Target(notice.platform, notice.conversation)
    is_own = notice.detail == notice.account
    match notice.kind:
        case "left" if is_own:
            return partial(rooms.lose, group, notice.at)
        case "joined" if is_own:
            return partial(rooms.enter, group)
        case "muted" if notice.detail.isdigit() and int(notice.detail) > 0:
            return partial(rooms.fall_silent, group, int(notice.detail))
        case _:
            return None
