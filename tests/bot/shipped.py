"""The shipped configuration, to be changed and made wrong; see the fixture `load`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, ConfigError

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"

Load = Callable[..., Config]
"""Takes pairs of an old and a new text, and the environment by keyword."""


def problems(load: Load, *changes: tuple[str, str], **environ: str) -> list[str]:
    """The sentences with which the changed file is refused."""
    with pytest.raises(ConfigError) as caught:
        load(*changes, environ=environ)
    return [str(problem) for problem in caught.value.problems]
