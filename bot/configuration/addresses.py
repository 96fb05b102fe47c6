"""Where the bot listens and what it connects to: what can not work, and what others could read."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.configuration.file import File
from bot.configuration.problems import Problem

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def wrong_addresses(
    file: File, has_onebot_token: bool, has_wechat_token: bool
) -> Iterator[Problem]:
    """What forbids a start."""
    yield from _check_listener(file, has_onebot_token)
    yield from _check_wechat(file)
    yield from _check_gateway(file, has_wechat_token)
    yield from _check_judge(file)


def doubtful_addresses(file: File) -> Iterator[Problem]:
    """What a start survives."""
    yield from _unreachable_board(file)
    yield from _open_gateway(file)
    yield from _open_judge(file)


def _check_listener(file: File, has_token: bool) -> Iterator[Problem]:
    if file.onebot.enabled and file.onebot.host not in LOOPBACK and not has_token:
        yield Problem(
            "onebot.host",
            f"{file.onebot.host} 不是本机地址，谁都能冒充 QQ 接进来；"
            "请设环境变量 LIANXIN_ONEBOT_TOKEN，或改回 127.0.0.1",
        )
    if file.board.enabled and file.onebot.enabled and file.board.port == file.onebot.port:
        yield Problem("board.port", f"{file.board.port} 已给了 onebot.port，要换一个")


def _unreachable_board(file: File) -> Iterator[Problem]:
    if file.board.enabled and not file.board.public_url:
        yield Problem("board.public_url", "看板开了，但没写手机上打得开的网址，“面板”发不出链接")
    elif file.board.enabled and not file.board.public_url.startswith(("http://", "https://")):
        text = f"{file.board.public_url} 不像网址，要以 https:// 开头"
        yield Problem("board.public_url", text)


def _check_wechat(file: File) -> Iterator[Problem]:
    if not file.wechat.enabled:
        return
    if not file.wechat.endpoint:
        yield Problem("wechat.endpoint", '启用微信要写网关地址，如 "127.0.0.1:8788"')
    elif endpoint_host(file.wechat.endpoint) is None:
        text = f'{file.wechat.endpoint} 不像网关地址，要写成 "127.0.0.1:8788" 这样'
        yield Problem("wechat.endpoint", text)


def _check_gateway(file: File, has_token: bool) -> Iterator[Problem]:
    if file.wechat.enabled and not has_token:
        text = "启用微信要把网关的 token 放进环境变量 LIANXIN_WECHAT_TOKEN"
        yield Problem("wechat.enabled", text)


def _open_gateway(file: File) -> Iterator[Problem]:
    host = endpoint_host(file.wechat.endpoint)
    if file.wechat.enabled and not file.wechat.tls and host not in (None, *LOOPBACK):
        text = f"网关 {host} 不在本机又没有加密，路上谁都能看到聊天；把 tls 改成 true"
        yield Problem("wechat.tls", text)


def endpoint_host(endpoint: str) -> str | None:
    """The host of ``host:port``; None where it is not that."""
    try:
        parts = urlsplit(f"//{endpoint}")
        is_whole = parts.port is not None and not parts.path and parts.username is None
    except ValueError:
        return None
    return parts.hostname if is_whole else None


def _check_judge(file: File) -> Iterator[Problem]:
    judge = file.judge
    if not judge.enabled:
        return
    if not judge.model:
        yield Problem("judge.model", "启用判断模型要写模型名，照模型服务那边的写")
    if not judge.url:
        yield Problem("judge.url", '启用判断模型要写地址，如 "http://127.0.0.1:8000/v1"')
    elif _web_host(judge.url) is None:
        text = f'{judge.url} 不像地址，要写成 "https://主机/v1" 这样，不带密钥和问号'
        yield Problem("judge.url", text)


def _open_judge(file: File) -> Iterator[Problem]:
    host = _web_host(file.judge.url)
    if not file.judge.enabled or host is None or not file.judge.url.startswith("http://"):
        return
    if not _is_near(host):
        text = f"{host} 不在本机或内网又没有加密，路上谁都能看到；改用 https://"
        yield Problem("judge.url", text)


def _web_host(url: str) -> str | None:
    """The host of a bare http address; None where it is not that."""
    try:
        parts = urlsplit(url)
        is_bare = parts.username is None and not parts.query and not parts.fragment
        is_whole = parts.scheme in ("http", "https") and parts.port != 0 and is_bare
    except ValueError:
        return None
    return parts.hostname if is_whole else None


def _is_near(host: str) -> bool:
    """On this machine, or at an address of an inner network."""
    try:
        return host in LOOPBACK or ip_address(host).is_private
    except ValueError:
        return False
