"""A linear model as one small file, and its scores without any library.

A feature's weights for all lanes are packed into one integer, 32 bits a lane, so that a text's
scores are one sum of integers. Weights are bytes around 128; lane 0 counts the features found,
lane 1 adds up their squared inverse frequencies, by which a long text is brought to length one.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import repeat

MAGIC = b"lianxin-model 1\n"
MOST_BYTES = 32 * 1024 * 1024
_ZERO = 128


class MalformedModel(Exception):
    """A file that is not a model, or not a whole one. The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class About:
    """What a model says of itself. `trained_on` is the day given by who trained it.

    `counts` are examples by label, `digest` is of the examples, `lanes` the names of the outputs.
    `scales` and `biases` turn a lane's sum into its score; `is_normed` means by text length.
    """

    purpose: str
    trained_on: str
    digest: str
    lanes: tuple[str, ...]
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    counts: Mapping[str, int]
    is_normed: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    about: About
    table: Mapping[str, int]

    def scores(self, features: Iterable[str]) -> tuple[float, ...]:
        """One score a lane, in the order of `about.lanes`; above 0 means yes."""
        about = self.about
        total = sum(map(self.table.get, features, repeat(0)))
        count, square, *sums = struct.unpack(_form(len(about.lanes)), total.to_bytes(_size(about)))
        zero = count * _ZERO
        norm = (square / 16) ** 0.5 if about.is_normed and square else 1.0
        return tuple(
            (got - zero) * scale / norm + bias
            for got, scale, bias in zip(sums, about.scales, about.biases, strict=True)
        )


def dump(about: About, weights: Mapping[str, Sequence[int]]) -> bytes:
    """The model file. `weights`: for each feature lane 1 (0..255), then the lanes (-127..127)."""
    names = sorted(name for name in weights if "\n" not in name)
    width = len(about.lanes) + 1
    columns = bytearray(width * len(names))
    for place, name in enumerate(names):
        square, *row = weights[name]
        columns[place :: len(names)] = bytes([square, *(value + _ZERO for value in row)])
    head = json.dumps(asdict(about), ensure_ascii=False, sort_keys=True).encode()
    body = "\n".join(names).encode("utf-8", "surrogatepass")
    packed = zlib.compress(struct.pack("<II", len(head), len(body)) + head + body + columns, 9)
    return MAGIC + hashlib.sha256(packed).digest() + packed


def load(content: bytes) -> Model:
    """Reads what `dump` made. Raises MalformedModel."""
    about, names, columns = _open(content)
    width = len(about.lanes) + 1
    lanes = bytearray(4 * (width + 1) * len(names))
    step = 4 * (width + 1)
    lanes[3::step] = b"\x01" * len(names)
    for lane in range(width):
        lanes[4 * lane + 7 :: step] = columns[lane * len(names) : (lane + 1) * len(names)]
    table = {
        name: int.from_bytes(lanes[at * step : (at + 1) * step]) for at, name in enumerate(names)
    }
    return Model(about, table)


def _form(lanes: int) -> str:
    return f">{lanes + 2}I"


def _size(about: About) -> int:
    return 4 * (len(about.lanes) + 2)


def _open(content: bytes) -> tuple[About, list[str], bytes]:
    start = len(MAGIC) + 32
    if not content.startswith(MAGIC) or len(content) <= start:
        raise MalformedModel("不是模型文件")
    if hashlib.sha256(content[start:]).digest() != content[len(MAGIC) : start]:
        raise MalformedModel("模型文件已损坏")
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(content[start:], MOST_BYTES)
        head, body = struct.unpack_from("<II", raw)
        about = _about(json.loads(raw[8 : 8 + head]))
        names = raw[8 + head : 8 + head + body].decode("utf-8", "surrogatepass").split("\n")
        columns = raw[8 + head + body :]
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as error:
        raise MalformedModel("模型文件读不懂") from error
    if not about.lanes or len(columns) != len(names) * (len(about.lanes) + 1):
        raise MalformedModel("模型文件不完整")
    return about, names, columns


def _about(head: dict[str, object]) -> About:
    about = About(**head)  # type: ignore[arg-type]
    lanes = tuple(map(str, about.lanes))
    scales = tuple(map(float, about.scales))
    biases = tuple(map(float, about.biases))
    if not len(lanes) == len(scales) == len(biases):
        raise ValueError("lanes")
    counts = {str(name): int(count) for name, count in about.counts.items()}
    return About(
        str(about.purpose),
        str(about.trained_on),
        str(about.digest),
        lanes,
        scales,
        biases,
        counts,
        bool(about.is_normed),
    )
