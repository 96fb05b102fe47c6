"""Promise: what is installed is what was locked, and nothing committed names a registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==[^\s;]+(?: ; [^\\]+)? ?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
REGISTRY = re.compile(
    r"--(?:extra-)?index-url|--find-links|--trusted-host"
    r"|https?://[^\s\"'<>]*(?:pypi|pythonhosted|npmjs|registry\.|/simple\b|mirror)"
    r"|\"resolved\":\s*\"http",
    re.IGNORECASE,
)
NOT_OURS = ("tests/security/test_supply.py",)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    names = [name for name in listed.split("\0") if name and name not in NOT_OURS]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(path: Path) -> None:
    entries = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    wanted = [line.strip() for line in entries if line.strip() and not line.startswith("#")]
    assert wanted != []
    for entry in wanted:
        name, *hashes = re.split(r"\s+(?=--hash)", entry)
        assert PINNED.fullmatch(name.strip()), name
        assert hashes != [], name
        assert all(HASH.fullmatch(one.strip()) for one in hashes), name


def test_there_is_a_lock_for_running_developing_and_installing() -> None:
    assert {path.name for path in LOCKED} >= {"run.txt", "dev.txt", "uv.txt"}


def test_no_registry_stands_in_any_committed_file() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in REGISTRY.finditer(text)]
    assert found == []
