"""A OneBot v11 implementation for tests: a QQ account with its groups, in the shape of NapCat.

It connects by reverse WebSocket as NapCat does, says what residents and staff say, answers the
calls of the application, keeps what was sent, and can be told to fail in the ways real ones do.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.peers.delivered import Delivered
from tests.peers.onebot_history import history_of
from tests.peers.onebot_sends import (
    DELIVERED,
    REFUSALS,
    UNANSWERED,
    Answer,
    Segment,
    SendMode,
    Sent,
    failed,
    ok,
    sent_of,
)
from tests.peers.onebot_socket import OneBotSocket
from tests.peers.onebot_speech import Speech
from tests.peers.picture_server import PictureServer

__all__ = ["FakeOneBot", "Faults", "SendMode", "Sent"]

Event = dict[str, Any]


@dataclass
class Faults:
    """What goes wrong with events: each number counts down with the events that follow.

    `drop`: never sent (but in the history); `forget`: neither sent nor in the history;
    `reorder`: held back until so many are together, then shuffled; `copies`: of every event.
    """

    drop: int = 0
    forget: int = 0
    reorder: int = 0
    copies: int = 1


@dataclass
class FakeOneBot(OneBotSocket, Delivered[Sent]):
    """`history_style`: ``napcat``, ``lagrange`` (wants a message_id) or ``none`` (API lacking).

    `voice_words` maps a message id to what `fetch_ptt_text` says; None where the API is lacking.
    `silent` swallows all calls. `strangers` are no friends: they are reached through a group alone,
    and not at all without `temporary_chats`. `slow_seconds` is for SendMode.SLOW. `now` gives event
    times.
    """

    url: str
    now: Callable[[], datetime]
    account: str = "10001"
    token: str = ""
    history_style: str = "napcat"
    report_self: bool = True
    voice_words: dict[int, str] | None = field(default_factory=dict)
    mode: SendMode = SendMode.OK
    slow_seconds: float = 0.5
    silent: bool = False
    strangers: set[str] = field(default_factory=set)
    temporary_chats: bool = True
    faults: Faults = field(default_factory=Faults)
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    history: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    pictures: PictureServer = field(default_factory=PictureServer)

    def __post_init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Condition()
        self._ids = random.Random(int(self.account))
        self._sequence: dict[str, int] = defaultdict(int)
        self._held: list[Event] = []
        self._speech = Speech(self.account, self.pictures)

    async def __aenter__(self) -> "FakeOneBot":
        await self.pictures.start()
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
        await self.pictures.stop()

    async def connect(self, **headers: str) -> None:
        """Open the socket and say "connect". Raises what websockets raises when refused."""
        own = {"X-Self-ID": self.account, "X-Client-Role": "Universal", "User-Agent": "OneBot/11"}
        if self.token:
            own["Authorization"] = f"Bearer {self.token}"
        all_headers = own | {name.replace("_", "-"): value for name, value in headers.items()}
        await self.open(self.url, all_headers)
        await self._emit(self._event("meta_event", meta_event_type="lifecycle", sub_type="connect"))

    async def say_in_group(self, group: str, sender: str, text: str = "", **more: Any) -> int:
        """A line in a group; see `Speech` and `_say` for `more`. Returns its message id."""
        sequence = self._next(f"group:{group}")
        place = {
            "message_type": "group",
            "sub_type": "normal",
            "group_id": int(group),
            "real_seq": str(sequence),
        }
        return await self._say(f"group:{group}", sender, text, place, **more)

    async def say_in_private(self, sender: str, text: str = "", **more: Any) -> int:
        place = {"message_type": "private", "sub_type": "friend", "target_id": int(sender)}
        return await self._say(f"private:{sender}", sender, text, place, **more)

    async def recall_in_group(
        self, group: str, sender: str, message_id: int, operator: str | None = None
    ) -> None:
        await self.notice(
            "group_recall",
            group_id=int(group),
            user_id=int(sender),
            operator_id=int(operator or sender),
            message_id=message_id,
        )

    async def recall_in_private(self, sender: str, message_id: int) -> None:
        await self.notice("friend_recall", user_id=int(sender), message_id=message_id)

    async def notice(self, kind: str, **fields: Any) -> None:
        """Any notice event: ``group_increase``, ``notify``, ``bot_offline`` ..."""
        await self._emit(self._event("notice", notice_type=kind, **fields))

    async def heartbeat(self, is_online: bool = True) -> None:
        status = {"online": is_online, "good": True}
        await self._emit(self._event("meta_event", meta_event_type="heartbeat", status=status))

    async def _say(
        self,
        conversation: str,
        sender: str,
        text: str,
        place: Event,
        *,
        name: str = "",
        card: str = "",
        at: datetime | None = None,
        message_id: int | None = None,
        **parts: Any,
    ) -> int:
        identity = message_id if message_id is not None else self._ids.randrange(1, 2**31)
        event = self._event(
            "message",
            message_id=identity,
            message_seq=identity,
            user_id=int(sender),
            sender={"user_id": int(sender), "nickname": name or f"用户{sender}", "card": card},
            message=self._speech.segments(text, **parts),
            message_format="array",
            raw_message=text,
            **place,
            time=int((at or self.now()).timestamp()),
        )
        if not self.faults.forget:
            self.history[conversation].append(event)
        await self._emit(event)
        return identity

    def _event(self, post_type: str, **fields: Any) -> Event:
        return {
            "time": int(self.now().timestamp()),
            "self_id": int(self.account),
            "post_type": post_type,
            **fields,
        }

    def _next(self, conversation: str) -> int:
        self._sequence[conversation] += 1
        return self._sequence[conversation]

    async def _emit(self, event: Event) -> None:
        """Send an event, or what the faults make of it. Nothing is sent while disconnected."""
        faults = self.faults
        if faults.drop or faults.forget:
            faults.drop, faults.forget = max(0, faults.drop - 1), max(0, faults.forget - 1)
            return
        self._held += [event] * faults.copies
        if len(self._held) < faults.reorder:
            return
        ready, self._held = self._held, []
        if faults.reorder:
            self._ids.shuffle(ready)
        for one in ready:
            await self.tell(one)

    async def answer(self, call: dict[str, Any]) -> Answer | None:
        action, params = call["action"], call.get("params") or {}
        self.calls.append((action, params))
        return None if self.silent else await self._act(action, params)

    async def _act(self, action: str, params: dict[str, Any]) -> Answer | None:
        match action:
            case "send_group_msg":
                return await self._take_sent(f"group:{params['group_id']}", params)
            case "send_private_msg" if self._is_out_of_reach(params):
                return failed(*REFUSALS[SendMode.NOT_FRIEND])
            case "send_private_msg":
                return await self._take_sent(f"private:{params['user_id']}", params)
            case "send_msg":
                kind, key = (
                    ("group", "group_id") if "group_id" in params else ("private", "user_id")
                )
                return await self._take_sent(f"{kind}:{params[key]}", params)
            case "get_group_msg_history" if self.history_style != "none":
                events = self.history[f"group:{params['group_id']}"]
                return history_of(events, self.history_style, params)
            case "get_friend_msg_history" if self.history_style != "none":
                events = self.history[f"private:{params['user_id']}"]
                return history_of(events, self.history_style, params)
            case "fetch_ptt_text" if self.voice_words is not None:
                return self._tell_voice(int(params["message_id"]))
            case "get_login_info":
                return ok({"user_id": int(self.account), "nickname": "连心"})
            case "get_status":
                return ok({"online": True, "good": True, "stat": {}})
            case "get_version_info":
                return ok({"app_name": "NapCat.Onebot", "protocol_version": "v11"})
            case _:
                return failed(1404, f"不支持的Api {action}")

    def _is_out_of_reach(self, params: dict[str, Any]) -> bool:
        is_through_group = self.temporary_chats and "group_id" in params
        return str(params["user_id"]) in self.strangers and not is_through_group

    async def _take_sent(self, conversation: str, params: dict[str, Any]) -> Answer | None:
        mode = self.mode
        if mode is SendMode.SLOW:
            await asyncio.sleep(self.slow_seconds)
        message_id = self._ids.randrange(1, 2**31)
        if mode in DELIVERED:
            await self._deliver(conversation, message_id, params["message"])
        if mode in UNANSWERED:
            return None
        if mode in REFUSALS:
            return failed(*REFUSALS[mode])
        return ok({"message_id": message_id})

    async def _deliver(self, conversation: str, message_id: int, message: Any) -> None:
        segments = [message] if isinstance(message, dict) else message
        if isinstance(segments, str):
            segments = [{"type": "text", "data": {"text": segments}}]
        await self.remember(sent_of(conversation, message_id, segments))
        echo = self._own_event(conversation, message_id, segments)
        self.history[conversation].append(echo)
        if self.report_self:
            await self._emit(echo)

    def _own_event(self, conversation: str, message_id: int, segments: list[Segment]) -> Event:
        kind, _, number = conversation.partition(":")
        order = {"real_seq": str(self._next(conversation))} if kind == "group" else {}
        key = "group_id" if kind == "group" else "target_id"
        return self._event(
            "message_sent",
            message_type=kind,
            message_id=message_id,
            user_id=int(self.account),
            sender={"user_id": int(self.account), "nickname": "连心"},
            message=segments,
            **order,
            **{key: int(number)},
        )

    def _tell_voice(self, message_id: int) -> Answer:
        words = (self.voice_words or {}).get(message_id)
        return failed(1200, "语音转文字失败") if words is None else ok({"text": words})
