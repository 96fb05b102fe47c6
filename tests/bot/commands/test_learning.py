"""lianxin train, evaluate and model: what the bot's own database teaches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands.learning import read_lessons
from bot.config import load_config
from bot.models import current, in_use, load_ear
from handlers import comparing, examples
from handlers.comparing import Asked
from handlers.examples import CHATTER, Example
from handlers.lessons import is_held_back
from handlers.model import load
from handlers.schooling import train_ear
from handlers.talk import NO_TALK, Line
from storage.database import connect_sync
from storage.migrate import upgrade
from storage.models import (
    Act,
    Field,
    Kind,
    MessageKey,
    Outcome,
    Stage,
    TicketMessage,
    UnitId,
    Urgency,
)
from storage.store import Store

Lianxin = Callable[..., Any]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
ALL = examples.shipped()
FEW = [one for one in ALL if not one.is_own][::4]
MATTERS = [one for one in ALL if one.act == "open" and not one.is_own and one not in FEW][:60]


@pytest.fixture(autouse=True)
def few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the shipped examples, so that training takes a second or two."""
    asked = [
        Asked(Line("", NOW, "", "", one.text), NO_TALK, one.act == "open", one.field)
        for one in FEW[::3]
    ]
    monkeypatch.setattr(examples, "shipped", lambda: FEW)
    monkeypatch.setattr(comparing, "shipped_lines", lambda: asked)


@pytest.fixture
def url(town: Path) -> str:
    """The address of a new database of the town."""
    (town / "data").mkdir()
    url = f"sqlite:///{(town / 'data' / 'lianxin.db').as_posix()}"
    upgrade(url)
    return url


def settle(store: Store, number: int, text: str, field: str) -> None:
    """A matter of a resident of its own that was closed by his word."""
    resident = store.residents.see("qq", f"5{number:03}", "老李", UnitId("chengguan"))
    key = MessageKey(f"qq/group:1/m{number}")
    ticket = store.tickets.add(
        source_key=key, unit=UnitId("chengguan"), platform="qq", conversation="group:1",
        resident=resident.id, is_sensitive=False, is_anonymous=False, kind=Kind.REQUEST,
        field=Field(field), urgency=Urgency.ROUTINE, place=None, place_key=None, gist="x",
        body=text, assignee=None, opened_at=NOW, contact_due_at=NOW, acceptance_due_at=NOW,
        handling_due_at=NOW, answer_due_at=NOW, gather_until=None, next_action_at=None,
    )  # fmt: skip
    assert ticket is not None
    message = TicketMessage(key, ticket.number, resident.id, None, Act.OPEN, NOW, text)
    store.tickets.add_message(message)
    store.tickets.save(
        replace(ticket, stage=Stage.CLOSED, outcome=Outcome.CONFIRMED, closed_at=NOW)
    )


@pytest.fixture
def taught(url: str) -> str:
    """A database with sixty closed matters, and forty lines that were none."""
    with connect_sync(url) as store:
        for number, one in enumerate(MATTERS):
            settle(store, number, one.text, one.field or Field.OTHER)
        for number in range(40):
            person = store.people.upsert(f"chengguan/{number % 4}", f"第{number % 4}人", None)
            words = f"{chr(97 + number // 26)}{chr(97 + number % 26)}红包没抢着，气人"
            store.corrections.add(NOW, person, None, "none", None, None, words)
    return url


def test_without_anything_to_learn_it_says_what_there_should_be(lianxin: Lianxin, url: str) -> None:
    ran = lianxin("train")
    assert (ran.code, ran.err) == (
        1,
        "还没有可学的：要有居民认可结了的件，或者“不是”“登记”“改”留下的更正。\n",
    )


def test_without_a_database_it_says_how_to_make_one(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("train")
    assert (ran.code, ran.err) == (1, "数据库还没有建；运行 lianxin db upgrade\n")


def test_training_writes_one_file_beside_the_model_in_use_and_swaps_nothing(
    lianxin: Lianxin, town: Path, taught: str
) -> None:
    ran = lianxin("train")
    assert ran.code == 0, ran.err
    assert [path.name for path in (town / "data" / "models").iterdir()] == ["new.bin"]
    assert load_ear(load_config(town / "config.toml", {})).origins == ()
    about = load((town / "data" / "models" / "new.bin").read_bytes()).about
    kept = [one for one in MATTERS if not is_held_back(one.text)]
    assert about.counts["own:tickets"] == len(kept)
    assert about.counts["own:people"] == len(kept) + 4
    assert about.trained_on > "2026"


def test_training_tells_what_was_learned_and_how_old_and_new_compare(
    lianxin: Lianxin, town: Path, taught: str
) -> None:
    out = lianxin("train").out
    lessons = read_lessons(load_config(town / "config.toml", {}))
    matters = sum(one.act == "open" for one in lessons.held_back)
    assert f"学的：自带的例句 {len(FEW)} 条；自己的 {len(lessons.learned)} 条（" in out
    assert "旧：自带的。新：new.bin（识别模型，" in out
    assert f"自己的件和更正里留着没学的 {len(lessons.held_back)} 条：\n  旧 精确 " in out
    assert out.count(f"/{matters}（") >= 2
    assert "自带的那些天（两个都学过，看有没有学坏）：" in out


def test_evaluate_alone_compares_the_new_model_with_the_one_in_use(
    lianxin: Lianxin, taught: str
) -> None:
    ran = lianxin("evaluate")
    assert (ran.code, ran.err) == (1, "还没有新训练的模型；先运行 lianxin train\n")
    trained = lianxin("train").out
    again = lianxin("evaluate").out
    assert again in trained


def save(path: Path, few: list[Example]) -> Path:
    path.write_bytes(train_ear(few, "2026-11-24"))
    return path


def test_using_and_going_back_are_one_command_each(lianxin: Lianxin, town: Path, url: str) -> None:
    config = load_config(town / "config.toml", {})
    first, second = save(town / "one.bin", FEW), save(town / "two.bin", FEW[::2])
    assert lianxin("model", "use", str(first), "--force").code == 0
    assert lianxin("model", "use", str(second), "--force").code == 0
    assert load_ear(config).origins == (current(config, next(in_use(config))),)
    assert load_ear(config).ear.model == load(second.read_bytes())
    ran = lianxin("model", "back")
    assert (ran.code, "退回了：上一个识别模型（2026-11-24 训练，" in ran.out) == (0, True)
    assert load_ear(config).ear.model == load(first.read_bytes())
    assert lianxin("model", "back").out == "✓ 退回了：自带的识别模型，服务重启后用它。\n"
    assert load_ear(config).origins == ()
    assert lianxin("model", "back").err == "没有换过模型，用的就是自带的，不用退\n"


def test_what_was_trained_is_listed_as_used_only_once_it_is(
    lianxin: Lianxin, town: Path, url: str
) -> None:
    (town / "data" / "models").mkdir()
    save(town / "data" / "models" / "new.bin", FEW)
    listed = lianxin("model").out
    assert listed.startswith(
        "在用：自带的识别模型\n  new.bin：新训练的，还没换上，2026-11-24 训练，"
    )
    lianxin("model", "use", "--force")
    assert "  new.bin：新训练的，已换上，" in lianxin("model").out


def test_a_worse_model_is_not_used_unless_it_is_wished(
    lianxin: Lianxin, town: Path, taught: str
) -> None:
    config = load_config(town / "config.toml", {})
    deaf = [replace(one, act=CHATTER) if one.act == "open" else one for one in FEW]
    path = save(town / "deaf.bin", deaf)
    ran = lianxin("model", "use", str(path))
    assert (ran.code, ran.err) == (1, "新的不如现在用的，没有换。一定要换就加 --force。\n")
    assert list(in_use(config)) == []
    assert lianxin("model", "use", str(path), "--force").code == 0
    assert load_ear(config).ear.model == load(path.read_bytes())


def test_a_file_that_is_no_model_is_refused(lianxin: Lianxin, town: Path, url: str) -> None:
    (town / "x.bin").write_bytes(b"nonsense")
    ran = lianxin("model", "use", "x.bin", "--force")
    assert (ran.code, ran.err) == (1, "x.bin：不是模型文件\n")
    assert lianxin("model", "use", "none.bin").err == "没有这个模型：none.bin\n"


def test_while_the_configuration_names_a_model_none_is_swapped(
    lianxin: Lianxin, town: Path, url: str
) -> None:
    path = save(town / "one.bin", FEW[::4])
    text = (town / "config.toml").read_text(encoding="utf-8")
    named = text.replace('[model]\npath = ""', '[model]\npath = "one.bin"')
    (town / "config.toml").write_text(named, encoding="utf-8")
    assert "把它清空再来" in lianxin("model", "use", str(path)).err
    assert "把它清空再来" in lianxin("model", "back").err


def test_without_a_database_a_model_is_compared_on_the_shipped_days_alone(
    lianxin: Lianxin, town: Path
) -> None:
    ran = lianxin("model", "use", str(save(town / "one.bin", FEW)), "--force")
    assert ran.code == 0
    assert "留着没学的 0 条：\n  旧 精确 － 召回 － 领域 －\n" in ran.out
    assert not (town / "data" / "lianxin.db").exists()


def test_who_forgets_somebody_is_told_of_the_model_that_learned(
    lianxin: Lianxin, town: Path, taught: str
) -> None:
    assert "识别模型" not in lianxin("forget", "qq:5000", "--yes").err
    lianxin("model", "use", str(save(town / "one.bin", FEW)), "--force")
    assert "重新 lianxin train 再换上就没有了" in lianxin("forget", "qq:5001", "--yes").err


CSV = "text,field\n" + "".join(
    f"{place}{what},{label}\n"
    for place in ("东街", "西街", "南巷", "北巷", "河边", "学校门口")
    for what, label in (("烟囱倒了没人管", "住房物业"), ("灯笼坏了没人管", "水电气暖"))
)


def test_a_sorter_of_own_letters_tells_the_field_once_it_is_used(
    lianxin: Lianxin, town: Path, url: str
) -> None:
    (town / "own.csv").write_text(CSV, encoding="utf-8")
    ran = lianxin("train", "--data", "own.csv", "--out", "own.bin")
    assert ran.out.endswith("要让它来分领域：lianxin model use own.bin\n")
    assert lianxin("model", "use", "own.bin", "--force").code == 0
    sorter = load_ear(load_config(town / "config.toml", {})).ear.sorter
    assert sorter == load((town / "own.bin").read_bytes())


def test_of_two_models_in_use_the_one_to_go_back_on_is_named(
    lianxin: Lianxin, town: Path, url: str
) -> None:
    (town / "own.csv").write_text(CSV, encoding="utf-8")
    lianxin("train", "--data", "own.csv")
    assert lianxin("model", "use", "--force").code == 0
    assert lianxin("model", "use", str(save(town / "one.bin", FEW)), "--force").code == 0
    assert lianxin("model", "back").err.startswith("两个都换过：")
    assert lianxin("model", "back", "nose").err == "只能写 ear（识别）或 field（分类）\n"
    assert lianxin("model", "back", "field").out == (
        "✓ 退回了：识别模型自己分领域，服务重启后用它。\n"
    )
    listed = lianxin("model").out.splitlines()
    assert listed[0].startswith("在用：")
    assert [line.split("：")[0].strip() for line in listed[1:]] == ["new.bin", "ear.bin"]


def test_a_sorter_of_other_labels_is_said_not_to_run(lianxin: Lianxin, town: Path) -> None:
    (town / "own.csv").write_text(CSV.replace("住房物业", "烟囱"), encoding="utf-8")
    ran = lianxin("train", "--data", "own.csv", "--out", "own.bin")
    assert (ran.code, "运行时不用它：“烟囱”不是十六个领域之一" in ran.err) == (0, True)


def test_evaluate_with_rows_alone_holds_each_fold_back_once(lianxin: Lianxin, town: Path) -> None:
    (town / "own.csv").write_text(CSV, encoding="utf-8")
    out = lianxin("evaluate", "--data", "own.csv").out
    assert out.startswith("12 行，分 5 份，轮流留一份检验：\n  第 1 份 宏平均 F1 ")
    assert "（6 行）" in out.splitlines()[-1]


def test_too_few_rows_are_trained_on_but_not_cut_into_folds(lianxin: Lianxin, town: Path) -> None:
    (town / "own.csv").write_text("text,field\n没水,水\n没灯,灯\n", encoding="utf-8")
    assert lianxin("train", "--data", "own.csv", "--out", "own.bin").code == 0
    ran = lianxin("evaluate", "--data", "own.csv")
    assert (ran.code, ran.err) == (1, "只有 2 行，分不成 5 份\n")


def test_a_model_is_held_against_labelled_rows(lianxin: Lianxin, town: Path) -> None:
    (town / "own.csv").write_text(CSV, encoding="utf-8")
    lianxin("train", "--data", "own.csv", "--out", "own.bin")
    ran = lianxin("evaluate", "--model", "own.bin", "--data", "own.csv")
    assert ran.out.startswith("宏平均 F1 1.000，正确率 1.000\n")
