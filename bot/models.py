"""The models of a deployment: which one listens, which waits, which to go back to.

In the data folder, under models/: `ear.bin` (matters) and `field.bin` (a sorter of its own) are in
use, `….previous.bin` were in use before, `new.bin` is trained and waits. None of them: the shipped.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bot.configuration.model import Config
from handlers import intents, sorter
from handlers.errors import Refused
from handlers.intents import Ear
from handlers.model import MalformedModel, Model, load
from handlers.schooling import FOLLOWS
from storage.models import Field, Kind, Urgency

log = logging.getLogger("lianxin.models")

FOLDER = "models"
NEW = "new.bin"
EAR_LANES = frozenset(
    {"gate", "danger"}
    | {f"act:{act}" for act in FOLLOWS}
    | {f"field:{field}" for field in Field}
    | {f"kind:{kind}" for kind in Kind}
    | {f"urgency:{urgency}" for urgency in Urgency}
)


class Slot(StrEnum):
    """What a model is for: to tell matters, or their field alone."""

    EAR = "ear"
    FIELD = "field"


NAMES = {Slot.EAR: "识别模型", Slot.FIELD: "分类模型"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """`origins` are the files in use, none for the shipped; `problems` why others are not."""

    ear: Ear
    origins: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


def folder_of(config: Config) -> Path:
    return config.data_folder / FOLDER


def current(config: Config, slot: Slot) -> Path:
    return folder_of(config) / f"{slot}.bin"


def previous(config: Config, slot: Slot) -> Path:
    return folder_of(config) / f"{slot}.previous.bin"


def read_model(path: Path) -> tuple[Slot, Model]:
    """A model and what it is for. Raises MalformedModel, OSError where it can not be read."""
    model = load(path.read_bytes())
    if model.about.purpose == sorter.PURPOSE:
        strange = [label for label in model.about.lanes if label not in set(Field)]
        if strange:
            raise MalformedModel(f"“{strange[0]}”不是十六个领域之一，只能用来 evaluate")
        return Slot.FIELD, model
    if not set(model.about.lanes) >= EAR_LANES:
        raise MalformedModel("这不是认诉求用的模型，或者是别的版本训练的")
    return Slot.EAR, model


def load_ear(config: Config, instead: Path | None = None) -> Loaded:
    """The ear in use. What can not be used is told, and the one before or the shipped taken.

    A file that the configuration names goes before the folder's, `instead` before both.
    """
    ear = intents.load(None, config.settings)
    origins: dict[Slot, Path] = {}
    problems: list[str] = []
    for path, wanted in _candidates(config, instead or config.model_path):
        if wanted in origins:
            continue
        try:
            slot, model = _read(path, wanted)
        except MalformedModel as error:
            problems.append(f"{path}：{error}")
        except OSError as error:
            problems.append(f"{path}：{error.strerror or error}")
        else:
            ear, origins[slot] = with_model(ear, slot, model), path
    return Loaded(ear, tuple(origins.values()), tuple(problems))


def _candidates(config: Config, named: Path | None) -> Iterator[tuple[Path, Slot | None]]:
    """In the order in which they are tried."""
    if named is not None:
        yield named, None
    for slot in Slot:
        for path in (current(config, slot), previous(config, slot)):
            if path.is_file():
                yield path, slot


def _read(path: Path, wanted: Slot | None) -> tuple[Slot, Model]:
    slot, model = read_model(path)
    if wanted not in (None, slot):
        raise MalformedModel(f"这是{NAMES[slot]}，不该在这里")
    return slot, model


def with_model(ear: Ear, slot: Slot, model: Model) -> Ear:
    return replace(ear, model=model) if slot is Slot.EAR else replace(ear, sorter=model)


def use(config: Config, path: Path, slot: Slot) -> None:
    """From the next start on. The one in use is kept to go back to, the file where it is."""
    folder_of(config).mkdir(parents=True, exist_ok=True)
    here = current(config, slot)
    waiting = here.with_suffix(".tmp")
    waiting.write_bytes(path.read_bytes())
    if here.is_file():
        os.replace(here, previous(config, slot))
    os.replace(waiting, here)


def go_back(config: Config, slot: Slot) -> Path | None:
    """To what was in use before: its file, or None for the shipped. Refused where that is so."""
    here, before = current(config, slot), previous(config, slot)
    if not here.is_file():
        raise Refused(f"没有换过{NAMES[slot]}，不用退")
    if before.is_file():
        os.replace(before, here)
        return here
    here.unlink()
    return None


def in_use(config: Config) -> Iterator[Slot]:
    """The slots with a model of the deployment's own."""
    yield from (slot for slot in Slot if current(config, slot).is_file())


def load_and_tell(config: Config) -> Ear:
    """The ear in use; what was refused stands in the log, and in `lianxin check`."""
    loaded = load_ear(config)
    for problem in loaded.problems:
        log.warning("a model is not used: %s", problem)
    for path in loaded.origins:
        log.info("model in use: %s", path.name)
    return loaded.ear
