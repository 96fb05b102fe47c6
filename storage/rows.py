"""Rows to frozen models and back: milliseconds, JSON lists, enums and flags by the field's type."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

Value = str | int | None
Model = TypeVar("Model")


def to_millis(moment: datetime) -> int:
    """UTC epoch milliseconds; naive datetimes are refused."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return round(moment.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def to_value(value: object) -> Value:
    """What the database stores for one field of a model."""
    if value is None or isinstance(value, str):
        return value if value is None else str(value)
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, datetime):
        return to_millis(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return orjson.dumps(value).decode()
    raise TypeError(f"no column holds a {type(value).__name__}")


def to_row(model: object) -> dict[str, Value]:
    """A model's fields as named query parameters."""
    return {name: to_value(getattr(model, name)) for name in _field_names(type(model))}


def row_reader(model: Callable[..., Model]) -> Callable[..., Model]:
    """A function from columns by name to the model, to be used as aiosql's record class."""
    converters = _converters(model)

    def read(**columns: Value) -> Model:
        for name, convert in converters.items():
            value = columns[name]
            if value is not None:
                columns[name] = convert(value)
        return model(**columns)

    return read


def to_json(model: object) -> str:
    return orjson.dumps(to_row(model)).decode()


def from_json(model: Callable[..., Model], text: str) -> Model:
    return row_reader(model)(**orjson.loads(text))


_names: dict[type, tuple[str, ...]] = {}


def _field_names(model: type) -> tuple[str, ...]:
    if model not in _names:
        _names[model] = tuple(field.name for field in fields(model))
    return _names[model]


def _converters(model: Callable[..., object]) -> Mapping[str, Callable[..., Value]]:
    found: dict[str, Callable[..., Value]] = {}
    for name, hint in get_type_hints(model).items():
        convert = _converter(hint)
        if convert is not None:
            found[name] = convert
    return found


def _converter(hint: object) -> Callable[..., Value] | None:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not types.NoneType)
    table: dict[object, Callable[..., object]] = {
        datetime: from_millis,
        date: date.fromisoformat,
        bool: bool,
    }
    if hint in table:
        return table[hint]  # type: ignore[return-value]
    if get_origin(hint) is tuple:
        return lambda text: tuple(orjson.loads(text))  # type: ignore[return-value]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return None
