"""How often an account is spoken to, and whether its silence is longer than can be."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.messages import Incoming
from handlers.worktime import Calendar

KNOWN = 50
BUSY = 20
"""Pauses to be known before an account's silence says anything."""
TIMES = 3
SHORTEST = timedelta(minutes=2)
LONGEST = timedelta(hours=2)

AccountKey = tuple[str, str]
"""(platform, account)."""


@dataclass(slots=True)
class Beat:
    """The last line an account heard by itself, and the pauses before it, in working time.

    What was said past `since` and is not the last line did not come in by itself.
    """

    last: Incoming
    heard_at: datetime
    since: datetime
    pauses: deque[timedelta] = field(default_factory=lambda: deque(maxlen=KNOWN))


class Pulse:
    """In memory only: after a restart an account is learnt anew, some lines long.

    Pauses and silences are measured in working time, so that a night or a lunch break is none.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._beats: dict[AccountKey, Beat] = {}

    def note(self, incoming: Incoming, now: datetime) -> None:
        """A line came in by itself."""
        key = incoming.platform, incoming.account
        beat = self._beats.get(key)
        if beat is None:
            self._beats[key] = Beat(incoming, now, incoming.at)
            return
        if self._calendar.is_working(now):
            beat.pauses.append(self._calendar.worked(beat.heard_at, now))
        beat.last, beat.heard_at, beat.since = incoming, now, incoming.at

    def restart(self, key: AccountKey, now: datetime) -> None:
        """The account is connected anew: what was said before is fetched by others."""
        beat = self._beats.get(key)
        if beat is not None:
            beat.heard_at = beat.since = now

    def last(self, key: AccountKey) -> Beat | None:
        return self._beats.get(key)

    def is_suspicious(self, key: AccountKey, now: datetime, times: int = TIMES) -> bool:
        """Silent for `times` the longest of its latest pauses, in working hours."""
        beat = self._beats.get(key)
        if beat is None or len(beat.pauses) < BUSY or not self._calendar.is_working(now):
            return False
        longest = min(max(times * max(beat.pauses), SHORTEST * times / TIMES), LONGEST)
        return self._calendar.worked(beat.heard_at, now) >= longest
