"""Personal names: how one is shown in a group, and where they stand in a sensitive text."""

import re
from collections.abc import Collection
from functools import lru_cache

STAR = "*"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The surnames of nearly all Han and Hui people of the north-west.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞"
    "姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕"
    "楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阎拜妥喇撒哈脱展帖者答虎鲜敏"
)
DOUBLE_SURNAMES = frozenset(
    _words(
        "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 长孙 宇文 司徒 夏侯 端木 百里 轩辕 "
        "南宫 独孤"
    )
)
# What follows a surname without making it a name: 王书记, 李姐, 张师傅.
TITLES = _words(
    "师傅 大爷 大妈 大娘 大叔 大婶 大哥 大姐 阿姨 书记 主任 老师 医生 大夫 护士 先生 女士 "
    "小姐 同志 老板 经理 队长 村长 支书 站长 所长 镇长 局长 科长 会长 组长 班长 校长 院长 "
    "厂长 警官 法官 律师 会计 干部 委员 指导 奶奶 爷爷 叔叔 婶婶 嫂子 婆婆 妈妈 爸爸 家的 "
    "家人 家里 某某 哥 姐 叔 姨 爷 奶 总 工 家 妈 爸 嫂 婶 伯 舅 弟 妹 娃 某 氏 姓 老"
)

_HAN = "\u3400-\u9fff"
_TITLE = "|".join(sorted(TITLES, key=len, reverse=True))
_SURNAME = f"(?:{'|'.join(sorted(DOUBLE_SURNAMES))}|[{''.join(sorted(SURNAMES))}])"
_GIVEN = f"(?!(?:{_TITLE}))[{_HAN}]"
_BEFORE = "楼栋幢元号室户组村队巷院层区"
_ALONE = re.compile(
    rf"(?:^|(?<=[^{_HAN}])|(?<=[{_BEFORE}]))(?P<surname>{_SURNAME})(?P<given>{_GIVEN}[{_HAN}]?)"
    rf"(?=$|[^{_HAN}]|(?:{_TITLE})(?:$|[^{_HAN}]))"
)
_FOREIGN = re.compile(rf"(?<![{_HAN}·])[{_HAN}]+(?:[·•・][{_HAN}]+)+")

# In running text a name stands between a word that announces a person and one that goes on.
_ANNOUNCED = _words(
    "姓名 名叫 叫做 叫 我是 本人 户主 邻居 丈夫 妻子 老公 老婆 爱人 媳妇 婆婆 公公 儿子 "
    "女儿 父亲 母亲 爸爸 妈妈 哥哥 弟弟 姐姐 妹妹 爷爷 奶奶 孙子 孙女 举报 投诉 反映 告 "
    "找 被 跟 和 与 向 给 对 替 村民 居民 业主 住户 房东 租户 党员 书记 主任 指导员 队长 "
    "会计 干部 老板 患者 病人 学生 同学 老师 名字是 是"
)
_GOES_ON = _words(
    "打 骂 欠 说 把 的 不 在 是 没 拿 占 要 来 去 他 她 还 就 总 一 今 昨 前 患 因 被 和 "
    "跟 与 给 对 向 家 住 借 偷 抢 收 卖 赌 喝 砸 堵 拆 盖 养 赖 吵 吃 拖 扣 骗 有 也 都 "
    "又 到 从 用 让 带 病 死 伤 生 结 离 等 们 大 某 已 现 年 男 女 您 你 我 这 那 贪 挪 "
    "克 动 经 常 天 每"
)
_GO = f"(?=$|[^{_HAN}]|[{''.join(_GOES_ON)}]|(?:{_TITLE}))"
_IN_TEXT = re.compile(
    rf"(?:^|[^{_HAN}]|{'|'.join(sorted(_ANNOUNCED, key=len, reverse=True))})"
    rf"(?P<surname>{_SURNAME})(?!(?:{_TITLE}))"
    rf"(?P<given>{_GIVEN}(?!(?:{_TITLE}))[{_HAN}]{_GO}|{_GIVEN}{_GO}|{_GIVEN}(?!(?:{_TITLE}))[{_HAN}])"
)


def mask_name(name: str) -> str:
    """王建国 -> 王**, 欧阳娜 -> 欧阳*, 买买提·艾力 -> 买**·**; a card keeps what is around it.

    A name is a surname and one or two more characters that stand alone or after a house number.
    Whatever is not of that form (向阳花开, A水电小蒋, 王大爷, 李书记) is a nickname or a
    form of address, tells no more than a surname, and is kept.
    """
    name = _FOREIGN.sub(lambda found: _starred(found[0], 1), name)
    return _ALONE.sub(lambda found: found["surname"] + STAR * len(found["given"]), name)


def mask_names(text: str, names: Collection[str] = ()) -> str:
    """The text of a sensitive matter without given names: those of `names` wherever they stand,
    and what looks like one after words that announce a person. Surnames and titles stay.

    It errs on the side of hiding a word too many.
    """
    if names and (known := _known(frozenset(names))):
        text = known.sub(lambda found: _starred(found[0], _surname_length(found[0])), text)
    text = _FOREIGN.sub(lambda found: _starred(found[0], 1), text)
    return _IN_TEXT.sub(_starred_given, text)


@lru_cache(maxsize=64)
def _known(names: frozenset[str]) -> re.Pattern[str] | None:
    worth = sorted((name for name in names if len(name) > 1), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, worth))) if worth else None


def _surname_length(name: str) -> int:
    return 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1


def _starred(name: str, kept: int) -> str:
    return name[:kept] + re.sub(r"[^·•・]", STAR, name[kept:])


def _starred_given(found: re.Match[str]) -> str:
    start, end = (at - found.start() for at in found.span("given"))
    return found[0][:start] + STAR * (end - start) + found[0][end:]
