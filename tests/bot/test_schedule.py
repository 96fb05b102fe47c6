import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import SimulatedClock
from bot.schedule import CalendarJob, Schedule, calendar_jobs, missed_runs, seconds_until
from handlers.context import Context
from handlers.messages import Outgoing
from handlers.settings import Settings

CHINA = ZoneInfo("Asia/Shanghai")


def nothing(context: Context) -> Sequence[Outgoing]:
    return ()


DIGEST = CalendarJob("digest", time(17, 30), CHINA, nothing)
NIGHTLY = CalendarJob("nightly", time(3, 0), CHINA, nothing)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_a_job_runs_today_if_its_time_is_to_come() -> None:
    assert DIGEST.next_run(local("2026-11-24 09:00")) == local("2026-11-24 17:30")


def test_a_job_that_has_just_run_runs_tomorrow() -> None:
    assert DIGEST.next_run(local("2026-11-24 17:30")) == local("2026-11-25 17:30")


def test_the_day_is_the_local_one() -> None:
    late = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 01:00 of the 25th in China

    assert DIGEST.next_run(late) == local("2026-11-25 17:30")


def test_what_was_missed_is_made_up_for_in_order() -> None:
    missed = missed_runs([DIGEST, NIGHTLY], local("2026-11-23 12:00"), local("2026-11-24 18:00"))

    assert [(job.name, moment) for job, moment in missed] == [
        ("digest", local("2026-11-23 17:30")),
        ("nightly", local("2026-11-24 03:00")),
        ("digest", local("2026-11-24 17:30")),
    ]


def test_nothing_is_made_up_for_that_ran() -> None:
    assert missed_runs([DIGEST], local("2026-11-24 17:30"), local("2026-11-25 17:29")) == []


def test_at_most_three_days_are_made_up_for() -> None:
    missed = missed_runs([DIGEST], local("2026-01-01 00:00"), local("2026-11-24 18:00"))

    assert len(missed) == 3


def test_the_digest_goes_by_the_calendar(settings: Settings) -> None:
    names = {job.name: job.at for job in calendar_jobs(settings)}

    assert names["digest"] == settings.digest.at


class FakeReception:
    def __init__(self, last: datetime | None) -> None:
        self.last = last

    async def last_alive(self) -> datetime | None:
        return self.last


class FakeRuntime:
    """Notes what is run; `sweep` raises until it is told to go well."""

    def __init__(self, last: datetime | None = None) -> None:
        self.reception = FakeReception(last)
        self.ran: list[tuple[str, datetime | None]] = []
        self.sweeps = 0
        self.is_broken = False
        self.swept = asyncio.Event()

    async def run(
        self, name: str, job: Callable[[Context], Sequence[Outgoing]], at: datetime | None = None
    ) -> int:
        self.ran.append((name, at))
        if self.is_broken:
            raise ValueError("broken")
        return 0

    async def sweep(self) -> datetime | None:
        self.sweeps += 1
        self.swept.set()
        if self.is_broken:
            raise ValueError("broken")
        return None

    async def keep_marks(self) -> None: ...

    async def next_sweep(self, schedule: Schedule) -> None:
        self.swept.clear()
        schedule.wake()
        async with asyncio.timeout(10):
            await self.swept.wait()


def schedule_of(runtime: FakeRuntime, now: datetime | SimulatedClock) -> Schedule:
    clock = now if isinstance(now, SimulatedClock) else SimulatedClock(now)
    return Schedule(runtime, [DIGEST], clock)  # type: ignore[arg-type]


async def test_a_digest_missed_while_down_is_run_at_start_for_its_own_moment() -> None:
    runtime = FakeRuntime(last=local("2026-11-24 12:00"))
    schedule = schedule_of(runtime, local("2026-11-24 20:00"))
    await schedule.start()
    await schedule.stop()

    assert runtime.ran == [("digest", local("2026-11-24 17:30"))]


async def test_the_first_start_ever_has_missed_nothing() -> None:
    runtime = FakeRuntime()
    schedule = schedule_of(runtime, local("2026-11-24 20:00"))
    await schedule.start()
    await schedule.stop()

    assert runtime.ran == []


async def test_a_job_that_raises_stops_nothing() -> None:
    runtime = FakeRuntime(last=local("2026-11-24 12:00"))
    runtime.is_broken = True
    schedule = schedule_of(runtime, local("2026-11-24 20:00"))
    await schedule.start()
    await runtime.next_sweep(schedule)
    await schedule.stop()

    assert runtime.sweeps >= 1


async def test_a_job_that_raised_is_run_again_for_its_own_moment_until_it_goes_well() -> None:
    runtime = FakeRuntime(last=local("2026-11-24 12:00"))
    runtime.is_broken = True
    clock = SimulatedClock(local("2026-11-24 20:00"))
    schedule = schedule_of(runtime, clock)
    await schedule.start()
    runtime.is_broken = False
    for minutes in range(10, 40, 10):
        clock.move_to(local(f"2026-11-24 20:{minutes}"))
        await runtime.next_sweep(schedule)
    await schedule.stop()

    assert runtime.ran == [("digest", local("2026-11-24 17:30"))] * 2


async def test_the_sweeper_goes_on_after_a_failure() -> None:
    runtime = FakeRuntime()
    schedule = schedule_of(runtime, local("2026-11-24 20:00"))
    runtime.is_broken = True
    await schedule.start()
    await runtime.next_sweep(schedule)
    runtime.is_broken = False
    await runtime.next_sweep(schedule)
    await schedule.stop()

    assert runtime.sweeps >= 2


def test_the_sweeper_rests_until_something_is_due() -> None:
    now = local("2026-11-24 20:00")

    assert seconds_until(now + timedelta(seconds=7), now) == 7
    assert seconds_until(now - timedelta(seconds=7), now) == 0


def test_a_clock_that_jumps_back_does_not_stop_the_sweeper() -> None:
    now = local("2026-11-24 20:00")

    assert seconds_until(now, now - timedelta(days=1)) == 30
    assert seconds_until(None, now) == 30
