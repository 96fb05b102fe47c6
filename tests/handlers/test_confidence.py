"""What residents say of the staff never reaches those it is about."""

import pytest

from handlers.reading import Against
from storage.models import OutboxRow, Stage, Ticket
from tests.handlers.town import (
    CHATTER,
    GROUP,
    INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    private,
    to,
)

COMPLAINT = "反映我们指导员李惠态度恶劣不作为"
PASSING = "指导员李惠不管，打电话还骂人"


def held_by(ticket: Ticket, town: Town) -> str:
    person = town.store.people.get(ticket.assignee) if ticket.assignee else None
    assert person is not None
    return person.name


def heard_by(user_id: str, rows: list[OutboxRow]) -> str:
    return "".join(to(rows, private(user_id)))


def test_a_complaint_of_the_instructor_is_no_addition_to_what_he_works_on(town: Town) -> None:
    town.open("停水", text="2号楼二单元停水")
    told = town.say(RESIDENT, COMPLAINT, quote="m1") + town.wait(minutes=5)
    assert "态度" not in heard_by(INSTRUCTOR, told)
    assert "态度" not in town.ticket(1).body
    assert (town.ticket(2).is_sensitive, held_by(town.ticket(2), town)) == (True, "鲍春霞")
    assert "态度" in heard_by(SECRETARY, told)
    assert "指导员" not in "".join(to(told, GROUP))


def test_what_may_be_one_is_asked_about_in_private(town: Town) -> None:
    town.open("停水", text="2号楼二单元停水")
    told = town.say(RESIDENT, PASSING, quote="m1") + town.wait(minutes=5)
    assert "骂人" not in heard_by(INSTRUCTOR, told)
    assert to(told, GROUP) == []
    assert "登记" in heard_by(RESIDENT, told)
    town.tell(RESIDENT, "登记")
    assert held_by(town.ticket(2), town) == "鲍春霞"


def test_a_complaint_behind_the_word_is_a_matter_of_its_own(town: Town) -> None:
    town.open("停水", text="2号楼二单元停水")
    told = town.tell(RESIDENT, "补充 1 指导员李惠态度恶劣还收红包")
    assert heard_by(INSTRUCTOR, told) == ""
    assert "红包" not in town.ticket(1).body
    assert held_by(town.ticket(2), town) == "鲍春霞"
    assert "#2" in heard_by(RESIDENT, told)


def test_more_on_a_complaint_that_is_past_him_is_added_to_it(town: Town) -> None:
    town.open("指导员的事", text=COMPLAINT, is_sensitive=True, against=Against.INSTRUCTOR)
    told = town.tell(RESIDENT, "补充 1 指导员李惠上个月还收红包")
    assert "红包" in town.ticket(1).body
    assert "红包" in heard_by(SECRETARY, told)
    assert heard_by(INSTRUCTOR, told) == ""


@pytest.mark.parametrize("said", ["不满意 1 指导员收红包才肯修", "不满意 1 指导员不管"])
def test_a_matter_starts_over_without_telling_him_what_is_said_of_him(
    town: Town, said: str
) -> None:
    town.answered()
    told = town.tell(RESIDENT, said)
    assert town.ticket(1).stage is Stage.REGISTERED
    assert "还没好" in heard_by(INSTRUCTOR, told)
    assert said[-4:] not in heard_by(INSTRUCTOR, told)
    assert said[-4:] in heard_by(SECRETARY, told)
    messages = town.store.tickets.list_messages(town.ticket(1).number)
    assert not any(said[-4:] in message.text for message in messages)


def test_a_word_about_him_does_not_lead_in_a_matter_that_goes_to_him(town: Town) -> None:
    told = town.say(RESIDENT, PASSING, reading=CHATTER)
    told += town.say(RESIDENT, "2号楼停水了", reading=matter("停水")) + town.wait(minutes=5)
    assert "停水" in heard_by(INSTRUCTOR, told)
    assert "骂人" not in heard_by(INSTRUCTOR, told)
