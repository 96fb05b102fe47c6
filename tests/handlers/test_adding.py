"""More on a ticket by one of several: his words, not a rewriting of what its opener said."""

import dataclasses

import pytest

from handlers.forgetting import forget
from handlers.messages import Incoming
from handlers.speakers import identify, remember
from handlers.tickets import add_to_ticket
from storage.models import Kind, OutboxRow, OutgoingClass, TicketNumber, Urgency
from tests.handlers.town import (
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    Town,
    matter,
    of,
    private,
    to,
)

OPENED = {"place": "3号楼", "place_key": "3号楼"}


@pytest.fixture
def shared(town: Town) -> Town:
    """The neighbour's #2 goes on in the resident's #1."""
    town.open("停水", text="3号楼停水", **OPENED)
    town.open("没水", sender=NEIGHBOUR)
    town.tell(INSTRUCTOR, "1 合并 2")
    return town


def add(town: Town, sender: str, text: str, number: int = 1, **changed: object) -> list[OutboxRow]:
    """As it is called where a line is heard as more of a ticket."""
    town.said += 1
    incoming: Incoming = town.incoming(sender, text, GROUP)
    context = town.context()
    speaker = identify(incoming, context)
    assert speaker is not None
    speaker = remember(speaker, incoming, context)
    reading = matter(**changed) if changed else dataclasses.replace(matter(), score=0.1)
    ticket = town.ticket(number)
    return town.queue(add_to_ticket(ticket, incoming, speaker, reading, context), incoming.key)


def test_what_a_joiner_adds_is_kept_as_his_words_and_told(shared: Town) -> None:
    before = shared.ticket(1)
    told = add(shared, NEIGHBOUR, "5号楼的垃圾也没人拉", place="5号楼", place_key="5号楼")
    after = shared.ticket(1)
    assert (after.body, after.place, after.place_key, after.gist, after.kind, after.field) == (
        before.body, before.place, before.place_key, before.gist, before.kind, before.field
    )  # fmt: skip
    said = [one.text for one in shared.store.tickets.list_messages(TicketNumber(1))]
    assert "5号楼的垃圾也没人拉" in said
    assert "周：5号楼的垃圾也没人拉" in to(told, private(INSTRUCTOR))[0]


def test_what_its_opener_adds_is_part_of_the_matter(shared: Town) -> None:
    add(shared, RESIDENT, "二单元一滴都没有")
    assert "二单元一滴都没有" in shared.ticket(1).body


def test_a_joiner_tells_the_place_of_a_ticket_that_has_none(town: Town) -> None:
    town.open("停水")
    town.open("没水", sender=NEIGHBOUR)
    town.tell(INSTRUCTOR, "1 合并 2")
    add(town, NEIGHBOUR, "在5号楼", place="5号楼", place_key="5号楼")
    assert town.ticket(1).place == "5号楼"


def test_what_a_joiner_adds_before_anybody_was_told_is_told_too(town: Town) -> None:
    town.open("没水", sender=NEIGHBOUR)
    town.say(RESIDENT, "5号楼停水", reading=matter("停水", **OPENED))
    town.tell(INSTRUCTOR, "2 合并 1")
    told = add(town, NEIGHBOUR, "家里有瘫痪老人", number=2) + town.wait(minutes=5)
    assert "家里有瘫痪老人" in " ".join(to(told, private(INSTRUCTOR)))


def test_who_is_given_the_ticket_reads_what_a_joiner_added(shared: Town) -> None:
    add(shared, NEIGHBOUR, "三楼家里有瘫痪老人")
    told = shared.tell(INSTRUCTOR, "1 转 张小雷")
    assert "邻居补充：三楼家里有瘫痪老人" in to(told, private(DEPUTY))[0]


def test_danger_in_a_joiners_words_alarms_with_his_words(shared: Town) -> None:
    told = add(shared, NEIGHBOUR, "水流到插座上打火花了", urgency=Urgency.CRITICAL, danger="power")
    alarm = to(of(told, OutgoingClass.ALARM), private(INSTRUCTOR))[0]
    assert "周：水流到插座上打火花了" in alarm
    assert shared.ticket(1).urgency is Urgency.CRITICAL


def test_haste_in_a_joiners_words_makes_the_clocks_end_earlier(shared: Town) -> None:
    before = shared.ticket(1)
    add(shared, NEIGHBOUR, "娃发烧等着用水", urgency=Urgency.URGENT, kind=Kind.COMPLAINT)
    after = shared.ticket(1)
    assert after.urgency is Urgency.URGENT
    assert after.handling_due_at < before.handling_due_at
    assert after.kind is before.kind


def test_what_a_joiner_added_is_found(shared: Town) -> None:
    add(shared, NEIGHBOUR, "水表箱也冻裂了")
    add(shared, RESIDENT, "二单元一滴都没有")
    assert "#1" in shared.tell(INSTRUCTOR, "查 水表箱")[0].text


def test_of_tickets_joined_the_other_way_round_the_opener_adds(town: Town) -> None:
    """#1 is the older, and goes on in #2: the matter is that of who opened #2."""
    town.open("没水", sender=NEIGHBOUR)
    town.open("停水", text="3号楼停水", **OPENED)
    town.tell(INSTRUCTOR, "2 合并 1")
    town.say(NEIGHBOUR, "我家三楼也没有水", quote="m1")
    assert "三楼" not in town.ticket(2).body
    town.say(RESIDENT, "二单元一滴水都没有", quote="m2")
    assert "二单元" in town.ticket(2).body


def test_what_a_joiner_added_is_found_no_more_when_he_is_forgotten(shared: Town) -> None:
    add(shared, NEIGHBOUR, "水表箱也冻裂了")
    forget("qq", NEIGHBOUR, shared.context())
    assert "#1" not in shared.tell(INSTRUCTOR, "查 水表箱")[0].text
    assert "#1" in shared.tell(INSTRUCTOR, "查 停水")[0].text
