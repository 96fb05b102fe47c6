"""Each shim is needed still: without it wechaty, or its tests, fail; with all four it imports."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

WITHOUT = """
from bot.adapters import wechat_shims
wechat_shims.{shim} = lambda: None
wechat_shims.install()
import wechaty
"""


def run(code: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, in an empty folder."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    return subprocess.run(
        [sys.executable, *options, "-c", code], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("shim", "complaint"),
    [
        ("name_event_emitter", "cannot import name 'AsyncIOEventEmitter' from 'pyee'"),
        ("name_get_host", "cannot import name 'get_host' from 'urllib3'"),
        ("make_options_hashable", "mutable default <class 'wechaty_puppet.schemas.puppet"),
    ],
)
def test_wechaty_can_not_be_imported_without(shim: str, complaint: str, tmp_path: Path) -> None:
    tried = run(WITHOUT.format(shim=shim), tmp_path)
    assert tried.returncode == 1
    assert complaint in tried.stderr


def test_telnetlib_is_missing_or_warns(tmp_path: Path) -> None:
    """From 3.13 on it only comes from PyPI; before, its import is a warning."""
    tried = run("import telnetlib", tmp_path, "-W", "error::DeprecationWarning")
    standard = Path(sysconfig.get_path("stdlib")) / "telnetlib.py"
    assert tried.returncode == 1 or not standard.exists()


def test_all_of_wechaty_imports_with_the_four(tmp_path: Path) -> None:
    code = "from bot.adapters import wechat_shims; wechat_shims.install(); import wechaty"
    assert run(code, tmp_path).returncode == 0


def test_the_adapter_leaves_no_folder_behind(tmp_path: Path) -> None:
    assert run("import bot.adapters.wechat_puppet", tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_wechatys_loggers_are_silent(tmp_path: Path) -> None:
    """They would print every message and the token."""
    code = """
import bot.adapters.wechat_puppet, logging
print([n for n in ("PuppetService", "FileBox") if not logging.getLogger(n).disabled])
"""
    assert run(code, tmp_path).stdout == "[]\n"
