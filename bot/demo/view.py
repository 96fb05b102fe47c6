"""A day in a group, drawn for a person who looks on: residents left, the bot marked, private
messages in panels of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.box import ROUNDED
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handlers.settings import Settings
from storage.models import Outcome, OutgoingClass, Role, Stage, Ticket

BOT = "连心"
PRIVATE_INDENT = 10
PANEL_WIDTH = 62
COLOURS: Mapping[OutgoingClass, str] = {
    OutgoingClass.ALARM: "red",
    OutgoingClass.REMINDER: "yellow",
    OutgoingClass.ESCALATION: "yellow",
    OutgoingClass.DIGEST: "cyan",
}
ROLES = {
    Role.INSTRUCTOR: "指导员",
    Role.DEPUTY: "副手",
    Role.SECRETARY: "书记",
    Role.WORKER: "工作人员",
    Role.ADMINISTRATOR: "管理员",
}

OUTCOMES = {
    Outcome.CONFIRMED: "居民确认已解决",
    Outcome.UNCONFIRMED: "默认办结，未确认",
    Outcome.WITHDRAWN: "居民撤回",
    Outcome.DECLINED: "不受理",
    Outcome.JOINED: "并入别的事项",
    Outcome.MISTAKEN: "误登，已取消",
}
STAGES = {
    Stage.REGISTERED: "已登记，等联系",
    Stage.CONTACTED: "已联系",
    Stage.ACCEPTED: "在办",
    Stage.HANDLED: "已办结，等反馈",
    Stage.ANSWERED: "已反馈，等居民的话",
    Stage.CLOSED: "已结案",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it is shown. `kind` is set on the bot's own, `conversation` as everywhere."""

    at: datetime
    conversation: str
    sender: str
    text: str
    images: tuple[str, ...] = ()
    kind: OutgoingClass | None = None


class View:
    """Draws what is said on a console; it keeps who is who, and no other state."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._console = console
        self._zone: ZoneInfo = settings.worktime.zone
        units = {f"group:{g.conversation.removeprefix('group:')}": g.unit for g in settings.groups}
        self._groups = {name: settings.units[unit].name for name, unit in units.items()}
        self._people = {
            f"private:{user}": f"{person.name}（{settings.units[unit].name}{ROLES[role]}）"
            for person in settings.staff
            for unit, role in person.posts[:1]
            for _, user in person.accounts
        }

    def title(self, text: str) -> None:
        self._console.rule(Text(text, style="bold"))

    def remark(self, text: str) -> None:
        self._console.print(Text(text, style="dim italic"))

    def results(self, tickets: Sequence[Ticket]) -> None:
        """What became of each matter of the day."""
        table = Table(box=ROUNDED, title="这一天的事项", title_justify="left")
        for heading in ("号", "事项", "领域", "结果"):
            table.add_column(heading)
        for ticket in tickets:
            end = OUTCOMES[ticket.outcome] if ticket.outcome is not None else STAGES[ticket.stage]
            table.add_row(f"#{ticket.number}", Text(ticket.gist), ticket.field, end)
        self._console.print(table)

    def meet(self, user: str, name: str) -> None:
        """A resident who spoke: a private word to him is shown with his name."""
        self._people.setdefault(f"private:{user}", f"{name}（居民）")

    def show(self, said: Said) -> None:
        drawn = self._draw(said)
        self._console.print(drawn, soft_wrap=isinstance(drawn, Text))

    def _draw(self, said: Said) -> RenderableType:
        is_private = said.conversation.startswith("private:")
        if said.kind is None:
            return self._typed(said, is_private)
        return self._told(said) if is_private else self._announced(said)

    def _typed(self, said: Said, is_private: bool) -> RenderableType:
        words = said.text + "".join(f" [图 {name}]" for name in said.images)
        if is_private:
            who = self._people.get(said.conversation, said.sender)
            line = Text.assemble(
                self._time(said), (f"{who}私信连心：", "blue"), (words, "bold blue")
            )
            return Padding(line, (0, 0, 0, PRIVATE_INDENT))
        return Text.assemble(self._time(said), (f"{said.sender}：", "dim"), words)

    def _announced(self, said: Said) -> RenderableType:
        colour = "bold red" if said.kind is OutgoingClass.ALARM else "bold green"
        return Text.assemble(self._time(said), (f"◆ {BOT}：", colour), (said.text, colour))

    def _told(self, said: Said) -> RenderableType:
        colour = COLOURS.get(said.kind, "magenta") if said.kind is not None else "magenta"
        who = self._people.get(said.conversation, said.sender or said.conversation)
        title = Text.assemble(self._time(said), f"{BOT} → {who}")
        panel = Panel(
            Text(said.text),
            title=title,
            title_align="left",
            border_style=colour,
            box=ROUNDED,
            width=min(PANEL_WIDTH, max(30, self._console.width - PRIVATE_INDENT)),
        )
        return Padding(panel, (0, 0, 0, PRIVATE_INDENT))

    def _time(self, said: Said) -> tuple[str, str]:
        return f"{said.at.astimezone(self._zone):%H:%M} ", "dim"
