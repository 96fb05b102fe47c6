"""合并 and 拆分: one problem for many, and two where it was not one."""

import dataclasses

import pytest

from handlers import intents
from handlers.speakers import identify, remember
from handlers.tickets import join_ticket
from storage.models import (
    Act,
    Field,
    MessageKey,
    Outcome,
    OutgoingClass,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
)
from tests.handlers.town import (
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    TOWN_SECRETARY,
    Town,
    of,
    private,
    to,
)

YELLOW = "八号楼水龙头发黄"


def join(town: Town, ticket: Ticket, text: str) -> None:
    """The neighbour says something that is counted to the ticket."""
    town.said += 1
    incoming = town.incoming(NEIGHBOUR, text, GROUP)
    context = town.context()
    speaker = identify(incoming, context)
    assert speaker is not None
    speaker = remember(speaker, incoming, context)
    join_ticket(ticket, incoming, speaker, intents.classify(text), context)
    town.wait(minutes=5)


@pytest.fixture
def joined(town: Town) -> Town:
    """The neighbour's line was counted to the resident's matter, which it is not."""
    join(town, town.open("停电", field=Field.HOUSING, place="三号楼", place_key="3号楼"), YELLOW)
    return town


def test_a_line_that_is_split_off_is_read_for_itself(joined: Town) -> None:
    joined.tell(INSTRUCTOR, "1 拆分")
    own, whole = joined.ticket(2), intents.classify(YELLOW)
    assert (own.gist, own.place, own.field) == (whole.gist, whole.place, whole.field)
    assert own.body == YELLOW


@pytest.mark.parametrize("word", ["龙头", "发黄"])
def test_what_is_split_off_is_found(joined: Town, word: str) -> None:
    joined.tell(INSTRUCTOR, "1 拆分")
    assert "#2" in joined.tell(INSTRUCTOR, f"查 {word}")[0].text


def test_whose_line_is_split_off_learns_his_number(joined: Town) -> None:
    told = joined.say(INSTRUCTOR, "/1 拆分")
    (row,) = of(told, OutgoingClass.ANSWER)
    assert row.conversation == GROUP
    assert row.at_users == (NEIGHBOUR,)
    assert row.text.startswith("#2 ")
    assert "#1 分开办" in row.text


def test_what_is_split_off_comes_with_a_card(joined: Town) -> None:
    told = joined.say(INSTRUCTOR, "/1 拆分")
    assert YELLOW in to(told, private(INSTRUCTOR))[0]


def test_a_delicate_line_is_told_in_private(town: Town) -> None:
    join(town, town.open(), "我家低保停了，家里病人没钱看病")
    told = town.say(INSTRUCTOR, "/1 拆分")
    assert town.ticket(2).is_sensitive
    assert to(told, GROUP) == []
    assert len(to(told, private(NEIGHBOUR))) == 1


@pytest.mark.parametrize(
    ("commands", "stage"),
    [
        ([], Stage.REGISTERED),
        (["2 已联系"], Stage.CONTACTED),
        (["2 受理"], Stage.ACCEPTED),
        (["2 办结"], Stage.HANDLED),
        (["2 办结 换好了"], Stage.ANSWERED),
    ],
)
def test_a_joined_ticket_that_is_split_stands_where_it_stood(
    town: Town, commands: list[str], stage: Stage
) -> None:
    town.open()
    town.open(sender=NEIGHBOUR)
    for command in [*commands, "1 合并 2"]:
        town.tell(INSTRUCTOR, command)
    told = town.tell(INSTRUCTOR, "2 拆分")
    assert town.ticket(2).stage is stage
    assert "#1 分开办" in to(told, GROUP)[0]


def test_what_was_joined_before_anybody_was_told_is_announced_when_it_is_split(town: Town) -> None:
    town.open()
    before = dataclasses.replace(town.open(sender=NEIGHBOUR), acknowledged_at=None)
    town.store.tickets.save(before)
    town.tell(INSTRUCTOR, "1 合并 2")
    told = town.tell(INSTRUCTOR, "2 拆分")
    assert "新件 #2" in to(told, private(INSTRUCTOR))[0]
    assert town.ticket(2).acknowledged_at is not None


def said_on(town: Town, number: int) -> str:
    messages = town.store.tickets.list_messages(TicketNumber(number))
    return "\n".join(message.text for message in messages)


def reporters(town: Town, number: int) -> set[str]:
    return {user for _, user in town.store.tickets.list_reporters(TicketNumber(number))}


def test_who_reported_something_else_there_too_stays_when_one_line_is_split_off(
    joined: Town,
) -> None:
    join(joined, joined.ticket(1), "我家也停电了")
    joined.tell(INSTRUCTOR, "1 拆分")
    joined.tell(INSTRUCTOR, "1 办结 来电了")
    assert reporters(joined, 1) == {RESIDENT, NEIGHBOUR}
    assert reporters(joined, 2) == {NEIGHBOUR}
    joined.tell(INSTRUCTOR, "1 拆分")
    assert reporters(joined, 1) == {RESIDENT}
    assert reporters(joined, 3) == {NEIGHBOUR}


def test_thanks_and_what_was_recalled_are_no_reports(joined: Town) -> None:
    join(joined, joined.ticket(1), "我家也停电了")
    joined.say(NEIGHBOUR, recall=f"m{joined.said}")
    speaker = joined.store.residents.find("qq", NEIGHBOUR)
    assert speaker is not None
    thanks = TicketMessage(
        MessageKey("qq/thanks"), TicketNumber(1), speaker.id, None, Act.THANKS, joined.now, "谢谢"
    )
    joined.store.tickets.add_message(thanks)
    joined.say(INSTRUCTOR, "拆分", quote="m2")
    assert reporters(joined, 1) == {RESIDENT}


def test_who_was_joined_with_a_ticket_of_his_own_stays_when_a_line_is_split_off(
    merged: Town,
) -> None:
    join(merged, merged.ticket(1), YELLOW)
    merged.tell(INSTRUCTOR, "1 拆分")
    assert reporters(merged, 1) == {RESIDENT, NEIGHBOUR}
    assert reporters(merged, 3) == {NEIGHBOUR}


@pytest.fixture
def merged(town: Town) -> Town:
    """The neighbour's #2 is handled in #1."""
    town.open("停水", sender=RESIDENT)
    town.open("没水", sender=NEIGHBOUR)
    town.tell(INSTRUCTOR, "1 合并 2")
    return town


def test_progress_of_a_joined_matter_is_that_of_the_one_it_goes_with(merged: Town) -> None:
    merged.tell(INSTRUCTOR, "1 受理 师傅在路上")
    (told,) = merged.tell(NEIGHBOUR, "进度 2")
    assert "和 #1 一起办" in told.text
    assert "，李惠在办。\n最新：师傅在路上" in told.text
    assert "已结" not in told.text


def test_a_joined_matter_is_not_listed_as_over(merged: Town) -> None:
    lines = merged.tell(NEIGHBOUR, "我的")[0].text.splitlines()
    assert lines[0] == "#2 没水：和 #1 一起办"


def test_more_on_a_joined_matter_reaches_whoever_works_on_it(merged: Town) -> None:
    told = merged.tell(NEIGHBOUR, "补充 2 在三楼")
    assert "在三楼" in said_on(merged, 1)
    assert "在三楼" in to(told, private(INSTRUCTOR))[0]


def test_who_is_not_satisfied_reopens_the_one_it_goes_with(merged: Town) -> None:
    merged.tell(INSTRUCTOR, "1 办结 修好了")
    merged.tell(NEIGHBOUR, "不满意 2")
    assert merged.ticket(1).reopened == 1
    assert merged.ticket(2).outcome is Outcome.JOINED


def test_what_is_said_further_of_a_joined_matter_goes_to_the_one_it_goes_with(
    merged: Town,
) -> None:
    line = merged.talk[GROUP][1].message_id
    merged.say(NEIGHBOUR, "没水的那根水管在三楼拐角", quote=line)
    assert "三楼拐角" in said_on(merged, 1)


def test_who_takes_a_joined_matter_back_is_left_out_of_the_one_it_goes_with(merged: Town) -> None:
    merged.tell(NEIGHBOUR, "撤销 2")
    assert len(merged.store.tickets.list_reports(merged.ticket(1).number)) == 1


def test_staff_learn_where_a_joined_matter_is_handled(merged: Town) -> None:
    assert "#1" in merged.tell(INSTRUCTOR, "2 受理")[0].text


def test_who_wanted_no_name_has_none_in_the_ticket_his_is_joined_into(town: Town) -> None:
    town.open()
    town.open("没水", sender=NEIGHBOUR, where=private(NEIGHBOUR))
    town.tell(NEIGHBOUR, "匿名 2")
    town.tell(INSTRUCTOR, "1 合并 2")
    (card,) = to(town.tell(NEIGHBOUR, "1 补充 三楼也没水"), private(INSTRUCTOR))
    assert "三楼也没水" in card
    assert "周" not in card


def test_who_joins_and_wants_no_name_has_none(town: Town) -> None:
    join(town, town.open(), "我家也停水 别说是我")
    (card,) = to(town.tell(NEIGHBOUR, "补充 1 三楼也没水"), private(INSTRUCTOR))
    assert "周" not in card
    split = to(town.tell(INSTRUCTOR, "1 拆分"), private(INSTRUCTOR))
    assert "周" not in " ".join(split)
    assert town.ticket(2).is_anonymous


def test_who_was_joined_from_another_group_answers_where_he_is_asked(town: Town) -> None:
    town.open()
    town.open("没水", sender=NEIGHBOUR, where="group:700101")
    town.tell(TOWN_SECRETARY, "1 合并 2")
    asked = to(town.tell(INSTRUCTOR, "1 办结 通了"), "group:700101")
    assert "回“好了”" in asked[0]
    town.say(NEIGHBOUR, "好了", where="group:700101")
    assert town.ticket(1).outcome is Outcome.CONFIRMED
