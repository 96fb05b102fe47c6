"""What is wrong with the service as far as it can tell itself, each under a key of its own."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from storage.database import Database
from storage.models import OutgoingClass, UnitId
from storage.store import Store

LEAST_FREE = 200 * 1024 * 1024
NOT_WRITTEN = timedelta(minutes=3)
"""The service leaves a mark in the database every minute; this long without one is a fault."""
LATELY = timedelta(days=1)

Symptom = tuple[str, str]
"""A key, and a sentence for the administrator without anything a resident said."""


def disk_symptoms(folder: Path) -> Iterator[Symptom]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        yield "folder", "数据文件夹读不到了"
        return
    if free < LEAST_FREE:
        yield "disk", f"磁盘快满了，只剩 {free // 2**20} MB；满了就记不下新的诉求"


async def database_symptoms(database: Database, town: UnitId, now: datetime) -> list[Symptom]:
    """Whether it can be read, whether it was written lately, and what it holds that is dead."""
    try:
        return list(await database.read(lambda store: list(_stored(store, town, now))))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the symptom
        return [("database", f"数据库用不了（{type(error).__name__}），新的诉求暂时记不下")]


def _stored(store: Store, town: UnitId, now: datetime) -> Iterator[Symptom]:
    mark = store.reception.get_watermark("", "")
    if mark is not None and abs(now - mark.at) > NOT_WRITTEN:
        minutes = int(abs(now - mark.at) / timedelta(minutes=1))
        yield "writing", f"数据库 {minutes} 分钟写不进去了，新的诉求暂时记不下"
    for letter in store.reception.list_dead_letters():
        text = f"有消息没处理成（编号 {letter.id}）；lianxin dead list 看，lianxin dead retry 再试"
        yield f"letter:{letter.id}", text
    for row in store.outbox.list_dead_since(town, now - LATELY):
        if row.kind is OutgoingClass.ALARM:
            number = f" #{row.ticket}" if row.ticket is not None else ""
            yield f"unsent:{row.id}", f"紧急通知{number} 没有送到（{row.error}），请马上打电话"
