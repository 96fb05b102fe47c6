"""When a message may go out at the earliest: quiet hours, by class."""

from datetime import datetime

from handlers.messages import Outgoing
from handlers.settings import Settings
from handlers.worktime import calendar_for
from storage.models import OutgoingClass

AWAITED = frozenset(
    {
        OutgoingClass.ACK,
        OutgoingClass.ALARM,
        OutgoingClass.ANSWER,
        OutgoingClass.QUESTION,
        OutgoingClass.REPLY,
    }
)
"""Somebody has just spoken and waits for it: said at any hour."""


def earliest(outgoing: Outgoing, now: datetime, settings: Settings) -> datetime:
    """Now, or the end of the quiet hours for what nobody is waiting for."""
    if outgoing.kind in AWAITED:
        return now
    return after_quiet(now, settings)


def after_quiet(moment: datetime, settings: Settings) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    begin, end = settings.reminders.quiet_from, settings.reminders.quiet_to
    local = calendar_for(settings.worktime).local(moment)
    at = local.time()
    crosses_midnight = begin > end
    is_quiet = (at >= begin or at < end) if crosses_midnight else begin <= at < end
    if not is_quiet:
        return moment
    wake = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    if wake <= local:
        calendar = calendar_for(settings.worktime)
        day = local.date().fromordinal(local.date().toordinal() + 1)
        wake = wake.replace(year=day.year, month=day.month, day=day.day)
        return calendar.local(wake)
    return wake
