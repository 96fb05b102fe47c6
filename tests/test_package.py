"""What a build puts into the package, and what the documents say of its modules and tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "handlers", "storage")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as `pip install .` would install them."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "config.toml"):
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", "out"]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return source / "out"


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for name in PACKAGES
        for path in (folder / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_every_file_of_the_packages_is_in_the_build(built: Path) -> None:
    assert files(built) - files(ROOT) == {"bot/config.toml"}
    assert files(ROOT) - files(built) == set()


def test_an_installed_program_carries_the_one_example(built: Path) -> None:
    code = "from bot.commands.options import example_path; print(example_path())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built,
        env=os.environ | {"PYTHONPATH": str(built), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    path = Path(done.stdout.decode().strip())
    assert path == built / "bot" / "config.toml"
    assert path.read_bytes() == (ROOT / "config.toml").read_bytes()


def test_the_map_names_each_module_once() -> None:
    """A new module needs a line in docs/architecture.md: `- `path`: what it does`."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^- `(\S+\.py)`: \S", text)
    modules = [
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    ]
    assert set(modules) ^ set(named) == set()
    assert len(named) == len(set(named))


def test_each_test_that_the_promises_name_is_there() -> None:
    text = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\w+/)*(test_\w+)`", text))
    assert named - {path.stem for path in (ROOT / "tests").rglob("test_*.py")} == set()
    assert len(named) > 10
