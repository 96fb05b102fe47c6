"""The shipped examples: labelled days of talk and own lines, as features with labels."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files

from handlers.lexicon import read_lines
from handlers.surroundings import marks
from handlers.talk import Line, Talk
from storage.models import Act

WINDOW = timedelta(minutes=15)
MORE = ("add", "join")
MOST_BEFORE = 30

CHATTER, STAFF, NOTICE = "chatter", "staff", "notice"
ELSEWHERE = "elsewhere"
"""Talk and posts of other places than a town's group. Much of it would drown the group's own."""
SORTED = "sorted"
"""A matter that teaches only of what sort it is: whether it is one, the days teach better."""
WHOLE = "whole"
"""A matter with all that was said to it afterwards: kind and field are those of the whole."""
CALM = "calm"
"""Behind a head: its lines teach nothing of danger and haste, of which the others know enough."""


@dataclass(frozen=True, slots=True)
class Example:
    """A line, what it does ("open" … "reopen", "chatter", "staff", "notice"), and of what sort.

    Of a "sorted" and of a "whole" matter only the sort is learned. Of danger a calm line tells
    nothing, nor does a lesson, a line of a deployment, which shall not be able to unteach it.
    """

    text: str
    act: str
    marks: tuple[str, ...] = ()
    kind: str | None = None
    field: str | None = None
    urgency: str | None = None
    is_own: bool = False
    is_lesson: bool = dataclasses.field(default=False, repr=False)
    is_calm: bool = False


def shipped() -> list[Example]:
    """All examples of the package, in a fixed order."""
    folder = files("handlers").joinpath("examples")
    names = sorted(item.name for item in folder.iterdir())
    days = [name for name in names if name.endswith(".jsonl")]
    found = [one for name in days for one in read_day(read_lines(f"examples/{name}"))]
    for name in names:
        if name.endswith(".txt"):
            found += read_own(read_lines(f"examples/{name}"))
    return found


def read_own(lines: Sequence[str]) -> Iterator[Example]:
    """Lines under heads "= kind field urgency", the same with "sorted" behind, or "= act"; all
    of them may end in "calm".

    `read_lines` has taken comments out.
    """
    head: list[str] = [CHATTER]
    is_calm = False
    for line in lines:
        if line.startswith("= "):
            head = line[2:].split()
            is_calm = head[-1] == CALM
            head = head[:-1] if is_calm else head
        elif len(head) == 1:
            yield Example(line, head[0], is_own=True, is_calm=is_calm)
        else:
            kind, field, urgency, *only = head
            act = only[0] if only else "open"
            yield Example(line, act, (), kind, field, urgency, is_own=True, is_calm=is_calm)


def read_day(lines: Sequence[str]) -> Iterator[Example]:
    """One transcript, with the talk before each line as the bot would have known it."""
    matters: dict[str, list[Example]] = {}
    for line, talk, label in walk_day(lines):
        if line.is_staff:
            if line.text:
                yield Example(line.text, STAFF)
            continue
        act = str(label["act"]) if label else CHATTER
        sort = label if label and act == "open" else {}
        example = Example(
            line.text,
            act,
            tuple(marks(line, talk)),
            sort.get("kind"),
            sort.get("field"),
            sort.get("urgency"),
        )
        if act == "open":
            matters[line.message_id] = [example]
        elif label and act in MORE and line.text and label["of"] in matters:
            matters[label["of"]].append(example)
        yield example
    yield from (_whole(said) for said in matters.values() if len(said) > 1)


def _whole(said: Sequence[Example]) -> Example:
    """A matter as one text, of the sort of its first line."""
    text = "\n".join(one.text for one in said)
    return replace(said[0], text=text, act=WHOLE, marks=(), is_calm=True)


Label = dict[str, str | None]


def walk_day(lines: Sequence[str]) -> Iterator[tuple[Line, Talk, Label | None]]:
    """Each line with the talk before it; recalls are left out."""
    before: dict[str, list[Line]] = {}
    for raw in lines:
        record = json.loads(raw)
        if record["recall"]:
            continue
        line = read_line(record)
        conversation = record["conversation"]
        talked = before.setdefault(conversation, [])
        recent = [one for one in talked[-MOST_BEFORE:] if line.at - one.at <= WINDOW]
        label = record["label"]
        yield line, Talk(tuple(recent), line.is_staff, conversation.startswith("private:")), label
        talked.append(replace(line, act=Act(label["act"])) if label else line)


def read_line(record: dict[str, object]) -> Line:
    """A record of a transcript as a line of talk."""
    voice = record["voice"]
    spoken = voice.get("transcript") if isinstance(voice, dict) else None
    images, at_users = record["images"], record["at_users"]
    return Line(
        message_id=str(record["id"]),
        at=datetime.fromisoformat(str(record["at"])),
        sender=str(record["sender"]),
        sender_name=str(record["name"]),
        text=str(record["text"] or spoken or ""),
        is_staff=record["role"] == "staff",
        images=tuple(map(str, images)) if isinstance(images, list) else (),
        is_voice=bool(voice),
        quote=str(record["quote"]) if record["quote"] else None,
        is_at_bot=bool(record["at_bot"]),
        at_users=tuple(map(str, at_users)) if isinstance(at_users, list) else (),
    )
