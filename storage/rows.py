"""Rows to frozen models and back: milliseconds, JSON lists, enums and flags by the field's type."""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from operator import itemgetter
from typing import Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

Value = str | int | None
Model = TypeVar("Model")


def to_millis(moment: datetime) -> int:
    """UTC epoch milliseconds; naive datetimes are refused."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return round(moment.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    return _fromtimestamp(value / 1000, UTC)


_fromtimestamp = datetime.fromtimestamp
"""Looked up once: it is called a dozen times for each ticket that is read."""


_AS_THEY_ARE = frozenset((str, int, types.NoneType))


def to_value(value: object) -> Value:
    """What the database stores for one field of a model."""
    if type(value) in _AS_THEY_ARE:
        return value  # type: ignore[return-value]
    if isinstance(value, datetime):
        return to_millis(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return orjson.dumps(value).decode()
    raise TypeError(f"no column holds a {type(value).__name__}")


def to_row(model: object) -> dict[str, Value]:
    """A model's fields as named query parameters."""
    names = _field_names(type(model))  # type: ignore[arg-type]
    return {name: to_value(getattr(model, name)) for name in names}


class RowReader(Generic[Model]):
    """Makes a model of a row: from columns by name, or faster from a tuple in a known order."""

    def __init__(self, model: Callable[..., Model]) -> None:
        self._model = model
        self._converters = _converters(model)

    def __call__(self, **columns: Value) -> Model:
        return self.by_position(tuple(columns))(tuple(columns.values()))

    def by_position(self, names: Sequence[str]) -> Callable[[tuple[Value, ...]], Model]:
        """A reader of rows whose columns stand in the order of `names`.

        By position, because keyword arguments for fifty fields take longer than the query.
        """
        model = self._model
        places = {name: place for place, name in enumerate(names)}
        order = [places[name] for name in _field_names(model)]
        converters = [
            (place, self._converters[name])
            for place, name in enumerate(_field_names(model))
            if name in self._converters
        ]
        pick = itemgetter(*order) if len(order) > 1 else tuple

        def read(row: tuple[Value, ...]) -> Model:
            values = list(pick(row))
            for place, convert in converters:
                value = values[place]
                if value is not None:
                    values[place] = convert(value)
            return model(*values)

        return read


@cache
def row_reader(model: Callable[..., Model]) -> RowReader[Model]:
    """The reader of a model's rows, to be used as aiosql's record class."""
    return RowReader(model)


def to_json(model: object) -> str:
    return orjson.dumps(to_row(model)).decode()


def from_json(model: Callable[..., Model], text: str) -> Model:
    read: RowReader[Model] = row_reader(model)
    return read(**orjson.loads(text))


@cache
def _field_names(model: Callable[..., object]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(model))  # type: ignore[arg-type]


def _converters(model: Callable[..., object]) -> Mapping[str, Callable[..., Value]]:
    found: dict[str, Callable[..., Value]] = {}
    for name, hint in get_type_hints(model).items():
        convert = _converter(hint)
        if convert is not None:
            found[name] = convert
    return found


class _Members(dict[str, StrEnum]):
    """An enumeration's members by value, ten times as fast as to call the class."""

    def __init__(self, enumeration: type[StrEnum]) -> None:
        super().__init__({member.value: member for member in enumeration})
        self._enumeration = enumeration

    def __missing__(self, value: str) -> StrEnum:
        """ValueError, as the class itself says it."""
        return self._enumeration(value)


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
        return _Members(hint).__getitem__
    return None
