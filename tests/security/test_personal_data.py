"""Promise: no personal number and no name of a sensitive matter in a group, a digest or on the
board, whichever way it came in; and who looked at the record is written down."""

import itertools
from collections.abc import Iterator

import pytest

from handlers import digests
from handlers.boards import viewer_of
from handlers.listings import look_at
from handlers.reading import Reading
from storage.models import Kind, OutboxRow, TicketNumber, UnitId
from tests.handlers.test_privacy import KINDS, digits_of, spellings
from tests.handlers.town import (
    CHATTER,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    private,
)
from tests.tally import Tally

EACH = {"mobile": 40, "identity card": 30, "bank card": 30, "landline": 25}
"""Of each kind so many spellings, spread over all that the corpus has."""
CORPUS = [
    (kind, spelling)
    for kind, count in EACH.items()
    for spelling in spellings(kind)[:: max(1, len(spellings(kind)) // count)][:count]
]
HIDDEN = {
    kind: [number[hidden] for number in numbers] for kind, (_, numbers, hidden) in KINDS.items()
}


def live(town: Town, said: str, number: int) -> None:
    """What people say about themselves, in every place where they can say it."""
    name = f"老李{said}"
    town.say(RESIDENT, f"2号楼停水，打我电话 {said}", sender_name=name, message_id=f"a{number}",
             reading=_as_matter(f"停水{said}", f"2号楼{said}"))  # fmt: skip
    town.wait(seconds=400)
    ticket = town.tickets()[-1].number
    town.say(NEIGHBOUR, f"/补充 {ticket} {said}", sender_name=name, reading=CHATTER)
    for command in ("受理", "进展", "延期 9天", "协办", "转", "不是 1", "办洁"):
        town.say(INSTRUCTOR, f"/{ticket} {command} {said}", reading=CHATTER)
    town.say(SECRETARY, f"/批准 {ticket}", reading=CHATTER)
    town.say(INSTRUCTOR, f"/{ticket} 办结 {said}修好了", reading=CHATTER)
    town.say(RESIDENT, f"/进度 {ticket}", reading=CHATTER, sender_name=name)
    town.say(RESIDENT, "/我的", reading=CHATTER, sender_name=name)
    town.say(INSTRUCTOR, f"/查 {said}", reading=CHATTER)
    town.say(INSTRUCTOR, f"/{said}", reading=CHATTER)
    town.say(RESIDENT, "/不满意 还是没水", reading=CHATTER, sender_name=name)
    town.say(INSTRUCTOR, f"/{ticket} 不受理 {said}", reading=CHATTER)


def _as_matter(gist: str, place: str) -> Reading:
    """Even if the ear did not mask what it makes of a line."""
    return matter(gist, place=place, place_key=None)


def public(town: Town) -> Iterator[OutboxRow]:
    """All that goes to a group or stands in a digest."""
    for row in town.store.outbox.list_new():
        if row.conversation.startswith("group:") or row.kind == "digest":
            yield row


@pytest.mark.parametrize("part", range(5))
def test_no_number_in_any_spelling_comes_out_in_public(town: Town, part: int, tally: Tally) -> None:
    leaks = []
    corpus = CORPUS[part::5]
    for number, (kind, said) in enumerate(corpus):
        town.store.connection.execute("savepoint life")
        live(town, said, number)
        town.queue(digests.daily(town.context()), "digest")
        rows = list(public(town))
        assert len(rows) > 8
        leaks += [
            (said, row.text)
            for row in rows
            for secret in HIDDEN[kind]
            if secret in digits_of(row.text.replace("\u200b", ""))
        ]
        town.store.connection.execute("rollback to life")
    tally("numbers of persons in public, by a ticket's life", len(corpus), leaked=leaks)


def test_the_corpus_is_spread_over_kinds_and_styles() -> None:
    assert len(CORPUS) >= 100


NAMES = ("王建国", "马秀兰", "买买提·艾力", "欧阳娜娜")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_sensitive_matter_comes_out_in_public(
    town: Town, name: str, tally: Tally
) -> None:
    text = f"邻居{name}打老婆，{name}还欠钱"
    ticket = town.open(
        f"{name}打人", text=text, is_sensitive=True, kind=Kind.DISPUTE, place="2号楼"
    )
    for command, sender in itertools.product(
        ("受理", "进展 找过", "延期 9天 等", "办结 谈过", "待办", "进度", "不受理 不归我管"),
        (INSTRUCTOR, SECRETARY, RESIDENT),
    ):
        town.say(sender, f"/{ticket.number} {command}{name}", reading=CHATTER)
    for sender in (INSTRUCTOR, SECRETARY, RESIDENT):
        for word in ("待办", "进度", "受理", "撤销", "查 欠钱", "我的"):
            town.say(sender, f"/{word}", reading=CHATTER)
    town.say(RESIDENT, "没好", reading=CHATTER)
    town.wait(days=3)
    town.queue(digests.daily(town.context()), "digest")
    rows = list(public(town))
    assert len(rows) > 5
    told = [row.text for row in rows if name in row.text or "打人" in row.text]
    tally("names of sensitive matters in public", len(rows), leaked=told)


def test_the_card_says_more_than_the_group_because_it_must(town: Town) -> None:
    town.open("停水", text="停水了打13912345678")
    cards = [row for row in town.store.outbox.list_new() if row.conversation == private(INSTRUCTOR)]
    assert any("13912345678" in row.text for row in cards)
    assert all("13912345678" not in row.text for row in public(town))


def test_who_looks_at_a_ticket_is_written_down(town: Town) -> None:
    """By a command, and on the board."""
    town.open("停水", where=GROUP)
    town.tell(SECRETARY, "进度 1")
    town.tell(SECRETARY, "查 停水")
    person = town.store.people.by_account("qq", SECRETARY)
    assert person is not None
    viewer = viewer_of(person.id, UnitId("chengguan"), town.context())
    look_at(TicketNumber(1), viewer, town.context())
    rows = town.store.connection.execute(
        "select word, ticket from command_log where person = ? order by at, key", (person.id,)
    ).fetchall()
    assert sorted(rows, key=str) == sorted([("进度", 1), ("查", None), ("看板查看", 1)], key=str)
