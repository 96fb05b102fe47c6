"""Thousands of real messages to a city's officials through `replay` in one go, with checks.

    python -m bench.civic --data civic_messages_with_time.csv [--limit N]

The file's columns: 留言编号, 留言主题, 留言时间, 留言详情, 点赞数. Each message becomes a line in
one of the ten groups of config.toml. Nobody of the staff ever acts, so every clock runs out and
every reminder, escalation and digest of those months is sent. Exits with 1 where a check fails.
"""

import argparse
import asyncio
import csv
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from rich.progress import Progress

from bot.config import Config, load_config
from bot.replay import replay
from bot.replayed import Ended, Heard, Sent
from handlers.settings import Settings
from storage.models import OutgoingClass, Role

CONFIG = Path(__file__).parents[1] / "config.toml"
LONGEST = 200
SENDERS = 3000
TIME_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")
PRIVATE_ONLY = frozenset(
    {
        OutgoingClass.CARD,
        OutgoingClass.REMINDER,
        OutgoingClass.ESCALATION,
        OutgoingClass.DIGEST,
    }
)
MOST_SHOWN = 5


@dataclass
class Seen:
    """What the replay yielded."""

    sent: list[Sent] = field(default_factory=list)
    tickets: list[Ended] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    lines: int = 0

    def add(self, item: Heard | Sent | Ended) -> None:
        match item:
            case Heard():
                self.lines += 1
                self.days.add(item.at.date())
            case Sent():
                self.sent.append(item)
            case Ended():
                self.tickets.append(item)


class Errors(logging.Handler):
    """Keeps every error that was logged: a message that failed raises nothing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        cause = (
            f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        )
        self.messages.append(f"{record.getMessage()}{cause}")


def write_transcript(rows: Iterable[dict[str, str]], path: Path, groups: Sequence[str]) -> int:
    """One line for each message, in order of time; how many."""
    lines = sorted((_line(row, groups) for row in rows), key=lambda line: line["at"])
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return len(lines)


def _line(row: dict[str, str], groups: Sequence[str]) -> dict[str, str]:
    number = row["留言编号"]
    chance = int.from_bytes(sha256(number.encode()).digest()[:8], "big")
    sender = str(50_000_000 + chance // len(groups) % SENDERS)
    subject, body = row["留言主题"].strip(), row["留言详情"].strip()
    # One in two tells more than its subject.
    text = subject if chance % 2 else f"{subject} {body}"[:LONGEST]
    return {
        "id": f"c{number}",
        "at": _moment(row["留言时间"]).isoformat(),
        "conversation": groups[chance % len(groups)],
        "sender": sender,
        "name": f"居民{sender[-4:]}",
        "text": text,
    }


def _moment(written: str) -> datetime:
    for form in TIME_FORMATS:
        try:
            moment = datetime.strptime(written.strip(), form)
        except ValueError:
            continue
        return moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    raise ValueError(f"no time: {written!r}")


async def play(path: Path, config: Config, total: int) -> Seen:
    seen = Seen()
    with Progress(transient=True) as progress:
        task = progress.add_task("replay", total=total)
        async for item in replay([path], config):
            seen.add(item)
            if isinstance(item, Heard):
                progress.advance(task)
    return seen


def check(seen: Seen, errors: Errors, settings: Settings, total: int) -> Iterator[str]:
    """What is wrong, in a sentence each."""
    yield from errors.messages
    if seen.lines != total:
        yield f"{total - seen.lines} lines were not heard"
    times = [one.at for one in seen.sent]
    if times != sorted(times):
        yield "the times of what was sent are not in order"
    slots = Counter(one.row.slot for one in seen.sent)
    yield from (f"sent {count} times: {slot}" for slot, count in slots.items() if count > 1)
    for one in seen.sent:
        if one.row.kind in PRIVATE_ONLY and not one.row.conversation.startswith("private:"):
            yield f"{one.row.kind} in {one.row.conversation}: {one.row.slot}"
    yield from _check_clocks(seen.tickets)
    yield from _check_digests(seen, settings)


def _check_clocks(tickets: Iterable[Ended]) -> Iterator[str]:
    for ended in tickets:
        ticket = ended.ticket
        moments = (
            ticket.opened_at,
            ticket.contact_due_at,
            ticket.acceptance_due_at,
            ticket.handling_due_at,
            ticket.answer_due_at,
        )
        if list(moments) != sorted(moments):
            yield f"the clocks of #{ticket.number} do not end one after the other"


def _check_digests(seen: Seen, settings: Settings) -> Iterator[str]:
    """Each secretary's digest of each day past the first line's, to the last one's."""
    first, last = min(seen.days), max(seen.days)
    posts = sum(role is Role.SECRETARY for one in settings.staff for _, role in one.posts)
    sent = Counter(
        one.row.slot.rpartition(":")[2] for one in seen.sent if one.row.kind is OutgoingClass.DIGEST
    )
    for number in range(1, (last - first).days + 1):
        day = (first + timedelta(days=number)).isoformat()
        if sent[day] != posts:
            yield f"{sent[day]} of {posts} digests on {day}"


def report(seen: Seen, seconds: float) -> None:
    first, last = min(seen.days), max(seen.days)
    print(f"{seen.lines:,} lines from {first} to {last} in {seconds:,.0f} s")
    print(f"{len(seen.tickets):,} tickets, {sum(len(one.joined) for one in seen.tickets):,} joined")
    for name, count in Counter(one.row.kind for one in seen.sent).most_common():
        print(f"  {name}: {count:,}")
    stages = Counter(f"{one.ticket.stage}" for one in seen.tickets)
    print("stages: " + ", ".join(f"{stage} {count:,}" for stage, count in stages.most_common()))


def run(data: Path, limit: int | None) -> bool:
    """Whether every check held."""
    config = load_config(CONFIG, {})
    groups = [group.conversation for group in config.settings.groups]
    with data.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:limit]
    errors = Errors()
    logging.getLogger().addHandler(errors)
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as folder:
        path = Path(folder) / "civic.jsonl"
        total = write_transcript(rows, path, groups)
        began = time.perf_counter()
        seen = asyncio.run(play(path, config, total))
        report(seen, time.perf_counter() - began)
    wrong = list(check(seen, errors, config.settings, total))
    for text in wrong[:MOST_SHOWN]:
        print(f"WRONG: {text}")
    print(f"{len(wrong)} checks failed" if wrong else "every check held")
    return not wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the CSV file")
    parser.add_argument("--limit", type=int, help="only so many messages of the file")
    options = parser.parse_args()
    held = run(options.data, options.limit)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
