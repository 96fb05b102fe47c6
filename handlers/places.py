"""Places: building, unit and room in every spelling brought to one form, and landmarks.

"3#2单元501", "三号楼二单元501" and "3-2-501" are all "3号楼|2单元|501".
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from handlers.features import simplified
from handlers.spans import find_span, shipped

LONGEST_READ = 240

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})"
_AREA = rf"(?:[东西南北中][区院苑]|[A-Za-z]区|{_NUMBER}[区期])"
_BUILDING = (
    rf"(?:{_NUMBER}(?:号楼|号住宅楼|栋楼?|幢楼?|座|#楼?|号院|号棚|号大棚)"
    rf"|(?<![\d.]){_NUMBER}楼(?={_NUMBER}?单元))"
)
_UNIT = rf"(?:{_NUMBER}(?:单元|单|门洞?)(?!口|前))"
_ROOM = r"(?:\d{3,4}(?:室|户|号)?(?![\d度块元米斤年人]))"
_HOUSE = re.compile(
    rf"(?P<area>{_AREA})?的?(?:(?P<building>{_BUILDING})的?(?P<unit>{_UNIT})?|(?P<lone>{_UNIT}))"
    rf"的?(?P<floor>{_NUMBER}(?:楼|层))?(?P<room>{_ROOM})?"
)
_NUMBERED = re.compile(
    r"(?<![\d.-])(\d{1,2})\s*[-－—–]\s*(\d{1,2})(?:\s*[-－—–]\s*(\d{1,4}))?(?![\d-])"
)
_GROUPED = re.compile(rf"(?P<number>{_NUMBER})(?P<sort>社|组|队|排|巷|区|期)")
_FILLER = re.compile(
    r"那个|这个|那边|这边|那条|那口|那座|那家|那截|的|上头|上面|上|下面|底下|下|里面|里头|里|跟前|旁边|边上|边"
    r"|附近|一带|前面|前头|前|后面|后头|后|背后|门口|对面|中间|左右|处|口子|口|我们|我|[,，。 、]"
)


def place_key(place: str | None) -> str | None:
    """The normal form of a place for joining; None for none. Never raises."""
    if not place:
        return None
    plain = simplified(place)
    dashed = _NUMBERED.search(plain)
    if dashed:
        building, unit, room = dashed.groups()
        return _joined("", f"{int(building)}号楼", f"{int(unit)}单元", room or "")
    house = _HOUSE.search(plain)
    if house:
        return _house_key(house)
    plain = _GROUPED.sub(lambda found: f"{_value(found['number'])}{found['sort']}", plain)
    return _FILLER.sub("", plain) or plain or None


def _house_key(house: re.Match[str]) -> str:
    building, unit = house["building"], house["unit"] or house["lone"]
    room, floor = house["room"], house["floor"]
    sort = "号院" if building and building.endswith("院") else "号楼"
    return _joined(
        _area_key(house["area"] or ""),
        f"{_value(building)}{sort}" if building else "",
        f"{_value(unit)}单元" if unit else "",
        str(_value(room)) if room else f"{_value(floor)}层" if floor else "",
    )


def _area_key(area: str) -> str:
    found = re.match(_NUMBER, area)
    return f"{_value(found[0])}{area[-1]}" if found else area.upper()


def _joined(*parts: str) -> str:
    return "|".join(part for part in parts if part)


def _value(text: str) -> int:
    """The number at the start of `text`, in digits or in Chinese up to 999."""
    digits = re.match(r"\d+", text)
    if digits:
        return int(digits[0])
    total, last = 0, 0
    for sign in text:
        if sign in _DIGITS:
            last = last * 10 + _DIGITS[sign]
        elif sign == "十":
            total, last = total + (last or 1) * 10, 0
        elif sign == "百":
            total, last = total + (last or 1) * 100, 0
        else:
            break
    return total + last


@lru_cache(maxsize=64)
def _gazetteer(places: Sequence[str]) -> re.Pattern[str] | None:
    names = sorted({simplified(name) for name in places if len(name) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names))) if names else None


def find_place(text: str, gazetteer: Sequence[str] = ()) -> str | None:
    """The span of `text` that tells the spot, as it stands there; None for none. Never raises."""
    said = text[:LONGEST_READ]
    plain = simplified(said)
    names = _gazetteer(tuple(gazetteer))
    known = [found.span() for found in names.finditer(plain)] if names else ()
    span = find_span(plain, shipped(), known)
    if span is None:
        return None
    return (said if len(plain) == len(said) else plain)[slice(*span)]
