"""The daily digest and the month's numbers: at most 600 characters, longest-overdue first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from handlers.privacy import mask
from handlers.rates import Rates
from handlers.replies.wording import APPROVAL_NAME
from storage.models import Approval, ApprovalKind, Outcome, Stage
from storage.statistics import Counts, Share

MOST = 600
MOST_GAPS = 5
MOST_UNDELIVERED = 5
OUTCOME_NAME = {
    Outcome.CONFIRMED: "居民确认",
    Outcome.UNCONFIRMED: "未确认",
    Outcome.DECLINED: "不受理",
    Outcome.WITHDRAWN: "撤回",
}
STAGE_NAME = {
    Stage.REGISTERED: "待联系",
    Stage.CONTACTED: "待受理",
    Stage.ACCEPTED: "在办",
    Stage.HANDLED: "待反馈",
    Stage.ANSWERED: "等回话",
}
NOBODY = "没有人接"
RESIDENT = "居民"
IN_PRIVATE = "私聊里"


@dataclass(frozen=True, slots=True)
class Overdue:
    """One overdue ticket: what, how many working days, whose move it is."""

    head: str
    days: int
    who: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which an account heard nothing, local; `end` None while it lasts. What came of it
    afterwards: lines fetched, tickets opened of them, conversations that could not be asked."""

    begin: datetime
    end: datetime | None
    now: datetime
    recovered: int
    opened: int
    unfilled: int

    @property
    def length(self) -> timedelta:
        return (self.end or self.now) - self.begin


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one secretary is told about one unit and what lies below it.

    `joined_later`: people who joined matters of earlier days.
    """

    unit: str
    day: date
    counts: Counts
    rates: Rates
    joined_later: int = 0
    overdue: Sequence[Overdue] = ()
    waiting: Sequence[str] = ()
    gaps: Sequence[Gap] = ()
    floods: Sequence[str] = ()
    undelivered: Sequence[str] = ()
    dead_letters: int = 0
    notes: Sequence[str] = field(default=())
    has_board: bool = False

    @property
    def is_quiet(self) -> bool:
        """Nothing new, nothing closed, nothing that asks for the secretary."""
        news = (
            *(self.overdue, self.waiting, self.gaps, self.floods),
            *(self.undelivered, self.notes),
        )
        counts = self.counts
        moved = counts.opened or counts.closed or self.joined_later
        return not (moved or self.dead_letters or any(news))


def daily(digest: Digest, most: int = MOST) -> str:
    """Whole lines only: what does not fit is left to 日报 全, and said so."""
    if digest.is_quiet:
        return _quiet(digest)
    lines = [f"{digest.unit} {_day(digest.day)}", _news(digest.counts, digest.joined_later)]
    lines += _open(digest.counts)
    lines += _overdue(digest.overdue, most)
    lines += [f"等您定：{item}" for item in digest.waiting]
    lines.append(_rates(digest.rates))
    lines += [*_gaps(digest.gaps, most), *digest.floods]
    lines += _undelivered(digest.undelivered, most)
    if digest.dead_letters:
        lines.append(f"{digest.dead_letters} 条消息没处理成，请管理员看")
    lines += digest.notes
    return _fit(lines, _more(most, has_board=digest.has_board), most)


def _more(most: int, *, has_board: bool) -> str:
    """The words that lead on: not to what is being read, nor to a board that is off."""
    where = ["明细回“日报 全”"] if most <= MOST else []
    where += ["看板回“面板”"] if has_board else []
    return f"{'，'.join(where)}。" if where else ""


def _fit(lines: Sequence[str], last: str, most: int) -> str:
    kept: list[str] = []
    room = most - len(last) - 10
    for line in lines:
        if room < len(line) + 1:
            kept.append("（还有，见明细）")
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join([*kept, last] if last else kept)


def _quiet(digest: Digest) -> str:
    count = sum(digest.counts.open.values())
    rest = f"在办 {count} 件，都在时限内。" if count else "没有在办的件。"
    return f"{digest.unit} {_day(digest.day)}：没有新事项，没有超期。{rest}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _news(counts: Counts, joined_later: int = 0) -> str:
    closed = sum(counts.closed.get(outcome, 0) for outcome in OUTCOME_NAME)
    people = f"（{counts.people} 人）" if counts.opened else ""
    joined = f"，其中 {counts.joined} 人是加入的" if counts.joined else ""
    later = f" · {joined_later} 人加入早先的件" if joined_later else ""
    how = "、".join(
        f"{OUTCOME_NAME[outcome]} {counts.closed[outcome]}"
        for outcome in OUTCOME_NAME
        if counts.closed.get(outcome)
    )
    return f"新收 {counts.opened} 件{people}{joined}{later} · 结了 {closed}" + (
        f"（{how}）" if how else ""
    )


def _open(counts: Counts) -> list[str]:
    total = sum(counts.open.values())
    if not total:
        return ["在办 0 件"]
    stages = " ".join(
        f"{STAGE_NAME[stage]} {counts.open[stage]}"
        for stage in STAGE_NAME
        if counts.open.get(stage)
    )
    return [f"在办 {total} 件：{stages}"]


def _overdue(overdue: Sequence[Overdue], most: int) -> list[str]:
    if not overdue:
        return []
    shown = 5 if most <= MOST else len(overdue)
    lines = [f"超期 {len(overdue)} 件："]
    lines += [f"{item.head} {_length(item.days)}（{item.who}）" for item in overdue[:shown]]
    if len(overdue) > shown:
        lines.append(f"还有 {len(overdue) - shown} 件超期")
    return lines


def _undelivered(items: Sequence[str], most: int) -> list[str]:
    shown = MOST_UNDELIVERED if most <= MOST else len(items)
    lines = [f"没送到：{item}" for item in items[:shown]]
    if len(items) > shown:
        lines.append(f"还有 {len(items) - shown} 条没送到")
    return lines


def _length(days: int) -> str:
    return f"{days} 天" if days else "今天"


def _rates(rates: Rates) -> str:
    silent = f"（没说满不满意 {rates.silent} 件不计）" if rates.silent else ""
    return (
        f"三率（本月）：响应 {_share(rates.response)} · 解决 {_share(rates.solution)}"
        f" · 满意 {_share(rates.satisfaction)}{silent}"
    )


def _share(share: Share) -> str:
    return f"{share.part}/{share.whole}"


def whose_move(name: str, helpers: Sequence[str], *, is_away: bool) -> str:
    """Who must act, whether he is away, which departments help."""
    away = ["已请假"] if is_away else []
    return "，".join([name, *away, *(f"{helper}协办" for helper in helpers)])


def decision_wanted(approval: Approval, *, tells_why: bool) -> str:
    what, number = APPROVAL_NAME[approval.kind], approval.ticket
    is_extension = approval.kind is ApprovalKind.EXTENSION
    hint = f"回“批准 {number}”" if is_extension else f"回“{number} 转 …”"
    why = f"（{mask(approval.reason)[:12]}）" if tells_why else "，"
    return f"#{number} {what}{why}{hint}"


def _gaps(gaps: Sequence[Gap], most: int) -> list[str]:
    """The longest few by themselves, the others together: none is left out."""
    shown = MOST_GAPS if most <= MOST else len(gaps)
    if len(gaps) <= shown:
        return [_gap(one) for one in gaps]
    order = sorted(range(len(gaps)), key=lambda place: gaps[place].length, reverse=True)
    lines = [_gap(gaps[place]) for place in sorted(order[: shown - 1])]
    return [*lines, _others([gaps[place] for place in order[shown - 1 :]])]


def _others(gaps: Sequence[Gap]) -> str:
    minutes = round(sum(one.length.total_seconds() for one in gaps) / 60)
    told = _filled(
        sum(one.recovered for one in gaps),
        sum(one.opened for one in gaps),
        sum(one.unfilled for one in gaps),
    )
    length = f"共 {minutes} 分钟" if minutes else "共不到一分钟"
    return f"另掉线 {len(gaps)} 次，{length}{told}"


def _gap(gap: Gap) -> str:
    end = f"{gap.end:%H:%M}" if gap.end else "现在"
    day = f"{_day(gap.begin)} " if gap.now - gap.begin > timedelta(days=1) else ""
    return f"{day}{gap.begin:%H:%M}–{end} 掉线{_filled(gap.recovered, gap.opened, gap.unfilled)}"


def _filled(recovered: int, opened: int, unfilled: int) -> str:
    got = f"，补收 {recovered} 条，立案 {opened}" if recovered else "，没有补收到"
    return got + (f"，{unfilled} 个会话查不到记录，请翻看" if unfilled else "")


def in_group_of(unit: str) -> str:
    return f"{unit}群里"


def flood(where: str, begin: str, dropped: int) -> str:
    return f"{where} {begin} 起有人刷屏，{dropped} 条没有处理"


def undelivered(who: str, ticket: int | None, reason: str | None) -> str:
    what = f" #{ticket} 消息" if ticket else "消息"
    return f"{mask(who)}的{what}（{reason or '没有发出'}），请当面告诉"


def statistics(unit: str, rates: Rates, counts: Counts, month: int) -> str:
    """统计: the month's numbers with what they leave out."""
    percent = [
        f"{name} {_share(share)}"
        + (f"（{share.part * 100 // share.whole}%）" if share.whole else "")
        for name, share in (
            ("响应", rates.response),
            ("解决", rates.solution),
            ("满意", rates.satisfaction),
        )
    ]
    left_out = f"没说满不满意 {rates.silent} 件不计" if rates.silent else ""
    return f"{unit} {month}月\n{_news(counts)}\n{_open(counts)[0]}\n{' · '.join(percent)}" + (
        f"\n{left_out}" if left_out else ""
    )
