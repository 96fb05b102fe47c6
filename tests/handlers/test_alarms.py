"""An alarm nobody answers: loud for a day, then with the other reminders."""

from storage.models import OutgoingClass, Urgency
from tests.handlers.town import INSTRUCTOR, RESIDENT, SECRETARY, Town, matter, of, private, to


def test_who_hears_of_a_contacted_alarm_is_told_what_is_overdue(town: Town) -> None:
    town.say(RESIDENT, "煤气味", reading=matter("煤气味", urgency=Urgency.CRITICAL, danger="gas"))
    town.tell(INSTRUCTOR, "1 已联系")
    told = to(of(town.wait(hours=6), OutgoingClass.ALARM), private(SECRETARY))
    assert told
    assert not [text for text in told if "没人回应" in text or "已联系" in text]
    assert "1 受理" in told[0]


def test_after_a_day_an_unanswered_alarm_comes_once_each_working_day(town: Town) -> None:
    town.say(RESIDENT, "煤气味", reading=matter("煤气味", urgency=Urgency.CRITICAL, danger="gas"))
    town.wait(hours=26)
    later = to(of(town.wait(days=7), OutgoingClass.ALARM), private(INSTRUCTOR))
    assert len(later) == 5
