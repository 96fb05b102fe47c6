"""Whether an account that is connected still hears.

`get_status` and heartbeats say "online" for hours after a kick, so only traffic counts.
"""

import logging
from datetime import datetime

from bot.adapters.port import Adapter, Notice
from bot.catchup import CatchUp
from bot.pulse import TIMES, AccountKey, Beat, Pulse
from bot.runtime import Runtime
from handlers.messages import Incoming
from handlers.settings import Settings
from handlers.worktime import calendar_for
from storage.database import Database

log = logging.getLogger("lianxin.watch")

QUIET_TIMES = 5 * TIMES
"""Where the history shows nothing new either, it may just be quiet: alarm much later."""
LINES = 20
WITHOUT_HISTORY = frozenset({"wechat"})
"""Platforms that tell nothing of the past: their silence is all there is to judge by."""
NAMES = {"qq": "QQ", "wechat": "微信"}


class Hearing:
    """Silence longer than can be leads to a probe: what does the history show?

    What a deaf account misses is fetched from there at every look, and its gap is open meanwhile.
    """

    def __init__(
        self, database: Database, runtime: Runtime, catch_up: CatchUp, settings: Settings
    ) -> None:
        self._database = database
        self._runtime = runtime
        self._catch_up = catch_up
        self._calendar = calendar_for(settings.worktime)
        self._pulse = Pulse(self._calendar)
        self._deaf: dict[AccountKey, tuple[datetime, str]] = {}

    def heard(self, incoming: Incoming, now: datetime) -> None:
        self._pulse.note(incoming, now)

    def restart(self, key: AccountKey, now: datetime) -> None:
        """The account has connected anew."""
        self._pulse.restart(key, now)

    async def listen(self, adapter: Adapter, account: str, now: datetime) -> str | None:
        """What is wrong with an account that is connected, None if nothing is."""
        key = adapter.platform, account
        beat = self._pulse.last(key)
        if beat is None:
            return None
        since, text = self._deaf.get(key, (None, None))
        if since is not None and beat.heard_at != since:
            await self._is_back(key, now)
            return None
        if not self._pulse.is_suspicious(key, now):
            return text
        found = await self._examine(adapter, beat)
        if found is not None:
            await self._is_deaf(key, beat, found)
            return found
        if text is None and self._pulse.is_suspicious(key, now, QUIET_TIMES):
            return f"{self._silence(beat)}，比平时安静得多；请在群里发一句话试试"
        return text

    def time(self, moment: datetime) -> str:
        return f"{self._calendar.local(moment):%m-%d %H:%M}"

    async def _examine(self, adapter: Adapter, beat: Beat) -> str | None:
        """What the history betrays; None if it only shows what was heard."""
        if adapter.platform in WITHOUT_HISTORY:
            return None
        try:
            said = await adapter.history(beat.last.target, beat.last.at, LINES)
        except Exception:
            log.exception("the probe of %s raised", adapter.platform)
            said = ()
        if not said:
            return f"{self._silence(beat)}，记录也查不到，可能已被踢下线；请看手机和客户端"
        if any(isinstance(entry, Incoming) and entry.at > beat.since for entry in said):
            return f"{self._silence(beat)}，记录里却有新话：消息没有推过来；请重启客户端"
        return None

    def _silence(self, beat: Beat) -> str:
        name = platform_name(beat.last.platform)
        return f"{name}账号 {beat.last.account} 从 {self.time(beat.heard_at)} 起没收到消息"

    async def _is_deaf(self, key: AccountKey, beat: Beat, text: str) -> None:
        """From here on it is a gap, in the database and in the digest."""
        if key not in self._deaf:
            await self._runtime.noticed(Notice(*key, "offline", None, "deaf", beat.last.at))
        self._deaf[key] = beat.heard_at, text
        gap = await self._database.read(lambda store: store.reception.get_open_gap(*key))
        if gap is not None:
            await self._catch_up.fetch(key[0], gap)

    async def _is_back(self, key: AccountKey, now: datetime) -> None:
        del self._deaf[key]
        await self._runtime.noticed(Notice(*key, "online", None, "heard", now))


def platform_name(platform: str) -> str:
    return NAMES.get(platform, platform)
