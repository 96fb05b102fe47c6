"""The log: one line an event, without secrets, phones or what people say."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from loguru import logger as loguru_logger

from bot.config import Config, load_config
from bot.logs import QUIET, OneLine, capture_loguru, close_logs, configure_logs, redact
from storage.errors import BackupRefused

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
SECRET = "s3cret-of-the-town"
SAID = "我家三楼漏水电话13900001234"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(SHIPPED, {"LIANXIN_ONEBOT_TOKEN": SECRET}, base=tmp_path)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    level, levels = root.level, {name: logging.getLogger(name).level for name in QUIET}
    yield
    close_logs()
    loguru_logger.remove()
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def written(config: Config) -> list[str]:
    assert config.logging.file is not None
    for handler in logging.getLogger().handlers:
        handler.flush()
    return config.logging.file.read_text(encoding="utf-8").splitlines()


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("lianxin", logging.INFO, "x.py", 1, message, arguments, info)


def raised(error: Exception) -> Exception:
    """The error as it comes out of a try, with a traceback."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_a_record_is_one_line_with_its_level_and_name(config: Config) -> None:
    configure_logs(config)
    logging.getLogger("lianxin.runtime").info("handled qq/group:700108/m1 act=%s", "open")
    (line,) = written(config)
    assert line.endswith(" INFO lianxin.runtime handled qq/group:700108/m1 act=open")


def test_a_record_with_line_feeds_stays_one_line() -> None:
    line = OneLine().format(record("title %s", "a\nb\r\n2026-01-01 INFO forged\x1b[31m\u2028c"))
    assert line.endswith("title a | b | 2026-01-01 INFO forged [31m c")


def test_what_is_below_the_level_is_not_written(config: Config) -> None:
    configure_logs(replace(config, logging=replace(config.logging, level="WARNING")))
    logging.getLogger("lianxin").info("quiet")
    assert not logging.getLogger("lianxin").isEnabledFor(logging.INFO)
    assert written(config) == []


@pytest.mark.parametrize("name", ["uvicorn.access", "httpx", "apscheduler.scheduler", "alembic"])
def test_the_chatter_of_libraries_is_not_written(config: Config, name: str) -> None:
    configure_logs(config)
    logging.getLogger(name).info("GET /?access_token=x")
    assert written(config) == []


def test_a_configured_secret_is_hidden_in_text_and_arguments(config: Config) -> None:
    configure_logs(config)
    logging.getLogger("lianxin").info(f"token {SECRET} and %s", {"token": SECRET})
    (line,) = written(config)
    assert SECRET not in line
    assert line.endswith("token *** and {'token': '***'}")


def test_a_secret_in_an_exception_is_hidden(config: Config) -> None:
    line = OneLine(config.secrets).format(record("failed", error=raised(OSError(SECRET))))
    assert SECRET not in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13900001234 now", "call *** now"),
        ("call 0937-5550101 now", "call *** now"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("ws://x/onebot?access_token=abc&y=1", "ws://x/onebot?access_token=***&y=1"),
        ("postgresql://lianxin:pw@db/lianxin", "postgresql://lianxin:***@db/lianxin"),
        ("qq/group:700108/2147483647", "qq/group:700108/2147483647"),
        ("sweep:1795490526123", "sweep:1795490526123"),
    ],
)
def test_phones_and_passwords_are_hidden_and_keys_are_not(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_an_exception_shows_its_type_and_place_but_not_its_words() -> None:
    line = OneLine().format(record("message m1 failed", error=raised(ValueError(SAID))))
    assert "漏水" not in line
    assert line.partition(" | ")[2].startswith("ValueError at bot/test_logs.py:")


@pytest.mark.parametrize("error", [OSError(28, "No space left"), BackupRefused("no such file")])
def test_errors_of_system_and_storage_keep_their_words(error: Exception) -> None:
    assert str(error) in OneLine().format(record("failed", error=raised(error)))


def test_what_is_no_service_writes_no_file(config: Config) -> None:
    configure_logs(config, is_service=False)
    logging.getLogger("lianxin").error("x")
    assert not config.data_folder.exists()


def test_the_file_turns_over_when_it_is_full(config: Config) -> None:
    configure_logs(replace(config, logging=replace(config.logging, megabytes=1, keep=2)))
    for _ in range(50):
        logging.getLogger("lianxin").info("x" * 100_000)
    names = sorted(path.name for path in config.data_folder.iterdir())
    assert names == ["lianxin.log", "lianxin.log.1", "lianxin.log.2"]


def test_configuring_twice_writes_each_line_once(config: Config) -> None:
    configure_logs(config)
    configure_logs(config)
    logging.getLogger("lianxin").info("once")
    assert len(written(config)) == 1


def test_nonebot_warnings_come_without_the_raw_event(config: Config) -> None:
    configure_logs(config)
    capture_loguru()
    loguru_logger.error("Failed to parse event. Raw: {{'raw_message': '" + SAID + "'}}")
    (line,) = written(config)
    assert line.endswith("ERROR nonebot Failed to parse event.")


def test_nonebot_message_lines_are_not_written(config: Config) -> None:
    configure_logs(config)
    capture_loguru()
    loguru_logger.success(SAID)
    assert written(config) == []


def test_an_exception_of_nonebot_comes_without_its_words(config: Config) -> None:
    configure_logs(config)
    capture_loguru()
    loguru_logger.opt(exception=raised(ValueError(SAID))).error("Running Matcher failed")
    (line,) = written(config)
    assert "漏水" not in line
    assert "ValueError" in line
