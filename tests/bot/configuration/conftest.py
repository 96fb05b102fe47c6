"""The shipped configuration, to be made wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.config import Config, load_config

SHIPPED = Path(__file__).resolve().parents[3] / "config.toml"

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The shipped file with some texts replaced, as loaded."""

    def read(*changes: tuple[str, str], environ: Mapping[str, str] | None = None) -> Config:
        text = SHIPPED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, environ or {})

    return read
