"""lianxin check: what is wrong, in plain words, and exit code 1 if anything is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import say
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from bot.config import Config
    from bot.findings import Finding


AlarmOption = Annotated[bool, typer.Option("--alarm", help="真的发一条试告警，看收不收得到")]


def check(context: typer.Context, alarm: AlarmOption = False, config: ConfigOption = None) -> None:
    """检查设置、数据和连接 / Check everything; says what is wrong."""
    from bot.findings import Level

    marks = {Level.GOOD: "✓", Level.WARNING: "!", Level.BAD: "✗"}
    counts = dict.fromkeys(Level, 0)
    for finding in _find(context, config, alarm):
        counts[finding.level] += 1
        say(f"{marks[finding.level]} {finding.text}")
    if counts[Level.BAD]:
        say(f"有 {counts[Level.BAD]} 处要改（✗），{counts[Level.WARNING]} 处请留意（!）。")
        raise typer.Exit(1)
    rest = f"，{counts[Level.WARNING]} 处请留意（!）" if counts[Level.WARNING] else ""
    say(f"可以运行{rest}。")


def _find(context: typer.Context, own: ConfigOption, alarm: bool) -> "Iterator[Finding]":
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
        if alarm:
            yield from _try_alarm(settled)
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


def _try_alarm(config: "Config") -> "Iterator[Finding]":
    """What was taken may still not arrive: 企业微信 answers a wrong key as if all were well."""
    import asyncio

    from bot.alarms import make_notifier
    from bot.findings import bad, good

    notifier = make_notifier(config.alarm_urls)
    if notifier is None:
        yield bad("没有告警通道可试；先设 LIANXIN_ALARM_URLS")
    elif asyncio.run(notifier.notify("连心试告警", "这是一条试告警，收到就说明告警通道是通的。")):
        yield good("试告警交出去了；没收到就检查地址里的密钥和收件人")
    else:
        yield bad("试告警发不出去；检查 LIANXIN_ALARM_URLS")
