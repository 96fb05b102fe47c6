"""A small town to try the handlers in: no event loop, a simulated moment, a store in memory."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.queueing import queue_outgoing
from handlers import followups, intents, roster
from handlers.context import Context, Reader
from handlers.conversing import bare_line
from handlers.dispatch import Dispatched, dispatch
from handlers.messages import Incoming, Outgoing
from handlers.reading import Gate, Reading
from handlers.settings import Settings
from handlers.speakers import identify, remember
from handlers.talk import Line, Talk
from handlers.tickets import open_ticket
from storage.models import (
    Act,
    Event,
    Field,
    Kind,
    OutboxRow,
    OutgoingClass,
    Ticket,
    TicketNumber,
    UnitId,
    Urgency,
)
from storage.store import Store

CONFIG = Path(__file__).parents[2] / "config.toml"
GROUP = "group:700108"
"""The group of 城关, whose instructor is 李惠, deputy 张小雷, secretary 鲍春霞."""
INSTRUCTOR, DEPUTY, SECRETARY = "21000802", "21000803", "21000801"
OVER_SECRETARY, TOWN_SECRETARY, ADMINISTRATOR = "21000011", "21000001", "21000002"
OTHER_INSTRUCTOR = "21000102"
RESIDENT, NEIGHBOUR, THIRD = "5001", "5002", "5003"
NAMES = {RESIDENT: "2-2-502小何妈妈", NEIGHBOUR: "周", THIRD: "老丁"}
CHATTER = intents.classify("")


def matter(gist: str = "停水", **changed: object) -> Reading:
    """What the ear might make of a matter: the tests of the handlers do not depend on it."""
    reading = Reading(
        gate=Gate.OPEN,
        score=0.9,
        kind=Kind.REQUEST,
        field=Field.UTILITIES,
        urgency=Urgency.ROUTINE,
        place=None,
        place_key=None,
        gist=gist,
    )
    return dataclasses.replace(reading, **changed)  # type: ignore[arg-type]


class Town:
    """Says lines as people would, lets time pass, and keeps what the bot wants said."""

    def __init__(self, store: Store, settings: Settings, now: datetime) -> None:
        self.store, self.settings, self.now = store, settings, now
        self.talk: dict[str, list[Line]] = {}
        self.last: Dispatched = Dispatched()
        self.said = 0
        self.reader: Reader | None = None
        roster.sync(self.context())

    def context(self, reading: Reading | None = None, talk: Talk | None = None) -> Context:
        rng, talk = Random(self.said), talk or Talk()
        understand = None if reading is None else lambda: reading
        return Context(self.store, self.now, self.settings, rng, talk, understand, self.reader)

    def say(
        self,
        sender: str,
        text: str = "",
        *,
        where: str = GROUP,
        reading: Reading | None = None,
        message_id: str | None = None,
        **changed: object,
    ) -> list[OutboxRow]:
        """One line; what it makes the bot want to say at once."""
        self.said += 1
        incoming = self.incoming(sender, text, where, message_id)
        incoming = dataclasses.replace(incoming, **changed)  # type: ignore[arg-type]
        is_staff = self.store.people.by_account("qq", sender) is not None
        talk = self.talk_before(incoming, is_staff=is_staff)
        context = self.context(reading or intents.classify(text), talk)
        self.last = dispatch(incoming, context)
        line = dataclasses.replace(
            bare_line(incoming), ticket=self.last.ticket, act=self.last.act, is_staff=is_staff
        )
        self.talk.setdefault(where, []).append(line)
        return self.queue(self.last.outgoing, incoming.key)

    def incoming(
        self, sender: str, text: str, where: str, message_id: str | None = None
    ) -> Incoming:
        return Incoming(
            platform="qq",
            account="1000",
            conversation=where,
            message_id=message_id or f"m{self.said}",
            sender=sender,
            sender_name=NAMES.get(sender, sender),
            at=self.now,
            text=text,
        )

    def talk_before(self, incoming: Incoming, *, is_staff: bool) -> Talk:
        return Talk(
            tuple(self.talk.get(incoming.conversation, ())[-40:]),
            is_staff=is_staff,
            is_private=incoming.is_private,
            unit=UnitId("chengguan") if incoming.is_private else None,
        )

    def tell(self, sender: str, text: str, **changed: object) -> list[OutboxRow]:
        """The same in private."""
        return self.say(sender, text, where=f"private:{sender}", **changed)  # type: ignore[arg-type]

    def queue(self, outgoing: Sequence[Outgoing], key: str) -> list[OutboxRow]:
        before = {row.id for row in self.store.outbox.list_new()}
        queue_outgoing(self.store, outgoing, key, self.now, self.settings)
        return [row for row in self.store.outbox.list_new() if row.id not in before]

    def wait(self, **length: float) -> list[OutboxRow]:
        """Let time pass, doing what falls due on the way; what the bot wants said meanwhile."""
        return self.wait_until(self.now + timedelta(**length))

    def wait_until(self, end: datetime) -> list[OutboxRow]:
        told: list[OutboxRow] = []
        while (due := followups.next_due(self.store)) is not None and due <= end:
            self.now = max(self.now, due)
            told += self.queue(followups.send_due(self.context()), f"sweep:{self.now.isoformat()}")
        self.now = end
        return told

    def open(self, gist: str = "停水", sender: str = RESIDENT, **changed: object) -> Ticket:
        """A resident's matter, past its pause, so that it is acknowledged. Always a new one:
        whether a line belongs to an older matter is not what is tried here."""
        where = str(changed.pop("where", GROUP))
        text = str(changed.pop("text", f"{gist}了没人管"))
        self.said += 1
        incoming = self.incoming(sender, text, where)
        context = self.context(None, self.talk_before(incoming, is_staff=False))
        speaker = identify(incoming, context)
        assert speaker is not None
        reading = matter(gist, **changed)
        ticket, outgoing = open_ticket(
            incoming, reading, remember(speaker, incoming, context).resident, speaker.unit, context
        )
        assert ticket is not None
        line = dataclasses.replace(bare_line(incoming), ticket=ticket.number, act=Act.OPEN)
        self.talk.setdefault(where, []).append(line)
        self.queue(outgoing, incoming.key)
        self.wait(seconds=100)
        return self.ticket(ticket.number)

    def answered(self, **changed: object) -> Ticket:
        """A matter that is handled and answered."""
        ticket = self.open(**changed)  # type: ignore[arg-type]
        self.tell(INSTRUCTOR, f"{ticket.number} 办结 修好了")
        return self.ticket(ticket.number)

    def ticket(self, number: int) -> Ticket:
        ticket = self.store.tickets.get(TicketNumber(number))
        assert ticket is not None
        return ticket

    def tickets(self) -> list[Ticket]:
        return list(self.store.tickets.list_all())

    def events(self, number: int) -> list[Event]:
        return list(self.store.history.list_for_ticket(TicketNumber(number)))

    def mark_sent(self, row: OutboxRow, message_id: str) -> None:
        self.store.outbox.mark_sent(row.id, message_id, self.now)


def to(rows: list[OutboxRow], conversation: str) -> list[str]:
    """The texts for one conversation."""
    return [row.text for row in rows if row.conversation == conversation]


def of(rows: list[OutboxRow], kind: OutgoingClass) -> list[OutboxRow]:
    return [row for row in rows if row.kind is kind]


def private(user_id: str) -> str:
    return f"private:{user_id}"
