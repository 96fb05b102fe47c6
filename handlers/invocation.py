"""A message as a command: whether it is one, who may give it, and running it once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers import commands, leaves
from handlers.context import Context
from handlers.errors import Refused
from handlers.grammar import (
    Written,
    first_word,
    has_gap,
    is_slip,
    looks_like_command,
    nearest_words,
    take_apart,
)
from handlers.messages import Incoming, Outgoing, message_key
from handlers.replies import refusals
from handlers.requests import Request
from handlers.sensitivity import is_mere_wish
from handlers.speakers import Speaker
from storage.models import Act, OutgoingClass, Stage, Ticket, TicketNumber

PICTURES_WAIT = timedelta(minutes=2)
WISHED_WITHIN = timedelta(minutes=10)
"""So long after a report in the group 匿名 there is said to the bot, though not addressed to it."""
WISH = "匿名"
ROSTER_WORDS = frozenset({"绑定本群", "绑定码", "停发", "恢复", "请假", "销假", *leaves.BACK_EARLY})


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a message led to. `ticket` and `act` are what the talk window remembers of it.

    `is_waiting`: a doubt about it is open, which what others say now may settle.
    """

    outgoing: tuple[Outgoing, ...] = ()
    ticket: TicketNumber | None = None
    act: Act | None = None
    roster_changed: bool = False
    is_waiting: bool = False


NOTHING = Dispatched()


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a message quotes: the ticket it belongs to, and whether it is a card of the bot."""

    ticket: TicketNumber | None
    is_card: bool


def find_quoted(incoming: Incoming, context: Context) -> Quoted | None:
    if incoming.quote is None:
        return None
    row = context.store.outbox.by_message(incoming.platform, incoming.conversation, incoming.quote)
    if row is not None:
        return Quoted(row.ticket, is_card=True)
    key = message_key(incoming.platform, incoming.conversation, incoming.quote)
    message = context.store.tickets.get_message(key)
    return Quoted(message.ticket if message else None, is_card=False)


def read_wish(
    incoming: Incoming, speaker: Speaker, quoted: Quoted | None, context: Context
) -> tuple[Written, Incoming] | None:
    """匿名吧 as the command 匿名, of a resident whom it can help: in private, or in the group just
    after he raised something there, or while he is asked about it. That is answered in private
    too."""
    if speaker.is_staff or incoming.is_late or not is_mere_wish(incoming.words):
        return None
    own = [
        ticket
        for ticket in context.store.tickets.list_for_resident(speaker.resident.id)
        if ticket.stage is not Stage.CLOSED
    ]
    asked = context.store.questions.get_open_of(speaker.resident.id)
    if incoming.is_private:
        can_help = own or asked is not None
        return (Written(WISH, None, "", is_marked=False), incoming) if can_help else None
    if incoming.at_users or (incoming.quote is not None and not (quoted and quoted.is_card)):
        return None
    number = next(
        (one.number for one in own if _has_just_raised(one, incoming, speaker, context)), None
    )
    is_asked_here = asked is not None and asked.conversation == incoming.conversation
    if number is None and not is_asked_here:
        return None
    aside = replace(incoming, conversation=f"private:{incoming.sender}")
    return Written(WISH, number, "", is_marked=False), aside


def _has_just_raised(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> bool:
    since = incoming.at - WISHED_WITHIN
    return any(
        (report.resident, report.conversation) == (speaker.resident.id, incoming.conversation)
        and report.at >= since
        for report in context.store.tickets.list_reports(ticket.number)
    )


def read_command(
    incoming: Incoming, speaker: Speaker, quoted: Quoted | None, context: Context
) -> Written | None:
    """The command a message is, if it is one. In a group it must be addressed to the bot."""
    names = context.settings.bot_names
    written = take_apart(incoming.words, commands.COMMANDS.keys(), names)
    is_card = quoted is not None and quoted.is_card
    is_addressed = incoming.is_private or incoming.is_at_bot or written.is_marked or is_card
    if not is_addressed and not (speaker.is_staff and quoted is not None):
        return None
    if written.word in leaves.BACK_EARLY and quoted is not None:
        return None  # it is said of whoever the quoted line is about
    is_direct = incoming.is_private or incoming.is_at_bot
    if written.word is None:
        is_hinted = is_addressed and _is_worth_a_hint(written, speaker, is_direct)
        return written if is_hinted else None
    command = commands.COMMANDS[written.word]
    is_plain = _is_plain(written, speaker, is_direct) or not command.needs_gap
    if not is_plain and not has_gap(incoming.words, written.word, names):
        return None
    if not is_addressed and not _is_about_quoted(written, quoted):
        return None
    is_meant = _is_explicit(written, quoted) or (speaker.is_staff and is_direct)
    if not commands.may_use(command, speaker) and not is_meant:
        return None
    return written


def _is_plain(written: Written, speaker: Speaker, is_direct: bool) -> bool:
    """Of staff a mark, or a number said to the bot, makes a command of 1转张小雷 too."""
    is_numbered = is_direct and written.number is not None
    return speaker.is_staff and (written.is_marked or is_numbered)


def _is_worth_a_hint(written: Written, speaker: Speaker, is_direct: bool) -> bool:
    is_tried = written.is_marked or (speaker.is_staff and written.number is not None)
    if is_tried and looks_like_command(written):
        return True
    words = commands.words_for(speaker)
    return is_direct and is_slip(written.rest, words, is_staff=speaker.is_staff)


def _is_about_quoted(written: Written, quoted: Quoted | None) -> bool:
    """Staff quote a resident's line: one of its ticket, or 登记 alone on any."""
    if written.word == "登记":
        return not written.rest
    return quoted is not None and quoted.ticket is not None


def _is_explicit(written: Written, quoted: Quoted | None) -> bool:
    """Clearly meant as a command: a refusal helps more than silence."""
    is_card = quoted is not None and quoted.is_card
    return written.is_marked or written.number is not None or is_card


def _with_pictures(incoming: Incoming, context: Context) -> Incoming:
    """The command with the pictures that were sent for it just before."""
    before = context.talk.pictures_before(incoming.sender, incoming.at - PICTURES_WAIT)
    return replace(incoming, images=(*before, *incoming.images)) if before else incoming


def _is_logged(
    word: str, number: TicketNumber | None, incoming: Incoming, speaker: Speaker, context: Context
) -> bool:
    """Log it as done, which only a refusal changes; False for a message that was logged before."""
    return context.store.history.log_command(
        incoming.key,
        context.now,
        speaker.person.id if speaker.person else None,
        None if speaker.person else speaker.resident.id,
        word,
        number,
        "done",
    )


def run_command(
    written: Written,
    quoted: Quoted | None,
    incoming: Incoming,
    speaker: Speaker,
    context: Context,
) -> Dispatched:
    """Log it, run it, and turn a refusal into words. A redelivered command does nothing."""
    number = written.number or (quoted.ticket if quoted else None)
    word = written.word or written.rest[:12]
    if not _is_logged(word, number, incoming, speaker, context):
        return NOTHING
    request = Request(
        word, number, written.rest, _with_pictures(incoming, context), speaker, context
    )
    try:
        outgoing = _run(written, request)
    except Refused as refusal:
        outgoing = [request.reply(refusal.text)]
        context.store.history.set_command_result(incoming.key, "refused")
    changed = word in ROSTER_WORDS
    return Dispatched(tuple(_silence_if_late(outgoing, incoming)), number, None, changed)


def _run(written: Written, request: Request) -> list[Outgoing]:
    if written.word is None:
        near = nearest_words(written.rest, commands.words_for(request.speaker))
        raise Refused(refusals.unknown_word(first_word(written.rest), near))
    command = commands.COMMANDS[written.word]
    if not commands.may_use(command, request.speaker):
        raise Refused(refusals.not_allowed(written.word))
    return command.run(request)


def _silence_if_late(outgoing: Sequence[Outgoing], incoming: Incoming) -> Sequence[Outgoing]:
    """To an old message nothing is replied in the group; what it set going is told all the same."""
    if not incoming.is_late or incoming.is_private:
        return outgoing
    return [one for one in outgoing if one.kind is not OutgoingClass.REPLY]
