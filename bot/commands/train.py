"""lianxin train, lianxin evaluate: a field classifier from a deployer's own tickets."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, progress, say

if TYPE_CHECKING:
    from handlers.sorter import Labelled, Report

HELD_BACK = 5
"""One row in so many is held back to show how good the model is."""

DataOption = Annotated[Path, typer.Option("--data", metavar="FILE.csv", help="带标签的 CSV 文件")]
TextOption = Annotated[
    list[str] | None, typer.Option("--text", metavar="COLUMN", help="文字所在的列，可以写几次")
]
LabelOption = Annotated[str, typer.Option("--label", metavar="COLUMN", help="标签所在的列")]


def train(
    data: DataOption,
    out: Annotated[Path, typer.Option("--out", metavar="MODEL", help="模型文件写到哪里")],
    text: TextOption = None,
    label: LabelOption = "field",
) -> None:
    """用自己的件训练分类 / Train a classifier from labelled tickets."""
    from bot.clock import SystemClock
    from bot.labelled import read_labelled

    rows = read_labelled(data, text or ["text"], label)
    day = SystemClock().now().astimezone(UTC).date().isoformat()
    held_back = rows[::HELD_BACK]
    learned = [row for at, row in enumerate(rows) if at % HELD_BACK]
    say(f"{len(rows)} 行，先用 {len(learned)} 行试训，留 {len(held_back)} 行检验：")
    _tell(_check(_fit(learned, day, "试训"), held_back))
    content = _fit(rows, day, "训练")
    if out.exists():
        out.replace(out.with_suffix(out.suffix + ".previous"))
    out.write_bytes(content)
    size = len(content) // 1024
    say(f"✓ 写好了 {out}（{size} KB）。要退回上一个，换回 {out.name}.previous。")


def evaluate(
    model: Annotated[Path, typer.Option("--model", metavar="MODEL", help="模型文件")],
    data: DataOption,
    text: TextOption = None,
    label: LabelOption = "field",
) -> None:
    """拿带标签的文件检验模型 / Hold a model against labelled tickets."""
    from bot.labelled import read_labelled

    _tell(_check(model.read_bytes(), read_labelled(data, text or ["text"], label)))


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
        fail("这不是 lianxin train 训练出来的模型")
    return evaluate_sorter(loaded, rows)


def _tell(report: "Report") -> None:
    say(f"宏平均 F1 {report.macro_f1:.3f}，正确率 {report.accuracy:.3f}")
    for label, one in report.labels.items():
        figures = f"精确 {one.precision:.3f} 召回 {one.recall:.3f} F1 {one.f1:.3f}"
        say(f"  {label}：{figures}（{one.count} 行）")
