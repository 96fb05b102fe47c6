"""Labelled group-chat days for the matcher: transcripts and the scenes written for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from handlers.talk import Line
from storage.models import Act

SCENES = Path(__file__).with_name("matching_scenes.txt")
_A_DAY, _APART = 10, 35
"""Scenes a day, and minutes between their beginnings."""
_LETTERS = {"o": Act.OPEN, "a": Act.ADD, "j": Act.JOIN, "t": Act.THANKS, "r": Act.REOPEN}


@dataclass(frozen=True, slots=True)
class Said:
    """One line, where it was said, and what it does by its label (`of`: the opening line)."""

    line: Line
    conversation: str
    act: Act | None
    of: str | None
    field: str
    urgency: str
    kind: str


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    hand: str
    lines: tuple[Said, ...]


def read_days(folder: Path, *, kept_back: bool = False) -> list[Day]:
    """Days 1-8 and those of other hands (also in more/), or only the kept-back days 9-12."""
    paths = sorted(folder.glob("*.jsonl")) + sorted(folder.glob("more/*.jsonl"))
    days = [Day(path.stem, _hand(path.stem), tuple(_read(path))) for path in paths]
    return [day for day in days if (day.hand == "kept back") == kept_back]


def _hand(name: str) -> str:
    if name.startswith("day"):
        return "kept back" if int(name[3:]) > 8 else "h1"
    return name[:2]


def _read(path: Path) -> Iterator[Said]:
    """Without recalled lines, unless they are labelled nevertheless (hints at self-harm)."""
    rows = [orjson.loads(row) for row in path.read_bytes().splitlines() if row.strip()]
    recalled = {row["recall"] for row in rows}
    for row in rows:
        label = row["label"] or {}
        if row["recall"] or (row["id"] in recalled and not label):
            continue
        yield Said(
            line=Line(
                message_id=row["id"],
                at=datetime.fromisoformat(row["at"]),
                sender=row["sender"],
                sender_name=row["name"],
                text=row["text"] or (row["voice"] or {}).get("transcript") or "",
                is_staff=row["role"] == "staff",
                images=tuple(row["images"]),
                is_voice=row["voice"] is not None,
                quote=row["quote"],
                is_at_bot=row["at_bot"],
                at_users=tuple(row["at_users"]),
            ),
            conversation=row["conversation"],
            act=Act(label["act"]) if label else None,
            of=label.get("of"),
            field=label.get("field") or "其他",
            urgency=label.get("urgency") or "routine",
            kind=label.get("kind") or "求助",
        )


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A line of a scene, `minute` after midnight."""

    minute: int
    scene: int
    act: str
    speaker: str
    text: str
    about: tuple[str, str, str]


def read_scenes(path: Path = SCENES) -> list[Day]:
    """The scenes, several running through one another to a day."""
    scenes = _parse(path)
    count = -(-len(scenes) // _A_DAY)
    return [_day(f"scenes-{n}", scenes[n::count]) for n in range(count)]


def _parse(path: Path) -> list[list[_Spoken]]:
    scenes: list[list[_Spoken]] = []
    about = ("", "", "")
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("=="):
            field, urgency, kind = (part.strip() for part in row[2:].split("|"))
            about = field, urgency, kind
            scenes.append([])
        elif row and not row.startswith("#"):
            head, speaker, text = row.split(" ", 2)
            act, _, minutes = head.partition("+")
            scenes[-1].append(_Spoken(int(minutes or 1), 0, act, speaker, text, about))
    return scenes


def _day(name: str, scenes: Sequence[Sequence[_Spoken]]) -> Day:
    spoken: list[_Spoken] = []
    for place, scene in enumerate(scenes):
        minute = 7 * 60 + place * _APART
        for one in scene:
            minute += one.minute
            spoken.append(_Spoken(minute, place, one.act, one.speaker, one.text, one.about))
    spoken.sort(key=lambda one: one.minute)
    return Day(name, "scenes", tuple(_say(spoken)))


def _say(spoken: Sequence[_Spoken]) -> Iterator[Said]:
    midnight = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
    opened: dict[int, str] = {}
    for place, one in enumerate(spoken):
        message_id = f"m{place}"
        if one.act == "o":
            opened[one.scene] = message_id
        opening = opened[one.scene]
        is_picture = one.text == "[图]"
        act = _LETTERS.get(one.act)
        field, urgency, kind = one.about
        yield Said(
            line=Line(
                message_id=message_id,
                at=midnight + timedelta(minutes=one.minute),
                sender=f"{one.scene}{one.speaker}".rstrip('"'),
                sender_name=one.speaker.rstrip('"'),
                text="" if is_picture else one.text,
                is_staff=one.act == "s",
                images=("picture.jpg",) if is_picture else (),
                quote=opening if one.speaker.endswith('"') else None,
            ),
            conversation="group:scenes",
            act=act,
            of=None if act in (None, Act.OPEN) else opening,
            field=field,
            urgency=urgency,
            kind=kind,
        )
