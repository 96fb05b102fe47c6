"""The ear: what one line says, and whether it starts a matter."""

import re
from dataclasses import dataclass
from pathlib import Path

from handlers.reading import Against, Gate, Reading
from handlers.settings import Settings
from handlers.talk import NO_TALK, Line, Talk
from storage.models import Field, Kind, Urgency

LONGEST = 600

_DANGERS: tuple[tuple[str, str], ...] = (
    ("gas", r"(煤气|燃气|天然气|液化气|瓦斯)[^。，,]{0,6}(味|漏|泄)|一氧化碳|煤烟中毒|闻见气味"),
    ("fire", r"着火|起火|失火|火灾|冒烟了|烧起来|着了火|火苗"),
    ("power", r"漏电|触电|电线.{0,6}(断|掉|耷|垂|火花)|火花|裸露的?电线"),
    (
        "missing",
        r"(娃|孩子|孙子|孙女|老人|我妈|我爸|学生).{0,12}(不见|丢了|走丢|找不到|找不着|没回来)|走丢|走失",
    ),
    ("trapped", r"(困|关|卡|夹|压)在.{0,8}(电梯|井|里面|里头)|电梯.{0,6}(困|关)|塌方|埋"),
    ("water", r"(娃|孩子|小孩|人).{0,10}(掉|滑|跳).{0,6}(水|涝坝|渠|河|井|坑)|冰面上"),
    ("self_harm", r"不想活|活不下去|活着没意思|自杀|轻生|寻短见|跳楼|喝农药|割腕"),
    ("violence", r"(拿|提|举)着?.{0,3}(刀|棍|铁锹|斧)|打起来|打人|往死里打|家暴"),
    ("no_answer", r"(敲|叫|喊)门?.{0,10}(没人应|不开门?|没动静|不应)"),
)
_JOKE = re.compile(r"哈哈|😂|🤣|\[捂脸\]|\[偷笑\]|嘿嘿")
_NOTICE = re.compile(r"^\s*【|各位(居民|业主|村民|家长)|温馨提示|^\s*\d+[.、]\s")
_THANKS = re.compile(r"谢谢|多谢|感谢|修好了|来水了|来电了|好了|解决了")
_REOPEN = re.compile(r"又(坏|没|停|漏|堵|来)|还是(没|不|老)|没修好|还没")
_MATTER = re.compile(
    r"没(水|电|气|暖|人管)|停(水|电|气|暖)|漏水|堵(了|死|住)|坏了|不亮|臭|垃圾|污水|噪音|吵|井盖|坑|"
    r"投诉|举报|反映|管不管|没人管|谁管|不管|能不能|希望|建议|怎么办|找谁|归谁|补贴|低保|拖欠|工资|"
    r"欠钱|退钱|不给|乱收|占道|堵车|停车|路灯|扰民|黑烟|冒烟|暖气|电梯|塌|裂|野狗|咬"
)
_SENSITIVE = re.compile(
    r"低保|贫困|救济|残疾|病|癌|家暴|离婚|打人|吵架|欠钱|书记|主任|干部|指导员|网格员"
)
_FIELDS: tuple[tuple[Field, str], ...] = (
    (Field.SAFETY, r"煤气|燃气|着火|起火|火花|狗|偷|塌|触电|漏电|炸"),
    (Field.UTILITIES, r"水|电|气|暖|锅炉"),
    (Field.ROADS, r"路灯|井盖|坑|路面|公厕|桥"),
    (Field.SANITATION, r"垃圾|污水|臭|扫"),
    (Field.POLLUTION, r"黑烟|噪音|污染|吵|灰|粉尘"),
    (Field.HOUSING, r"物业|电梯|楼顶|门禁|楼道|屋顶"),
    (Field.TRAFFIC, r"停车|公交|班车|红绿灯|堵车"),
    (Field.LABOUR, r"工资|医保|社保|养老|工伤"),
    (Field.WELFARE, r"低保|补贴|残疾|高龄|救济"),
    (Field.HEALTH, r"医院|卫生院|药|打针|医生"),
    (Field.EDUCATION, r"学校|老师|幼儿园|学生|食堂"),
    (Field.FARMING, r"地|庄稼|羊|牛|渠|农药"),
    (Field.CONSUMER, r"店|超市|退款|快递|价|假货"),
    (Field.PARTY, r"书记|主任|干部|党员|证明"),
)
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.DISPUTE, r"评评理|调解|纠纷"),
    (Kind.SUGGESTION, r"建议|要是能|能不能.{0,6}(加|装|修|建)|希望"),
    (Kind.INQUIRY, r"请问|问一下|找谁|归谁|咋办|怎么办|要带|吗[?？]?$"),
    (Kind.COMPLAINT, r"投诉|举报|管不管|不管|乱|扰民|黑烟|拖欠"),
)
_URGENT = re.compile(r"停水|没水|停电|没电|不热|没暖|井盖|馊|咬|堵死")
_PLACE = re.compile(
    r"[一二三四五六七八九十\d]{1,3}(?:号楼|栋|幢|#)(?:[一二三四五六七八九十\d]{1,2}单元)?(?:\d{3,4})?"
    r"|\d{1,2}-\d{1,2}(?:-\d{3,4})?|[\u4e00-\u9fff]{2,4}(?:巷|街|路口|村|小区|广场|桥)"
)


@dataclass(frozen=True, slots=True)
class Ear:
    """Reads lines. Holds no state: the same line in the same talk reads the same."""

    open_at: float = 0.7
    ask_at: float = 0.45

    def classify(self, line: Line, talk: Talk) -> Reading:
        """What `line` says. Never raises; texts past 600 characters are cut."""
        text = line.text[:LONGEST]
        danger = _danger(text)
        score = 0.0 if line.is_staff or talk.is_staff else _score(text, danger)
        urgency = _urgency(text, danger)
        found = _PLACE.search(text)
        place = found.group() if found else None
        field = next((f for f, rule in _FIELDS if re.search(rule, text)), Field.OTHER)
        kind = next((k for k, rule in _KINDS if re.search(rule, text)), Kind.REQUEST)
        return Reading(
            gate=self._gate(score),
            score=score,
            kind=kind,
            field=field,
            urgency=urgency,
            place=place,
            place_key=place,
            gist=text.strip()[:16],
            is_sensitive=bool(_SENSITIVE.search(text)) and danger is None,
            danger=danger,
            against=_against(text),
            may_follow=len(text.strip()) > 1 or bool(line.images),
        )

    def _gate(self, score: float) -> Gate:
        if score >= self.open_at:
            return Gate.OPEN
        return Gate.ASK if score >= self.ask_at else Gate.NONE


def load(model_path: Path | None, settings: Settings) -> Ear:
    """The ear for a deployment; `model_path` None means the shipped model."""
    return Ear(settings.intake.open_at, settings.intake.ask_at)


def classify(text: str) -> Reading:
    """A bare text, said by a resident into a quiet group."""
    return Ear().classify(_bare(text), NO_TALK)


def _bare(text: str) -> Line:
    from datetime import UTC, datetime

    return Line("", datetime.fromtimestamp(0, UTC), "", "", text)


def _danger(text: str) -> str | None:
    if _JOKE.search(text) or _NOTICE.search(text):
        return None
    return next((name for name, rule in _DANGERS if re.search(rule, text)), None)


def _score(text: str, danger: str | None) -> float:
    if danger:
        return 0.95
    if _NOTICE.search(text) or _JOKE.search(text):
        return 0.1
    hits = len(set(_MATTER.findall(text)))
    if _THANKS.search(text):
        return 0.2
    return (0.1, 0.6, 0.8, 0.9)[min(hits, 3)]


def _urgency(text: str, danger: str | None) -> Urgency:
    if danger:
        return Urgency.CRITICAL
    return Urgency.URGENT if _URGENT.search(text) else Urgency.ROUTINE


def _against(text: str) -> Against | None:
    if not re.search(r"投诉|举报|反映|不作为|收钱|吃拿|态度|不管|优亲", text):
        return None
    for against, rule in (
        (Against.INSTRUCTOR, r"指导员"),
        (Against.SECRETARY, r"书记"),
        (Against.CADRE, r"主任|干部|网格员|干事|村长|组长"),
    ):
        if re.search(rule, text):
            return against
    return None
