"""The log: one line an event, with no message bodies, phone numbers or secrets in it."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from bot.configuration.model import Config
from storage.errors import StorageError

if TYPE_CHECKING:
    from loguru import Message

HIDDEN = "***"
_MADE = "lianxin_line"
"""Where a record keeps its finished line."""
FRAMES = 6
QUIET = {
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "nonebot": logging.WARNING,
    "PIL": logging.WARNING,
    "uvicorn": logging.WARNING,
}
"""Whose chatter is not ours: some of it shows bodies or addresses with tokens."""

_TOKEN_WORDS = ("bearer", "wechaty", "token=", "password=")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_TOKEN = re.compile(r"(?i)(bearer\s+|wechaty\s+|(?:access_)?token=|password=)[^\s&\"']+")
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@\s]+@")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_RAW = re.compile(r"\s*\bRaw:.*", re.DOTALL)


class OneLine(logging.Formatter):
    """A record as one line. Exceptions become type and frames: their text may quote a resident,
    so it is only kept for those of the system and of storage, which can not."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets: Sequence[str] = sorted(filter(None, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Made once for all handlers: the file asks twice, to know whether it will be full."""
        line: str | None = record.__dict__.get(_MADE)
        if line is None:
            line = record.__dict__[_MADE] = self._make(record)
        return line

    def _make(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {record.getMessage()}"
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line += f" | {describe_error(error)}"
        return redact(line, self._secrets)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text on one line, with secrets, phone numbers and passwords hidden."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    lowered = text.lower()
    if any(word in lowered for word in _TOKEN_WORDS):
        text = _TOKEN.sub(rf"\1{HIDDEN}", text)
    if "://" in text:
        text = _PASSWORD.sub(rf"\1{HIDDEN}@", text)
    text = _PHONE.sub(HIDDEN, text).strip()
    if text.isprintable():
        return text
    return _CONTROL.sub(" ", re.sub(r"[\r\n\t]+", " | ", text))


def describe_error(error: BaseException) -> str:
    """``ValueError at handlers/tickets.py:31 open_ticket < bot/runtime.py:80 receive``."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    shown = (f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    text = f"({error})" if isinstance(error, OSError | StorageError) else ""
    path = " < ".join(shown)
    return f"{type(error).__name__}{text}" + (f" at {path}" if path else "")


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])


def configure_logs(config: Config, *, is_service: bool = True) -> None:
    """Send all logging to the screen (stderr) and to the rotating file.

    What is no service shows warnings only and writes no file. Raises OSError if the file can not
    be written.
    """
    formatter = OneLine(config.secrets)
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if is_service and config.logging.file is not None:
        config.logging.file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(_open_file(config.logging.file, config))
    close_logs()
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(config.logging.level if is_service else logging.WARNING)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def close_logs() -> None:
    """Take away what `configure_logs` put in place."""
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        if isinstance(handler.formatter, OneLine):
            root.removeHandler(handler)
            handler.close()


def _open_file(path: Path, config: Config) -> RotatingFileHandler:
    most = config.logging.megabytes * 1024 * 1024
    keep = config.logging.keep
    return RotatingFileHandler(path, maxBytes=most, backupCount=keep, encoding="utf-8")


def capture_loguru() -> None:
    """Lead what NoneBot logs (by loguru) into the standard log, warnings and above only.

    To be called after nonebot has been imported: its import puts its own handler in place, which
    writes every message body.
    """
    from loguru import logger

    logger.remove()
    logger.add(_pass_on, level="WARNING", format="{message}", catch=True, diagnose=False)


def _pass_on(message: "Message") -> None:
    record = message.record
    error = record["exception"].value if record["exception"] is not None else None
    text = _RAW.sub("", record["message"])
    logging.getLogger("nonebot").log(record["level"].no, "%s", text, exc_info=error)
