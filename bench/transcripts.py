"""Precision and recall of what the bot does to labelled group-chat days, through `replay`.

    python -m bench.transcripts FILE… [--unit UNIT]

Every line is scored as FORMAT.md of the transcripts labels it: open, add, join, thanks, reopen,
and what was asked about. `matters` are found if any of their lines stands in a ticket. `ask`:
precision is how many of the lines asked about belong to a matter; recall, of the matters that no
line opened unasked, how many were asked about by any of their lines.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from rich.progress import track

from bot.config import Config, load_config
from bot.replay import replay
from bot.replayed import Sent
from storage.database import connect_sync
from storage.models import Act, QuestionState, Ticket, Urgency
from storage.store import Store

CONFIG = Path(__file__).parents[1] / "config.toml"
ACTS = ("open", "add", "join", "thanks", "reopen")


@dataclass(frozen=True, slots=True)
class Label:
    """What a transcript says of one message."""

    act: str
    kind: str | None
    field: str | None
    urgency: str | None
    place: str | None
    of: str | None


@dataclass
class Score:
    """Counts of one or more days."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)
    details: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    missed_critical: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        for name in ("right", "said", "labelled", "details", "sent"):
            getattr(self, name).update(getattr(other, name))
        self.lines += other.lines
        self.missed_critical += other.missed_critical
        self.false_alarms += other.false_alarms


@dataclass(frozen=True, slots=True)
class Did:
    """What the bot did: act and opening message by message id, tickets by opening message."""

    acts: Mapping[str, tuple[str, str]]
    asked: frozenset[str]
    tickets: Mapping[str, Ticket]
    sent: Counter[str]


def read_labels(path: Path) -> dict[str, Label | None]:
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    return {row["id"]: Label(**row["label"]) if row["label"] else None for row in rows}


async def run_day(path: Path, config: Config, unit: str, folder: Path) -> Did:
    url = f"sqlite:///{folder / path.stem}.db"
    sent: Counter[str] = Counter()
    async for item in replay([path], config, database_url=url, bind_unknown=unit):
        if isinstance(item, Sent):
            sent[item.row.kind] += 1
    with connect_sync(url) as store:
        return Did(_acts(store), _asked(store), _tickets(store), sent)


def _tickets(store: Store) -> dict[str, Ticket]:
    return {_id(ticket.source_key): ticket for ticket in store.tickets.list_all()}


def _acts(store: Store) -> dict[str, tuple[str, str]]:
    """Message id to (act, opening message's id), residents' messages only."""
    found = {}
    for ticket in store.tickets.list_all():
        for message in store.tickets.list_messages(ticket.number):
            if message.resident is not None:
                found[_id(message.key)] = (message.act.value, _id(ticket.source_key))
    return found


def _asked(store: Store) -> frozenset[str]:
    rows = store.connection.execute("select source_key, state, is_asked from question").fetchall()
    answered = QuestionState.ANSWERED.value
    return frozenset(_id(key) for key, state, is_asked in rows if is_asked or state == answered)


def _id(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def score_day(name: str, labels: Mapping[str, Label | None], did: Did) -> Score:
    score = Score(lines=len(labels), sent=did.sent)
    for message, label in labels.items():
        act, of = did.acts.get(message, ("", ""))
        if label is not None:
            score.labelled[label.act] += 1
        if act:
            score.said[act] += 1
        if label is not None and act == label.act and _same_matter(label, of, message, labels):
            score.right[act] += 1
    _score_asks(labels, did, score)
    _score_matters(labels, did, score)
    _score_details(name, labels, did, score)
    return score


def _same_matter(label: Label, of: str, message: str, labels: Mapping[str, Label | None]) -> bool:
    if label.act == Act.OPEN:
        return of == message
    return of == label.of or matter_of(of, labels) == label.of


def matter_of(message: str, labels: Mapping[str, Label | None]) -> str | None:
    """The opening message of the matter that a message belongs to by its label."""
    label = labels.get(message)
    if label is None:
        return None
    return message if label.act == Act.OPEN else label.of


def _score_asks(labels: Mapping[str, Label | None], did: Did, score: Score) -> None:
    """A question is right where the line belongs to a matter; wanted for what nothing opened."""
    for message in did.asked:
        score.said["ask"] += 1
        score.right["ask"] += labels.get(message) is not None
    asked = {matter_of(message, labels) for message in did.asked}
    opened = {matter_of(message, labels) for message in did.tickets if message not in did.asked}
    for message, label in labels.items():
        if label is not None and label.act == Act.OPEN and message not in opened:
            score.labelled["ask"] += 1
            score.details["asked matters"] += message in asked


def _score_matters(labels: Mapping[str, Label | None], did: Did, score: Score) -> None:
    touched = {matter_of(message, labels) for message in did.acts}
    for message, label in labels.items():
        if label is not None and label.act == Act.OPEN:
            score.labelled["matters"] += 1
            score.right["matters"] += message in touched
    opened = [matter_of(message, labels) for message in did.tickets]
    score.details["tickets of no matter"] = sum(matter is None for matter in opened)
    found = [matter for matter in opened if matter is not None]
    score.details["second tickets of one matter"] = len(found) - len(set(found))


def _score_details(name: str, labels: Mapping[str, Label | None], did: Did, score: Score) -> None:
    for message, label in labels.items():
        ticket = did.tickets.get(message)
        is_open = label is not None and label.act == Act.OPEN
        if label is not None and is_open and label.urgency == Urgency.CRITICAL:
            score.labelled["critical"] += 1
            alarmed = _is_alarmed(message, labels, did)
            score.right["critical"] += alarmed
            if not alarmed:
                score.missed_critical.append(f"{name}:{message}")
        if ticket is None:
            continue
        if ticket.urgency is Urgency.CRITICAL:
            score.said["critical"] += 1
            if label is None or label.urgency != Urgency.CRITICAL:
                score.false_alarms.append(f"{name}:{message}")
        if label is None or not is_open:
            continue
        score.details["opened"] += 1
        score.details["kind"] += ticket.kind == label.kind
        score.details["field"] += ticket.field == label.field
        score.details["urgency"] += ticket.urgency == label.urgency
        score.details["place"] += (ticket.place or None) == (label.place or None)


def _is_alarmed(message: str, labels: Mapping[str, Label | None], did: Did) -> bool:
    """A ticket of the matter is critical, whichever of its lines opened it."""
    return any(
        ticket.urgency is Urgency.CRITICAL and matter_of(opened, labels) == message
        for opened, ticket in did.tickets.items()
    )


def print_score(title: str, score: Score) -> None:
    print(f"\n{title}: {score.lines} lines")
    for act in (*ACTS, "ask"):
        said, labelled, right = score.said[act], score.labelled[act], score.right[act]
        found = score.details["asked matters"] if act == "ask" else right
        numbers = f"precision {_ratio(right, said)}  recall {_ratio(found, labelled)}"
        print(f"  {act:8} {numbers}  ({right} of {said} said, {found} of {labelled} found)")
    found, labelled = score.right["matters"], score.labelled["matters"]
    print(f"  matters  recall {_ratio(found, labelled)}  ({found} of {labelled}, by any line)")
    alarms = len(score.false_alarms)
    print(
        f"  critical recall {_ratio(score.right['critical'], score.labelled['critical'])}", end=""
    )
    print(f"  false alarms {alarms} in {score.lines} lines", end="")
    print(f"  missed {score.missed_critical} false {score.false_alarms}")
    opened = score.details["opened"]
    parts = ("kind", "field", "urgency", "place")
    print("  of rightly opened: ", end="")
    print("  ".join(f"{part} {_ratio(score.details[part], opened)}" for part in parts))
    for what in ("tickets of no matter", "second tickets of one matter"):
        print(f"  {what}: {score.details[what]}")
    print("  sent: " + "  ".join(f"{kind} {count}" for kind, count in sorted(score.sent.items())))


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "  -  "


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--unit", default="liuyuan", help="for groups of no unit")
    options = parser.parse_args(arguments)
    config = load_config(CONFIG, {})
    groups: dict[str, Score] = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in _shown(options.files):
            did = asyncio.run(run_day(path, config, options.unit, Path(folder)))
            score = score_day(path.stem, read_labels(path), did)
            groups.setdefault(_group(path), Score()).add(score)
    for title, score in groups.items():
        print_score(title, score)
    missed = [one for score in groups.values() for one in score.missed_critical]
    return 1 if missed else 0


def _group(path: Path) -> str:
    """Days 1-8 are for development, 9-12 are reported apart; others by their hand."""
    if path.stem.startswith("day"):
        return "days 1-8" if int(path.stem[3:]) <= 8 else "days 9-12 (kept back)"
    return f"hand {path.stem[:2]}"


def _shown(files: Sequence[Path]) -> Iterable[Path]:
    return track(sorted(files), description="days", disable=not sys.stderr.isatty())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
