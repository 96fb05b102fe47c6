"""What a line is about, in a few words that may be said in public: a thing and its fault."""

import re

from handlers.features import simplified
from handlers.names import mask_names
from handlers.privacy import mask
from handlers.shouts import FAULT_GIST
from storage.models import Field

MOST = 16
LEAST = 2
_DANGER_GIST = {
    "gas": "有煤气味",
    "fire": "着火冒烟",
    "power": "漏电",
    "missing": "人找不到了",
    "trapped": "有人被困",
    "violence": "有人动手",
    "water": "水边有危险",
    "flood": "家里进水",
    "no_answer": "敲门没人应",
    "self_harm": "需要人陪",
    "other": "有危险",
}
_CLAUSE = re.compile(r"[，,。.!！?？;；\s…~～、:：]+")
_LEAD = re.compile(
    r"^(?:@\S+|小连|连心|请问一?下?|问一?下|麻烦|反正|我就(?:想)?(?:问|说)[一句下]*|我说|那个|这个|就是|还有|大家|各位"
    r"|书记|主任|领导|师傅|物业|社区|老师|你好|您好|您?们好|在吗|又|今天|昨天|昨晚|早上|现在|我们这边?|我们|咱们|咱|我)+"
)
_TAIL = re.compile(r"(?:吗|呢|啊|呀|吧|嘛|哦|的|呗|咧|哈)+$")


def gist_of(text: str, field: Field, danger: str | None) -> str:
    """At most 16 characters, masked, no names: the fault as said, else the field."""
    if danger is not None and danger != "unsure":
        return _DANGER_GIST.get(danger, "有危险")
    plain = simplified(text)
    found = FAULT_GIST.search(plain)
    said = found.group() if found else _best_clause(plain)
    return _fit_for_public(said) or f"{field.value}的事"


def _best_clause(plain: str) -> str:
    """The first clause that is short enough to be said whole and says something."""
    clauses = (_TAIL.sub("", _LEAD.sub("", clause)) for clause in _CLAUSE.split(plain))
    fitting = [clause for clause in clauses if 4 <= len(clause) <= 12]
    return fitting[0] if len(plain) <= 24 and fitting else ""


def _fit_for_public(said: str) -> str:
    short = _TAIL.sub("", said.strip("的上里"))
    if not LEAST <= len(short) <= MOST:
        return ""
    hidden = mask_names(mask(short))
    return "" if "*" in hidden else hidden
