"""Keeps account of how well the bot hears: gaps, and how far each conversation has been heard."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.adapters.port import Notice
from bot.clock import Clock
from handlers.messages import Incoming, Target
from storage.database import Database
from storage.models import Gap
from storage.store import Store

ALIVE = ("", "")
"""Under these as platform and conversation stands when the bot was last awake; under a platform
and "" when it last had an account there."""
BEAT_EVERY = timedelta(minutes=1)

Online = Callable[[str, str, Gap | None], None]
"""Told platform, account and the gap that ended, None if nothing was missed."""
Heard = Callable[[Incoming], None]
"""Told each line that comes in by itself, before it is handled."""


class Reception:
    """Marks stay in memory until `keep_marks`: chatter itself touches no disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._marks: dict[Target, Incoming] = {}
        self._online: dict[str, set[str]] = {}
        self._beat_at: datetime | None = None
        self._catching_up = 0
        self._held: set[Target] = set()
        self.on_online: Online = lambda platform, account, gap: None
        self.on_heard: Heard = lambda incoming: None

    def mark(self, incoming: Incoming) -> None:
        """This message has been dealt with."""
        last = self._marks.get(incoming.target)
        if last is None or last.at <= incoming.at:
            self._marks[incoming.target] = incoming

    async def last_alive(self) -> datetime | None:
        """When the bot was last awake before this run; ask before the first `keep_marks`."""
        mark = await self._database.read(lambda store: store.reception.get_watermark(*ALIVE))
        return None if mark is None else mark.at

    async def keep_marks(self) -> None:
        """Write down what was heard since, and once a minute that the bot is awake."""
        now = self._clock.now()
        # While a gap is being filled, newer marks would hide what is still missing.
        marks = () if self._catching_up else self._free_marks()
        is_beat = self._beat_at is None or not timedelta(0) <= now - self._beat_at < BEAT_EVERY
        if not marks and not is_beat:
            return
        platforms = sorted(name for name, accounts in self._online.items() if accounts)
        await self._database.write(lambda store: _keep(store, marks, platforms, now))
        self._beat_at = now
        for mark in marks:
            if self._marks.get(mark.target) is mark:
                del self._marks[mark.target]

    def hold(self, target: Target) -> None:
        """Something before the newest line is still missing there: its mark stays where it is."""
        self._held.add(target)

    def release(self, target: Target) -> None:
        self._held.discard(target)

    def begin_catching_up(self) -> None:
        self._catching_up += 1

    def end_catching_up(self) -> None:
        self._catching_up -= 1

    def _free_marks(self) -> Sequence[Incoming]:
        return [mark for target, mark in self._marks.items() if target not in self._held]

    async def noticed(self, notice: Notice) -> None:
        """Accounts that go and come, groups that get another name."""
        gap = await self._database.write(lambda store: self._note(store, notice))
        accounts = self._online.setdefault(notice.platform, set())
        if notice.kind == "online":
            accounts.add(notice.account)
            self.on_online(notice.platform, notice.account, gap)
        elif notice.kind == "offline":
            accounts.discard(notice.account)

    def _note(self, store: Store, notice: Notice) -> Gap | None:
        """The gap that a notice ends. The first account of a run ends the time it was down."""
        platform, account = notice.platform, notice.account
        match notice.kind:
            case "offline":
                store.reception.open_gap(platform, account, notice.at)
            case "online":
                beat = store.reception.get_watermark(platform, "")
                if platform not in self._online and beat is not None:
                    store.reception.open_gap(platform, account, min(beat.at, notice.at))
                # At once: a bot that is killed in its first minute has a gap too.
                store.reception.move_watermark(platform, "", "", notice.at)
                return store.reception.close_gap(platform, account, notice.at)
            case "renamed" if notice.conversation is not None:
                store.conversations.rename(platform, notice.conversation, notice.detail)
        return None


def _keep(store: Store, marks: Iterable[Incoming], platforms: Iterable[str], now: datetime) -> None:
    for mark in marks:
        store.reception.move_watermark(mark.platform, mark.conversation, mark.message_id, mark.at)
    for platform in ("", *platforms):
        store.reception.move_watermark(platform, "", "", now)
