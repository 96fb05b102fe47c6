"""An adapter without a platform: takes everything that is sent, with message ids of its own."""

from collections.abc import Sequence
from datetime import datetime

from bot.adapters.port import Echo, Receipt, Receiver, SendResult
from handlers.messages import Incoming, Target


class ReplayAdapter:
    """See port.Adapter. The n-th message sent is ``bot<n>``; nothing is echoed."""

    def __init__(self, platform: str = "qq", account: str = "replay") -> None:
        self.platform = platform
        self._account = account
        self._sent = 0

    async def start(self, receiver: Receiver) -> None:
        """Nothing comes from here: the replay itself feeds the receiver."""

    async def stop(self) -> None: ...

    def accounts(self) -> Sequence[str]:
        return (self._account,)

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        self._sent += 1
        return Receipt(SendResult.SENT, f"bot{self._sent:06d}")

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        return ()
