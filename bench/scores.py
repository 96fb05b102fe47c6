"""What the ear made of labelled days, counted, and how it is printed."""

from collections import Counter
from dataclasses import dataclass, field

FOLLOWS = frozenset({"add", "join", "thanks", "reopen"})

ROWS = {
    "open: precision against chatter": ("opened open", "open or chatter opened"),
    "open: precision against all lines, nothing joined": ("opened open", "opened"),
    "open: recall": ("opened open", "open"),
    "chatter asked about": ("asked chatter", "chatter"),
    "kind": ("kind right", "opened open"),
    "field": ("field right", "opened open"),
    "urgency": ("urgency right", "opened open"),
    "place as labelled, or none where none stands": ("place right", "opened open"),
    "place where one stands": ("placed right", "placed"),
    "critical: recall of the opening line": ("critical raised", "critical"),
    "critical: raised by any line of the matter": ("critical raised by any line", "critical"),
    "followers let through": ("follows heard", "follows"),
    "chatter that stops at the ear": ("chatter let go", "chatter"),
}
"""What is printed: a title, and which count is a part of which."""


@dataclass
class Score:
    """Counts of some days. `missed` and `false` hold lines, to be shown."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    missed_danger: list[str] = field(default_factory=list)
    false_danger: list[str] = field(default_factory=list)

    def share(self, part: str, whole: str) -> str:
        total = self.counts[whole]
        return f"{self.counts[part] / total:.3f} ({self.counts[part]}/{total})" if total else "-"


def print_score(name: str, score: Score, shows_missed: bool, *, tells_places: bool = True) -> None:
    """`tells_places` False where places were read by weights that knew the lines."""
    counts = score.counts
    counts["open or chatter opened"] = counts["opened open"] + counts["opened chatter"]
    followed = sum(counts[f"opened {act}"] for act in FOLLOWS)
    print(f"\n== {name}: {counts['lines']} residents' lines, {counts['open']} matters")
    for title, (part, whole) in ROWS.items():
        if title.startswith("place") and not tells_places:
            continue
        print(f"  {title:52}{score.share(part, whole)}")
    print(f"  {'matters asked about':52}{counts['asked open']}")
    print(f"  {'followers opened unless joined':52}{followed}")
    per_thousand = 1000 / max(counts["lines"], 1)
    for what in ("chatter", "other matters"):
        alarms = counts[f"alarms at {what}"]
        print(f"  {f'alarms at {what}, in 1,000 lines':52}{alarms * per_thousand:.2f} ({alarms})")
    if shows_missed:
        for title in ("missed", "false", "missed_danger", "false_danger"):
            for text in getattr(score, title):
                print(f"    {title}: {text[:110]!r}")
