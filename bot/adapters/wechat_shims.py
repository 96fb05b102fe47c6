"""What python-wechaty, which stands still since 2022, needs to be imported today.

Each shim is a function of its own with its reason; tests/bot/adapters/test_wechat_shims.py shows
for each that nothing works without it, so that it can go when that is no longer so.
"""

import importlib
import warnings
from urllib.parse import urlsplit


def install() -> None:
    """All four, before the first import of wechaty. Harmless when called again."""
    name_event_emitter()
    import_telnetlib()
    name_get_host()
    make_options_hashable()


def name_event_emitter() -> None:
    """pyee 12 moved AsyncIOEventEmitter into pyee.asyncio; wechaty imports it from pyee."""
    pyee = importlib.import_module("pyee")
    if not hasattr(pyee, "AsyncIOEventEmitter"):
        emitters = importlib.import_module("pyee.asyncio")
        pyee.AsyncIOEventEmitter = emitters.AsyncIOEventEmitter  # type: ignore[attr-defined]


def import_telnetlib() -> None:
    """Python 3.13 has no telnetlib (standard-telnetlib brings it back), 3.11 and 3.12 warn of it.

    Wechaty imports it to knock at the gateway's port, which is never done here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        importlib.import_module("telnetlib")


def name_get_host() -> None:
    """urllib3 2 dropped get_host, which ``wechaty.user.url_link`` imports."""
    urllib3 = importlib.import_module("urllib3")
    if not hasattr(urllib3, "get_host"):
        urllib3.get_host = get_host  # type: ignore[attr-defined]


def get_host(url: str) -> tuple[str, str | None, int | None]:
    """As urllib3 1 had it: scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme or "http", parts.hostname, parts.port


def make_options_hashable() -> None:
    """Since Python 3.11 a dataclass default must be hashable; WechatyOptions has PuppetOptions()
    for one."""
    schema = importlib.import_module("wechaty_puppet.schemas.puppet")
    if schema.PuppetOptions.__hash__ is None:
        schema.PuppetOptions.__hash__ = object.__hash__
