"""One person who says too much in too short a time: what is past the measure is not handled.

The measure is far above what a busy person says (in sixty days of transcripts 3 lines in a minute,
6 in an hour). What is left out is counted, logged and named in the digest: never silent.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from handlers.messages import Incoming
from handlers.reading import Gate, Hear
from storage.database import Database
from storage.models import Act, Flood, Urgency
from storage.store import Store

log = logging.getLogger("lianxin.flood")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LASTS = timedelta(hours=1)
"""Lines left out within this are one flood."""
MOST_SPEAKERS = 20_000
MOST_FLOODS = 1_000
MOST_MATTERS_A_DAY = 15


class _Kind(StrEnum):
    """A recall and a cry for help each have a measure of their own: talk must not use it up."""

    LINE = "line"
    RECALL = "recall"
    DANGER = "danger"
    STAFF = "staff"


_MEASURE = {
    _Kind.LINE: (20, 60),
    _Kind.RECALL: (20, 60),
    _Kind.DANGER: (10, 30),
    _Kind.STAFF: (60, 600),
}
"""How many in a minute and in an hour."""

_Speaker = tuple[str, str]
_Place = tuple[str, str, str, datetime]
"""Platform, conversation and user id of a flood, and when it began."""
_Key = TypeVar("_Key")


class Floods:
    """Asked for each line that would reach the database; bounded in memory.

    Time is the message's own, so that what is caught up with after an outage is no flood.
    """

    def __init__(self) -> None:
        self._heard: OrderedDict[tuple[_Speaker, _Kind], list[datetime]] = OrderedDict()
        self._opened: OrderedDict[_Speaker, list[datetime]] = OrderedDict()
        self._floods: dict[tuple[str, str, str], datetime] = {}
        self._fresh: dict[_Place, Flood] = {}

    def is_over(self, incoming: Incoming, hear: Hear, *, is_staff: bool) -> bool:
        """Whether this line is past the measure; it is counted either way.

        Only of who says much is it asked what he says.
        """
        kind = _kind_of(incoming, is_staff=is_staff)
        is_over = self._is_too_much(incoming, kind) or (
            kind is _Kind.LINE
            and self._has_opened_enough(incoming)
            and (_registers(incoming) or hear().gate is Gate.OPEN)
        )
        if is_over and kind is _Kind.LINE and hear().urgency is Urgency.CRITICAL:
            is_over = self._is_too_much(incoming, _Kind.DANGER)
        if is_over:
            self._leave_out(incoming)
        return is_over

    def note(self, incoming: Incoming, act: Act | None) -> None:
        """What a line led to: one person does not open any number of matters a day."""
        if act is not Act.OPEN and not _registers(incoming):
            return
        times = _of(self._opened, (incoming.platform, incoming.sender))
        _keep(times, incoming.at, MOST_MATTERS_A_DAY)

    async def keep(self, database: Database) -> None:
        """Write down what was left out since the last time."""
        while len(self._floods) > MOST_FLOODS:
            del self._floods[next(iter(self._floods))]
        if self._fresh:
            fresh = {**self._fresh}
            await database.write(lambda store: _add(store, fresh.values()))
            self._written(fresh)

    def _written(self, floods: Mapping[_Place, Flood]) -> None:
        """Those left out meanwhile stay to be written."""
        for place, flood in floods.items():
            now = self._fresh.pop(place)
            if now.dropped > flood.dropped:
                self._fresh[place] = replace(now, dropped=now.dropped - flood.dropped)

    def _is_too_much(self, incoming: Incoming, kind: _Kind) -> bool:
        a_minute, an_hour = _MEASURE[kind]
        speaker = (incoming.platform, incoming.sender)
        times = _of(self._heard, (speaker, kind))
        at = incoming.at
        if len(times) == an_hour and abs(at - times[0]) < HOUR:
            return True
        if len(times) >= a_minute and abs(at - times[-a_minute]) < MINUTE:
            return True
        _keep(times, at, an_hour)
        return False

    def _has_opened_enough(self, incoming: Incoming) -> bool:
        times = self._opened.get((incoming.platform, incoming.sender))
        if times is None or len(times) < MOST_MATTERS_A_DAY:
            return False
        return abs(incoming.at - times[0]) < DAY

    def _leave_out(self, incoming: Incoming) -> None:
        place = (incoming.platform, incoming.conversation, incoming.sender)
        began = self._floods.pop(place, None)
        if began is None or incoming.at - began > LASTS:
            began = incoming.at
            log.warning("flood in %s/%s", incoming.platform, _shown(incoming))
        self._floods[place] = began
        fresh = self._fresh.get((*place, began))
        self._fresh[*place, began] = Flood(
            *place,
            began_at=began,
            ended_at=max(began, incoming.at),
            dropped=1 if fresh is None else fresh.dropped + 1,
        )


def _add(store: Store, floods: Iterable[Flood]) -> None:
    for flood in floods:
        store.reception.add_flood(flood)


def _of(kept: "OrderedDict[_Key, list[datetime]]", key: _Key) -> list[datetime]:
    """The moments under a key; the key that was not used for longest goes first."""
    times = kept.get(key)
    if times is None:
        times = kept[key] = []
        if len(kept) > MOST_SPEAKERS:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return times


def _keep(times: list[datetime], at: datetime, most: int) -> None:
    """Lists, though a deque would forget by itself: an almost empty one takes five times the room,
    and most speakers say one thing."""
    times.append(at)
    del times[:-most]


def _shown(incoming: Incoming) -> str:
    return "private" if incoming.is_private else incoming.conversation


def _registers(incoming: Incoming) -> bool:
    """登记 …, with whatever mark or name stands before it."""
    return "登记" in incoming.words[:12]


def _kind_of(incoming: Incoming, *, is_staff: bool) -> _Kind:
    if is_staff:
        return _Kind.STAFF
    return _Kind.LINE if incoming.recall is None else _Kind.RECALL
