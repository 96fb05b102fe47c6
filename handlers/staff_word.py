"""What staff said lately about which ticket: done, asked, acknowledged, or something else."""

import re
from collections.abc import Sequence

from handlers.evidence import Rarity, has_message, pairs, shared
from handlers.manner import plain
from handlers.reading import Candidate
from handlers.registers import is_notice
from handlers.talk import Line, Talk
from storage.models import TicketNumber

_LINES_READ = 8
_LINES_ABOVE = 3
_ALIKE = 8.0
"""Weight of shared character pairs from which a staff line is taken to be about a ticket."""

_KINDS = tuple(
    (name, re.compile(rule))
    for name, rule in (
        (
            "done",
            r"[修决换清运理通复盖拖装找接送抓扑拆补关断量劝停办查焊冲铺抢]"
            r"[好了完掉离走毕到妥上开成]|合格|完毕|解除|恢复正常|已经?[修处解换清疏恢盖拖装找抓扑拆补停]",
        ),
        ("ask", r"\?|哪|多少|几号|地址|门牌|发我|私信|拍|具体"),
        ("ack", r"收到|马上|联系|我问|核实|安排|过去|上报|记下|反映|知道|在路上|稍等|出警|我去"),
    )
)

_HELPS = re.compile(
    r"(马上|这就|立刻|现在就?)(到|来|过|去|下|上|联系|处理|派|安排|赶)|路上了?$|在路上|赶(来|去|过|到)|出发|到(了|楼下|现场|门口)"
    r"|我们?(去(?!年)|来|到|过去|过来|下楼|上楼)|联系(了|上|到|过|您|你)|已(经)?联系|打(了|过|通).{0,3}(电话|\d+)|报(了)?警|派(了)?人"
    r"|(师傅|消防|抢修|民警|警察|救护车|燃气|供电).{0,6}(来|到|过去|出发|上去)|别(急|怕|慌|动|碰|开|点|进)|开窗|关(掉|了|好|上)?(总)?(阀|闸|电|气)"
    r"|拉闸|撤(出|离|到)|先?下楼|先出来|躲|(几|哪)(号楼|栋|幢|单元|层|楼|户|家)|在哪"
)
_LONGEST_CALL = 80


def is_call(text: str) -> bool:
    """What staff say to those in danger: that help comes, what to do, where it is."""
    return len(text) <= _LONGEST_CALL and not is_notice(text) and bool(_HELPS.search(plain(text)))


def said_about(
    talk: Talk, candidates: Sequence[Candidate], rarity: Rarity
) -> dict[TicketNumber, list[str]]:
    """Kinds of the last staff lines by ticket, newest first."""
    found: dict[TicketNumber, list[str]] = {}
    before = talk.before
    places = [at for at, line in enumerate(before) if line.is_staff][-_LINES_READ:]
    for at in reversed(places):
        number = _about(before[at], before[max(0, at - _LINES_ABOVE) : at], candidates, rarity)
        if number is not None:
            found.setdefault(number, []).append(kind_of(before[at].text))
    return found


def kind_of(text: str) -> str:
    said = plain(text)
    return next((name for name, rule in _KINDS if rule.search(said)), "other")


def _about(
    line: Line, above: Sequence[Line], candidates: Sequence[Candidate], rarity: Rarity
) -> TicketNumber | None:
    """By its own ticket, by quote, by @, by its words, or by the lines just above."""
    if line.ticket is not None:
        return line.ticket
    if line.quote is not None:
        for candidate in candidates:
            if has_message(candidate, line.quote):
                return candidate.ticket.number
    addressed = [c for c in candidates if any(user in c.user_ids for user in line.at_users)]
    if len(addressed) == 1:
        return addressed[0].ticket.number
    number = _most_alike(line, addressed or candidates, rarity)
    if number is not None:
        return number
    return next((one.ticket for one in reversed(above) if one.ticket is not None), None)


def _most_alike(line: Line, candidates: Sequence[Candidate], rarity: Rarity) -> TicketNumber | None:
    mine = pairs(plain(line.text))
    best, number = _ALIKE, None
    for candidate in candidates:
        if candidate.ticket.opened_at <= line.at:
            weight = rarity.weigh(mine & shared(candidate).pairs)
            if weight > best:
                best, number = weight, candidate.ticket.number
    return number
