"""What the talk around a line adds to its words, as features of the same linear model."""

from datetime import timedelta

from handlers.talk import Line, Talk
from storage.models import Act

NEAR = timedelta(minutes=3)
RECENT = timedelta(minutes=15)
_STARTS = frozenset((Act.OPEN, Act.REOPEN))


def marks(line: Line, talk: Talk) -> list[str]:
    """Features of who speaks to whom, and after what. Looks at the last 30 lines at most."""
    before = talk.before[-30:]
    found = [
        mark
        for mark, is_so in (
            ("@private", talk.is_private),
            ("@bot", line.is_at_bot),
            ("@user", bool(line.at_users)),
            ("@image", bool(line.images)),
            ("@voice", line.is_voice),
        )
        if is_so
    ]
    if line.quote:
        found.append(_quote_mark(line.quote, talk))
    if before:
        found += _matter_marks(line, before)
        found += _neighbour_marks(line, before)
    return found


def _quote_mark(quote: str, talk: Talk) -> str:
    quoted = talk.quoted(quote)
    if quoted is None:
        return "@quote"
    if quoted.is_staff:
        return "@quote_staff"
    return "@quote_matter" if quoted.act else "@quote_other"


def _matter_marks(line: Line, before: tuple[Line, ...]) -> list[str]:
    found = set()
    for earlier in before:
        if earlier.act not in _STARTS:
            continue
        age = line.at - earlier.at
        who = "mine" if earlier.sender == line.sender else "other"
        if age <= NEAR:
            found.add(f"@{who}_near")
        if age <= RECENT:
            found.add(f"@{who}_recent")
    return sorted(found)


def _neighbour_marks(line: Line, before: tuple[Line, ...]) -> list[str]:
    last = before[-1]
    found = []
    if line.at - last.at > RECENT:
        return ["@quiet"]
    if last.sender == line.sender and line.at - last.at <= NEAR:
        found.append("@goes_on" if last.text else "@after_image")
    elif last.is_staff:
        found.append("@after_staff")
    elif last.act in _STARTS:
        found.append("@after_matter")
    return found
