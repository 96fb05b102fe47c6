"""Which links of a chat message may be followed, and to which address.

A link is what a stranger wrote. So: https only, only the platform's own hosts, the name resolved
once and the checked address connected to.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import SplitResult, urlsplit

import httpx

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unfetchable(Exception):
    """Why a picture or voice note is not taken; never shows the link's query."""


class Links:
    """`hosts` are exact names, or suffixes with a leading dot. `allow_loopback` lets
    http://127.0.0.1 through, for tests only; `resolve` stands in for the name service there."""

    def __init__(
        self, hosts: Sequence[str], *, allow_loopback: bool = False, resolve: Resolve | None = None
    ) -> None:
        self._hosts = tuple(host.lower() for host in hosts)
        self._allow_loopback = allow_loopback
        self._resolve = resolve or _resolve

    async def checked(self, link: str) -> tuple[httpx.URL, str]:
        """The link as https and the address to connect to; raises Unfetchable."""
        parts = _split(link)
        host = (parts.hostname or "").lower()
        if self._allow_loopback and parts.scheme == "http" and host == "127.0.0.1":
            return httpx.URL(link), host
        if parts.scheme not in ("http", "https") or parts.username is not None:
            raise Unfetchable("not an https link")
        if parts.port not in (None, 443, 80) or not self._is_known(host):
            raise Unfetchable("not a host of the platform")
        addresses = await self._resolve(host, 443)
        if not addresses or not all(is_public(address) for address in addresses):
            raise Unfetchable("the host's address is not public")
        return httpx.URL(link).copy_with(scheme="https", port=None), addresses[0]

    def _is_known(self, host: str) -> bool:
        return any(
            host == known or (known.startswith(".") and host.endswith(known))
            for known in self._hosts
        )


def is_public(address: str) -> bool:
    """Whether an IP address may be connected to: no loopback, private, link-local, embedded one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64
    ):
        return False
    return ip.is_global and not ip.is_multicast


def _split(link: str) -> SplitResult:
    try:
        parts = urlsplit(link)
        _ = parts.port  # raises here for a port out of range
    except ValueError as error:
        raise Unfetchable("a broken link") from error
    return parts


async def _resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
