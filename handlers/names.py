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
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤阳穆农司卓古吉缪简车项芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟臧闵苟邬边卞"
    "姬仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕"
    "楚鄢劳谌奚皮粟冼蔺盘闻位厉伊仝区郜海阎拜妥喇撒哈脱展帖者答虎鲜敏"
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
    "家人 家里 某某 哥 姐 叔 姨 爷 奶 总 工 家 妈 爸 嫂 婶 伯 舅 弟 妹 娃 某 氏 姓 老 队 长 "
    "站 店 幺爸 大姨 大舅"
)

_HAN = "\u3400-\u9fff"
_TITLE = "|".join(sorted(TITLES, key=len, reverse=True))
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_SURNAME = f"(?:{_DOUBLE}|(?!{_DOUBLE})[{''.join(sorted(SURNAMES))}])"
_GIVEN = f"(?!(?:{_TITLE}))[{_HAN}]"
_BEFORE = "楼栋幢元号室户组村队巷院层区"
_ALONE = re.compile(
    rf"(?:^|(?<=[^{_HAN}])|(?<=[{_BEFORE}]))(?P<surname>{_SURNAME})(?P<given>{_GIVEN}[{_HAN}]?)"
    rf"(?=$|[^{_HAN}]|(?:{_TITLE})(?:$|[^{_HAN}]))"
)
_FOREIGN = re.compile(rf"(?<![{_HAN}·{STAR}])[{_HAN}]+(?:[·•・][{_HAN}]+)+")

# In running text a name stands between a word that announces a person and one that goes on.
# After a mere hint, or at the start of a clause, its characters must also be usual in names.
_ANNOUNCED = _words(
    "姓名 名叫 叫做 我是 本人 户主 邻居 丈夫 妻子 老公 老婆 爱人 媳妇 婆婆 公公 儿子 女儿 "
    "父亲 母亲 爸爸 妈妈 哥哥 弟弟 姐姐 妹妹 爷爷 奶奶 孙子 孙女 村民 业主 住户 房东 租户 "
    "举报 患者 病人 名字是"
)
_HINTED = _words(
    "叫 投诉 反映 告 找 被 跟 和 与 向 给 对 替 是 居民 党员 书记 主任 指导员 队长 会计 "
    "干部 老板 学生 同学 老师"
)
_GOES_ON = _words(
    "打 骂 欠 说 把 的 不 在 是 没 拿 占 要 来 去 他 她 还 就 总 一 今 昨 前 患 因 被 和 "
    "跟 与 给 对 向 家 住 借 偷 抢 收 卖 赌 喝 砸 堵 拆 盖 养 赖 吵 吃 拖 扣 骗 有 也 都 "
    "又 到 从 用 让 带 病 死 伤 生 结 离 等 们 大 某 已 现 年 男 女 您 你 我 这 那 贪 挪 "
    "克 动 经 常 天 每"
)
# Words that begin like a name.
_NO_NAMES = _words(
    "房产 席上 "
    "高利 高压 高空 高速 高度 高兴 方便 方面 方向 平时 平常 平安 安全 安排 文化 文明 文件 "
    "白天 马上 马路 石头 石油 金额 钱款 车辆 车位 车库 路灯 路面 路上 路口 党员 党支 党委 "
    "党费 党建 管道 管理 常年 常常 全家 全村 全部 边上 商店 商户 商量 于是 于昨 于今 何时 "
    "何况 何必 温度 温室 余款 余下 严重 严格 万一 万元 江边 田地 田里 林地 林场 段时 项目 "
    "古城 古镇 左右 左边 牛羊 牛棚 麦田 麦子 米面 谷子 花园 花钱 花坛 雷雨 龙头 明天 明明 "
    "明白 单位 单元 单独 计划 房子 房屋 房租 房东 卫生 宁可 顾不 顾客 向上 仇人 简单 包工 "
    "包车 柴火 柳园 柳树 沙子 沙尘 苗木 容易 毛病 纪委 纪律 阳台 阳光 司机 司法 孔洞 农民 "
    "农村 农业 农田 海边 鲜奶 关于 关系 关掉 冷库 解决 解释 程序 施工 施肥 游客 楼上 楼下 "
    "楼道 楼梯 厉害 景区 敏感 位置 周围 周末 周一 周二 周三 周四 周五 周日 周边 黄金 黄土 "
    "陈旧 许多 曾经 任何 任务 金融 梁上 孙子 孙女"
)
_NOT_A_NAME = f"(?!{'|'.join(_NO_NAMES)})"
# What ends a name even after one character: 张强把我打了 is about 张强.
_VERB = (
    "打骂欠说把的不在是没要来去他她还就总和跟与给对向被拿占吵吃扣骗偷抢"
    "砸了着过借有也都又到从用让带因"
)
_GO = f"(?=$|[^{_HAN}*]|[{''.join(_GOES_ON)}]|(?:{_TITLE}))"
_SECOND = f"(?!(?:{_TITLE})|[{_VERB}])[{_HAN}]"
_ANNOUNCED_NAME = re.compile(
    rf"(?:{'|'.join(_ANNOUNCED)})[是为::\s]*{_NOT_A_NAME}(?P<surname>{_SURNAME})"
    rf"(?P<given>{_GIVEN}{_SECOND}{_GO}|{_GIVEN}{_GO}|{_GIVEN}{_SECOND})"
)
_USUAL = (
    "伟强磊军勇杰涛超辉刚健鹏飞波斌宇浩凯鑫建国华志德福贵祥龙森东宝才友良义仁忠诚信荣兴旺财发富庆胜"
    "利民根柱栓锁虎彪云山川江河峰岭岩柏松春夏秋冬梅兰竹菊莲荷桂秀英玉珍芳芬香萍娟丽艳红霞燕娜静"
    "慧婷雪琴琳颖洁莉凤仙美玲珠翠巧月娥芝蓉薇妮倩欣怡佳雨思诗涵梓萱轩睿泽宏伯仲永世代宁康远启少"
    "晓爱银铁铜元亨贞景瑞培延千百亚亮彬勤俭孝顺俊帅志文学明金新小树海林大正生平年成光安长天立全守"
)
# Surnames that are everyday words: with these one usual character is not enough.
_EVERYDAY = "谢黄关车沙哈林石骆冷班原白左房管马高方平安文全水路江金钱成常向温和于时明边古景党万田牛"
_SURE = f"(?![{_EVERYDAY}]){_SURNAME}"
_HINTED_NAME = re.compile(
    rf"(?:^|[^{_HAN}*]|{'|'.join(sorted(_HINTED, key=len, reverse=True))}){_NOT_A_NAME}"
    rf"(?P<surname>{_SURNAME}(?=[{_USUAL}][{_USUAL}]{_GO})|{_SURE}(?=[{_USUAL}]))"
    rf"(?P<given>(?!{_TITLE})[{_USUAL}](?!{_TITLE})[{_USUAL}]|(?!{_TITLE})[{_USUAL}]{_GO})"
)
_LINK = "和跟与向给对找被告是叫"
_FOREIGN_IN_TEXT = re.compile(
    rf"(?:(?:(?<![{_HAN}])(?![{_LINK}])|(?<=[{_LINK}员民主居]))[{_HAN}]{{1,6}}"
    rf"|(?<=[{_HAN}])[{_HAN}]{{3}})(?:[·•・][{_HAN}](?:(?![{_VERB}])[{_HAN}]){{0,4}})+"
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
    while (masked := _once_masked(text)) != text:
        text = masked
    return text


def _once_masked(text: str) -> str:
    text = _FOREIGN_IN_TEXT.sub(lambda found: _starred(found[0], 1), text)
    return _HINTED_NAME.sub(_starred_given, _ANNOUNCED_NAME.sub(_starred_given, text))


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
