"""lianxin train, lianxin evaluate: models from a deployer's own tickets, and how good they are."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, note, progress, say
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from handlers.sorter import Labelled, Report

FOLDS = 5
"""One row in so many is held back to show how good the model is."""

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE.csv", help="带标签的 CSV 文件；不写就用库里的件和更正"),
]
TextOption = Annotated[
    list[str] | None, typer.Option("--text", metavar="COLUMN", help="文字所在的列，可以写几次")
]
LabelOption = Annotated[str, typer.Option("--label", metavar="COLUMN", help="标签所在的列")]


def train(
    context: typer.Context,
    data: DataOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="MODEL", help="模型写到哪里，默认数据文件夹的 models/new.bin"
        ),
    ] = None,
    text: TextOption = None,
    label: LabelOption = "field",
    config: ConfigOption = None,
) -> None:
    """用自己的件训练，写成一个文件，不会自己换上 / Train from your own tickets."""
    from bot.commands.learning import train_from_database
    from bot.models import NEW, folder_of

    settled = None if data is not None and out is not None else open_config(context, config)
    target = out
    if target is None and settled is not None:
        target = folder_of(settled) / NEW
    if target is None:
        fail("少写了 --out")
    if data is None:
        train_from_database(settled or open_config(context, config), target, _today())
    else:
        _train_from_file(data, text or ["text"], label, target)


def evaluate(
    context: typer.Context,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="MODEL", help="模型文件，默认新训练的 models/new.bin"),
    ] = None,
    data: DataOption = None,
    text: TextOption = None,
    label: LabelOption = "field",
    config: ConfigOption = None,
) -> None:
    """检验模型；不写 --data 就和现在用的比 / Hold a model against labelled tickets."""
    from bot.commands.learning import tell_comparison, waiting_model
    from bot.labelled import read_labelled

    if data is None:
        settled = open_config(context, config)
        tell_comparison(settled, waiting_model(settled, model))
        return
    rows = read_labelled(data, text or ["text"], label)
    if model is None:
        _cross_validate(rows)
    else:
        _tell(_check(model.read_bytes(), rows))


def write_model(target: Path, content: bytes) -> None:
    """What stood there before is kept beside it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.replace(target.with_suffix(target.suffix + ".previous"))
    target.write_bytes(content)
    say(f"✓ 写好了 {target}（{max(len(content) // 1024, 1)} KB）。")


def folds_of(rows: "Sequence[Labelled]", folds: int) -> "list[list[Labelled]]":
    """Each label dealt out evenly; which row comes where depends on its text alone."""

    def place(row: "Labelled") -> tuple[str, bytes]:
        text, label = row
        return label, hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

    dealt = sorted(rows, key=place)
    return [dealt[fold::folds] for fold in range(folds)]


def _train_from_file(data: Path, texts: list[str], label: str, target: Path) -> None:
    from bot.labelled import read_labelled

    rows = read_labelled(data, texts, label)
    held_back, *others = folds_of(rows, FOLDS)
    learned = [row for fold in others for row in fold]
    day = _today()
    if held_back and len({label for _, label in learned}) > 1:
        say(f"{len(rows)} 行，先用 {len(learned)} 行试训，留 {len(held_back)} 行检验：")
        _tell(_check(_fit(learned, day, "试训"), held_back))
    is_old = target.exists()
    write_model(target, _fit(rows, day, "训练"))
    if is_old:
        note(f"原来的在 {target.name}.previous。")
    _tell_use(target)


def _tell_use(target: Path) -> None:
    from bot.models import read_model
    from handlers.model import MalformedModel

    try:
        read_model(target)
    except MalformedModel as error:
        note(f"运行时不用它：{error}。")
    else:
        say(f"要让它来分领域：lianxin model use {target}")


def _cross_validate(rows: "Sequence[Labelled]") -> None:
    """Each row is judged by a model that has not seen it."""
    from handlers.model import load
    from handlers.sorter import report_of, sort_text

    if len(rows) < FOLDS:
        fail(f"只有 {len(rows)} 行，分不成 {FOLDS} 份")
    folds = folds_of(rows, FOLDS)
    pairs: list[tuple[str, str]] = []
    say(f"{len(rows)} 行，分 {FOLDS} 份，轮流留一份检验：")
    for at, held_back in enumerate(folds):
        learned = [row for other, fold in enumerate(folds) if other != at for row in fold]
        model = load(_fit(learned, _today(), f"第 {at + 1} 份"))
        found = [(label, sort_text(model, text)) for text, label in held_back]
        say(f"  第 {at + 1} 份 宏平均 F1 {report_of(found).macro_f1:.3f}（{len(found)} 行）")
        pairs += found
    _tell(report_of(pairs))


def _fit(rows: "Sequence[Labelled]", day: str, what: str) -> bytes:
    from handlers.sorter import train_sorter

    if len({label for _, label in rows}) < 2:
        fail("至少要有两种标签")
    with progress() as bar:
        task = bar.add_task(what, total=None)
        return train_sorter(
            rows, day, lambda done, total: bar.update(task, completed=done, total=total)
        )


def _check(content: bytes, rows: "Sequence[Labelled]") -> "Report":
    from handlers.model import MalformedModel, load
    from handlers.sorter import PURPOSE, evaluate_sorter

    try:
        loaded = load(content)
    except MalformedModel as error:
        fail(str(error))
    if loaded.about.purpose != PURPOSE:
        fail("这个模型不是用 --data 训练出来的；不写 --data 就和现在用的比")
    return evaluate_sorter(loaded, rows)


def _tell(report: "Report") -> None:
    say(f"宏平均 F1 {report.macro_f1:.3f}，正确率 {report.accuracy:.3f}")
    for label, one in report.labels.items():
        figures = f"精确 {one.precision:.3f} 召回 {one.recall:.3f} F1 {one.f1:.3f}"
        say(f"  {label}：{figures}（{one.count} 行）")


def _today() -> str:
    from bot.clock import SystemClock

    return SystemClock().now().astimezone(UTC).date().isoformat()
