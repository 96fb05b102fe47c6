"""An alarm nobody answers: loud for a day, then with the other reminders."""

from storage.models import OutgoingClass, Urgency
from tests.handlers.town import INSTRUCTOR, RESIDENT, Town, matter, of, private, to


def test_after_a_day_an_unanswered_alarm_comes_once_each_working_day(town: Town) -> None:
    town.say(RESIDENT, "煤气味", reading=matter("煤气味", urgency=Urgency.CRITICAL, danger="gas"))
    town.wait(hours=26)
    later = to(of(town.wait(days=7), OutgoingClass.ALARM), private(INSTRUCTOR))
    assert len(later) == 5
