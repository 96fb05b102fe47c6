"""lianxin roster import, lianxin bind-code."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import connect_sync
from storage.models import Person, Role

Lianxin = Callable[..., Any]
"""See conftest.py."""

HEADER = "name,unit,role,platform,user_id,phone\n"


@pytest.fixture
def database(lianxin: Lianxin, town: Path) -> str:
    assert lianxin("db", "upgrade").code == 0
    return f"sqlite:///{(town / 'data' / 'lianxin.db').as_posix()}"


def person(address: str, name: str) -> Person:
    with connect_sync(address) as store:
        (found,) = store.people.find_by_name(name)
        return found


def write(town: Path, *lines: str) -> None:
    (town / "roster.csv").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def test_an_import_writes_people_posts_and_accounts(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    write(town, "韩梅,城关,工作人员,qq,31000001,139", "韩梅,水厂,工作人员,qq,31000001,")
    ran = lianxin("roster", "import", "roster.csv")
    assert (ran.code, ran.out) == (0, "已导入 1 人、2 行。服务正在运行的话，重启后生效。\n")
    found = person(database, "韩梅")
    with connect_sync(database) as store:
        assert store.people.by_account("qq", "31000001") == found
        posts = {(post.unit, post.role) for post in store.people.list_posts(found.id)}
    assert posts == {("chengguan", Role.WORKER), ("shuichang", Role.WORKER)}
    assert found.phone == "139"


def test_importing_twice_changes_nothing(lianxin: Lianxin, town: Path, database: str) -> None:
    write(town, "韩梅,城关,工作人员,qq,31000001,139")
    lianxin("roster", "import", "roster.csv")
    first = person(database, "韩梅")
    lianxin("roster", "import", "roster.csv")
    assert person(database, "韩梅") == first


def test_nothing_is_written_if_a_line_is_wrong(lianxin: Lianxin, town: Path, database: str) -> None:
    write(town, "韩梅,城关,工作人员,qq,31000001,", "韩东,城关,支书记员,qq,31000002,")
    ran = lianxin("roster", "import", "roster.csv")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("第 3 行: “支书记员”不认识，")
    with connect_sync(database) as store:
        assert store.people.find_by_name("韩梅") == []


def test_an_account_of_somebody_else_is_refused(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    write(town, "韩梅,城关,工作人员,qq,31000001,", "韩东,城关,工作人员,qq,21000802,")
    ran = lianxin("roster", "import", "roster.csv")
    assert (ran.code, ran.err) == (1, "第 3 行: 账号 21000802 已经是李惠的，先让他解绑\n")
    with connect_sync(database) as store:
        assert store.people.find_by_name("韩梅") == []


def test_posts_that_the_configuration_sets_are_pointed_at(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    write(town, "李惠,城关,工作人员,qq,31000001,")
    ran = lianxin("roster", "import", "roster.csv")
    assert ran.err == "李惠也在 config.toml 里，职务以那里为准。\n"


def test_an_import_needs_a_database(lianxin: Lianxin, town: Path) -> None:
    write(town, "韩梅,城关,工作人员,qq,31000001,")
    ran = lianxin("roster", "import", "roster.csv")
    assert (ran.code, ran.err) == (1, "数据库还没有建；运行 lianxin db upgrade\n")


def test_a_file_that_is_not_there_is_said(lianxin: Lianxin, town: Path, database: str) -> None:
    ran = lianxin("roster", "import", "none.csv")
    assert (ran.code, ran.err) == (1, "none.csv：没有这个文件或文件夹\n")


def test_a_code_binds_the_person_it_was_made_for(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    ran = lianxin("bind-code", "李惠")
    code, sentence = ran.out.splitlines()
    assert (
        sentence == f"请李惠用自己的账号私聊机器人发：绑定码 {code}（24 小时内有效，只能用一次）。"
    )
    with connect_sync(database) as store:
        taken = store.people.take_bind_code(code, datetime.now(UTC))  # noqa: TID251
    assert taken == person(database, "李惠").id


def test_a_code_ends_after_its_hours(lianxin: Lianxin, town: Path, database: str) -> None:
    code = lianxin("bind-code", "李惠", "--hours", "2").out.splitlines()[0]
    later = datetime.now(UTC) + timedelta(hours=2, minutes=1)  # noqa: TID251
    with connect_sync(database) as store:
        assert store.people.take_bind_code(code, later) is None


def test_a_name_of_two_needs_the_unit(lianxin: Lianxin, town: Path, database: str) -> None:
    write(town, "李惠,水厂,工作人员,qq,31000001,")
    lianxin("roster", "import", "roster.csv")
    ran = lianxin("bind-code", "李惠")
    assert ran.err == "有 2 个李惠：chengguan/李惠、shuichang/李惠；用 --unit 说明是哪一个\n"
    assert lianxin("bind-code", "李惠", "--unit", "水厂").code == 0


def test_an_unknown_name_or_unit_is_said(lianxin: Lianxin, town: Path, database: str) -> None:
    ran = lianxin("bind-code", "李慧")
    assert ran.err == "名册里没有李慧；先写进 config.toml，或用 lianxin roster import 导入\n"
    ran = lianxin("bind-code", "李惠", "--unit", "城关支布")
    assert ran.err.startswith("没有“城关支布”这个单位，是不是 城关")
