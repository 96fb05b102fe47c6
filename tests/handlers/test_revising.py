"""A matter is of the sort that all of its lines tell, not only the first."""

import dataclasses
from datetime import timedelta

import pytest

from handlers.reading import Reading
from handlers.talk import Line, Talk
from storage.models import Field, Kind, Stage, Urgency
from tests.handlers.town import INSTRUCTOR, RESIDENT, Town, matter

MORE = "三层到六层都没有，楼上瘫着的老太太等着热水擦身"
URGENT = matter(kind=Kind.COMPLAINT, field=Field.HOUSING, urgency=Urgency.URGENT)


@dataclasses.dataclass
class Whole:
    """Reads what is one line as it stands, and a whole matter as it is told to."""

    reading: Reading
    read: list[str] = dataclasses.field(default_factory=list)

    def classify(self, line: Line, talk: Talk, *, in_full: bool = False) -> Reading:
        self.read.append(line.text)
        return self.reading


@pytest.fixture
def heard(town: Town) -> Whole:
    town.reader = whole = Whole(URGENT)
    return whole


def go_on(town: Town, **changed: object) -> None:
    """The opener says more, by words that sort nothing themselves."""
    more = dataclasses.replace(matter(), score=0.0)
    town.say(RESIDENT, MORE, reading=more, quote="m1", **changed)


def sort_of(town: Town) -> tuple[Kind, Field, Urgency]:
    ticket = town.ticket(1)
    return ticket.kind, ticket.field, ticket.urgency


def test_the_whole_matter_is_read_not_the_line_that_came_last(town: Town, heard: Whole) -> None:
    town.say(RESIDENT, "没热水", reading=matter())
    go_on(town)
    assert heard.read == [f"没热水\n{MORE}"]
    assert sort_of(town) == (Kind.COMPLAINT, Field.HOUSING, Urgency.URGENT)


def test_before_anybody_was_told_the_clocks_are_those_of_the_whole(
    town: Town, heard: Whole
) -> None:
    town.say(RESIDENT, "没热水", reading=matter())
    routine = town.ticket(1)
    town.wait(seconds=20)
    go_on(town)
    urgent = town.ticket(1)
    assert urgent.acceptance_due_at < routine.acceptance_due_at
    town.wait(seconds=20)
    heard.reading = matter()
    go_on(town)
    assert town.ticket(1).urgency is Urgency.ROUTINE
    assert town.ticket(1).acceptance_due_at == routine.acceptance_due_at


def test_haste_told_afterwards_makes_the_clocks_end_earlier(town: Town, heard: Whole) -> None:
    town.open("停水")
    before = town.ticket(1)
    go_on(town)
    after = town.ticket(1)
    assert after.urgency is Urgency.URGENT
    assert after.contact_due_at <= before.contact_due_at
    assert after.acceptance_due_at < before.acceptance_due_at
    assert after.handling_due_at < before.handling_due_at
    assert after.answer_due_at < before.answer_due_at
    assert after.next_action_at is not None
    assert before.next_action_at is not None
    assert after.next_action_at <= before.next_action_at


def test_a_clock_is_never_moved_back_once_people_were_told(town: Town, heard: Whole) -> None:
    town.say(RESIDENT, "没热水", reading=matter(urgency=Urgency.URGENT))
    town.wait(seconds=200)
    before = town.ticket(1)
    heard.reading = matter()
    go_on(town)
    after = town.ticket(1)
    assert after.urgency is Urgency.URGENT
    assert after.handling_due_at == before.handling_due_at


def test_haste_late_in_the_day_gives_no_more_time_than_there_was(town: Town, heard: Whole) -> None:
    town.open("停水")
    due = town.ticket(1).contact_due_at
    town.wait_until(due - timedelta(seconds=1))
    go_on(town)
    assert town.ticket(1).contact_due_at == due


def test_danger_is_heard_line_by_line(town: Town, heard: Whole) -> None:
    heard.reading = matter(urgency=Urgency.CRITICAL, danger="power")
    town.open("停水")
    go_on(town)
    assert town.ticket(1).urgency is Urgency.URGENT


def test_danger_is_never_taken_back(town: Town, heard: Whole) -> None:
    gas = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=gas)
    before = town.ticket(1)
    heard.reading = matter()
    go_on(town)
    assert town.ticket(1).urgency is Urgency.CRITICAL
    assert town.ticket(1).handling_due_at == before.handling_due_at


def test_what_staff_put_right_stays(town: Town, heard: Whole) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "改 1 领域 公共安全")
    go_on(town)
    assert sort_of(town)[:2] == (Kind.COMPLAINT, Field.SAFETY)


def test_what_staff_put_right_and_undid_is_sorted_again(town: Town, heard: Whole) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "改 1 领域 公共安全")
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).field is Field.UTILITIES
    go_on(town)
    assert town.ticket(1).field is Field.HOUSING


def test_an_accepted_matter_is_sorted(town: Town, heard: Whole) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "受理 1")
    assert town.ticket(1).stage is Stage.ACCEPTED
    go_on(town)
    assert sort_of(town) == (Kind.REQUEST, Field.UTILITIES, Urgency.ROUTINE)


def test_a_picture_alone_changes_nothing(town: Town, heard: Whole) -> None:
    town.open("停水")
    before = town.ticket(1)
    town.say(RESIDENT, "", images=("a.jpg",), quote="m1", reading=matter())
    assert heard.read == []
    assert town.ticket(1).kind is before.kind
