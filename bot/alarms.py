"""A second channel to the administrator, for when the chat account itself may be dead.

企业微信 webhooks, mail and a hundred others by apprise; the addresses stand in LIANXIN_ALARM_URLS.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from handlers.errors import Refused

if TYPE_CHECKING:
    from apprise import Apprise

log = logging.getLogger("lianxin.alarms")

MISSING = "设了 LIANXIN_ALARM_URLS，但没有装告警部件；运行 pip install 'lianxin[alarm]'"
SECONDS = 30.0


class Notifier(Protocol):
    async def notify(self, title: str, text: str) -> bool:
        """Whether somebody was reached. Never raises."""
        ...


class AppriseNotifier:
    """Tells all addresses, in a thread: some of apprise's services block."""

    def __init__(self, urls: Sequence[SecretStr]) -> None:
        """Raises Refused where apprise is not installed or an address is not understood."""
        self._apprise = _load(urls)

    async def notify(self, title: str, text: str) -> bool:
        try:
            async with asyncio.timeout(SECONDS):
                return bool(await asyncio.to_thread(self._apprise.notify, text, title))
        except Exception as error:  # noqa: BLE001 - an alarm must not end what raises alarms
            log.error("alarm could not be sent: %s", type(error).__name__)
            return False


def make_notifier(urls: Sequence[SecretStr]) -> Notifier | None:
    """None where no address is configured. Raises Refused for what can not work."""
    return AppriseNotifier(urls) if urls else None


def _load(urls: Sequence[SecretStr]) -> "Apprise":
    try:
        from apprise import Apprise
    except ImportError as error:
        raise Refused(MISSING) from error
    # It would log the addresses, which are secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    loaded = Apprise()
    for place, url in enumerate(urls, 1):
        if not loaded.add(url.get_secret_value()):
            raise Refused(f"LIANXIN_ALARM_URLS 的第 {place} 个地址看不懂；写法见 apprise 的说明")
    return loaded
