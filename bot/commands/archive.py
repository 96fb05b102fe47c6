"""A backup as one zip: the database and the stored pictures and voice notes."""

import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bot.clock import SystemClock
from bot.commands.console import fail, progress
from bot.config import Config
from storage.address import parse_address
from storage.backup import backup, restore
from storage.errors import BackupRefused
from storage.migrate import current

DATABASE = "database"
MEDIA = "media"
PREFIX = "lianxin-"
BEFORE = "before-restore-"
CHUNK = 1024 * 1024


def back_up(config: Config, target: Path | None = None) -> Path:
    """Where the backup was written: by default in the backup folder, where old ones are pruned.

    The database is one consistent state; files that came in meanwhile are in it as well.
    """
    to = target or _fresh_name(config, PREFIX)
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f"{to.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=to.parent) as folder:
            database = Path(folder) / DATABASE
            with _bar("备份数据库") as tell:
                backup(config.database_url, database, tell)
            _pack(database, config.media_folder, partial)
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    if target is None:
        _prune(config)
    return to


def bring_back(config: Config, source: Path) -> Path | None:
    """Replace the data by a backup; where the data of before was put, None if there was none.

    `source` is a zip of `back_up`, or a bare database file.
    """
    kept = _put_by(config)
    with _unpacked(source, config.media_folder) as database, _bar("恢复数据库") as tell:
        restore(database, config.database_url, force=True, progress=tell)
    return kept


def _put_by(config: Config) -> Path | None:
    """The data of before as a backup; a file too damaged for one is moved aside as it is."""
    path = parse_address(config.database_url).path
    to = _fresh_name(config, BEFORE)
    try:
        return back_up(config, to) if current(config.database_url) is not None else None
    except (BackupRefused, sqlite3.DatabaseError):
        if path is None:
            raise
    to = to.with_suffix(path.suffix)
    to.parent.mkdir(parents=True, exist_ok=True)
    for mark in ("", "-wal", "-shm"):
        part = path.with_name(path.name + mark)
        if part.exists():
            part.replace(to.with_name(to.name + mark))
    return to


def _fresh_name(config: Config, prefix: str) -> Path:
    local = SystemClock().now().astimezone(config.settings.worktime.zone)
    name = f"{prefix}{local:%Y%m%d-%H%M%S}"
    taken = (config.backup_folder / f"{name}{mark}.zip" for mark in _marks())
    return next(path for path in taken if not path.exists())


def _marks() -> Iterator[str]:
    yield ""
    for number in range(2, 1000):
        yield f"-{number}"


def _pack(database: Path, media: Path, to: Path) -> None:
    """Pictures are compressed already: only the database is."""
    files = sorted(path for path in media.rglob("*") if path.is_file()) if media.is_dir() else []
    with zipfile.ZipFile(to, "w") as archive, _bar("备份图片") as tell:
        archive.write(database, DATABASE, zipfile.ZIP_DEFLATED)
        for done, path in enumerate(files, start=1):
            name = PurePosixPath(MEDIA, *path.relative_to(media).parts)
            archive.write(path, str(name), zipfile.ZIP_STORED)
            tell(done, len(files))


@contextmanager
def _unpacked(source: Path, media: Path) -> Iterator[Path]:
    """The database file of a backup; its pictures are put back beside those that are there."""
    if not _is_packed(source):
        yield source
        return
    with zipfile.ZipFile(source) as archive, tempfile.TemporaryDirectory() as folder:
        names = [name for name in archive.namelist() if name.startswith(f"{MEDIA}/")]
        targets = [_inside(media, name) for name in names]
        database = Path(folder) / DATABASE
        _extract(archive, DATABASE, database)
        yield database
        with _bar("恢复图片") as tell:
            for done, (name, to) in enumerate(zip(names, targets, strict=True), start=1):
                _extract(archive, name, to)
                tell(done, len(names))


def _is_packed(source: Path) -> bool:
    """A backup of PostgreSQL alone may be a zip too, of its own kind."""
    if not zipfile.is_zipfile(source):
        return False
    with zipfile.ZipFile(source) as archive:
        return DATABASE in archive.namelist()


def _inside(media: Path, name: str) -> Path:
    """Where a file of the archive belongs; a name that leads out of the folder is refused."""
    path = media.joinpath(*PurePosixPath(name).parts[1:])
    if not path.resolve().is_relative_to(media.resolve()):
        fail("备份里有不该有的文件名，没有恢复")
    return path


def _extract(archive: zipfile.ZipFile, name: str, to: Path) -> None:
    if name.endswith("/"):
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, to.open("wb") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)


def _prune(config: Config) -> None:
    """Keep the newest."""
    made = list(config.backup_folder.glob(f"{PREFIX}*.zip"))
    made.sort(key=lambda path: path.stat().st_mtime_ns)
    for path in made[: -config.backups_kept]:
        path.unlink()


@contextmanager
def _bar(description: str) -> Iterator[Callable[[int, int], None]]:
    with progress() as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
