"""In what register a text is written: lists, notices, forwards, sales, jokes, bare reports."""

import re

_ITEM = re.compile(r"^\s*\d{1,3}\s*[.、．)）]?\s*(?=\S)")
_ASIDE = re.compile(r"[(（]([^()（）]{8,})[)）]?\s*$")

_NOTICE = re.compile(
    r"^\s*(?:[【\[#＃《]|转[::]|转发|扩散|紧急扩散|通知[::]|公告|@所有人)"
    r"|^\s*(?:各位|广大)(?:业主|居民|村民|家长|住户|商户|市民|群众|党员|社)"
    r"|记者|本报讯|日前|据悉|获悉|我市|全市|我县|全县|市民朋友|网友(?:爆料|反映|称)|微博|原标题"
    r"|秒拍|网页链接|特此通知|敬请(?:谅解|配合|关注)|带来(?:的)?不便|广而告之|互相转告|转告"
    r"|温馨提示|预计.{0,8}(?:完工|竣工|恢复|投用|通车)|(?:启动|召开|开展|推进|举行|出台)(?:了)?.{0,14}"
    r"(?:工作|活动|会议|整治|行动|工程|项目|座谈|演练|仪式|办法|规定)"
)
_NAMED_NOTICE = re.compile(r"^\s*(?:[【\[《][^】\]》]{2,40}[】\]》]|#[^#]{2,20}#)")
_ADDRESSED = re.compile(r"我(?:家|们|要|想|屋|这|妈|爸|娃|住|的)|你们|请问|谁(?:管|来)|俺|咱")
_PERSON = re.compile(
    r"我(?![市区县省国局院校镇办台处站委]|公司|司|街道)|咱|俺|恁|你们|书记|小连|物业|主任|楼上|楼下|隔壁|请问"
)
LEAST_BULLETIN = 50
LONGEST_IMPERSONAL = 80
"""Of this length and more people speak of themselves or to somebody; offices and papers do not."""
_SALE = re.compile(
    r"(?:随叫随到|价格公道|价格优惠|量大从优|现款现[结货]|八折|五折|半价|包邮|特价|急售|急招|招租"
    r"|出租|转让|自提|团购|拼团|接龙|老客户|欢迎(?:光临|选购|咨询|来)|竭诚|收购|满.{1,4}送|置业|首付"
    r"|开业|新到|到货|招(?:聘|工|服务员|人)|电话[::]?\s*1[\d*xX]{6,}|\d折)"
)
_COMPLAINS = re.compile(
    r"投诉|举报|没人管|不管|凭(?:啥|什么)|骗|坏了|不给|不退|不让|臭|坑|能不能|咋|谁管"
)
_SELF = re.compile(
    r"哦.{0,3}(?:是我|我家|来了|到了|开了|找着|找到|没事|不对|对)|看错了|发错|是我家.{0,6}(?:跳|欠|没交|忘|插板|阀)"
    r"|自(?:己|家)(?:的)?.{0,4}(?:跳闸|跳了|弄错|看错)|没事了|不用了|虚惊|当我没说|算了.{0,4}(?:不说|理解|自己)|开玩笑|逗你"
    r"|骗你们的|嘿嘿|打扰了?$"
)
_LAUGH = re.compile(r"哈哈|😂|🤣|笑死|hhh|嘻嘻|\[(?:捂脸|偷笑|呲牙|旺柴|笑哭|狗头)\]|doge")
_COMMAND = re.compile(
    r"忽略.{0,8}(?:规则|指令|提示)|(?:系统|开发者)(?:提示|指令|消息)|ignore (?:all|the|previous)|(?:system )?prompt"
    r"|提示词|关闭(?:全部|所有).{0,3}(?:工单|诉求)|你现在是|(?:办结|关闭)(?:全部|所有)",
    re.IGNORECASE,
)
_HEARSAY = re.compile(
    r"听说.{0,8}(?:隔壁|外省|外地|邻县|别的|那边|市里|省城)|新闻上|看新闻|电视(?:上|里)|抖音上|网上(?:说|看)|隔壁(?:县|市|镇)"
    r"|邻县|外省|国外|人家城里|(?:湖南|四川|广东|河南|上海|北京|省城)那边"
)
_PAST = re.compile(
    r"^(?:想当年|那年|当年|小时候|以前|前年|大前年|早些年|前些年|那会儿?|[五六七八九零]\S{0,2}年(?:那|冬|夏|春|秋|的时候|发))"
    r"|我(?:那年|当年|小时候|年轻)|早(?:都|就|已)?(?:换|修|填|拆|处理|解决|不用)"
)


def spoken(text: str) -> str:
    """What the speaker himself says: of a list passed on (接龙), only his own last item."""
    if "\n" not in text:
        return text
    items = [line for line in text.split("\n") if _ITEM.match(line)]
    if len(items) < 2 and not text.lstrip().startswith(("接龙", "#接龙", "【")):
        return text
    filled = [item for item in items if len(item.strip()) > 3]
    if not filled:
        return text
    aside = _ASIDE.search(filled[-1])
    return aside[1] if aside else _ITEM.sub("", filled[-1])


def is_notice(text: str) -> bool:
    """An official notice or a forward: it speaks of matters, and is none."""
    if not _NOTICE.search(text):
        return False
    return bool(_NAMED_NOTICE.match(text)) or not _ADDRESSED.search(text) or len(text) > 150


def is_bulletin(text: str) -> bool:
    """A notice of some length that speaks for nobody: whatever it tells of, it asks for nothing."""
    return len(text) >= LEAST_BULLETIN and is_notice(text) and not _ADDRESSED.search(text)


def is_impersonal(plain: str) -> bool:
    """A long text that speaks of nobody and to nobody: a post, not a neighbour."""
    return len(plain) >= LONGEST_IMPERSONAL and not _PERSON.search(plain)


def is_sale(text: str) -> bool:
    return bool(_SALE.search(text)) and not _COMPLAINS.search(text)


def is_settled(text: str) -> bool:
    """The speaker takes it back or has seen to it himself in the same breath."""
    return bool(_SELF.search(text))


def is_laughing(text: str) -> bool:
    return bool(_LAUGH.search(text))


def is_command(text: str) -> bool:
    """Talks to a machine about its rules; never a matter."""
    return bool(_COMMAND.search(text))


def is_elsewhere(text: str) -> bool:
    """From the news, from other towns, or long ago."""
    return bool(_HEARSAY.search(text) or _PAST.search(text))
