"""The wechaty gateway of the configuration: how it is reached, and what `lianxin check` asks it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from bot.adapters.wechat_wire import EventKind, Gateway, GatewayError, Unreachable, WrongToken
from bot.configuration.model import WeChat
from handlers.errors import Refused

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.adapters.wechat_wire import Event

LOGIN_SECONDS = 5.0
MISSING = "没有装微信的部件；安装见 docs/wechat.md，不用微信就把 wechat.enabled 改成 false"


@dataclass(frozen=True, slots=True)
class GatewayState:
    """What a gateway said of itself. `problem` is a Chinese sentence, None where it answered.

    `account` None: nobody is logged in. `rooms` are conversation and title.
    """

    problem: str | None
    account: str | None
    rooms: Mapping[str, str]


def connector(wechat: WeChat) -> Callable[[], Gateway]:
    """A function that makes a connection. Raises Refused where wechaty is not installed."""
    try:
        from bot.adapters.wechat_puppet import Address, Puppet, parse_endpoint
    except ImportError as error:
        raise Refused(f"{MISSING}（{error.name}）") from error
    host, port = parse_endpoint(wechat.endpoint)
    token = wechat.token.get_secret_value() if wechat.token is not None else ""
    return partial(Puppet, Address(host, port, token, wechat.tls, wechat.ca_file, wechat.tls_name))


async def ask_gateway(wechat: WeChat, *, may_listen: bool) -> GatewayState:
    """Look, without changing anything. The one event stream is only taken where `may_listen`:
    else the running service would lose it; then `account` stays None."""
    try:
        gateway = connector(wechat)()
    except (Refused, OSError, ValueError) as error:
        text = error.text if isinstance(error, Refused) else f"{type(error).__name__}"
        return GatewayState(text, None, {})
    try:
        rooms = [await gateway.room(room) for room in await gateway.rooms()]
        account = await _account(gateway) if may_listen else None
        return GatewayState(None, account, {f"group:{one.room}": one.topic for one in rooms})
    except GatewayError as error:
        return GatewayState(_plain(error, wechat), None, {})
    finally:
        gateway.close()


async def _account(gateway: Gateway) -> str | None:
    """The stream begins with a login where somebody is logged in."""
    stream = cast("AsyncGenerator[Event, None]", gateway.events())
    try:
        async with asyncio.timeout(LOGIN_SECONDS), aclosing(stream) as events:
            async for event in events:
                if event.kind is EventKind.LOGIN:
                    return str(event.fields.get("contactId", "")) or None
    except TimeoutError:
        return None
    return None


def _plain(error: GatewayError, wechat: WeChat) -> str:
    match error:
        case WrongToken():
            return "微信网关不认这个 token；LIANXIN_WECHAT_TOKEN 要和网关的一样"
        case Unreachable():
            return f"连不上微信网关 {wechat.endpoint}；先把网关开起来（docs/wechat.md）"
        case _:
            return f"微信网关 {wechat.endpoint} 没有好好回答（{error}）"
