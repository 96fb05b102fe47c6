"""One open connection to a OneBot implementation: API calls and their answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count

import orjson


class NotSent(Exception):
    """The call has certainly not gone out."""


class NoAnswer(Exception):
    """The call went out; whether it was done is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an implementation answered. `wording` is its own explanation, for people."""

    is_ok: bool
    retcode: int
    wording: str
    data: object


class Link:
    """Calls over one socket. `send` writes one text frame and raises when the socket is closed.

    `offline_reason` is what the account's own client says: ``kicked`` by a bot_offline notice,
    ``heartbeat`` by a status of false, None while it works.
    """

    def __init__(self, account: str, send: Callable[[str], Awaitable[None]]) -> None:
        self.account = account
        self.offline_reason: str | None = None
        self.is_open = True
        self._send = send
        self._echoes = count(1)
        self._waiting: dict[str, asyncio.Future[Answer | None]] = {}
        self._lacking: set[str] = set()

    async def call(self, action: str, params: Mapping[str, object], seconds: float) -> Answer:
        """Call an API. Raises NotSent or NoAnswer; a refusal is an answer."""
        if not self.is_open:
            raise NotSent(action)
        echo = f"{action}:{next(self._echoes)}"
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting[echo] = future
        frame = orjson.dumps({"action": action, "params": params, "echo": echo}).decode()
        try:
            await self._write(frame, action)
            async with asyncio.timeout(seconds):
                answer = await future
        except TimeoutError as error:
            raise NoAnswer(action) from error
        finally:
            self._waiting.pop(echo, None)
        if answer is None:
            raise NoAnswer(action)
        return answer

    def lacks(self, action: str) -> bool:
        """Whether the implementation has said that it does not know this API."""
        return action in self._lacking

    def note_lacking(self, action: str) -> None:
        self._lacking.add(action)

    def resolve(self, payload: Mapping[str, object]) -> None:
        """Give an answer to the call that waits for it; answers nobody waits for are dropped."""
        echo = payload.get("echo")
        future = self._waiting.get(echo) if isinstance(echo, str) else None
        if future is not None and not future.done():
            future.set_result(_answer(payload))

    def close(self) -> None:
        """The socket is gone: every call that waits gets no answer any more."""
        self.is_open = False
        for future in self._waiting.values():
            if not future.done():
                future.set_result(None)

    async def _write(self, frame: str, action: str) -> None:
        try:
            await self._send(frame)
        except (OSError, RuntimeError) as error:  # ClientDisconnected is an OSError
            raise NotSent(action) from error


def _answer(payload: Mapping[str, object]) -> Answer:
    retcode = payload.get("retcode")
    code = retcode if isinstance(retcode, int) else 0
    said = payload.get("wording") or payload.get("message") or payload.get("msg") or ""
    is_ok = payload.get("status") in ("ok", "async") or ("status" not in payload and code in (0, 1))
    return Answer(is_ok, code, str(said), payload.get("data"))
