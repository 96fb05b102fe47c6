"""What a peer was told to deliver, to be waited for."""

import asyncio
from typing import Generic, Protocol, TypeVar


class Delivery(Protocol):
    """One message that the application had delivered."""

    @property
    def conversation(self) -> str: ...

    @property
    def text(self) -> str: ...


T = TypeVar("T", bound=Delivery)


class Delivered(Generic[T]):
    """Whoever is one has a list `sent` and a condition `_changed`; `patience` is in seconds."""

    sent: list[T]
    patience = 5.0
    _changed: asyncio.Condition

    async def remember(self, one: T) -> None:
        async with self._changed:
            self.sent.append(one)
            self._changed.notify_all()

    async def wait_for_sent(
        self,
        contains: str = "",
        *,
        within: float | None = None,
        conversation: str | None = None,
        count: int = 1,
        after: int = 0,
    ) -> T:
        """The `count`th delivered message that has `contains`, of those from index `after` on.

        Raises AssertionError with what was sent instead when it does not come in time.
        """

        def found() -> list[T]:
            return [
                one
                for one in self.sent[after:]
                if contains in one.text and conversation in (None, one.conversation)
            ]

        try:
            async with asyncio.timeout(within or self.patience), self._changed:
                await self._changed.wait_for(lambda: len(found()) >= count)
        except TimeoutError:
            said = [f"{one.conversation}: {one.text}" for one in self.sent[after:]]
            raise AssertionError(f"{contains!r} was not sent, but {said}") from None
        return found()[count - 1]
