"""The configuration as frozen values: what the bot side needs, and the handlers' Settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.configuration.problems import Problem
from handlers.settings import Settings


@dataclass(frozen=True, slots=True)
class OneBot:
    """The listener for QQ. `accounts` are the self ids let in; empty lets every one in."""

    enabled: bool
    host: str
    port: int
    accounts: tuple[str, ...]
    token: SecretStr | None


@dataclass(frozen=True, slots=True)
class WeChat:
    """The wechaty gateway as ``host:port``; empty while disabled.

    `ca_file` is whom to trust beside the usual ones, `tls_name` the name in the gateway's
    certificate, both None where that is not needed.
    """

    enabled: bool
    endpoint: str
    tls: bool
    ca_file: Path | None
    tls_name: str | None
    token: SecretStr | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one account may speak on a platform.

    `seconds` between two messages of one conversation, plus a random 0..`jitter` seconds;
    the breaker opens after `breaker_failures` failures in a row, for `breaker_seconds`.
    """

    seconds: float
    jitter: float
    per_minute: int
    per_day: int
    breaker_failures: int
    breaker_seconds: float


@dataclass(frozen=True, slots=True)
class Logging:
    """`level` is a name of the standard library's; `file` None logs to the console only."""

    level: str
    file: Path | None
    megabytes: int
    keep: int


@dataclass(frozen=True, slots=True)
class Board:
    """The board's listener; `public_url` is how phones reach it, None without one."""

    enabled: bool
    host: str
    port: int
    public_url: str | None


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that is asked about uncertain lines. `reach` is how far below the band it is asked,
    `per_day` how often at most."""

    enabled: bool
    url: str
    model: str
    timeout_seconds: float
    per_day: int
    reach: float
    key: SecretStr | None

    @property
    def endpoint(self) -> str:
        return f"{self.url.rstrip('/')}/chat/completions"


@dataclass(frozen=True, slots=True)
class Config:
    """All of config.toml and the environment. Secrets are wrapped, so that no repr shows them."""

    path: Path
    settings: Settings
    database_url: str = field(repr=False)
    data_folder: Path
    media_folder: Path
    backup_folder: Path
    backups_kept: int
    onebot: OneBot
    wechat: WeChat
    delivery: Mapping[str, Pace]
    logging: Logging
    model_path: Path | None
    judge: Judge
    board: Board
    alarm_urls: tuple[SecretStr, ...]
    warnings: tuple[Problem, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret in clear, for the filter that keeps them out of the log."""
        wrapped = (self.onebot.token, self.wechat.token, self.judge.key, *self.alarm_urls)
        found = [secret.get_secret_value() for secret in wrapped if secret is not None]
        password = urlsplit(self.database_url).password
        return (*found, password) if password else tuple(found)
