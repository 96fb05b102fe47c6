"""When things happen, never what: calendar times by APScheduler, due rows by a sweeper."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.runtime import Job, Runtime
from handlers import digests, gazetteer, hotnews, leaves, retention
from handlers.settings import Settings

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger("lianxin.schedule")

SWEEP_AT_LEAST_EVERY = 30.0
PAUSE_BETWEEN_SWEEPS = 0.2
AT_NIGHT = time(3, 10)
MADE_UP = timedelta(days=3)
TRY_AGAIN_AFTER = timedelta(minutes=5)
PLACES = "places"
"""The job after which the runtime has to learn anew what it knows."""


@dataclass(frozen=True, slots=True)
class CalendarJob:
    """Runs every day at a local time; its own slots make a second run on one day harmless."""

    name: str
    at: time
    zone: ZoneInfo
    job: Job

    def next_run(self, after: datetime) -> datetime:
        """The first moment past `after` at which it runs, in local time."""
        local = after.astimezone(self.zone)
        today = datetime.combine(local.date(), self.at, self.zone)
        return today if today > local else today + timedelta(days=1)


def seconds_until(next_due: datetime | None, now: datetime) -> float:
    """How long the sweeper rests: never longer than half a minute, whatever the clock says."""
    if next_due is None:
        return SWEEP_AT_LEAST_EVERY
    return min(max((next_due - now).total_seconds(), 0.0), SWEEP_AT_LEAST_EVERY)


def missed_runs(
    jobs: Sequence[CalendarJob], since: datetime, now: datetime
) -> Sequence[tuple[CalendarJob, datetime]]:
    """What should have run past `since` and up to `now`, earliest first; three days at most."""
    missed: list[tuple[CalendarJob, datetime]] = []
    for job in jobs:
        moment = job.next_run(max(since, now - MADE_UP))
        while moment <= now:
            missed.append((job, moment))
            moment = job.next_run(moment)
    return sorted(missed, key=lambda one: one[1])


def calendar_jobs(settings: Settings) -> Sequence[CalendarJob]:
    """All that goes by the calendar. A new timed job is one line here."""
    zone = settings.worktime.zone
    return (
        CalendarJob("leave", settings.reminders.daily_at, zone, leaves.hand_over_all),
        CalendarJob("hotspots", settings.reminders.daily_at, zone, hotnews.tell_hot_spots),
        CalendarJob("digest", settings.digest.at, zone, digests.daily),
        CalendarJob("retention", AT_NIGHT, zone, retention.clean_up),
        CalendarJob(PLACES, AT_NIGHT, zone, gazetteer.grow),
    )


Run = Callable[[CalendarJob], Awaitable[None]]


class Schedule:
    """Start and stop once. `wake` makes the sweeper look again: something may be due earlier.

    `afterwards`: by the name of a job, what the outside world has to do when it has run.
    """

    def __init__(
        self,
        runtime: Runtime,
        jobs: Sequence[CalendarJob],
        clock: Clock,
        afterwards: Mapping[str, Callable[[], Awaitable[object]]] | None = None,
    ) -> None:
        self._runtime = runtime
        self._afterwards = afterwards or {}
        self._jobs = jobs
        self._clock = clock
        self._failed: dict[tuple[str, datetime], CalendarJob] = {}
        self._tried_at = clock.now()
        self._woken = asyncio.Event()
        self._sweeper: asyncio.Task[None] | None = None
        self._scheduler: AsyncIOScheduler | None = None

    async def start(self) -> None:
        """Run what was missed while the bot was down, then go by the calendar."""
        last_alive = await self._runtime.reception.last_alive()
        if last_alive is not None:
            now = self._clock.now()
            for job, moment in missed_runs(self._jobs, last_alive, now):
                await self._run_safely(job, moment)
        self._scheduler = _make_scheduler(self._jobs, self._run_safely)
        self._scheduler.start()
        self._sweeper = asyncio.create_task(self._sweep_forever())

    async def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    def wake(self) -> None:
        self._woken.set()

    async def _run_safely(self, job: CalendarJob, at: datetime | None = None) -> None:
        """What fails is run again, for its own moment, until it goes well or is too old."""
        moment = at or self._clock.now()
        try:
            await self._runtime.run(job.name, job.job, at)
            self._failed.pop((job.name, moment), None)
            if job.name in self._afterwards:
                await self._afterwards[job.name]()
        except Exception:
            log.exception("job %s failed", job.name)
            self._failed[job.name, moment] = job

    async def _run_failed_again(self) -> None:
        now = self._clock.now()
        if not self._failed or timedelta(0) <= now - self._tried_at < TRY_AGAIN_AFTER:
            return
        self._tried_at = now
        for (name, moment), job in list(self._failed.items()):
            if now - moment > MADE_UP:
                del self._failed[name, moment]
            else:
                await self._run_safely(job, moment)

    async def _sweep_forever(self) -> None:
        while True:
            self._woken.clear()
            seconds = SWEEP_AT_LEAST_EVERY
            try:
                next_due = await self._runtime.sweep()
                await self._runtime.keep_marks()
                await self._run_failed_again()
            except Exception:
                log.exception("sweep failed")
            else:
                seconds = seconds_until(next_due, self._clock.now())
            # Sleeps on the monotonic clock, so that a jump of the other can not hold it up. Not by
            # wait_for: before Python 3.12 it forgets a cancellation that comes with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            await asyncio.sleep(PAUSE_BETWEEN_SWEEPS)


def _make_scheduler(jobs: Sequence[CalendarJob], run: Run) -> "AsyncIOScheduler":
    """Missed runs are made up for, several of one job by one."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.cron import CronTrigger

    scheduler = AsyncIOScheduler(
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    for job in jobs:
        trigger = CronTrigger(hour=job.at.hour, minute=job.at.minute, timezone=job.zone)
        scheduler.add_job(run, trigger, args=(job,), id=job.name)
    return scheduler
