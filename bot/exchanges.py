"""Another bot in the group answers every answer: after three in a minute it gets no more."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import TypeVar

from handlers.messages import Incoming, Outgoing, Target
from storage.models import OutgoingClass

WITHIN = timedelta(minutes=1)
SILENCE = timedelta(minutes=10)
MOST_IN_GROUP = 3
MOST_IN_PRIVATE = 10
MOST_SPEAKERS = 5000

Speaker = tuple[Target, str]
Value = TypeVar("Value")


class Exchanges:
    """Who was answered when. Its lines are still handled: only the answers stop."""

    def __init__(self) -> None:
        self._answered: OrderedDict[Speaker, deque[datetime]] = OrderedDict()
        self._silent_until: OrderedDict[Speaker, datetime] = OrderedDict()

    def is_broken(self, incoming: Incoming, now: datetime) -> bool:
        speaker = (incoming.target, incoming.sender)
        until = self._silent_until.get(speaker)
        if until is None:
            return False
        if until <= now:
            del self._silent_until[speaker]
            return False
        return True

    def is_muzzled(self, incoming: Incoming, now: datetime, *, is_staff: bool) -> bool:
        """Late messages are not answered in the group, nor is another bot that answers answers."""
        if incoming.is_late and not incoming.is_private:
            return True
        return not is_staff and self.is_broken(incoming, now)

    def note(self, incoming: Incoming, now: datetime) -> None:
        """The bot answers this line in its conversation."""
        speaker = (incoming.target, incoming.sender)
        most = MOST_IN_PRIVATE if incoming.is_private else MOST_IN_GROUP
        times = self._answered.setdefault(speaker, deque(maxlen=most))
        times.append(now)
        if len(times) == most and now - times[0] < WITHIN:
            self._silent_until[speaker] = now + SILENCE
            self._silent_until.move_to_end(speaker)
            times.clear()
        self._answered.move_to_end(speaker)
        _limit(self._answered)
        _limit(self._silent_until)


def _limit(kept: "OrderedDict[Speaker, Value]") -> None:
    """The one of longest ago goes first."""
    while len(kept) > MOST_SPEAKERS:
        kept.popitem(last=False)


def is_answer(outgoing: Outgoing, incoming: Incoming) -> bool:
    """Whether it is said where the message was. Help in danger is said at any rate, save to an
    old message."""
    is_help = outgoing.kind is OutgoingClass.ALARM and not incoming.is_late
    return outgoing.target == incoming.target and not is_help
