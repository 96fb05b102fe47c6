"""The command line as a whole: help, failures in one line, the configuration it finds."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.alarms import AppriseNotifier
from bot.commands.options import example_path

Lianxin = Callable[..., Any]
"""See conftest.py."""
COMMANDS = (
    "run", "demo", "check", "init", "db", "backup", "restore", "roster", "bind-code", "dead",
    "replay", "classify", "train", "evaluate",
)  # fmt: skip


def process(*arguments: str, folder: Path, **environ: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_help_names_every_command(lianxin: Lianxin) -> None:
    ran = lianxin("--help")
    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)


def test_no_command_at_all_is_help(lianxin: Lianxin) -> None:
    assert lianxin().out == lianxin("--help").out


@pytest.mark.parametrize("group", ["db", "roster", "dead"])
def test_a_group_of_commands_shows_what_is_in_it(lianxin: Lianxin, group: str) -> None:
    ran = lianxin(group)
    assert ran.code == 0
    assert f"Usage: lianxin {group}" in ran.out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['lianxin', '--help']\n"
        "import bot.__main__ as m\n"
        "assert m.execute(['--help']) == 0\n"
        "heavy = {'pydantic', 'nonebot', 'fastapi', 'jieba', 'sqlalchemy', 'psycopg', 'orjson'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.strip() == b"[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("chek",), "没有 chek 这个命令，是不是 check？"),
        (("db", "upgrad"), "没有 upgrad 这个命令，是不是 upgrade？"),
        (("check", "--fast"), "没有 --fast 这个选项。"),
        (("replay",), "少写了 FILE…。"),
        (("check", "--config"), "--config 后面要写一个值。"),
        (("init", "x"), "多写了 x。"),
    ],
)
def test_a_command_line_that_can_not_be_read_is_said_in_chinese(
    lianxin: Lianxin, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = lianxin(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"命令写得不对：{sentence}\n")


def test_a_wrong_configuration_is_told_line_by_line(lianxin: Lianxin, town: Path) -> None:
    config = town / "config.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("gather_seconds = 90", "gahter = 90").replace('"INFO"', '"info"')
    config.write_text(text, encoding="utf-8")
    ran = lianxin("db", "upgrade")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "intake.gather_seconds: 没有写，这一项必须有",
        "intake.gahter: 没有这个设置，是不是 gather_seconds？",
        "logging.level: “info” 不对，是不是 INFO？",
    ]


@pytest.mark.parametrize("before", [True, False])
def test_the_configuration_may_be_named_before_or_after_the_command(
    lianxin: Lianxin, town: Path, before: bool
) -> None:
    (town / "config.toml").rename(town / "other.toml")
    option = ("--config", "other.toml")
    ran = lianxin(*option, "db", "upgrade") if before else lianxin("db", "upgrade", *option)
    assert (ran.code, ran.err) == (0, "")
    assert (town / "data" / "lianxin.db").exists()


def test_a_configuration_that_is_not_there_is_said(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("--config", "none.toml", "check")
    assert ran.code == 1
    assert "找不到配置文件 none.toml；用 lianxin init 生成一份" in ran.out + ran.err


def test_without_a_configuration_the_example_serves(lianxin: Lianxin, town: Path) -> None:
    (town / "config.toml").unlink()
    ran = lianxin("db", "upgrade")
    assert (
        ran.err
        == "当前文件夹没有 config.toml，先用自带的样例；lianxin init 会写一份出来供您修改。\n"
    )
    assert (town / "data" / "lianxin.db").exists()


def test_init_writes_the_example_byte_by_byte(lianxin: Lianxin, town: Path) -> None:
    (town / "config.toml").unlink()
    assert lianxin("init").code == 0
    assert (town / "config.toml").read_bytes() == example_path().read_bytes()


def test_init_overwrites_nothing(lianxin: Lianxin, town: Path) -> None:
    (town / "config.toml").write_text("mine", encoding="utf-8")
    ran = lianxin("init")
    assert (ran.code, ran.err) == (1, "config.toml 已经有了，没有动它\n")
    assert (town / "config.toml").read_text(encoding="utf-8") == "mine"


def test_check_ends_well_on_a_fresh_folder(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("check")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith("可以运行")


def test_check_ends_with_one_and_a_list(lianxin: Lianxin, town: Path) -> None:
    config = town / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"(?m)^open_at = \S+", "open_at = 75", text), encoding="utf-8")
    ran = lianxin("check")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "✗ intake.open_at: 75 不对，要小于 1",
        "有 1 处要改（✗），0 处请留意（!）。",
    ]


def test_check_asks_the_judge_and_survives_that_nobody_answers(
    lianxin: Lianxin, town: Path
) -> None:
    config = town / "config.toml"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        text = config.read_text(encoding="utf-8")
        text = text.replace('enabled = false\nurl = ""', f'enabled = true\nurl = "{url}"')
        config.write_text(text.replace('\nmodel = ""', '\nmodel = "m"'), encoding="utf-8")
        ran = lianxin("check")
    assert "! 判断模型没用上：连不上（ConnectError）；这期间照没有它来办" in ran.out.splitlines()
    assert ran.code == 0


@pytest.mark.parametrize(
    ("url", "told", "code"),
    [
        ("", "✗ 没有告警通道可试；先设 LIANXIN_ALARM_URLS", 1),
        ("json://127.0.0.1:9", "✗ 试告警发不出去；检查 LIANXIN_ALARM_URLS", 1),
    ],
)
def test_an_alarm_on_trial_that_reaches_nobody_is_a_fault(
    lianxin: Lianxin, town: Path, monkeypatch: pytest.MonkeyPatch, url: str, told: str, code: int
) -> None:
    monkeypatch.setenv("LIANXIN_ALARM_URLS", url)
    ran = lianxin("check", "--alarm")
    assert told in ran.out.splitlines()
    assert ran.code == code


def test_an_alarm_on_trial_is_sent(
    lianxin: Lianxin, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def notify(self: AppriseNotifier, title: str, text: str) -> bool:
        told.append(title)
        return True

    monkeypatch.setattr(AppriseNotifier, "notify", notify)
    monkeypatch.setenv("LIANXIN_ALARM_URLS", "json://127.0.0.1:9")
    assert "✓ 试告警交出去了；没收到就检查地址里的密钥和收件人" in lianxin("check", "--alarm").out
    assert told == ["连心试告警"]
    lianxin("check")
    assert len(told) == 1


def test_a_port_in_use_is_said_before_the_start(lianxin: Lianxin, town: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = use_port(town, listener.getsockname()[1])
        ran = lianxin("run")
    assert ran.code == 1
    assert ran.err.startswith(f"端口 {port} 已被占用")


def use_port(town: Path, port: int) -> int:
    config = town / "config.toml"
    text = config.read_text(encoding="utf-8").replace("port = 8080", f"port = {port}")
    config.write_text(text, encoding="utf-8")
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_service_says_how_to_connect_and_stops_cleanly(town: Path) -> None:
    port = use_port(town, free_port())
    service = process("run", folder=town)
    assert service.stderr is not None
    said = b""
    while "启用并保存".encode() not in said:
        line = service.stderr.readline()
        assert line, said.decode()
        said += line
    service.send_signal(signal.SIGINT)
    out, err = service.communicate(timeout=60)
    assert service.returncode == 0
    assert f"ws://127.0.0.1:{port}/onebot/v11/ws" in said.decode()
    assert "Traceback" not in (said + err + out).decode()
    assert err.decode().endswith("已停止。\n")


def test_json_is_utf8_on_a_console_with_another_code_page(town: Path) -> None:
    line = '{"id": "1", "text": "楼道里一股煤气味"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "bot", "classify"],
        cwd=town,
        env=os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
        input=line.encode(),
        capture_output=True,
        check=True,
    )
    assert "公共安全" in done.stdout.decode("utf-8")
