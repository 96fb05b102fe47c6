"""Stored pictures and voice notes that no row speaks of: of chatter, or of what was deleted."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.media import is_own_name
from storage.database import Database

log = logging.getLogger("lianxin.media")

WAITS = timedelta(hours=12)
"""A picture may come before the words that make a matter of it, or wait for a dead database."""


async def remove_leftovers(database: Database, folder: Path, now: datetime) -> int:
    """Delete what is older than WAITS and belongs to nothing; how many files."""
    used = await database.read(lambda store: store.erasure.list_images())
    removed = await asyncio.to_thread(_remove_old, folder, used, now - WAITS)
    if removed:
        log.info("removed %d stored files that belong to nothing", removed)
    return removed


def remove_files(folder: Path, names: Iterable[str]) -> int:
    """Delete stored files by name; how many were there."""
    removed = 0
    for name in names:
        path = folder / name
        if is_own_name(name) and path.is_file():
            path.unlink()
            removed += 1
    return removed


def _remove_old(folder: Path, used: frozenset[str], before: datetime) -> int:
    if not folder.is_dir():
        return 0
    old = [
        path.name
        for path in folder.iterdir()
        if path.name not in used and path.stat().st_mtime < before.timestamp()
    ]
    return remove_files(folder, old)
