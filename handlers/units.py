"""Which unit somebody belongs to, by his own words: its name, an alias or one of its places."""

import re
from collections.abc import Iterator, Sequence

from handlers.features import simplified
from handlers.sensitivity import against_in
from handlers.settings import Settings, Unit, UnitKind
from storage.models import UnitId

TELLING = 4
"""Characters of a place's name from which it tells whose it is."""
LEAST, MOST = 2, 12
"""Characters of an answer."""
_VILLAGE = re.compile(r".{2,}(?:村|社区)")
_CLAUSE = re.compile(r"[，,。.;；!！?？\s]+")
_OF_HIMSELF = re.compile(r"[我俺咱](?:们|家)?(?:是|家?住|家?在)")
_BEFORE = re.compile(
    r"^(?:您好|你好)?(?:[我俺咱](?:们|家)?)?(?:家(?=[在住是]))?就?(?:是|住在|住|在|属于|归)?"
)
_AFTER = re.compile(r"(?:的|人|[那这](?:边|儿|里|块)|[呢啊吧哈呀哦嘛~～]|\d+(?:组|队|社|排))+$")
_KIND = re.compile(r"(?:党?支部|党?总支|社区|村|片区?|小区|街道)$")
_VAGUE = frozenset({"社区", "村里", "支部", "小区", "片区", "党支部", "总支", "党总支", "门口"})
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


def unit_named(words: str, settings: Settings) -> UnitId | None:
    """The only unit that a line names in passing, or says to be the speaker's own.

    Short names (村口, 锅炉房) are everywhere, and a complaint may be about staff elsewhere: these
    tell nothing.
    """
    if against_in(words) is not None:
        return None
    said = simplified(words)
    named = [
        unit.id
        for unit in _asked_about(settings)
        if any(simplified(name) in said for name in _telling(unit))
    ]
    return _only(named) if named else own_unit(words, settings)


def own_unit(words: str, settings: Settings) -> UnitId | None:
    """The only unit that a line says to be the speaker's own."""
    clauses = _CLAUSE.split(simplified(words))
    return _only(
        next(
            (
                units
                for clause in clauses
                if _OF_HIMSELF.match(clause) and (units := _units_in(clause, settings))
            ),
            [],
        )
    )


def _only(units: Sequence[UnitId]) -> UnitId | None:
    return units[0] if len(units) == 1 else None


def _telling(unit: Unit) -> Iterator[str]:
    yield from (place for place in unit.places if len(place) >= TELLING)
    yield from (name for name in (*unit.aliases, *unit.places) if _VILLAGE.fullmatch(name))


def units_told(words: str, settings: Settings) -> Sequence[UnitId]:
    """The units that an answer to "哪个村?" may mean, in any usual short spelling: none, one, or
    those that have the same place. What follows after a comma is no part of the answer."""
    return _units_in(_first_clause(words), settings)


def is_only_told(words: str) -> bool:
    """Whether an answer says nothing more."""
    clauses = [clause for clause in _CLAUSE.split(words) if clause]
    return len(clauses) <= 1


def _first_clause(words: str) -> str:
    return next((clause for clause in _CLAUSE.split(simplified(words)) if clause), "")


def _units_in(clause: str, settings: Settings) -> list[UnitId]:
    if len(clause) > MOST:
        return []
    plain = clause.translate(_DIGITS)
    spellings = list(dict.fromkeys(_spellings(plain)))
    for is_meant in (_is_name, str.startswith, str.__contains__):
        found = [
            unit.id
            for unit in _asked_about(settings)
            if any(is_meant(name, said) for name in _names(unit) for said in spellings)
        ]
        if found:
            return found
    return []


def _spellings(plain: str) -> Iterator[str]:
    """As it was said, and without what usually stands around a name."""
    bare = _AFTER.sub("", plain)
    for said in (plain, bare, _BEFORE.sub("", bare)):
        if len(said) >= LEAST and said not in _VAGUE:
            yield said


def _is_name(name: str, said: str) -> bool:
    return name == said or _KIND.sub("", name) == _KIND.sub("", said)


def _names(unit: Unit) -> Iterator[str]:
    for name in (unit.name, *unit.aliases, *unit.places):
        yield simplified(name).translate(_DIGITS)


def _asked_about(settings: Settings) -> Iterator[Unit]:
    """Departments have no residents."""
    yield from (one for one in settings.units.values() if one.kind is not UnitKind.DEPARTMENT)


def example_of(settings: Settings) -> str | None:
    """What a branch is called for short; None where there is none to belong to."""
    branches = (one for one in settings.units.values() if one.kind is UnitKind.BRANCH)
    first = next(branches, None)
    return None if first is None else (*first.aliases, first.name)[0]
