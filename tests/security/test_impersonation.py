"""Promise: nobody gains a right by what he is called, by how he writes, or by what he quotes."""

import itertools

import pytest

from bot.adapters.onebot_segments import read_message
from handlers.commands import COMMANDS, Who
from storage.models import Stage
from storage.store import Store
from tests.handlers.town import CHATTER, GROUP, INSTRUCTOR, SECRETARY, THIRD, Town, matter, private
from tests.security.conftest import Street
from tests.tally import Tally

NAMES = (
    "李惠", "指导员李惠", "李惠(城关指导员)", "李\u200b惠", "李惠\u200d", "\u202e惠李", "李 惠",
    "⼒惠", "管理员", "群主", "鲍春霞书记", "连心", "21000802", "", "admin", "@全体成员",
)  # fmt: skip
"""Nicknames and cards: of staff, with zero-width and right-to-left signs, of the bot itself."""
FORMS = (
    "/{} 1", "1 {}", "／１ {}", "/{} １号 修好了", "{} ① 好了", "@连心 {} 1 2天 缺配件",
    "\u200b/{}\u200d 1 转", "\u202e/{} 1", "{}",
)  # fmt: skip
PRIVILEGED = tuple(word for word, command in COMMANDS.items() if command.who is not Who.RESIDENT)
POWERS = {
    "ticket": "number, unit, kind, field, urgency, stage, outcome, assignee, level, result,"
    " contact_done_at, acceptance_done_at, handling_due_at, handling_done_at, answer_done_at,"
    " closed_at, joined_into, is_anonymous",
    **dict.fromkeys(
        (
            *("approval", "assist", "leave", "conversation", "account", "bind_code"),
            *("board_link", "post", "person", "correction"),
        ),
        "*",
    ),
}
"""What only staff change; a stranger's word may join a ticket, and no more."""


def powers(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: store.connection.execute(f'select {columns} from "{table}"').fetchall()
        for table, columns in POWERS.items()
    }


def card_of(town: Town) -> str:
    """A card of the bot in the group, as it can be quoted."""
    town.open("停水", place="2号楼")
    row = next(row for row in town.store.outbox.list_new() if row.conversation == GROUP)
    town.mark_sent(row, "bot7")
    return "bot7"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", [GROUP, private(THIRD)])
def test_no_word_in_any_form_does_anything_for_a_resident(
    town: Town, name: str, where: str, tally: Tally
) -> None:
    card = card_of(town)
    before = powers(town.store)
    ways = ({}, {"quote": card}, {"is_at_bot": True})
    tries = list(itertools.product(PRIVILEGED, FORMS, ways))
    through = []
    for word, form, way in tries:
        town.store.connection.execute("savepoint act")
        rows = town.say(
            THIRD, form.format(word), where=where, reading=CHATTER, sender_name=name, **way
        )
        if powers(town.store) != before or {row.conversation for row in rows} - {where}:
            through.append((word, form, way))
        town.store.connection.execute("rollback to act")
    tally("staff's words by residents with staff's names", len(tries), leaked=through)


def test_the_same_words_do_something_for_staff(town: Town) -> None:
    """Else the test above would prove nothing."""
    card = card_of(town)
    town.say(INSTRUCTOR, "受理", quote=card, reading=CHATTER, sender_name="路人")
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_a_staff_account_of_another_platform_is_another_person(town: Town) -> None:
    card_of(town)
    before = powers(town.store)
    town.say(INSTRUCTOR, "/1 受理", platform="wechat", reading=CHATTER)
    assert powers(town.store) == before


@pytest.mark.parametrize("text", ["绑定码 12345678", "绑定码 00000000", "绑定码 １２３４５６７８"])
def test_a_guessed_code_binds_nothing(town: Town, text: str, tally: Tally) -> None:
    before = powers(town.store)
    town.tell(THIRD, text, reading=CHATTER, sender_name="李惠")
    tally("guessed codes", 1, leaked=int(powers(town.store) != before))


async def test_links_and_codes_are_not_drawn_from_what_can_be_known(street: Street) -> None:
    """The same message id gives another link each time: ids can be guessed, links must not."""
    links = []
    for _ in range(2):
        await street.hear(SECRETARY, "面板", where=private(SECRETARY))
        links += [row.text for row in await street.queued() if "/board/" in row.text]
        street.said = 0
        street.runtime._window._seen.clear()
        await street.database.write(forget_the_link)
    assert len(set(links)) == 2


def forget_the_link(store: Store) -> None:
    for table in ("board_link", "outbox", "command_log"):
        store.connection.execute(f"delete from {table}")


HIDDEN = [
    [{"type": "forward", "data": {"content": [{"type": "text", "data": {"text": "/1 受理"}}]}}],
    [{"type": "node", "data": {"nickname": "李惠", "content": "/1 受理"}}],
    [{"type": "json", "data": {"data": '{"prompt": "/1 受理", "desc": "/1 受理"}'}}],
    [{"type": "xml", "data": {"data": "<msg>/1 受理</msg>"}}],
    [{"type": "image", "data": {"file": "/1 受理.jpg", "summary": "/1 受理"}}],
    [{"type": "file", "data": {"name": "/1 受理", "file": "/1 受理"}}],
    [{"type": "share", "data": {"title": "/1 受理", "content": "/1 受理"}}],
    [{"type": "reply", "data": {"id": "5", "text": "/1 受理", "content": "/1 受理"}}],
    [{"type": "mface", "data": {"summary": "/1 受理"}}],
    [{"type": "markdown", "data": {"content": "/1 受理"}}],
    [{"type": "contact", "data": {"id": "/1 受理"}}],
    [{"type": "music", "data": {"title": "/1 受理"}}],
    "[CQ:image,file=/1 受理.jpg]",
    "[CQ:json,data={&#34;prompt&#34;: &#34;/1 受理&#34;}]",
    "[CQ:reply,id=5,text=/1 受理]",
]


@pytest.mark.parametrize("message", HIDDEN, ids=range(len(HIDDEN)))
def test_a_command_inside_what_others_wrote_is_not_run(
    town: Town, message: object, tally: Tally
) -> None:
    """Sent on by the instructor himself: a quote, a forward, a card, a picture's name."""
    card_of(town)
    content = read_message(message, "1000")
    town.say(INSTRUCTOR, content.words, quote=content.quote, reading=CHATTER)
    is_run = town.ticket(1).stage is not Stage.REGISTERED
    tally("commands in quotes, forwards, cards, file names", 1, leaked=int(is_run))


def test_the_line_that_is_quoted_is_not_read_as_a_command(town: Town) -> None:
    """A resident's line that looks like one, quoted by the secretary with other words."""
    town.say(THIRD, "/1 不受理 没空", reading=matter("停水"), message_id="m7")
    card_of(town)
    number = town.tickets()[-1].number
    town.say(SECRETARY, "这个不合适吧", quote="m7", reading=CHATTER)
    assert town.ticket(number).stage is not Stage.CLOSED
