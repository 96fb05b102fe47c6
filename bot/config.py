"""The only reader of config.toml and of the environment."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.configuration.build import build_config
from bot.configuration.checks import problems_in
from bot.configuration.file import File
from bot.configuration.model import Board, Config, Judge, Logging, OneBot, Pace, WeChat
from bot.configuration.problems import ConfigError, Problem, nearest
from bot.configuration.source import read_toml
from bot.configuration.words import problems_of

__all__ = (
    "ENVIRONMENT",
    "Board",
    "Config",
    "ConfigError",
    "Judge",
    "Logging",
    "OneBot",
    "Pace",
    "Problem",
    "WeChat",
    "load_config",
)

ENVIRONMENT = (
    "LIANXIN_ONEBOT_TOKEN",
    "LIANXIN_WECHAT_TOKEN",
    "LIANXIN_DATABASE_URL",
    "LIANXIN_ALARM_URLS",
    "LIANXIN_JUDGE_KEY",
)
"""All that is read from the environment: what must not stand in a file."""


def load_config(path: Path, environ: Mapping[str, str], base: Path | None = None) -> Config:
    """The whole configuration. Raises ConfigError with every problem; no secret is in its text.

    `base` is the folder that relative paths start at: the file's own unless given.
    """
    raw = read_toml(path)
    try:
        file = File.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(problems_of(error, raw)) from None
    has_token = bool(environ.get("LIANXIN_ONEBOT_TOKEN", "").strip())
    has_gateway_token = bool(environ.get("LIANXIN_WECHAT_TOKEN", "").strip())
    problems = [
        *problems_in(file, has_token, has_gateway_token),
        *_check_database(file, environ),
    ]
    if problems:
        raise ConfigError(problems)
    extra = tuple(_strange_names(environ))
    return build_config(path, base or path.parent, file, environ, extra)


def _check_database(file: File, environ: Mapping[str, str]) -> list[Problem]:
    found = []
    sources = {
        "storage.database": file.storage.database,
        "LIANXIN_DATABASE_URL": environ.get("LIANXIN_DATABASE_URL", ""),
    }
    for key, url in sources.items():
        if url and not url.startswith(("sqlite://", "postgresql://", "postgres://")):
            found.append(Problem(key, "要以 sqlite:/// 或 postgresql:// 开头"))
    if _has_password(file.storage.database):
        text = "密码不写在文件里，请把整个地址放进环境变量 LIANXIN_DATABASE_URL"
        found.append(Problem("storage.database", text))
    return found


def _has_password(url: str) -> bool:
    try:
        return urlsplit(url).password is not None or "password=" in url
    except ValueError:
        return "@" in url


def _strange_names(environ: Mapping[str, str]) -> list[Problem]:
    strange = (name for name in environ if name.startswith("LIANXIN_") and name not in ENVIRONMENT)
    return [Problem(name, f"没有这个环境变量，是不是 {_near(name)}？") for name in sorted(strange)]


def _near(name: str) -> str:
    return nearest(name, ENVIRONMENT) or "、".join(ENVIRONMENT)
