"""What the tests of the command line share."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import execute
from bot.logs import QUIET, close_logs

SHIPPED = Path(__file__).resolve().parents[3] / "config.toml"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


Lianxin = Callable[..., Ran]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a copy of the shipped configuration, and nothing else."""
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "config.toml").write_bytes(SHIPPED.read_bytes())
    monkeypatch.chdir(folder)
    for name in ("LIANXIN_ONEBOT_TOKEN", "LIANXIN_DATABASE_URL", "LIANXIN_ALARM_URLS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def lianxin(capsys: pytest.CaptureFixture[str]) -> Iterator[Lianxin]:
    """Runs the command line in this process."""
    levels = {name: logging.getLogger(name).level for name in ("", *QUIET)}

    def run(*arguments: str) -> Ran:
        code = execute(list(arguments))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield run
    close_logs()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
