"""lianxin check: what is wrong, in plain words, and exit code 1 if anything is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from bot.commands.console import say
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from bot.config import Config
    from bot.findings import Finding


def check(context: typer.Context, config: ConfigOption = None) -> None:
    """检查设置、数据和连接 / Check everything; says what is wrong."""
    from bot.findings import Level

    marks = {Level.GOOD: "✓", Level.WARNING: "!", Level.BAD: "✗"}
    counts = dict.fromkeys(Level, 0)
    for finding in _find(context, config):
        counts[finding.level] += 1
        say(f"{marks[finding.level]} {finding.text}")
    if counts[Level.BAD]:
        say(f"有 {counts[Level.BAD]} 处要改（✗），{counts[Level.WARNING]} 处请留意（!）。")
        raise typer.Exit(1)
    rest = f"，{counts[Level.WARNING]} 处请留意（!）" if counts[Level.WARNING] else ""
    say(f"可以运行{rest}。")


def _find(context: typer.Context, own: ConfigOption) -> "Iterator[Finding]":
    """Failures with a name are findings too."""
    from bot.commands.errors import explain
    from bot.config import ConfigError
    from bot.findings import bad

    try:
        settled = open_config(context, own)
    except ConfigError as error:
        yield from (bad(str(problem)) for problem in error.problems)
        return
    try:
        yield from _check(settled)
    except Exception as error:
        text = explain(error)
        if text is None:
            raise
        yield bad(text)


def _check(config: "Config") -> "Iterator[Finding]":
    import asyncio

    from bot.checkup import check_all, is_service_running
    from bot.clock import SystemClock
    from bot.commands.run import is_free
    from bot.judge import try_judge
    from bot.wechat_gateway import ask_gateway

    onebot, now = config.onebot, SystemClock().now()
    gateway = None
    if config.wechat.enabled:
        may_listen = not is_service_running(config, now)
        gateway = asyncio.run(ask_gateway(config.wechat, may_listen=may_listen))
    judge = asyncio.run(try_judge(config.judge, SystemClock())) if config.judge.enabled else None
    free = is_free(onebot.host, onebot.port)
    yield from check_all(config, now, free, gateway, judge)
