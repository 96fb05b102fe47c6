"""How a line is said: the marks of agreeing, thanking, joking, advising, that it carries.

A mark is a short name; what it is worth for each act is learned (matching_weights.json).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from handlers.features import normal
from handlers.lexicon import THINGS, word_classes
from handlers.talk import Line, Talk

LONGEST = 300
"""Characters of a line that are read for matching."""

JESTS = "jests"
"""Two words of jest in one line: nobody complains that way."""
TOPICS = THINGS | {"other"}
_LONGEST_WORD = 4
_SIZES = ((1, "0"), (5, "4"), (11, "10"), (26, "25"), (61, "60"))

# Written over plain text: simplified, lower case, digits as 0, faces as 😂 😭 🙏.
_RULES: tuple[tuple[str, str], ...] = (
    ("thanks", r"谢|辛苦|多亏|唔该|巴适|给力|点赞|🙏|感激"),
    (
        "fine",
        r"(?<![又没不])[修弄搞整换装补通清盖铺拉吸停亮热静退到扶焊来理决复找]"
        r"(?:好|上|掉|走|了|着|见|完|端|妥|净|过来|下来)",
    ),
    ("now", r"(?:现在|这下|终于|总算|可算|今晚|果然).{0,6}[能好不亮热没有来安清睡通]"),
    ("gone", r"没味|不[漏冒吵滑堵晃响臭咬]|清净|没事了|放心了|踏实"),
    ("again", r"又|还在|还是|仍|照样|依旧|依然|重新|第[二三四]遍|反上来|回去了|老样子|一个样"),
    (
        "notfine",
        r"[没未不](?:修好|解决|弄好|好|通|亮|来|热|恢复|管用|动静|化|人管)|白[修等跑]|寂寞"
        r"|糊弄|跟没.{1,3}一样|等于没|当?摆设",
    ),
    ("but", r"但|可是|不过|就是|照|结果"),
    ("also", r"也"),
    ("my", r"我|俺|咱"),
    ("also_thing", r"[我俺咱].{0,8}[也都][没是有不被叫让给看闻听掉摔滑交吃遇碰丢收等漏停坏]"),
    ("also_end", r"(?:也|一样|同样)(?:是|没有?|不行|不热|着呢|一样)?[了的呢啊呀]*[!。~]*$"),
    ("same", r"^(?:\+0|加一|同上|同问|同求|同感|一样|对对|对,|对啊|就是|确实|可不|是的|支持|赞成)"),
    ("laugh", r"哈哈|😂|笑死|嘿嘿"),
    ("offer", r"我(?:去|来|拿|有|给|先|马上|过去|帮|找|陪|带|送|这就)|借你|给你"),
    ("advice", r"^(?:先|赶紧|快|打|找|拿|别|报警|你们?|不要|小心|注意|叫|那)|可以去|建议你|要不"),
    ("urge", r"(?:怎么|什么时候|几时|到底|有信|有没有|处理).{0,10}[还没来吗呢了回]"),
    ("ask", r"[吗么呢]$|\?|谁|哪|什么|多少"),
    ("shout", r"!"),
    ("saw", r"[看遇碰]见|[看闻听]到|[闻听]见|亲眼|路过|经过|刚|昨|今早|早上|上周|那天"),
    ("number", r"0"),
    ("picture_word", r"图|照片|拍|截图|视频|发你"),
    ("reply", r"^(?:好的?|行|嗯|收到|知道|明白|可以|哦|噢|对|是|没有|有|没)"),
    ("past", r"前年|去年|当年|那年|以前|早年|小时候|上个月|上次|那会|年轻时|往年|几年前|多年"),
    ("elsewhere", r"县城|邻县|隔壁[县村镇]|外地|老家|别的|人家|我们那|俺那|上海|深圳|网上|新闻"),
    (
        "parody",
        r"媳妇|老公|老婆|对象|单身|爱情|感情|皮肤|头发|鼻涕|眼泪|口水|脑子|心跳|血压|钱包|存款"
        r"|股票|我的?[脸腰嘴]|丈母娘|喝[大酒多]|麻将|红包|相亲|减肥|[(].{1,12}[)]$",
    ),
    (
        "denies",
        r"不是我|冤枉|我可[没不]|我家[不有]|血口|不关我|我没[干弄打拿停]|我这.?[好有大不]|好好的",
    ),
    ("theirs", r"^(?:你|您|他|她|人家)"),
    ("status", r"了[!。,]*$|了[,。!] ?|了 "),
    ("sympathy", r"天[哪啊爷]|妈呀|我的妈|吓人|吓死|可怜|[造作]孽|唉|哎呀|心疼|缺德|不要脸"),
    ("sum", r"[0一二两三四五六七八九十百千万]+[块元千万百毛斤亩户家次回天个]"),
    ("spot", r"(?:0|[一二三四五六七八九十]+)(?:号|栋|幢|座|单元|楼|排|社|组|区|#|-0)"),
    ("lasting", r"一滴|一点[都也]|一直|天天|年年|每[天晚次回年]|老是|总是|好[几多][天回次年]"),
    ("came", r"来了|到了|进院|进村|在路上|来看|来拍|来量|在换|在修|正在"),
    ("promise", r"明天|下午|等着|这就去|我去办|知道了|明白"),
)
_MARKS = tuple((name, re.compile(rule)) for name, rule in _RULES)
_PARODY = dict(_MARKS)["parody"]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """The text in one spelling, at most `LONGEST` characters."""
    return normal(text[:LONGEST])


@lru_cache(maxsize=8192)
def classes(text: str) -> frozenset[str]:
    """The word classes of the lexicon in `text` (already plain), longer words first."""
    table = word_classes()
    found: set[str] = set()
    at, end = 0, len(text)
    while at < end:
        for size in range(_LONGEST_WORD, 0, -1):
            of_word = table.get(text[at : at + size])
            if of_word is not None:
                found.update(of_word)
                at += size - 1
                break
        at += 1
    return frozenset(found)


def topics(text: str) -> frozenset[str]:
    """What the (plain) text is about."""
    return classes(text) & TOPICS


def marks(line: Line, text: str, talk: Talk) -> list[str]:
    """The marks of `line`, whose plain text is `text`, and of where it stands in the talk."""
    found = [name for name, rule in _MARKS if rule.search(text)]
    if "parody" in found:
        found += ["parody&" + name for name in ("also", "my") if name in found]
        if len(_PARODY.findall(text)) > 1:
            found.append(JESTS)
    found += ["c:" + name for name in classes(text)]
    found.append(size_of(text))
    if line.images:
        found.append("image" if text else "bare_image")
    for name, is_so in (
        ("voice", line.is_voice),
        ("at_bot", line.is_at_bot),
        ("at", bool(line.at_users)),
        ("private", talk.is_private),
    ):
        if is_so:
            found.append(name)
    found += _after(line, talk)
    return found


def size_of(text: str) -> str:
    size = len(text)
    return "size:" + next((name for most, name in _SIZES if size < most), "long")


def _after(line: Line, talk: Talk) -> Iterable[str]:
    """Marks of the line just before and of what is quoted."""
    if talk.before:
        before = talk.before[-1]
        if before.sender == line.sender:
            yield "goes_on:ticket" if before.ticket else "goes_on:chatter"
            if before.images and not before.text:
                yield "after_own_picture"
        elif before.is_staff:
            yield "after_staff"
    if line.quote is not None:
        quoted = talk.quoted(line.quote)
        yield "quote:staff" if quoted is not None and quoted.is_staff else "quote"


def grams(text: str) -> set[str]:
    """The runs of one to three characters of the (plain) text, with its ends marked."""
    framed = f"^{text}$"
    end = len(framed)
    return {"g:" + framed[i : i + n] for n in (1, 2, 3) for i in range(end - n + 1)}
