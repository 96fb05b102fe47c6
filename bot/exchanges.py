"""Another bot in the group answers every answer: after three in a minute it gets no more."""

from collections import deque
from datetime import datetime, timedelta

from handlers.messages import Incoming, Target

WITHIN = timedelta(minutes=1)
SILENCE = timedelta(minutes=10)
MOST_IN_GROUP = 3
MOST_IN_PRIVATE = 10
MOST_SPEAKERS = 5000

Speaker = tuple[Target, str]


class Exchanges:
    """Who was answered when. Its lines are still handled: only the answers stop."""

    def __init__(self) -> None:
        self._answered: dict[Speaker, deque[datetime]] = {}
        self._silent_until: dict[Speaker, datetime] = {}

    def is_broken(self, incoming: Incoming, now: datetime) -> bool:
        speaker = (incoming.target, incoming.sender)
        until = self._silent_until.get(speaker)
        if until is None:
            return False
        if until <= now:
            del self._silent_until[speaker]
            return False
        return True

    def note(self, incoming: Incoming, now: datetime) -> None:
        """The bot answers this line in its conversation."""
        speaker = (incoming.target, incoming.sender)
        most = MOST_IN_PRIVATE if incoming.is_private else MOST_IN_GROUP
        times = self._answered.setdefault(speaker, deque(maxlen=most))
        times.append(now)
        if len(times) == most and now - times[0] < WITHIN:
            self._silent_until[speaker] = now + SILENCE
            times.clear()
        if len(self._answered) > MOST_SPEAKERS:
            self._prune(now)

    def _prune(self, now: datetime) -> None:
        self._answered = {
            speaker: times
            for speaker, times in self._answered.items()
            if times and now - times[-1] < WITHIN
        }
        self._silent_until = {one: end for one, end in self._silent_until.items() if end > now}
