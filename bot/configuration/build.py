"""A checked File and the environment together as a Config."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.configuration.checks import accounts_of, warnings_in
from bot.configuration.file import ClockSection, DutySection, File, StaffSection, UnitSection
from bot.configuration.model import Board, Config, Judge, Logging, OneBot, Pace, WeChat
from bot.configuration.problems import Problem
from handlers.settings import (
    Closing,
    Digest,
    DutyNumbers,
    GroupEntry,
    Intake,
    Reminders,
    Retention,
    Settings,
    Span,
    StaffEntry,
    Unit,
    UnitKind,
    WorkTime,
)
from storage.models import Clock, UnitId, Urgency

DATABASE_NAME = "lianxin.db"
SQLITE_FILE = "sqlite:///"
FALLBACKS = {
    "missing": "police",
    "violence": "police",
    "trapped": "fire",
    "no_answer": "ambulance",
    "other": "police",
}


def build_config(
    path: Path, base: Path, file: File, environ: Mapping[str, str], extra: tuple[Problem, ...]
) -> Config:
    """`path` is the file's; relative folders in it start at `base`."""
    data = (base / file.storage.folder).resolve()
    return Config(
        path=path,
        settings=build_settings(file),
        database_url=environ.get("LIANXIN_DATABASE_URL")
        or _address(base, file.storage.database)
        or f"{SQLITE_FILE}{(data / DATABASE_NAME).as_posix()}",
        data_folder=data,
        media_folder=data / file.storage.media,
        backup_folder=data / file.storage.backups,
        backups_kept=file.storage.backups_kept,
        onebot=OneBot(**dict(file.onebot), token=_secret(environ, "LIANXIN_ONEBOT_TOKEN")),
        wechat=_wechat(file, base, environ),
        delivery={name: Pace(**dict(pace)) for name, pace in file.delivery},
        logging=Logging(**dict(file.logging) | {"file": _inside(data, file.logging.file)}),
        model_path=_inside(base, file.model.path),
        judge=Judge(**dict(file.judge), key=_secret(environ, "LIANXIN_JUDGE_KEY")),
        board=Board(**dict(file.board) | {"public_url": file.board.public_url or None}),
        alarm_urls=tuple(map(SecretStr, environ.get("LIANXIN_ALARM_URLS", "").split())),
        warnings=(*warnings_in(file), *extra),
    )


def build_settings(file: File) -> Settings:
    return Settings(
        town=UnitId(next(unit.id for unit in file.units if unit.kind is UnitKind.TOWN)),
        units={UnitId(unit.id): _unit(unit) for unit in file.units},
        staff=tuple(map(_staff, file.staff)),
        groups=tuple(
            GroupEntry(group.platform, f"group:{group.id}", UnitId(group.unit))
            for group in file.groups
        ),
        worktime=_worktime(file),
        clocks={urgency: _clocks(getattr(file.clocks, urgency)) for urgency in Urgency},
        reminders=_reminders(file),
        intake=_intake(file),
        digest=Digest(file.digest.at, file.digest.workdays, file.digest.holidays),
        closing=Closing(
            silence_days=file.closing.silence_days,
            return_within_days=file.closing.return_within_days,
            undo_within=timedelta(seconds=file.closing.undo_seconds),
        ),
        duty=DutyNumbers(_numbers(file.duty)),
        retention=_retention(file),
        board_url=(file.board.public_url or None) if file.board.enabled else None,
        bot_names=file.bot.names,
    )


def _unit(unit: UnitSection) -> Unit:
    parent = None if unit.parent is None else UnitId(unit.parent)
    return Unit(UnitId(unit.id), unit.name, unit.kind, parent, unit.aliases, unit.places)


def _staff(person: StaffSection) -> StaffEntry:
    posts = tuple((UnitId(post.unit), post.role) for post in person.posts)
    return StaffEntry(person.name, posts, accounts_of(person.qq, person.wechat), person.phone)


def _wechat(file: File, base: Path, environ: Mapping[str, str]) -> WeChat:
    section = file.wechat
    return WeChat(
        enabled=section.enabled,
        endpoint=section.endpoint,
        tls=section.tls,
        ca_file=_inside(base, section.ca_file),
        tls_name=section.tls_name or None,
        token=_secret(environ, "LIANXIN_WECHAT_TOKEN"),
    )


def _worktime(file: File) -> WorkTime:
    worktime = file.worktime
    free = ((day, False) for day in worktime.holidays)
    made_up = ((day, True) for day in worktime.workdays)
    return WorkTime(
        zone=ZoneInfo(worktime.zone),
        hours=worktime.hours,
        weekdays=tuple(sorted({day - 1 for day in worktime.weekdays})),
        overrides=tuple(sorted({*free, *made_up})),
    )


def _clocks(section: ClockSection) -> dict[Clock, Span]:
    return {clock: getattr(section, clock) for clock in Clock}


def _reminders(file: File) -> Reminders:
    reminders = file.reminders
    quiet_from, quiet_to = reminders.quiet
    return Reminders(
        warn_at=reminders.warn_at,
        slot=timedelta(minutes=reminders.slot_minutes),
        daily_at=reminders.daily_at,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        critical_every=timedelta(minutes=reminders.critical_every_minutes),
        escalate_after_days=reminders.escalate_after_days,
    )


def _intake(file: File) -> Intake:
    intake = file.intake
    return Intake(
        open_at=intake.open_at,
        ask_at=intake.ask_at,
        gather=timedelta(seconds=intake.gather_seconds),
        gather_most=timedelta(seconds=intake.gather_most_seconds),
        join_within=timedelta(hours=intake.join_within_hours),
        question_expires=timedelta(hours=intake.question_expires_hours),
    )


def _retention(file: File) -> Retention:
    retention = file.retention
    return Retention(
        closed=_days(retention.closed_days),
        outbox=_days(retention.outbox_days),
        records=_days(retention.record_days),
    )


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


def _numbers(duty: DutySection) -> dict[str, str]:
    written = {name: number for name, number in duty if number is not None}
    return {name: written[other] for name, other in FALLBACKS.items()} | written


def _secret(environ: Mapping[str, str], name: str) -> SecretStr | None:
    value = environ.get(name, "").strip()
    return SecretStr(value) if value else None


def _address(base: Path, url: str) -> str:
    """An SQLite file's path is meant from `base`, like every other path of the file."""
    if not url.startswith(SQLITE_FILE):
        return url
    return f"{SQLITE_FILE}{(base / url.removeprefix(SQLITE_FILE)).resolve().as_posix()}"


def _inside(folder: Path, name: str) -> Path | None:
    return (folder / name).resolve() if name else None
