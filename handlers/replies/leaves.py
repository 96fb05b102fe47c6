"""What is said of leaves (请假, 销假), to who goes and to who stands in."""

from collections.abc import Mapping, Sequence
from datetime import date

from handlers.replies.wording import days_named


def begun(first: date, last: date, deputy: str | None, apart: Mapping[str, Sequence[int]]) -> str:
    """`apart`: what goes to others than the deputy, by their names; under "" what stays."""
    who = f"件转给{deputy}" if deputy else "没有替您的人，请告诉书记"
    rest = "".join(f"，{_listed(numbers)} {_taken_by(name)}" for name, numbers in apart.items())
    return f"✓ {days_named(first, last)}请假，{who}{rest}。"


def _taken_by(name: str) -> str:
    return f"只转给{name}" if name else "没有能转的人，请告诉上级书记"


def _listed(numbers: Sequence[int]) -> str:
    more = f" 等 {len(numbers)} 件" if len(numbers) > 8 else ""
    return "、".join(f"#{number}" for number in numbers[:8]) + more


def note(name: str, first: date, last: date) -> str:
    return f"{name}{days_named(first, last)}请假，他的件这几天由您接。"


def dropped(first: date, last: date) -> str:
    return f"✓ {days_named(first, last)}的假撤了，件还是您办。"


def dropped_note(name: str, first: date, last: date) -> str:
    return f"{name}{days_named(first, last)}不请假了，他的件还是他办。"


def ended(name: str, away: Mapping[str, Sequence[int]]) -> str:
    """`away`: what others go on with, by their names."""
    if not away:
        return "✓ 销假了，新件还是您办。"
    rest = "；".join(f"{_listed(numbers)} 还由{holder}办完" for holder, numbers in away.items())
    first, who = next(iter(away.values()))[0], "他" if len(away) == 1 else "他们"
    return f"✓ 销假了，新件还是您办。{rest}，要接回来请{who}回“{first} 转 {name}”。"


def ended_note(name: str, kept: Sequence[int]) -> str:
    """To who stood in; `kept`: what stays with him."""
    rest = f"；{_listed(kept)} 还请您办完" if kept else ""
    return f"{name}回来了，新件由他办{rest}。"
