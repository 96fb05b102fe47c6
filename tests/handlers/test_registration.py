"""登记: in answer to the question, and as a command."""

import pytest

from handlers import intents
from handlers.messages import Voice
from handlers.reading import Gate
from storage.models import Field, MessageKey, OutgoingClass, TicketNumber
from tests.handlers.town import (
    CHATTER,
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

LINE = "五公里这个水压一到夏天就这样"
UNSURE = matter("水压低", gate=Gate.ASK, score=0.4)
DELICATE = matter("低保的事", gate=Gate.ASK, score=0.3, is_sensitive=True)


def asked(town: Town, **said: object) -> None:
    """A resident's line in doubt, about which he has been asked."""
    town.say(RESIDENT, LINE, **{"reading": UNSURE, **said})  # type: ignore[arg-type]
    (question,) = of(town.wait(seconds=100), OutgoingClass.QUESTION)
    town.mark_sent(question, "q1")


def bodies(town: Town) -> list[str]:
    return [ticket.body for ticket in town.tickets()]


def test_the_question_is_answered_with_a_mention_of_the_bot(town: Town) -> None:
    asked(town)
    assert town.say(RESIDENT, "登记", is_at_bot=True) == []
    assert bodies(town) == [LINE]


def test_the_question_is_answered_by_quoting_it(town: Town) -> None:
    asked(town)
    town.say(RESIDENT, "登记 5号楼", quote="q1")
    assert bodies(town) == [f"{LINE} 5号楼"]


def test_the_question_is_answered_in_private_where_it_was_put_there(town: Town) -> None:
    asked(town, reading=DELICATE)
    told = town.tell(RESIDENT, "登记")
    assert bodies(town) == [LINE]
    assert "要登记什么" not in "".join(to(told, private(RESIDENT)))


def test_a_line_said_in_private_is_registered_there(town: Town) -> None:
    asked(town, where=private(RESIDENT))
    town.tell(RESIDENT, "登记 5号楼")
    assert bodies(town) == [f"{LINE} 5号楼"]


def test_hours_after_the_question_a_whole_matter_is_one_of_its_own(town: Town) -> None:
    asked(town)
    town.wait(hours=3)
    town.say(RESIDENT, "/登记 3号楼下水道堵了没人管")
    assert bodies(town) == ["3号楼下水道堵了没人管"]
    town.say(RESIDENT, "登记")
    assert bodies(town)[1:] == [LINE]


@pytest.mark.parametrize("word", ["要", "对", "是的", "报修"])
def test_a_short_yes_soon_after_the_question_is_its_answer(town: Town, word: str) -> None:
    asked(town)
    town.wait(minutes=8)
    town.say(RESIDENT, word)
    assert bodies(town) == [LINE]


@pytest.mark.parametrize("said", [{"quote": "n1"}, {"at_users": (NEIGHBOUR,)}])
def test_a_yes_to_a_neighbour_is_none_to_the_bot(town: Town, said: dict[str, object]) -> None:
    asked(town)
    town.say(NEIGHBOUR, "你说的是五公里那边吧", message_id="n1", reading=CHATTER)
    town.say(RESIDENT, "对", reading=CHATTER, **said)
    assert bodies(town) == []


def test_a_yes_long_after_the_question_is_talk(town: Town) -> None:
    asked(town)
    town.wait(hours=2)
    town.say(RESIDENT, "对", reading=CHATTER)
    assert bodies(town) == []
    town.say(RESIDENT, "要登记", reading=CHATTER)
    assert bodies(town) == [LINE]


@pytest.mark.parametrize("said", [{"quote": "q1"}, {"is_at_bot": True}])
def test_a_yes_that_is_meant_for_the_bot_counts_all_day(
    town: Town, said: dict[str, object]
) -> None:
    asked(town)
    town.wait(hours=2)
    town.say(RESIDENT, "要", reading=CHATTER, **said)
    assert bodies(town) == [LINE]


def test_in_private_a_yes_counts_all_day(town: Town) -> None:
    asked(town, reading=DELICATE)
    town.wait(hours=2)
    town.tell(RESIDENT, "要", reading=CHATTER)
    assert bodies(town) == [LINE]


def test_before_the_question_is_put_only_the_word_itself_opens_it(town: Town) -> None:
    town.say(RESIDENT, LINE, reading=UNSURE)
    town.say(RESIDENT, "对", reading=CHATTER)
    assert bodies(town) == []
    town.say(RESIDENT, "登记", reading=CHATTER)
    assert bodies(town) == [LINE]


def test_what_was_asked_and_then_said_plainly_is_not_opened_again(town: Town) -> None:
    asked(town)
    town.say(RESIDENT, "五公里停水了", reading=matter("停水"))
    assert bodies(town) == [f"{LINE}\n五公里停水了"]
    town.say(RESIDENT, "登记", reading=CHATTER)
    assert len(bodies(town)) == 1


def test_another_matter_leaves_the_question_open(town: Town) -> None:
    asked(town)
    town.wait(minutes=7)
    lamp = matter("路灯不亮", field=Field.ROADS)
    town.say(RESIDENT, "巷口路灯不亮", reading=lamp)
    town.say(RESIDENT, "登记", reading=CHATTER)
    assert bodies(town) == ["巷口路灯不亮", LINE]


def test_the_same_words_twice_are_one_matter(town: Town) -> None:
    town.say(RESIDENT, "/登记 3号楼下水道老是返味")
    town.wait(seconds=30)
    told = town.say(RESIDENT, "/登记  3号楼下水道老是返味")
    assert to(told, GROUP) == ["#1 已登记，不用重复。"]
    assert len(bodies(town)) == 1


def test_the_same_words_from_a_neighbour_or_a_day_later_are_another_matter(town: Town) -> None:
    town.say(RESIDENT, "/登记 3号楼下水道老是返味")
    town.say(NEIGHBOUR, "/登记 3号楼下水道老是返味")
    town.wait(days=1)
    town.say(RESIDENT, "/登记 3号楼下水道老是返味")
    assert len(bodies(town)) == 3


def test_a_line_that_joined_by_mistake_leaves_for_a_ticket_of_its_own(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1", message_id="n1")
    town.say(INSTRUCTOR, "登记", quote="n1")
    assert bodies(town)[1] == "我家也没水"
    message = town.store.tickets.get_message(MessageKey(f"qq/{GROUP}/n1"))
    assert message is not None
    assert message.ticket == 2
    assert [len(town.store.tickets.list_reports(ticket.number)) for ticket in town.tickets()] == [
        1,
        1,
    ]
    told = "".join(to(town.wait(minutes=5), GROUP))
    assert "#2" in told
    assert "#1" not in told


def test_what_staff_registered_is_not_asked_about(town: Town) -> None:
    town.say(RESIDENT, LINE, reading=UNSURE)
    town.say(INSTRUCTOR, "登记", quote="m1")
    assert of(town.wait(minutes=5), OutgoingClass.QUESTION) == []
    town.say(RESIDENT, "登记", reading=CHATTER)
    assert len(bodies(town)) == 1


def test_what_came_with_the_word_of_staff_is_not_the_residents(town: Town) -> None:
    town.say(RESIDENT, LINE, reading=CHATTER)
    note = Voice(2, "登记", "a.amr")
    town.say(INSTRUCTOR, "", quote="m1", voice=note, images_missing=2)
    (message,) = town.store.tickets.list_messages(TicketNumber(1))
    assert (message.text, message.voice, message.images_missing) == (LINE, None, 0)


def test_a_line_of_staff_is_not_registered_as_a_residents_matter(town: Town) -> None:
    town.say(DEPUTY, "3号楼的水管明天来修")
    (told,) = town.say(INSTRUCTOR, "登记", quote="m1")
    assert "工作人员说的" in told.text
    assert "“登记”后面" in told.text
    assert bodies(town) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("二毛，要举报惠姐", "刚才说的事"),
        ("是新搬来4号楼的", "刚才说的事"),
        ("怕是要等到过年楼道灯不亮才有人想起来", "楼道灯不亮"),
    ],
)
def test_the_question_names_a_fault_and_never_a_neighbour(
    town: Town, line: str, named: str
) -> None:
    gist = intents.classify(line).gist
    town.say(RESIDENT, line, reading=matter(gist, gate=Gate.ASK, score=0.4))
    (question,) = of(town.wait(seconds=100), OutgoingClass.QUESTION)
    assert named in question.text
    assert "惠姐" not in question.text
    assert "新搬来" not in question.text
