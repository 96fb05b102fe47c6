"""Promise: nobody hears of a sensitive matter who is not to, by any command, digest or reminder."""

import itertools
from collections.abc import Iterator

import pytest

from handlers import digests
from handlers.commands import COMMANDS
from handlers.reading import Against
from storage.models import Kind, OutboxRow, Ticket
from tests.handlers.town import (
    ADMINISTRATOR,
    CHATTER,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    private,
    to,
)

GIST = "举报张建国打人"
BODY = "举报张建国打人，电话13912345678"
TELLING = ("张建国", "打人", "13912345678", "举报")
FORMS = ("/{}", "/{} 1", "1 {}", "@连心 {} 1 2天 缺配件", "／{} １", "{}")


def open_sensitive(town: Town, against: Against | None = None) -> Ticket:
    changed = {"against": against} if against is not None else {}
    return town.open(GIST, text=BODY, is_sensitive=True, kind=Kind.DISPUTE, **changed)


def walk(town: Town, sender: str, where: str) -> Iterator[tuple[str, OutboxRow]]:
    """Every word of the table in every form; what each leads to, and nothing of it stays."""
    for number, (word, form) in enumerate(itertools.product(COMMANDS, FORMS)):
        text = form.format(word)
        town.store.connection.execute("savepoint walk")
        rows = town.say(sender, text, where=where, reading=CHATTER, message_id=f"w{number}")
        town.store.connection.execute("rollback to walk")
        yield from ((text, row) for row in rows)


def leaks(told: Iterator[tuple[str, OutboxRow]], *conversations: str) -> list[tuple[str, str]]:
    return [
        (text, row.text)
        for text, row in told
        if row.conversation in conversations and any(word in row.text for word in TELLING)
    ]


@pytest.mark.parametrize(
    "sender", [RESIDENT, NEIGHBOUR, INSTRUCTOR, DEPUTY, SECRETARY, OVER_SECRETARY, ADMINISTRATOR]
)
def test_no_command_tells_a_group_what_a_sensitive_matter_is_about(town: Town, sender: str) -> None:
    open_sensitive(town)
    told = list(walk(town, sender, GROUP))
    assert told != []
    assert leaks(iter(told), GROUP) == []


@pytest.mark.parametrize("sender", [NEIGHBOUR, OTHER_INSTRUCTOR, ADMINISTRATOR])
def test_no_command_tells_it_to_those_it_is_none_of(town: Town, sender: str) -> None:
    open_sensitive(town)
    assert leaks(walk(town, sender, private(sender)), private(sender)) == []


@pytest.mark.parametrize(
    ("against", "sender"),
    [
        (Against.INSTRUCTOR, INSTRUCTOR),
        (Against.INSTRUCTOR, DEPUTY),
        (Against.SECRETARY, SECRETARY),
        (Against.SECRETARY, INSTRUCTOR),
    ],
)
def test_no_command_tells_it_to_whom_it_is_about(town: Town, against: Against, sender: str) -> None:
    open_sensitive(town, against)
    assert leaks(walk(town, sender, private(sender)), private(sender)) == []


def test_a_neighbour_never_sees_anothers_plain_matter(town: Town) -> None:
    """Raised in private, so that the group has not heard of it either."""
    town.open("路灯不亮", text="路灯不亮 举报电话13912345678", where=private(RESIDENT))
    told = [row.text for _, row in walk(town, NEIGHBOUR, private(NEIGHBOUR))]
    assert [text for text in told if "路灯" in text or "139" in text] == []


@pytest.mark.parametrize(
    ("against", "kept_from"),
    [(Against.INSTRUCTOR, (INSTRUCTOR, DEPUTY)), (Against.SECRETARY, (SECRETARY, INSTRUCTOR))],
)
def test_whom_it_is_about_is_told_nothing_while_time_passes(
    town: Town, against: Against, kept_from: tuple[str, ...]
) -> None:
    ticket = open_sensitive(town, against)
    rows: list[OutboxRow] = []
    for day in range(6):
        rows += town.wait(days=1)
        rows += town.queue(digests.daily(town.context()), f"day {day}")
    holder = {Against.INSTRUCTOR: SECRETARY, Against.SECRETARY: OVER_SECRETARY}[against]
    town.tell(holder, f"{ticket.number} 延期 9天 等证人")
    town.tell(holder, f"{ticket.number} 办结 查过了")
    rows += town.say(RESIDENT, "/不满意 没人管", reading=CHATTER)
    rows += town.wait(days=2)
    rows += list(town.store.outbox.list_new())
    told = [row.text for row in rows if row.conversation in map(private, kept_from)]
    assert [text for text in told if any(word in text for word in TELLING)] == []
    assert all("催办" not in text and "超期：\n⏰ #1" not in text for text in told)


def test_digests_name_neither_the_matter_nor_who_holds_it(town: Town) -> None:
    open_sensitive(town)
    town.wait(days=3)
    rows = town.queue(digests.daily(town.context()), "digest")
    shown = [row.text for row in rows if "#1" in row.text]
    assert any("#1 涉及个人的纠纷" in text for text in shown)
    assert [text for text in shown if any(word in text for word in (*TELLING, "李惠"))] == []


def test_those_who_work_on_it_are_told_what_it_is_about(town: Town) -> None:
    open_sensitive(town)
    assert leaks(walk(town, INSTRUCTOR, private(INSTRUCTOR)), private(INSTRUCTOR)) != []


def test_the_town_hears_of_it_when_nobody_acts(town: Town) -> None:
    open_sensitive(town, Against.SECRETARY)
    rows = [*town.wait(days=5)]
    assert any(GIST in row.text for row in rows if row.conversation == private(TOWN_SECRETARY))


@pytest.mark.parametrize(
    "words", ["李惠收了物业的钱，不给我们办事", "指导员李惠态度太差，说话骂人"]
)
def test_a_complaint_said_in_private_after_another_matter_never_reaches_whom_it_names(
    town: Town, words: str
) -> None:
    """However the ear hears it: here as small talk."""
    town.open("楼道灯不亮")
    told = town.tell(RESIDENT, words, reading=CHATTER) + town.wait(seconds=100)
    assert (town.ticket(2).is_sensitive, len(town.tickets())) == (True, 2)
    assert town.ticket(2).gist != ""
    assert to(told, private(INSTRUCTOR)) == []
    assert "书记" in to(told, private(RESIDENT))[0]


def test_a_secretary_told_of_by_name_does_not_get_it(town: Town) -> None:
    town.open("楼道灯不亮")
    told = town.tell(RESIDENT, "鲍春霞办事不公", reading=CHATTER) + town.wait(seconds=100)
    assert town.ticket(2).is_sensitive
    assert to(told, private(SECRETARY)) == []
    assert "办事不公" in to(told, private(OVER_SECRETARY))[0]


@pytest.mark.parametrize("words", ["李惠，灯修好了吗，物业不管", "李惠说物业不管", "谢谢李惠"])
def test_who_speaks_to_the_instructor_does_not_complain_of_her(town: Town, words: str) -> None:
    town.open("楼道灯不亮")
    town.tell(RESIDENT, words, reading=CHATTER)
    assert len(town.tickets()) == 1
