"""A CSV file of texts with labels (UTF-8 or GB18030), to train and to evaluate with."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from bot.configuration.problems import suggestion
from handlers.errors import Refused

Labelled = tuple[str, str]
"""A text and its label."""

LONGEST_CELL = 10_000_000


def read_labelled(path: Path, texts: Sequence[str], label: str) -> list[Labelled]:
    """Each row's text columns (joined by a line feed) and label; rows without either are left out.

    Raises Refused naming a column that is not there, or a file without a single whole row.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(_decode(path.read_bytes()), newline=""))
    header = [cell.strip() for cell in next(reader, [])]
    if not header:
        raise Refused(f"{path.name} 是空的")
    columns = [_column(name, header) for name in texts]
    label_column = _column(label, header)
    rows = (row for row in reader if len(row) > max(*columns, label_column))
    found = [(_join(row, columns), row[label_column].strip()) for row in rows]
    whole = [(text, value) for text, value in found if text and value]
    if not whole:
        raise Refused(f"{path.name} 里没有一行既有 {'、'.join(texts)} 又有 {label}")
    return whole


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _column(name: str, header: Sequence[str]) -> int:
    if name not in header:
        raise Refused(f"没有 {name} 这一列，{suggestion(name, header)}")
    return header.index(name)


def _join(row: Sequence[str], columns: Sequence[int]) -> str:
    return "\n".join(cell for column in columns if (cell := row[column].strip()))
