"""Notices what nobody would tell (a deaf account, a full disk) and alarms by a second way."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.adapters.port import Adapter
from bot.alarms import Notifier
from bot.catchup import CatchUp
from bot.clock import Clock
from bot.hearing import Hearing, platform_name
from bot.runtime import Runtime
from bot.symptoms import Symptom, database_symptoms, disk_symptoms
from handlers.messages import Incoming
from handlers.settings import Settings
from storage.database import Database
from storage.models import Gap

log = logging.getLogger("lianxin.watch")

LOOK_EVERY = 30.0
AWAY = timedelta(minutes=4)
AGAIN = timedelta(hours=4)


@dataclass(slots=True)
class Raised:
    """An alarm that goes on. `told_at` None: nobody could be reached yet."""

    text: str
    told_at: datetime | None = None


class Watch:
    """`look` every half minute. Each symptom is told once, again every four hours while it lasts,
    and once more when it is over."""

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter],
        runtime: Runtime,
        catch_up: CatchUp,
        clock: Clock,
        settings: Settings,
        folder: Path,
        notifier: Notifier | None,
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._catch_up = catch_up
        self._clock = clock
        self._settings = settings
        self._folder = folder
        self._notifier = notifier
        self._hearing = Hearing(database, runtime, catch_up, settings)
        self._away_since: dict[str, datetime] = {}
        self._raised: dict[str, Raised] = {}

    def heard(self, incoming: Incoming) -> None:
        """A line came in by itself: the account is alive."""
        self._hearing.heard(incoming, self._clock.now())
        self._catch_up.heard(incoming.target)

    def online(self, platform: str, account: str, gap: Gap | None) -> None:
        """An account is there (again), after a gap."""
        self._hearing.restart((platform, account), self._clock.now())
        self._catch_up.begin(platform, account, gap)

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the watch could not look")
            await self._clock.sleep(LOOK_EVERY)

    async def look(self) -> None:
        now = self._clock.now()
        found = dict([one async for one in self._symptoms(now)])
        for key, text in found.items():
            await self._raise(key, text, now)
        for key in self._raised.keys() - found.keys():
            await self._end(key)

    async def _symptoms(self, now: datetime) -> AsyncIterator[Symptom]:
        for one in disk_symptoms(self._folder):
            yield one
        for one in await database_symptoms(self._database, self._settings.town, now):
            yield one
        for platform, adapter in self._adapters.items():
            accounts = adapter.accounts()
            for symptom in self._away(platform, accounts, now):
                yield symptom
            for account in accounts:
                if (text := await self._hearing.listen(adapter, account, now)) is not None:
                    yield f"deaf:{platform}:{account}", text

    def _away(self, platform: str, accounts: Sequence[str], now: datetime) -> list[Symptom]:
        if accounts:
            self._away_since.pop(platform, None)
            return []
        since = self._away_since.setdefault(platform, now)
        if abs(now - since) < AWAY:
            return []
        return [
            (
                f"away:{platform}",
                f"{platform_name(platform)}账号断开了，{self._hearing.time(since)} 起没有连着",
            )
        ]

    async def _raise(self, key: str, text: str, now: datetime) -> None:
        raised = self._raised.setdefault(key, Raised(text))
        raised.text = text
        if raised.told_at is not None and abs(now - raised.told_at) < AGAIN:
            return
        if raised.told_at is None:
            log.error("alarm %s", key)
        if await self._tell(text) or self._notifier is None:
            raised.told_at = now

    async def _end(self, key: str) -> None:
        raised = self._raised.pop(key)
        log.warning("alarm over: %s", key)
        if raised.told_at is not None and not key.startswith(("letter:", "unsent:")):
            await self._tell(f"已恢复：{raised.text}")

    async def _tell(self, text: str) -> bool:
        if self._notifier is None:
            return False
        town = self._settings.units[self._settings.town].name
        return await self._notifier.notify(f"连心告警（{town}）", text)
