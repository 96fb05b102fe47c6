"""What a text is made of, for the linear models: grams, word classes, pairs of classes, shape."""

import re
from dataclasses import dataclass
from operator import add

from opencc import OpenCC

LONGEST = 600
"""Characters of a text that are read; what comes after is never the news of a chat line."""

_SIMPLIFIED = OpenCC("t2s")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WIDE = re.compile(r"[\u3400-\u9fff]")
_LAUGH = "😂🤣😄😁😆😅😃😀😜😝🤪😏🙈😎🤭😹🐶"
_SAD = "😭😢😰😨😱😡😠😤😔😞🥶🤮🤢💔😩😫😖"
_KIND = "🙏👍💪🌹🌸🌞🌻💐❤👌🎉🎊🥳🌺✨🍀☀🤝👏🎂🎁🧧🌙⭐"
_FACES = (
    (
        re.compile(
            r"\[(?:捂脸|呲牙|偷笑|笑哭|旺柴|坏笑|奸笑|大笑|嘿哈|破涕为笑|狗头|憨笑|吃瓜|doge)\]"
        ),
        "😂",
    ),
    (re.compile(r"\[(?:流泪|大哭|裂开|怒|发怒|抓狂|快哭了|难过|叹气|骷髅|吐|苦涩)\]"), "😭"),
    (
        re.compile(
            r"\[(?:抱拳|握手|强|玫瑰|鼓掌|太阳|烟花|爱心|庆祝|合十|拥抱|OK|ok|鲜花|礼物|红包)\]"
        ),
        "🙏",
    ),
    (re.compile(r"https?://\S+|www\.\S+"), "🔗"),
    (re.compile(r"\d+(?:[.:]\d+)*"), "0"),
    (re.compile(r"\s+"), " "),
    (re.compile(r"哈{2,}|h{3,}|233+|hhh+"), "哈哈"),
)
_DIALECT = {
    "唔": "不",
    "冇": "没",
    "喺": "在",
    "嘅": "的",
    "咗": "了",
    "啲": "些",
    "佢": "他",
    "嚟": "来",
    "睇": "看",
    "冧": "塌",
    "攞": "拿",
    "哋": "们",
    "俾": "给",
    "畀": "给",
    "咁": "这么",
    "嗰": "那",
    "嘢": "东西",
    "咩": "什么",
    "乜": "什么",
    "邊": "边",
    "俺": "我",
    "恁": "你",
    "咱": "我们",
    "嘞": "了",
    "哩": "了",
    "咧": "了",
    "咋": "怎么",
    "啥": "什么",
    "甭": "不用",
    "冚": "盖",
    "唥": "了",
    "哒": "了",
    "嗦": "吗",
    "咯": "了",
    "嘛": "吗",
    "撒": "嘛",
    "尕": "小",
    "噶": "的",
}


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(char): "😂" for char in _LAUGH}
    table |= {ord(char): "😭" for char in _SAD}
    table |= {ord(char): "🙏" for char in _KIND}
    table |= {
        ord(a): b
        for a, b in zip(
            "，、；。．？！：（）～“”‘’【】《》", ",,,,.?!:()~\"\"''【】<>", strict=True
        )
    }
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in table}
    table |= dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0F, 0x00AD), None)
    table[0x3000] = " "
    table |= {ord(char): instead for char, instead in _DIALECT.items()}
    return table


_PLAIN = _table()
_SAME_LENGTH = {
    code: instead for code, instead in _PLAIN.items() if 0xFF01 <= code < 0xFF5F or code == 0x3000
}


def simplified(text: str) -> str:
    """Simplified Chinese with plain signs, as long as `text` wherever the scripts allow."""
    plain = _SURROGATE.sub("?", text[:LONGEST]).translate(_SAME_LENGTH)
    return _SIMPLIFIED.convert(plain) if _WIDE.search(plain) else plain


def normal(text: str) -> str:
    """`text` cut, simplified, in lower case, with digits as 0 and faces as one of a few."""
    text = _SURROGATE.sub("?", text[:LONGEST]).translate(_PLAIN).lower()
    if _WIDE.search(text):
        text = _SIMPLIFIED.convert(text)
    for pattern, instead in _FACES:
        text = pattern.sub(instead, text)
    return text.strip()


@dataclass(frozen=True, slots=True)
class Surface:
    """A text taken apart. `grams` are its character 1- to 4-grams, `marks` all other features."""

    text: str
    grams: frozenset[str]
    marks: tuple[str, ...]


def surface(text: str) -> Surface:
    """The features of one text. Linear in its (cut) length; never raises."""
    plain = normal(text)
    framed = f"^{plain}$"
    pairs = list(map(add, framed, framed[1:]))
    triples = list(map(add, pairs, framed[2:]))
    grams = frozenset(framed).union(pairs, triples, map(add, triples, framed[3:]))
    return Surface(plain, grams, tuple(_shape(plain)))


def _shape(plain: str) -> list[str]:
    size = len(plain)
    marks = [f"#{min(size, 60) // 4 if size < 60 else 15 + min(size, 300) // 60}"]
    if plain.endswith("?"):
        marks.append("#?")
    elif "?" in plain:
        marks.append("#?in")
    if "!!" in plain:
        marks.append("#!!")
    if plain[:1] in "[<【#":
        marks.append("#head")
    if "0. " in plain or "0." in plain[:3]:
        marks.append("#list")
    if "http" in plain or "🔗" in plain:
        marks.append("#link")
    return marks
