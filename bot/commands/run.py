"""lianxin run: the service, until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, note
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Config, OneBot

LOOK_SECONDS = 1.0
DEMO_SPEED = 2.0


def run(
    context: typer.Context,
    demo_first: Annotated[
        bool, typer.Option("--demo-first", help="先放一遍样例，再开始服务")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """运行服务 / Run the service."""
    from bot.logs import configure_logs

    settled = open_config(context, config)
    if demo_first:
        _show_demo(settled)
    if settled.onebot.enabled and not is_free(settled.onebot.host, settled.onebot.port):
        fail(
            f"端口 {settled.onebot.port} 已被占用：连心可能已经在运行；"
            "不是的话，改 config.toml 的 onebot.port"
        )
    for problem in settled.warnings:
        note(f"请留意 {problem}")
    configure_logs(settled)
    with suppress(KeyboardInterrupt):
        run_loop(serve(settled))
    note("已停止。")


def run_loop(service: Coroutine[None, None, None]) -> None:
    """On uvloop where it is installed (not on Windows), else on asyncio's own loop."""
    from uvicorn.loops.auto import auto_loop_factory

    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(service)


def _show_demo(config: "Config") -> None:
    """Ctrl-C leaves the demo, not the service."""
    from bot.commands.demo import play_day
    from bot.logs import configure_logs

    configure_logs(config, is_service=False)
    note("先看一天的样例（按 Ctrl+C 跳过），然后开始服务。")
    try:
        play_day(config, DEMO_SPEED)
    except KeyboardInterrupt:
        note("跳过样例。")


async def serve(config: "Config") -> None:
    """Run until SIGINT or SIGTERM, and say who is connected."""
    from bot.app import build
    from bot.logs import capture_loguru

    app = build(config)
    capture_loguru()
    async with app:
        stopping = _stop_signal()
        note(_welcome(config))
        await _watch(app, config, stopping)
        note("正在停止……")


def _stop_signal() -> asyncio.Event:
    """Set by a signal. Windows has no handlers in the loop: there Ctrl-C cancels the task."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    return stopping


async def _watch(app: "App", config: "Config", stopping: asyncio.Event) -> None:
    """Say when an account comes or goes; at the start, how one is connected."""
    known: frozenset[str] | None = None
    while not stopping.is_set() and not app.is_ousted:
        here = frozenset(
            f"{name} {account}"
            for name, adapter in app.adapters.items()
            for account in adapter.accounts()
        )
        if here != known:
            _announce(known or frozenset(), here, config)
            known = here
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
    if app.is_ousted:
        note("另一个连心接管了这个数据库。")


def _announce(before: frozenset[str], here: frozenset[str], config: "Config") -> None:
    for account in sorted(here - before):
        note(f"已连上：{account}。")
    for account in sorted(before - here):
        note(f"断开了：{account}。")
    if not here:
        note(how_to_connect(config.onebot))


def _welcome(config: "Config") -> str:
    settings = config.settings
    town = settings.units[settings.town].name
    return (
        f"连心在运行：{town}，{len(settings.units)} 个单位，{len(settings.groups)} 个群，"
        f"{len(settings.staff)} 名工作人员。按 Ctrl+C 停止。"
    )


def how_to_connect(onebot: "OneBot") -> str:
    """What to do in NapCat, step by step."""
    if not onebot.enabled:
        return "config.toml 里 onebot.enabled 是 false,QQ 没有启用。"
    host = onebot.host if onebot.host not in ("0.0.0.0", "::") else "<这台电脑的地址>"
    token = (
        "环境变量 LIANXIN_ONEBOT_TOKEN 的值"
        if onebot.token
        else "空着（没有设 LIANXIN_ONEBOT_TOKEN）"
    )
    return "\n".join(
        (
            "还没有 QQ 账号连进来。连接方法（NapCat、LLBot、Lagrange 相同）：",
            "  1. 在 NapCat 登录机器人用的 QQ 号",
            "  2. 网络配置 → 新建 → WebSocket 客户端（反向 WebSocket）",
            f"  3. URL 填 ws://{host}:{onebot.port}/onebot/v11/ws",
            f"  4. 消息格式选 array，Token {token}，启用并保存",
        )
    )


def is_free(host: str, port: int) -> bool:
    """Whether a listener may be opened there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, _reuse())
            probe.bind(address)
    except OSError:
        return False
    return True


def _reuse() -> int:
    """On POSIX, so that a port just left is free; on Windows it would share a port in use."""
    import os

    return int(os.name == "posix")
