"""What must not be spoken of in public, and who of the staff must not see it."""

import re
from collections.abc import Mapping

from handlers.features import simplified
from handlers.reading import Against
from storage.models import Field, Kind

_POVERTY = re.compile(
    r"低保|特困|五保|贫困户|困难户|困难补助|临时救助|救济|残疾证|残疾人|揭不开锅|吃不上饭|没钱看病|募捐|孤儿|养不起"
)
_ILLNESS = re.compile(
    r"癌|肿瘤|艾滋|性病|精神病|精神科|抑郁|怀孕|流产|尿毒|透析|化疗|尘肺|肝炎|结核|病历|偏瘫|瘫痪|痴呆|包虫病"
)
_PRIVATE_LIFE = re.compile(
    r"离婚|出轨|家暴|打老婆|打媳妇|婆媳|不养老人|彩礼|不想在群里|别说是我|莫说是我|匿名|小声"
)
_MISCONDUCT = (
    r"(?:收钱|收礼|贪|吃拿|卡要|优亲|亲戚|亲侄|外甥|红包|好处|回扣|截留|克扣|挪用|乱收|占了|占着|不作为|不办|推诿|踢皮球"
    r"|收[了过].{0,6}(?:钱|礼)|不给.{0,4}(?:办|报)|不公(?![示告布共用])|不管|骂人|骂我|态度|打人|走后门|关系户|假公济私|选举|贿|白条|名单没|没公示|不公开|多拿|多领|欺负|报复|威胁)"
)
_ADDRESS = r"(?![，,。！!：:\s]|您|你|好|在吗|麻烦|请|帮|给|能|看|来|管|问|说)"
_RULES = tuple(
    (
        against,
        re.compile(
            rf"(?:{title}){_ADDRESS}.{{0,24}}{_MISCONDUCT}|{_MISCONDUCT}.{{0,10}}的?(?:{title})"
        ),
    )
    for against, title in (
        (Against.INSTRUCTOR, r"指导员"),
        (Against.SECRETARY, r"书记|支书"),
        (
            Against.CADRE,
            r"主任|干部|网格员|干事|村长|组长|社长|队长|会计|文书|镇长|所长|站长|城管|执法队|窗口的人|工作人员|村委会?|居委会",
        ),
    )
)


_VERY = r"(?:都|也|真是?|很|挺|蛮|还|太|是|特别|非常|确实|比较|一直|那叫一?个)*"
_PRAISE = re.compile(
    rf"态度{_VERY}(?:好(?!差|坏|凶|恶|冷|一?[点些]|像|吗)|不错|热情|和[气蔼]|没[得话]说|端正|耐心|认真)"
    r"|(?:没有?|不|未)(?:多|再|乱)?[收拿要]过?(?:我们?|咱们?|大家|人家)?的?(?:一分|一毛|半分)?(?:钱|礼|红包|好处)"
)
_OF_WHOEVER_CAME = re.compile(r"态度|收[了过].{0,6}(?:钱|礼|元|块)|红包|好处费|回扣|吃拿|卡要")


_UNNAMED = re.compile(
    r"匿名|(?:别|莫|甭|不要|不想|请勿)(?:跟人|对外|让人)?(?:说|讲|写|提|透露|公开|暴露|知道)(?:出去?|到)?"
    r"(?:是我|我?的?(?:名字|姓名|大名))"
)


def asks_to_be_unnamed(text: str) -> bool:
    """匿名, 别说是我: whoever works on it is not told the name."""
    return bool(_UNNAMED.search(text))


_WISHES = frozenset(
    [
        "匿名",
        "匿名吧",
        "匿名一下",
        "匿名一下吧",
        "匿名哈",
        "匿名啊",
        "匿名呗",
        "匿名处理",
        "匿名处理吧",
        "匿名可以吗",
        "匿名行吗",
        "匿名行不行",
        "匿名好吗",
        "能匿名吗",
        "能匿名么",
        "能匿名不",
        "能不能匿名",
        "能不能匿名一下",
        "能给我匿名吗",
        "能帮我匿名吗",
        "能匿名一下吗",
        "可以匿名吗",
        "可以匿名么",
        "可以匿名不",
        "可不可以匿名",
        "可以匿名一下吗",
        "可以帮我匿名吗",
        "我可以匿名吗",
        "我能匿名吗",
        "我能不能匿名",
        "我匿名",
        "我要匿名",
        "我想匿名",
        "要匿名",
        "想匿名",
        "请匿名",
        "请帮我匿名",
        "帮我匿名",
        "帮我匿名一下",
        "给我匿名",
        "给我匿名一下",
        "麻烦匿名",
        "麻烦匿名一下",
        "麻烦帮我匿名",
        "改匿名",
        "改成匿名",
        "改为匿名",
        "还是匿名吧",
        "那匿名吧",
        "那就匿名吧",
    ]
)
_SIGNS = re.compile(r"\W+")


def is_mere_wish(text: str) -> bool:
    """匿名吧, 能匿名吗？: the wish for no name and not a word more. The list is exact: who talks of
    others that want none (匿名举报的是谁) says something else."""
    said = _SIGNS.sub("", simplified(text))
    return said.removesuffix("谢谢") in _WISHES


_WORD_AT_HEAD = re.compile(r"^\s*[/／]?\s*匿名[\s,，.。:：;；、!！~～]+(?=\S)", re.MULTILINE)


def without_word_at_head(text: str) -> str:
    """What is reported, where 匿名 stands alone before it: who reads it sees 匿名居民 already."""
    return _WORD_AT_HEAD.sub("", text)


def without_wish_for_no_name(text: str) -> str:
    return _UNNAMED.sub("", text)


def against_in(text: str) -> Against | None:
    """Whose conduct is complained of; an address ("王书记，…") is no complaint, nor is praise."""
    blamed = _PRAISE.sub("", text)
    return next((against for against, rule in _RULES if rule.search(blamed)), None)


def against_whoever_came(text: str) -> Against | None:
    """修好了，就是收了我两百块钱: said of how a matter was handled it is of those who did it."""
    return Against.INSTRUCTOR if _OF_WHOEVER_CAME.search(_PRAISE.sub("", text)) else None


def against_named(text: str, names: Mapping[str, Against]) -> Against | None:
    """The same of staff who are told of by name: `names` has who they are."""
    for name, against in names.items():
        title = "书记" if against is Against.SECRETARY else "指导员"
        if against_in(text.replace(name, title)) is against:
            return against
    return None


def is_sensitive(text: str, field: Field, kind: Kind, against: Against | None) -> bool:
    """Disputes, poverty, illness, private life, and anything against a cadre."""
    if against is not None or kind is Kind.DISPUTE or field is Field.CONFLICT:
        return True
    return any(rule.search(text) for rule in (_POVERTY, _ILLNESS, _PRIVATE_LIFE))
