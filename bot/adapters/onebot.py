"""QQ through OneBot v11 implementations (NapCat, LLBot, Lagrange) by reverse WebSocket.

The only file that imports nonebot. NoneBot's FastAPI driver listens and its OneBot adapter knows
the bots; events take our own way from the frame to the receiver, because NoneBot's handles each in
a task of its own, without order and without limit, and would ask for every quoted message first.
"""

import contextlib
import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, WebSocketDisconnect
from nonebot import log as nonebot_log
from nonebot.adapters import Adapter as NoneBotAdapter
from nonebot.adapters import Bot as NoneBotBot
from nonebot.adapters.onebot import v11
from nonebot.config import Config, Env
from nonebot.drivers import URL, WebSocket, WebSocketServerSetup
from nonebot.drivers.fastapi import Driver
from nonebot.exception import WebSocketClosed

from bot.adapters.onebot_calls import fetch_history
from bot.adapters.onebot_events import PLATFORM, Draft, read_said
from bot.adapters.onebot_intake import Intake
from bot.adapters.onebot_link import Link, NoAnswer, NotSent
from bot.adapters.onebot_places import Places
from bot.adapters.onebot_render import call_for, receipt_of, render
from bot.adapters.onebot_segments import as_id
from bot.adapters.onebot_server import FRAME_LIMIT, Server
from bot.adapters.port import Echo, Receipt, Receiver, SendResult
from bot.media import DEFAULT_HOSTS, Media
from handlers.messages import Incoming, Target

log = logging.getLogger("lianxin.onebot")

PATH = "/onebot/v11/ws"
DRAIN_SECONDS = 10.0


class OneBotAdapter:
    """QQ: listens for implementations at ``ws://host:port/onebot/v11/ws``.

    `port` 0 takes a free one; the real one is in `port` once started. `accounts_allowed` empty
    lets any account in that knows the token. `now` gives aware UTC. Raises ValueError for an empty
    token on a host that others can reach.
    """

    platform = PLATFORM

    def __init__(
        self,
        *,
        host: str,
        port: int,
        access_token: str,
        media_folder: Path,
        now: Callable[[], datetime],
        accounts_allowed: Collection[str] = (),
        media_hosts: Sequence[str] = DEFAULT_HOSTS,
        allow_loopback_media: bool = False,
        send_seconds: float = 20.0,
        frame_limit: int = FRAME_LIMIT,
    ) -> None:
        if not access_token and not is_loopback(host):
            raise ValueError(
                f"OneBot: the access token is empty while {host} can be reached by others; "
                "set a token or listen on 127.0.0.1"
            )
        self.media = Media(media_folder, hosts=media_hosts, allow_loopback=allow_loopback_media)
        self._token = access_token.encode()
        self._allowed = frozenset(accounts_allowed)
        self._now = now
        self._send_seconds = send_seconds
        self._links: dict[str, Link] = {}
        self._places = Places()
        self._intake = Intake(self.media, self._places, now)
        self._gateway = Gateway(_driver(host, port), self._admit, self._serve)
        self._server = Server(self.app, host, port, frame_limit)
        self._is_stopping = False

    @property
    def app(self) -> FastAPI:
        """The web application that listens here; others may mount their routers on it."""
        return self._gateway.app

    @property
    def port(self) -> int:
        return self._server.port

    async def start(self, receiver: Receiver) -> None:
        """Listen, and tell `receiver` from now on. Raises OSError where the port is taken."""
        self._is_stopping = False
        self._intake.receiver = receiver
        await self._server.start()

    async def stop(self) -> None:
        """Close the connections, finish what was heard, and end."""
        self._is_stopping = True
        await self._server.stop()
        await self._intake.drain(DRAIN_SECONDS)
        await self.media.close()

    def accounts(self) -> Sequence[str]:
        return [account for account, link in self._links.items() if _is_usable(link)]

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        """Send by the account that heard the conversation last. Stored pictures that are gone
        are left out. Who is no friend is written to through the group where he spoke last."""
        link = self._link_for(target)
        if link is None:
            return Receipt(SendResult.OFFLINE, detail="no account is connected")
        loaded = [data for name in images if (data := await self.media.read(name)) is not None]
        mentioned = () if target.is_private else at_users
        message = render(text, at_users=mentioned, images=loaded, reply_to=reply_to)
        call = call_for(target, message)
        if call is None or not message:
            return Receipt(SendResult.REFUSED, detail="nothing to send, or no such conversation")
        receipt = await self._call(link, target, *call)
        group = self._places.group_of(target.conversation.removeprefix("private:"))
        if receipt.result is SendResult.NOT_FRIEND and group is not None:
            action, params = call
            return await self._call(link, target, action, {**params, "group_id": int(group)})
        return receipt

    async def _call(
        self, link: Link, target: Target, action: str, params: dict[str, object]
    ) -> Receipt:
        place = self._places.get(target.conversation)
        if place is not None and place.temporary_group is not None:
            params["group_id"] = int(place.temporary_group)
        try:
            answer = await link.call(action, params, self._send_seconds)
        except NotSent:
            return Receipt(SendResult.OFFLINE, detail="the connection is closed")
        except NoAnswer:
            return Receipt(SendResult.TIMEOUT, detail="no answer")
        return receipt_of(answer, target)

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        link = self._link_for(target)
        if link is None or call_for(target, []) is None:
            return ()
        place = self._places.get(target.conversation)
        newest_id = place.message_id if place is not None else None
        said: list[Incoming | Echo] = []
        since = since.replace(microsecond=0)  # as exact as the platform's own times
        for payload in await fetch_history(link, target, count, newest_id):
            heard = read_said(payload, link.account, self._now(), target.conversation)
            if isinstance(heard, Draft) and heard.incoming.at >= since:
                said.append(await self._intake.complete(link, heard))
            elif isinstance(heard, Echo) and heard.at >= since:
                said.append(heard)
        return said

    def _link_for(self, target: Target) -> Link | None:
        place = self._places.get(target.conversation)
        home = self._links.get(place.account) if place is not None else None
        if home is not None and _is_usable(home):
            return home
        return next((link for link in self._links.values() if _is_usable(link)), None)

    def _admit(self, self_id: str | None, authorization: str | None) -> str | None:
        """Why a connection is refused, None if it is welcome."""
        scheme, _, token = (authorization or "").partition(" ")
        given = token.strip() if scheme.lower() in ("bearer", "token") else ""
        if self._token and not hmac.compare_digest(given.encode(), self._token):
            return "wrong or missing access token"
        if as_id(self_id) is None or self_id is None:
            return "missing or malformed X-Self-ID"
        if self._allowed and self_id not in self._allowed:
            return "account not allowed"
        if self_id in self._links or self._is_stopping:
            return "account already connected" if self_id in self._links else "stopping"
        return None

    async def _serve(self, websocket: WebSocket, account: str, bot: NoneBotBot) -> None:
        """One connection from its acceptance to its end."""
        link = Link(account, partial(_write, websocket))
        self._links[account] = link
        try:
            await websocket.accept()
            self._gateway.bot_connect(bot)
            await self._intake.turn(link, "online", "connected")
            while True:
                await self._intake.take(link, await websocket.receive())
        except WebSocketClosed:
            pass
        finally:
            link.close()
            del self._links[account]
            if account in self._gateway.bots:
                self._gateway.bot_disconnect(bot)
            if not self._is_stopping:
                await self._intake.turn(link, "offline", "connection closed")


class Gateway(v11.Adapter):
    """NoneBot's OneBot v11 adapter without its HTTP event routes, which take events from anybody
    who leaves the token away, and with connections served by `serve`."""

    def __init__(
        self,
        driver: Driver,
        admit: Callable[[str | None, str | None], str | None],
        serve: Callable[[WebSocket, str, NoneBotBot], Awaitable[None]],
    ) -> None:
        NoneBotAdapter.__init__(self, driver)
        self.app = driver.server_app
        self._admit = admit
        self._serve = serve
        for path in (PATH, f"{PATH}/"):
            setup = WebSocketServerSetup(URL(path), f"OneBot V11 {path}", self._handle_ws)
            self.setup_websocket_server(setup)

    async def _handle_ws(self, websocket: WebSocket) -> None:
        headers = websocket.request.headers
        account = headers.get("x-self-id")
        refusal = self._admit(account, headers.get("authorization"))
        if refusal is not None or account is None:
            log.warning("connection refused: %s", refusal)
            await websocket.close(1008, refusal or "")
            return
        await self._serve(websocket, account, v11.Bot(self, account))

    async def _call_api(self, bot: NoneBotBot, api: str, **data: Any) -> Any:
        """Shut: NoneBot's own sending parses CQ codes out of text. Use OneBotAdapter.send."""
        raise v11.ApiNotAvailable


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_usable(link: Link) -> bool:
    return link.is_open and link.offline_reason is None


def _driver(host: str, port: int) -> Driver:
    """NoneBot's driver, configured by nobody's environment or .env file, and silent: its log
    handler would print every message's body."""
    with contextlib.suppress(ValueError):
        nonebot_log.logger.remove(nonebot_log.logger_id)
    return Driver(Env.model_construct(), Config.model_construct(host=host, port=port or 8080))


async def _write(websocket: WebSocket, frame: str) -> None:
    try:
        await websocket.send_text(frame)
    except WebSocketDisconnect as error:
        raise ConnectionError("the socket is closed") from error
