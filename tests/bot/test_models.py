"""Which model listens: the deployment's own, the one before, or the shipped."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_config
from bot.configuration.model import Config
from bot.models import NEW, Slot, current, folder_of, go_back, in_use, load_ear, read_model, use
from handlers.errors import Refused
from handlers.intents import SHIPPED, shipped_model
from handlers.model import About, MalformedModel, dump
from handlers.sorter import train_sorter
from handlers.talk import NO_TALK, Line
from storage.models import Field

CONFIG = Path(__file__).parents[2] / "config.toml"
EAR = Path(__file__).parents[2] / "handlers" / SHIPPED
ROWS = [
    (f"{place}{what}", label)
    for place in ("东街", "西街", "南巷", "北巷", "河边", "学校门口")
    for what, label in (("烟囱倒了没人管", "住房物业"), ("灯笼坏了没人管", "水电气暖"))
]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_bytes(CONFIG.read_bytes())
    return load_config(path, {})


def named(tmp_path: Path, name: str) -> Config:
    path = tmp_path / "config.toml"
    text = CONFIG.read_text(encoding="utf-8")
    path.write_text(text.replace('[model]\npath = ""', f'[model]\npath = "{name}"'), "utf-8")
    return load_config(path, {})


@pytest.fixture
def sorter(tmp_path: Path) -> Path:
    path = tmp_path / "sorter.bin"
    path.write_bytes(train_sorter(ROWS, "2026-11-24"))
    return path


def test_without_files_the_shipped_ear_listens(config: Config) -> None:
    loaded = load_ear(config)
    assert loaded.ear.model is shipped_model()
    assert (loaded.origins, loaded.problems) == ((), ())


def test_a_model_in_use_is_loaded_from_the_data_folder(config: Config) -> None:
    use(config, EAR, Slot.EAR)
    loaded = load_ear(config)
    assert loaded.origins == (current(config, Slot.EAR),)
    assert loaded.ear.model == shipped_model()
    assert loaded.ear.model is not shipped_model()
    assert loaded.ear.places


def test_a_sorter_in_use_tells_the_field(config: Config, sorter: Path) -> None:
    use(config, sorter, Slot.FIELD)
    line = Line("1", datetime(2026, 11, 24, tzinfo=UTC), "1", "", "楼上烟囱倒了，自来水也停了三天")
    assert load_ear(config).ear.classify(line, NO_TALK).field is Field.HOUSING


def test_a_sorter_named_by_the_configuration_is_used_too(tmp_path: Path, sorter: Path) -> None:
    loaded = load_ear(named(tmp_path, "sorter.bin"))
    assert loaded.origins == (sorter,)
    assert loaded.ear.sorter is not None
    assert loaded.ear.model is shipped_model()


def broken(content: bytes) -> list[bytes]:
    return [b"", b"x" * 100, content[:-1], content[:100] + b"\0" + content[101:]]


@pytest.mark.parametrize("at", range(4))
def test_a_malformed_model_is_told_and_the_shipped_one_used(config: Config, at: int) -> None:
    use(config, EAR, Slot.EAR)
    current(config, Slot.EAR).write_bytes(broken(EAR.read_bytes())[at])
    loaded = load_ear(config)
    assert loaded.ear.model is shipped_model()
    (problem,) = loaded.problems
    assert problem.startswith(f"{current(config, Slot.EAR)}：")


def test_for_a_malformed_model_the_one_before_is_used(config: Config) -> None:
    use(config, EAR, Slot.EAR)
    use(config, EAR, Slot.EAR)
    current(config, Slot.EAR).write_bytes(b"x")
    loaded = load_ear(config)
    assert loaded.origins == (folder_of(config) / "ear.previous.bin",)
    assert loaded.problems == (f"{current(config, Slot.EAR)}：不是模型文件",)


def test_a_named_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    loaded = load_ear(named(tmp_path, "none.bin"))
    assert loaded.ear.model is shipped_model()
    assert loaded.problems[0].startswith(f"{tmp_path / 'none.bin'}：")


def test_a_model_without_all_that_an_ear_tells_is_none(tmp_path: Path) -> None:
    about = About("ear", "2026-11-24", "", ("gate", "danger"), (1.0, 1.0), (0.0, 0.0), {})
    path = tmp_path / "half.bin"
    path.write_bytes(dump(about, {"水": [0, 1, 1]}))
    with pytest.raises(MalformedModel, match="不是认诉求用的模型"):
        read_model(path)


def test_a_sorter_of_other_labels_is_not_used_at_run_time(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(train_sorter([("没水", "水"), ("没灯", "灯")] * 4, "2026-11-24"))
    with pytest.raises(MalformedModel, match="不是十六个领域之一"):
        read_model(path)


def test_going_back_leads_through_the_one_before_to_the_shipped(config: Config) -> None:
    use(config, EAR, Slot.EAR)
    use(config, EAR, Slot.EAR)
    assert go_back(config, Slot.EAR) == current(config, Slot.EAR)
    assert list(in_use(config)) == [Slot.EAR]
    assert go_back(config, Slot.EAR) is None
    assert list(in_use(config)) == []
    with pytest.raises(Refused, match="不用退"):
        go_back(config, Slot.EAR)


def test_using_a_model_leaves_the_trained_file_where_it_is(config: Config) -> None:
    new = folder_of(config) / NEW
    new.parent.mkdir(parents=True)
    new.write_bytes(EAR.read_bytes())
    use(config, new, Slot.EAR)
    assert new.read_bytes() == current(config, Slot.EAR).read_bytes()
    assert {path.name for path in folder_of(config).iterdir()} == {NEW, "ear.bin"}
