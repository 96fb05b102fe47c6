"""What is said of leaves (请假, 销假), to who goes and to who stands in.

`decides_for`: the unit of a secretary, to whom no matters come but who is asked to decide.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from handlers.replies.wording import days_named


def begun(
    first: date,
    last: date,
    deputy: str | None,
    apart: Mapping[str, Sequence[int]],
    decides_for: str | None = None,
) -> str:
    """`apart`: what goes to others than the deputy, by their names; under "" what stays."""
    if decides_for is None:
        who = f"件转给{deputy}" if deputy else "没有替您的人，请告诉书记"
    else:
        who = f"要您定的转给{deputy}" if deputy else "没有别的书记在，要您定的还等您"
    how = "只转给" if decides_for is None else "转给"
    rest = "".join(
        f"，{_listed(numbers)} {_taken_by(name, how)}" for name, numbers in apart.items()
    )
    return f"✓ {days_named(first, last)}请假，{who}{rest}。"


def _taken_by(name: str, how: str) -> str:
    return f"{how}{name}" if name else "没有能转的人，请告诉上级书记"


def _listed(numbers: Sequence[int]) -> str:
    more = f" 等 {len(numbers)} 件" if len(numbers) > 8 else ""
    return "、".join(f"#{number}" for number in numbers[:8]) + more


def note(name: str, first: date, last: date, decides_for: str | None = None) -> str:
    what = "他的件这几天由您接" if decides_for is None else f"{decides_for}要书记定的这几天由您定"
    return f"{name}{days_named(first, last)}请假，{what}。"


def dropped(first: date, last: date, decides_for: str | None = None) -> str:
    return f"✓ {days_named(first, last)}的假撤了，{_yours(decides_for)}。"


def _yours(decides_for: str | None) -> str:
    return "件还是您办" if decides_for is None else "要定的还是您定"


def dropped_note(name: str, first: date, last: date, decides_for: str | None = None) -> str:
    what = "他的件还是他办" if decides_for is None else f"{decides_for}要书记定的还是他定"
    return f"{name}{days_named(first, last)}不请假了，{what}。"


def ended(name: str, away: Mapping[str, Sequence[int]], decides_for: str | None = None) -> str:
    """`away`: what others go on with, by their names."""
    done = f"✓ 销假了，{'新' if decides_for is None else ''}{_yours(decides_for)}。"
    if not away:
        return done
    rest = "；".join(f"{_listed(numbers)} 还由{holder}办完" for holder, numbers in away.items())
    first, who = next(iter(away.values()))[0], "他" if len(away) == 1 else "他们"
    return f"{done}{rest}，要接回来请{who}回“{first} 转 {name}”。"


def ended_note(name: str, kept: Sequence[int], decides_for: str | None = None) -> str:
    """To who stood in; `kept`: what stays with him."""
    what = "新件由他办" if decides_for is None else f"{decides_for}要书记定的还是他定"
    rest = f"；{_listed(kept)} 还请您办完" if kept else ""
    return f"{name}回来了，{what}{rest}。"
