"""Drives the real wechaty gateway in wechat_gateway/: starts it, talks in it, kills it."""

import asyncio
import base64
import contextlib
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.peers.delivered import Delivered

FOLDER = Path(__file__).with_name("wechat_gateway")
ACCOUNT = "wxid_lianxin"
BOT_NAME = "小连"
TOKEN = "a-wechat-token-for-tests"
TEXT, AUDIO, IMAGE, RECALLED = 7, 2, 6, 13
GAP = "\u2005"
LINE_LIMIT = 64 * 1024 * 1024


_ENVIRONMENT = {"WECHATY_LOG": "silent", "NODE_OPTIONS": "--no-deprecation"}
CERTIFICATE = FOLDER / "tls" / "for-tests-only.crt"
CERTIFICATE_NAME = "gateway.test"


def _certificate() -> dict[str, str]:
    return {
        "WECHATY_PUPPET_SERVICE_TLS_SERVER_CERT": CERTIFICATE.read_text(),
        "WECHATY_PUPPET_SERVICE_TLS_SERVER_KEY": CERTIFICATE.with_suffix(".key").read_text(),
    }


def why_missing() -> str | None:
    """Why the gateway can not run here; None where it can."""
    if shutil.which("node") is None:
        return "node is not installed: the WeChat tests against the real gateway are left out"
    if not (FOLDER / "node_modules" / "wechaty-puppet-service").is_dir():
        return "no node_modules: run `make wechat-gateway` for the WeChat tests"
    return None


def need_gateway() -> None:
    """Leave out the calling module where the gateway can not run. In one place, so that pytest
    says it in one line for all."""
    reason = why_missing()
    if reason is not None:
        pytest.skip(reason, allow_module_level=True)


def _named(message_id: str | None) -> dict[str, str]:
    return {} if message_id is None else {"id": message_id}


@dataclass(frozen=True)
class Sent:
    """One message that the bot sent through the gateway."""

    conversation: str
    text: str
    at_users: tuple[str, ...]
    images: tuple[bytes, ...]
    message_id: str


@dataclass
class Scene:
    """Who and what is there after every start, as WeChat itself would still know."""

    contacts: dict[str, tuple[str, bool]] = field(default_factory=dict)
    rooms: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    cards: dict[tuple[str, str], str] = field(default_factory=dict)


class WeChatPeer(Delivered[Sent]):
    """`sent` outlives a killed gateway. `now` is the time of what is said."""

    patience = 15.0

    def __init__(
        self, now: Callable[[], datetime], *, token: str = TOKEN, tls: bool = False
    ) -> None:
        self.now = now
        self.token = token
        self.scene = Scene()
        self.sent: list[Sent] = []
        self.is_logged_in = True
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self._tls = tls
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._ready = asyncio.Event()
        self._replies: dict[int, asyncio.Future[str | None]] = {}
        self._count = 0

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            *("node", "gateway.mjs", str(self.port), self.token, "tls" if self._tls else "plain"),
            cwd=FOLDER,
            env=os.environ | _ENVIRONMENT | (_certificate() if self._tls else {}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_LIMIT,
        )
        self._reader = asyncio.create_task(self._read(self._process))
        async with asyncio.timeout(60):
            await self._ready.wait()
        await self._set_scene()

    async def kill(self) -> None:
        """At once, as when the machine goes."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        await process.wait()
        if self._reader is not None:
            await self._reader

    async def pause(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    async def resume(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    async def add_contact(self, contact: str, name: str, *, is_friend: bool = True) -> None:
        self.scene.contacts[contact] = (name, is_friend)
        await self.order("contact", id=contact, name=name, friend=is_friend)

    async def add_room(self, room: str, topic: str, members: Sequence[str]) -> None:
        self.scene.rooms[room] = (topic, [ACCOUNT, *members])
        await self.order("room", id=room, topic=topic, members=[ACCOUNT, *members])

    async def rename_room_id(self, old: str, new: str) -> None:
        """What another login may do."""
        topic, members = self.scene.rooms.pop(old)
        self.scene.rooms[new] = (topic, members)
        await self.order("forget_room", id=old)
        await self.order("room", id=new, topic=topic, members=members)

    async def say(
        self,
        conversation: str,
        sender: str,
        text: str = "",
        *,
        at_bot: bool = False,
        at_users: Sequence[str] = (),
        quote: Sent | None = None,
        images: Sequence[bytes] = (),
        voice: bytes | None = None,
        card: str = "",
        at: datetime | None = None,
        message_id: str | None = None,
    ) -> str:
        """A line in ``group:<room>`` or ``private:<contact>``; the id of the last message of it.

        WeChat sends pictures as messages of their own: they go first.
        """
        await self._introduce(sender, conversation, card)
        base, said = self._base(conversation, sender, at), ""
        for image in images:
            said = await self._send_file(base | {"type": IMAGE}, image, "picture.png")
        if voice is not None:
            said = await self._send_file(base | {"type": AUDIO}, voice, "voice.sil")
        if text:
            mentioned = [*at_users, ACCOUNT] if at_bot else list(at_users)
            base |= {"text": self._typed(text, mentioned, quote), "mentionIdList": mentioned}
            said = await self.order("say", payload=base | _named(message_id)) or ""
        return said

    async def _introduce(self, sender: str, conversation: str, card: str) -> None:
        if sender not in self.scene.contacts:
            await self.add_contact(sender, card or f"用户{sender}")
        where, _, place = conversation.partition(":")
        if card and where == "group":
            await self.order("card", room=place, contact=sender, name=card)

    async def recall(self, conversation: str, sender: str, message_id: str) -> None:
        recalled = {"type": RECALLED, "text": message_id}
        await self.order("say", payload=self._base(conversation, sender) | recalled)

    def _base(self, conversation: str, sender: str, at: datetime | None = None) -> dict[str, Any]:
        where, _, place = conversation.partition(":")
        target = {"roomId": place} if where == "group" else {"listenerId": ACCOUNT}
        moment = int((at or self.now()).timestamp() * 1000)
        return {"talkerId": sender, "timestamp": moment, **target}

    async def order(self, command: str, **args: object) -> str | None:
        """One command of gateway.mjs, and its result."""
        assert self._process is not None, "the gateway does not run"
        assert self._process.stdin is not None
        self._count += 1
        reply: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._replies[self._count] = reply
        line = json.dumps({"command": command, "reply": self._count, "args": args})
        self._process.stdin.write(f"{line}\n".encode())
        async with asyncio.timeout(30):
            return await reply

    async def wait_for_picture(self, *, after: int = 0, conversation: str | None = None) -> Sent:
        def shown() -> Iterator[Sent]:
            for one in self.sent[after:]:
                if one.images and conversation in (None, one.conversation):
                    yield one

        async with asyncio.timeout(self.patience), self._changed:
            await self._changed.wait_for(lambda: any(shown()))
        return next(shown())

    def _typed(self, text: str, mentioned: Sequence[str], quote: Sent | None) -> str:
        names = [self._name(user) for user in mentioned]
        words = "".join(f"@{name}{GAP}" for name in names) + text
        if quote is None:
            return words
        return f"「{BOT_NAME}：{quote.text}」\n- - - - - - - - - - - - - - -\n{words}"

    def _name(self, contact: str) -> str:
        return BOT_NAME if contact == ACCOUNT else self.scene.contacts[contact][0]

    async def _send_file(self, payload: dict[str, Any], content: bytes, name: str) -> str:
        encoded = base64.b64encode(content).decode()
        return await self.order("say", payload=payload, file=encoded, name=name) or ""

    async def _set_scene(self) -> None:
        await self.order("contact", id=ACCOUNT, name=BOT_NAME, friend=True)
        for contact, (name, is_friend) in self.scene.contacts.items():
            await self.order("contact", id=contact, name=name, friend=is_friend)
        for room, (topic, members) in self.scene.rooms.items():
            await self.order("room", id=room, topic=topic, members=members)
        if self.is_logged_in:
            await self.order("login", id=ACCOUNT)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ConnectionResetError):
            async for line in process.stdout:
                told = json.loads(line)
                if "ready" in told:
                    self._ready.set()
                elif "sent" in told:
                    await self._keep(told["sent"])
                else:
                    self._answer(told)

    def _answer(self, told: dict[str, Any]) -> None:
        reply = self._replies.pop(told["reply"])
        if reply.done():
            return
        if "error" in told:
            reply.set_exception(RuntimeError(told["error"]))
        else:
            reply.set_result(told["result"])

    async def _keep(self, told: dict[str, Any]) -> None:
        place = told["conversation"]
        kind = "group" if "@" in place else "private"
        file = told.get("file")
        sent = Sent(
            conversation=f"{kind}:{place}",
            text=told["text"],
            at_users=tuple(told["mentions"]),
            images=(base64.b64decode(file),) if file else (),
            message_id=told["id"],
        )
        await self.remember(sent)
