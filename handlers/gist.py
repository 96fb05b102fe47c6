"""What a line is about, in a few words that may be said in public: a thing and its fault.

A fault is told only where it stands whole; else the thing alone, so that nothing sounds maimed or
accuses anybody.
"""

import re

from handlers.features import simplified
from handlers.fields import gist_of_field
from handlers.names import mask_names
from handlers.privacy import mask
from handlers.things import thing_in
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
_NO_SUPPLY = (
    r"(?:没|停|断|冇|没得|莫得)(?:(?<!电脑没)(?<!系统没)网|热水|暖气|水|电|气|暖)"
    r"(?![平费表卡话脑梯动视池源果泥壶杯味压管温候影线灯箱瓶筒车器暖水])"
)
_UTILITY = (
    rf"{_NO_SUPPLY}|跳闸|(?:家里|屋里|地下室|地库|车库|楼道)(?:进水|被淹|漏水)"
    r"|(?:暖气片?|地暖)(?:不热|冰凉|漏水|爆了|停了)|水管(?:爆|裂|冻|漏)(?:了|住了)"
    r"|(?:自来)?水(?:压(?:太?低|太?小)|发黄|发臭|有怪?味)|电压(?:太?低|不稳)"
)
_PIECE = (
    r"(?:路灯|楼道灯|声控灯|楼梯灯|太阳能灯|红绿灯|信号灯|广场灯|灯|电梯|门禁|单元门|大门|道闸|监控|摄像头|井盖|下水道?|马桶"
    r"|公厕|厕所|地漏|污水井|化粪池|健身器材|篮球架|护栏|栏杆|围墙|墙|屋顶|房顶|楼顶|天花板|桥面?|路面|水渠|闸板|水泵|机井|变压器"
    r"|电表箱?|水表|充电桩|消火栓|消防栓|大?树枝?|电线杆?|广告牌|站牌|路牌|垃圾[桶箱车池]?|污水|扶手|台阶|秋千|滑梯|水龙头|门锁)"
)
_OFTEN = r"(?:又|都|全|老|还是|一直|突然|上)?"
_LASTING = (
    r"(?:没人[拉收修管清扫]|没人(?:打扫|清理|清运)|没[水电气盖通来]|没清[理运]?|不[亮转走通]|堵[住死]|打不开|关不上|刷不开|用不了|失灵"
    r"|漏[水雨]|渗水|[返反]水|冒水|堆成山|满地)"
)
_SUDDEN = (
    r"(?:[没坏灭掉断裂破塌倒歪堵漏溢碎满]|坏掉|松动|翻倒|卡住|冻住|停运)"
    r"(?:了|着|(?=[，,。.!！?？\s]|$|好|半|几|[一二两三四五六七八九十]))"
)
_FAULT = re.compile(rf"{_UTILITY}|{_PIECE}{_OFTEN}(?:{_LASTING}|{_SUDDEN})")
_LASTS = re.compile(rf"(?:{_LASTING}|了)$|^(?:{_UTILITY})$")


def gist_of(text: str, field: Field, danger: str | None) -> str:
    """At most 16 characters, masked, no names: the fault as said, else the thing or the field."""
    if danger is not None and danger != "unsure":
        return _DANGER_GIST.get(danger, "有危险")
    plain = simplified(text)
    found = _FAULT.search(plain)
    fault = _fit_for_public(_told(found.group())) if found else ""
    thing = thing_in(plain)
    return fault or (f"{thing}的事" if thing else gist_of_field(field))


def _told(fault: str) -> str:
    """墙裂 is 墙裂了."""
    return fault if _LASTS.search(fault) else f"{fault.removesuffix('着')}了"


def _fit_for_public(said: str) -> str:
    if not LEAST <= len(said) <= MOST:
        return ""
    hidden = mask_names(mask(said))
    return "" if "*" in hidden else hidden
