"""The places a unit comes to know: those that its settled tickets tell again, or staff wrote."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from handlers.context import Context
from handlers.messages import Outgoing
from handlers.places import place_key
from handlers.settings import Settings
from storage.models import UnitId
from storage.places import Told

LEAST, MOST = 2, 12
"""Characters of a name: a longer one is a description, said once and never again."""
MOST_A_UNIT = 200
_HOUSE = re.compile(r"号楼|单元|号院|\d{3,}|\d+[-－#]\d+")
_SOMEBODYS = re.compile(r"(?:^|[^大酒商厂国皇店])家(?:门口|门前|楼下|院子?|屋|里|旁边|隔壁)?$")
_VAGUE = re.compile(
    r"^(?:[这那我咱你他]|门口$|路口$|楼[上下道]$|对面$|旁边$|[东西南北]边?$|[路村街河院]$)"
)


def grow(context: Context) -> list[Outgoing]:
    """Write anew what each unit knows; nothing is said. What is no longer told is forgotten."""
    places = context.store.places
    told = [*places.list_confirmed(), *places.list_repeated()]
    places.set_all(learnable(told, context.settings))
    return []


def learnable(told: Iterable[Told], settings: Settings) -> list[tuple[UnitId, str]]:
    """At most 200 a unit, the most told first; each place in its most told spelling."""
    spellings: dict[tuple[UnitId, str], Counter[str]] = {}
    for one in told:
        spellings.setdefault((one.unit, one.key), Counter())[one.name] += one.count
    names: dict[UnitId, Counter[str]] = {}
    for (unit, _), counted in spellings.items():
        name = min(counted, key=lambda name: (-counted[name], len(name), name))
        if unit in settings.units and is_name(name):
            names.setdefault(unit, Counter())[name] = counted.total()
    return [(unit, name) for unit, found in names.items() for name in _most_told(found)]


def _most_told(found: Counter[str]) -> Iterator[str]:
    yield from sorted(found, key=lambda name: (-found[name], name))[:MOST_A_UNIT]


def is_name(place: str) -> bool:
    """Whether it names a spot for everybody: no dwelling, nobody's home, not "门口"."""
    if not LEAST <= len(place) <= MOST or "*" in place or place_key(place) is None:
        return False
    return not (_HOUSE.search(place) or _SOMEBODYS.search(place) or _VAGUE.match(place))


def with_known(
    places: Mapping[UnitId, Sequence[str]],
    known: Iterable[tuple[UnitId, str]],
    settings: Settings,
) -> Mapping[UnitId, tuple[str, ...]]:
    """The places of the configuration, and what the unit and those above it have come to know."""
    learned: dict[UnitId, list[str]] = {}
    for unit, name in known:
        learned.setdefault(unit, []).append(name)
    return {
        unit: (*given, *(name for one in settings.ancestors(unit) for name in learned.get(one, ())))
        for unit, given in places.items()
    }
