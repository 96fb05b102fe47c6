"""lianxin classify: what the ear makes of lines from a file or a pipe."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, write_json
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from handlers.talk import Line

ModelOption = Annotated[
    Path | None, typer.Option("--model", metavar="MODEL", help="换用另一个模型文件")
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def classify(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="JSON 行文件，默认读标准输入")
    ] = None,
    model: ModelOption = None,
    config: ConfigOption = None,
) -> None:
    """逐行识别 {"id","text"} / Classify JSON lines {"id", "text"}."""
    from bot.models import load_ear
    from handlers.talk import NO_TALK

    settled = open_config(context, config)
    loaded = load_ear(settled, model)
    if model is not None and model not in loaded.origins:
        fail(loaded.problems[0])
    ear = loaded.ear
    for line_id, line in _lines(file):
        reading = ear.classify(line, NO_TALK)
        write_json(
            {
                "id": line_id,
                "act": reading.gate,
                "score": round(reading.score, 4),
                "kind": reading.kind,
                "field": reading.field,
                "urgency": reading.urgency,
                "place": reading.place,
            }
        )


def _lines(file: Path | None) -> "Iterator[tuple[object, Line]]":
    source = sys.stdin if file is None else file.open(encoding="utf-8-sig", errors="replace")
    with source:
        for number, text in enumerate(source, start=1):
            if text.strip():
                yield _line(number, text)


def _line(number: int, text: str) -> "tuple[object, Line]":
    from handlers.privacy import clean
    from handlers.talk import Line

    try:
        record = json.loads(text)
    except ValueError:
        fail(f'第 {number} 行不是 JSON，要写成 {{"id": "1", "text": "路灯不亮"}}')
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        fail(f"第 {number} 行没有文字的 text")
    words = clean(record["text"])
    return record.get("id"), Line(str(number), EPOCH, sender="", sender_name="", text=words)
