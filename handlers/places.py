"""Places: building, unit and room in every spelling brought to one form, and landmarks.

"3#2单元501", "三号楼二单元501" and "3-2-501" are all "3号楼|2单元|501".
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from handlers.features import simplified
from handlers.lexicon import read_lines

LONGEST_READ = 240

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})"
_AREA = rf"(?:[东西南北中][区院苑]|[A-Za-z]区|{_NUMBER}[区期])"
_BUILDING = (
    rf"(?:{_NUMBER}(?:号楼|号住宅楼|栋楼?|幢楼?|座|#楼?|号院|号棚|号大棚)"
    rf"|(?<![\d.]){_NUMBER}楼(?={_NUMBER}?单元))"
)
_UNIT = rf"(?:{_NUMBER}(?:单元|单|门洞?)(?!口|前))"
_FLOOR = rf"(?:{_NUMBER}(?:楼|层)(?!到|上|以|往))"
_ROOM = r"(?:\d{3,4}(?:室|户|号)?(?![\d度块元米斤年人]))"
_DASHED = r"(?<![\d.-])\d{1,2}-\d{1,2}(?:-\d{3,4})?(?![\d-])|(?<![\d.-])\d{1,2}-\d{3,4}(?![\d-])"
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


_NAME = r"[^我你他她它们的了在是有把被让从就也都又个去来说这那天月年日点着过给和跟叫要没不很太上下里外前后,.?!:;\s\d\"'()~、]"
_SIDE = (
    r"(?:[东西南北][头边面侧门口墙]|[东西南北](?=[^\u4e00-\u9fff]|$)|[前后](?:面|头|边|门|墙|院|坡)?(?!天|年|来)|背后|背面"
    r"|旁边|边上|边边|跟前|附近|底下|下面|下头|上面|上头|顶上|顶|里面|里头|里|外面|外头|外|对面|对过|隔壁|中间|拐角|转角|拐弯处?|路边|路口"
    r"|门口|口子上|口子|口上|口|墙根|坡底下|坡上|坎下|处|一带|这头|那头|往[东西南北][一二三四五六七八九十百\d]{0,3}米?|这一片|那一片)"
)
_LINK = r"(?:的|到|和|跟|与|往)?(?:那个|这个|那条|这条|那家|这家|那口|那座|那棵|那栋|那截|这截|那段|那边|这边|那片|那块)?"
_GROUP_NAME = rf"(?:[\u4e00-\u9fff]{{0,2}}{_NUMBER}(?:社|组|队|排|巷|号)(?![个人里次楼线]))"


@lru_cache(maxsize=1)
def _landmarks() -> str:
    words = {word for line in read_lines("landmarks.txt") for word in line.split()}
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def _spot() -> re.Pattern[str]:
    """An anchor (building, group, named landmark), with what is said of its sides after it."""
    noun = rf"(?:{_landmarks()})"
    house = rf"(?:{_AREA})?(?:{_BUILDING}{_UNIT}?|{_UNIT}){_FLOOR}?{_ROOM}?(?:户|门)?"
    anchor = rf"(?:{_DASHED}|{house}|{_AREA}|{_GROUP_NAME}|{_NAME}{{0,4}}?{noun})"
    return re.compile(rf"{anchor}(?:{_LINK}(?:{anchor}|{noun}|{_SIDE}))*(?:{_NUMBER}号)?")


@lru_cache(maxsize=64)
def _gazetteer(places: Sequence[str]) -> re.Pattern[str] | None:
    names = sorted({simplified(name) for name in places if len(name) > 1}, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})") if names else None


def find_place(text: str, gazetteer: Sequence[str] = ()) -> str | None:
    """The span of `text` that tells the spot, as it stands there; None for none. Never raises."""
    plain = simplified(text[:LONGEST_READ])
    best = max(_candidates(plain, gazetteer), default=None, key=lambda found: found[0])
    if best is None or best[0] < LEAST_WORTH:
        return None
    _, start, end = best
    return text[start:end] if len(plain) == len(text[:LONGEST_READ]) else plain[start:end]


LEAST_WORTH = 2.0
_VAGUE = re.compile(
    r"^(?:我|咱|你|他)?们?(?:家|屋)?(?:门口|楼下|楼上|楼道|院子|村|社区|路|店|里|城|街|河|沟|井|厂|学校|医院|卫生院|窗口|车站|坡|弯|渠|矿|庄|园|府|寨|滩|梁|湾|坟|庙|闸)$"
)
_NUMBER_SIGN = re.compile(rf"{_NUMBER}(?:号楼|栋|幢|座|#|单元|号院|社|组|队|排|区|期|号)|{_DASHED}")


def _candidates(plain: str, gazetteer: Sequence[str]) -> Iterator[tuple[float, int, int]]:
    known = _gazetteer(tuple(gazetteer))
    for found in known.finditer(plain) if known else ():
        yield 3.5 + len(found[0]) / 10, found.start(), found.end()
    for found in _spot().finditer(plain):
        start, end = _trim(plain, found.start(), found.end())
        yield _worth(plain, start, end), start, end


def _trim(plain: str, start: int, end: int) -> tuple[int, int]:
    while end > start and plain[end - 1] in "的到和跟与往,":
        end -= 1
    return start, end


def _worth(plain: str, start: int, end: int) -> float:
    span = plain[start:end]
    if _VAGUE.match(span):
        return 0.0
    worth = 1.0 + min(len(span), 10) / 5
    worth += 1.5 * bool(_NUMBER_SIGN.search(span))
    before, after = plain[:start], plain[end:]
    worth += 0.6 * (
        not before or before[-1] in ",.?!:; ~、" or before.endswith(("在", "就", "是", "们"))
    )
    worth += 0.8 * (not after or after[0] in ",.!; ")
    worth -= 0.3 * start / max(len(plain), 1)
    return worth
