"""A roster as a CSV file (UTF-8 or Excel's GB18030): people, posts, accounts, phones."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.configuration.problems import Problem, nearest
from bot.configuration.values import ROLES, choose
from handlers.settings import Settings
from storage.models import Role, UnitId

COLUMNS = {
    "name": "姓名",
    "unit": "单位",
    "role": "职务",
    "platform": "平台",
    "user_id": "账号",
    "phone": "电话",
}
NEEDED = ("name", "unit", "role")
PLATFORMS = {"qq": "qq", "wechat": "wechat", "微信": "wechat", "": ""}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of the file. `user_id` None: he will bind himself with a code."""

    line: int
    name: str
    unit: UnitId
    role: Role
    platform: str | None
    user_id: str | None
    phone: str | None

    @property
    def handle(self) -> str:
        return f"{self.unit}/{self.name}"


def read_roster(path: Path, settings: Settings) -> tuple[list[RosterRow], list[Problem]]:
    """The good lines and what is wrong with the others. OSError if the file can not be read."""
    reader = csv.reader(io.StringIO(_decode(path.read_bytes()), newline=""))
    header = [_column(cell) for cell in next(reader, [])]
    if problems := list(_check_header(header)):
        return [], problems
    rows, problems = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_row(reader.line_num, dict(zip(header, cells, strict=False)), settings))
        except ValueError as error:
            problems.append(_problem(reader.line_num, str(error)))
    return rows, problems + list(_check_accounts(rows))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _column(cell: str) -> str:
    cell = cell.strip()
    return next((name for name, chinese in COLUMNS.items() if cell in (name, chinese)), cell)


def _check_header(header: Sequence[str]) -> Iterator[Problem]:
    for name in header:
        if name and name not in COLUMNS:
            near = nearest(name, [*COLUMNS, *COLUMNS.values()])
            hint = f"是不是 {near}？" if near else f"可以有 {'、'.join(COLUMNS)}"
            yield _problem(1, f"没有“{name}”这一列，{hint}")
    for name in NEEDED:
        if name not in header:
            yield _problem(1, f"缺少 {name}（{COLUMNS[name]}）这一列")


def _row(line: int, cells: Mapping[str, str], settings: Settings) -> RosterRow:
    """ValueError with a Chinese sentence if a cell is wrong."""
    values = {name: cells.get(name, "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not values[name]:
            raise ValueError(f"{name}（{COLUMNS[name]}）是空的")
    platform = PLATFORMS.get(values["platform"].lower())
    if platform is None:
        raise ValueError(f"平台“{values['platform']}”不认识，可以写 qq 或 wechat")
    user_id = values["user_id"] or None
    if user_id is not None and not user_id.isascii():
        raise ValueError(f"账号“{user_id}”不对，要写 QQ 号或微信号")
    return RosterRow(
        line=line,
        name=values["name"],
        unit=_unit(values["unit"], settings),
        role=choose(ROLES, values["role"]),
        platform=(platform or "qq") if user_id else None,
        user_id=user_id,
        phone=values["phone"] or None,
    )


def _unit(word: str, settings: Settings) -> UnitId:
    known = settings.units_by_name
    if word not in known:
        near = nearest(word, known)
        names = "、".join(unit.name for unit in settings.units.values())
        hint = f"是不是 {near}？" if near is not None else f"可以写 {names}"
        raise ValueError(f"没有“{word}”这个单位，{hint}")
    return known[word]


def _check_accounts(rows: Sequence[RosterRow]) -> Iterator[Problem]:
    owners: dict[tuple[str, str], RosterRow] = {}
    for row in rows:
        if row.platform is None or row.user_id is None:
            continue
        first = owners.setdefault((row.platform, row.user_id), row)
        if first.name != row.name:
            text = f"账号 {row.user_id} 在第 {first.line} 行是{first.name}的，一个账号只归一人"
            yield _problem(row.line, text)


def _problem(line: int, text: str) -> Problem:
    return Problem(f"第 {line} 行", text)
