"""Tickets walked through random commands, held against a small model of what must be."""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.config import load_config
from handlers.reading import Gate
from storage.database import connect_sync
from storage.models import ApprovalKind, Field, OutgoingClass, Stage, Urgency
from tests.handlers.town import (
    CONFIG,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
    SECRETARY,
    THIRD,
    Town,
    matter,
)

SETTINGS = load_config(CONFIG, {}).settings
ORDER = list(Stage)
PLACES = ("东巷", "西巷", "南巷", "北巷", "水渠", "操场", "桥头", "车棚")
STEPS = {
    "已联系": Stage.CONTACTED,
    "受理": Stage.ACCEPTED,
    "进展 在修": Stage.ACCEPTED,
    "办结": Stage.HANDLED,
    "办结 好了": Stage.ANSWERED,
    "反馈 好了": Stage.ANSWERED,
}
OVER = {Stage.HANDLED, Stage.ANSWERED, Stage.CLOSED}
PRIVATE_ONLY = {OutgoingClass.REMINDER, OutgoingClass.ESCALATION, OutgoingClass.DIGEST}


@dataclass
class Expected:
    """What the model knows of one ticket."""

    stage: Stage = Stage.REGISTERED
    level: int = 0
    waiting: ApprovalKind | None = None


class TicketMachine(RuleBasedStateMachine):
    """Residents, an instructor, a secretary and time, in any order."""

    @initialize()
    def begin(self) -> None:
        self.opened = connect_sync("sqlite://")
        store = self.opened.__enter__()
        self.town = Town(store, SETTINGS, datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
        self.expected: dict[int, Expected] = {}

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.opened.__exit__(None, None, None)

    def pick(self, index: int) -> int:
        return sorted(self.expected)[index % len(self.expected)]

    @precondition(lambda self: len(self.expected) < len(PLACES))
    @rule(urgency=st.sampled_from((Urgency.ROUTINE, Urgency.URGENT)))
    def open(self, urgency: Urgency) -> None:
        place = PLACES[len(self.expected)]
        sender = f"8{len(self.expected):03}"
        field = list(Field)[len(self.expected)]
        ticket = self.town.open(
            f"{place}的事", sender=sender, place=place, urgency=urgency, field=field
        )
        self.expected[ticket.number] = Expected()
        self.note_silence()

    def staff_says(self, index: int, word: str, sender: str = INSTRUCTOR) -> Expected:
        number = self.pick(index)
        self.town.tell(sender, f"{number} {word}")
        return self.expected[number]

    def reach(self, expected: Expected, stage: Stage) -> None:
        if expected.stage is not Stage.CLOSED and ORDER.index(expected.stage) < ORDER.index(stage):
            expected.stage = stage

    @precondition(lambda self: self.expected)
    @rule(
        index=st.integers(0, 7),
        word=st.sampled_from(sorted(STEPS)),
    )
    def step(self, index: int, word: str) -> None:
        self.reach(self.staff_says(index, word), STEPS[word])

    @precondition(lambda self: self.expected)
    @rule(index=st.integers(0, 7))
    def step_by_a_stranger(self, index: int) -> None:
        self.staff_says(index, "办结 好了", sender=OTHER_INSTRUCTOR)
        self.staff_says(index, "受理", sender=NEIGHBOUR)

    @precondition(lambda self: self.expected)
    @rule(index=st.integers(0, 7), word=st.sampled_from(("满意", "不满意 没修好", "谢谢")))
    def resident_says(self, index: int, word: str) -> None:
        number = self.pick(index)
        expected = self.expected[number]
        sender = f"8{sorted(self.expected).index(number):03}"
        self.town.tell(sender, f"{word.split()[0]} {number} {' '.join(word.split()[1:])}")
        if word == "满意":
            expected.stage, expected.waiting = Stage.CLOSED, None
        elif word.startswith("不满意") and ORDER.index(expected.stage) >= ORDER.index(
            Stage.HANDLED
        ):
            expected.stage = Stage.REGISTERED
            expected.level = min(expected.level + 1, 2)

    @precondition(lambda self: self.expected)
    @rule(index=st.integers(0, 7))
    def ask_for_more_time(self, index: int) -> None:
        expected = self.staff_says(index, "延期 3天 缺配件")
        if expected.stage not in OVER and expected.waiting is None:
            expected.waiting = ApprovalKind.EXTENSION

    @precondition(lambda self: self.expected)
    @rule(index=st.integers(0, 7), word=st.sampled_from(("批准", "驳回")))
    def decide(self, index: int, word: str) -> None:
        expected = self.staff_says(index, word, sender=SECRETARY)
        if expected.stage is not Stage.CLOSED:
            expected.waiting = None

    @precondition(lambda self: self.expected)
    @rule(index=st.integers(0, 7))
    def join(self, index: int) -> None:
        number = self.pick(index)
        if self.expected[number].stage in OVER:
            return
        source = self.town.ticket(number).source_key.rsplit("/", 1)[-1]
        quiet = dataclasses.replace(matter(), gate=Gate.NONE, score=0.1)
        self.town.say(THIRD, "我家也是", reading=quiet, quote=source)

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        told = self.town.wait(minutes=minutes)
        assert all(row.conversation != GROUP for row in told if row.kind in PRIVATE_ONLY)
        self.note_silence()

    def note_silence(self) -> None:
        """What is answered may have closed while time went by."""
        for number, expected in self.expected.items():
            is_closed = self.town.ticket(number).stage is Stage.CLOSED
            if expected.stage is Stage.ANSWERED and is_closed:
                expected.stage, expected.waiting = Stage.CLOSED, None

    @invariant()
    def tickets_are_as_the_model_says(self) -> None:
        for number, expected in getattr(self, "expected", {}).items():
            ticket = self.town.ticket(number)
            assert ticket.stage is expected.stage, number
            assert ticket.level == expected.level, number
            waiting = self.town.store.approvals.get_waiting(ticket.number)
            if ticket.stage is not Stage.CLOSED:
                assert (waiting.kind if waiting else None) == expected.waiting

    @invariant()
    def no_open_ticket_is_ever_forgotten(self) -> None:
        for number in getattr(self, "expected", {}):
            ticket = self.town.ticket(number)
            if ticket.stage is Stage.CLOSED:
                assert ticket.next_action_at is None
                assert ticket.outcome is not None
            else:
                assert ticket.next_action_at is not None
                assert ticket.outcome is None

    @invariant()
    def each_clock_that_ended_has_its_evidence(self) -> None:
        for number in getattr(self, "expected", {}):
            ticket = self.town.ticket(number)
            for done, proof in (
                (ticket.contact_done_at, ticket.contact_proof),
                (ticket.acceptance_done_at, ticket.acceptance_proof),
                (ticket.handling_done_at, ticket.handling_proof),
                (ticket.answer_done_at, ticket.answer_proof),
            ):
                assert (done is None) == (proof is None)


TestTicketMachine = TicketMachine.TestCase
TestTicketMachine.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
