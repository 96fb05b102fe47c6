"""How fast the bot may speak: the pause in a conversation, the account's budget, its breaker."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.configuration.model import Pace
from handlers.messages import Target
from storage.models import OutgoingClass

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PROBE_BY_ALARM = timedelta(minutes=1)
MOST_PAUSES = 5000

AccountKey = tuple[str, str]
"""(platform, account)."""


@dataclass(slots=True)
class AccountState:
    """When it spoke last, newest at the end; `open_until` is set while the breaker is open.

    Alarms do not count for the day: one that nobody answers must not silence everything else.
    """

    in_minute: deque[datetime]
    in_day: deque[datetime]
    failures: int = 0
    open_until: datetime | None = None
    tried_at: datetime | None = None
    is_probing: bool = False


@dataclass(slots=True)
class Throttle:
    """Decides when something may be sent. Kept in memory; `remember` fills it after a restart."""

    pace: Pace
    rng: Random
    _pauses: dict[Target, datetime] = field(default_factory=dict)
    _accounts: dict[AccountKey, AccountState] = field(default_factory=dict)

    def earliest(
        self,
        target: Target,
        account: AccountKey,
        kind: OutgoingClass,
        now: datetime,
        planned: int = 0,
    ) -> datetime:
        """The moment from which a message may go; `planned` others go before it from `now` on.

        Alarms wait neither for the pause nor for the budget, but a breaker stops them too, save
        for one try a minute.
        """
        state = self._account(account)
        moment = self._after_breaker(state, kind, now, planned)
        if kind is OutgoingClass.ALARM:
            return moment
        return max(moment, self._pauses.get(target, now), self._after_budget(state, now, planned))

    def hold(self, target: Target, until: datetime) -> None:
        """Nothing more into a conversation before a moment (muted, refused)."""
        self._pauses[target] = max(until, self._pauses.get(target, until))

    def begin(
        self, target: Target, account: AccountKey, kind: OutgoingClass, now: datetime
    ) -> None:
        """A message goes out now: counts against the budget and starts the pause."""
        state = self._account(account)
        state.in_minute.append(now)
        if kind is not OutgoingClass.ALARM:
            state.in_day.append(now)
        state.tried_at = now
        if state.open_until is not None:
            state.is_probing = True
        seconds = self.pace.seconds + self.rng.uniform(0, self.pace.jitter)
        self._pauses[target] = now + timedelta(seconds=seconds)
        if len(self._pauses) > MOST_PAUSES:
            self._pauses = {one: end for one, end in self._pauses.items() if end > now}

    def succeed(self, account: AccountKey) -> None:
        state = self._account(account)
        state.failures = 0
        state.open_until = None
        state.is_probing = False

    def fail(self, account: AccountKey, now: datetime) -> bool:
        """Whether this failure opened the breaker (again)."""
        state = self._account(account)
        state.failures += 1
        if not state.is_probing and state.failures < self.pace.breaker_failures:
            return False
        state.is_probing = False
        state.open_until = now + timedelta(seconds=self.pace.breaker_seconds)
        return True

    def end_probe(self, account: AccountKey) -> None:
        """The try told nothing about the account (it was offline, or the person is no friend)."""
        self._account(account).is_probing = False

    def remember(self, target: Target, account: AccountKey, sent_at: Sequence[datetime]) -> None:
        """What was sent before a restart, oldest first."""
        state = self._account(account)
        state.in_day = deque(sorted((*state.in_day, *sent_at)), maxlen=self.pace.per_day)
        state.in_minute = deque(state.in_day, maxlen=self.pace.per_minute)
        if sent_at:
            self.hold(target, sent_at[-1] + timedelta(seconds=self.pace.seconds))

    def _account(self, account: AccountKey) -> AccountState:
        if account not in self._accounts:
            self._accounts[account] = AccountState(
                deque(maxlen=self.pace.per_minute), deque(maxlen=self.pace.per_day)
            )
        return self._accounts[account]

    def _after_breaker(
        self, state: AccountState, kind: OutgoingClass, now: datetime, planned: int
    ) -> datetime:
        """Half-open: after the break one message goes, the others wait for what becomes of it."""
        if state.open_until is None:
            return now
        until = state.open_until
        if kind is OutgoingClass.ALARM and state.tried_at is not None:
            until = min(until, state.tried_at + PROBE_BY_ALARM)
        if until <= now and (state.is_probing or planned):
            return now + PROBE_BY_ALARM
        return max(now, until)

    def _after_budget(self, state: AccountState, now: datetime, planned: int) -> datetime:
        return max(
            _after_limit(state.in_minute, self.pace.per_minute, MINUTE, now, planned),
            _after_limit(state.in_day, self.pace.per_day, DAY, now, planned),
        )


def _after_limit(
    sent: deque[datetime], most: int, span: timedelta, now: datetime, planned: int
) -> datetime:
    """When fewer than `most` messages lie within the last `span`."""
    if planned >= most:
        return now + span
    place = most - planned
    return now if len(sent) < place else max(now, sent[-place] + span)
