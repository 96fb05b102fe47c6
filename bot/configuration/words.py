"""pydantic's findings in Chinese: which key, what is wrong, what would be right."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.configuration.file import File, Section
from bot.configuration.problems import Problem, nearest

Location = Sequence[int | str]

SECRETS: Mapping[tuple[str, ...], str] = {
    ("onebot", "token"): "LIANXIN_ONEBOT_TOKEN",
    ("onebot", "access_token"): "LIANXIN_ONEBOT_TOKEN",
    ("wechat", "token"): "LIANXIN_WECHAT_TOKEN",
    ("judge", "key"): "LIANXIN_JUDGE_KEY",
    ("judge", "api_key"): "LIANXIN_JUDGE_KEY",
}


def problems_of(error: ValidationError, raw: Mapping[str, object]) -> list[Problem]:
    """One problem a finding, in the file's order of sections."""
    found = error.errors(include_url=False)
    details = [one for one in found if not _is_consequence(one, found)]
    return [Problem(key_of(one["loc"], raw), _sentence(one)) for one in details]


def key_of(location: Location, raw: object) -> str:
    """``staff(李惠).posts(第1个).role``: list items go by their id or name where they have one."""
    key = ""
    at = raw
    for part in location:
        at = _step(at, part)
        if isinstance(part, int):
            key += f"({_label(at) or f'第{part + 1}个'})"
        else:
            key += f".{part}" if key else part
    return key


def _step(at: object, part: int | str) -> object:
    if isinstance(at, dict) and isinstance(part, str):
        return at.get(part)
    if isinstance(at, list) and isinstance(part, int) and part < len(at):
        return at[part]
    return None


def _label(item: object) -> str | None:
    if not isinstance(item, dict):
        return None
    name = item.get("id") or item.get("name")
    return str(name) if isinstance(name, str | int) else None


def _is_consequence(one: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """A list that is too short only because its items are wrong needs no sentence of its own."""
    depth = len(one["loc"])
    return one["type"] == "too_short" and any(
        other["loc"][:depth] == one["loc"] and len(other["loc"]) > depth for other in found
    )


def _sentence(one: ErrorDetails) -> str:
    write = _SENTENCES.get(one["type"])
    return write(one) if write is not None else f"写法不对（{one['msg']}）"


def _unknown(one: ErrorDetails) -> str:
    secret = SECRETS.get(tuple(map(str, one["loc"])))
    if secret is not None:
        return f"密钥不写在文件里，请放进环境变量 {secret}"
    known = _keys_at(one["loc"][:-1])
    near = nearest(str(one["loc"][-1]), known)
    if near is not None:
        return f"没有这个设置，是不是 {near}？"
    return f"没有这个设置，这里可以写：{'、'.join(known)}"


def _keys_at(location: Location) -> Sequence[str]:
    section = File
    for part in location:
        if isinstance(part, str):
            section = _section_in(section.model_fields[part].annotation) or section
    return tuple(section.model_fields)


def _section_in(annotation: Any) -> type[Any] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    inner = (_section_in(part) for part in get_args(annotation))
    return next((section for section in inner if section is not None), None)


def _shown(one: ErrorDetails) -> str:
    value = one["input"]
    if isinstance(value, bool):
        return str(value).lower()
    return f"“{value[:30]}”" if isinstance(value, str) else str(value)[:30]


def _wants(what: str) -> Callable[[ErrorDetails], str]:
    return lambda one: f"{_shown(one)} 不对，{what}"


def _limit(one: ErrorDetails) -> str:
    limits = one.get("ctx", {})
    words = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于"}
    bounds = "、".join(f"{words[name]} {limit:g}" for name, limit in limits.items())
    return f"{_shown(one)} 不对，要{bounds}"


def _choice(one: ErrorDetails) -> str:
    known = (
        one.get("ctx", {}).get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
    )
    near = nearest(str(one["input"]), known)
    hint = f"是不是 {near}？" if near else f"可以写 {'、'.join(known)}"
    return f"{_shown(one)} 不对，{hint}"


_WHOLE = _wants("要写整数，不加引号")
_NUMBER = _wants("要写数字，不加引号")
_FLAG = _wants("要写 true 或 false，不加引号")
_TEXT = _wants("要写成带引号的文字")
_TABLE: Callable[[ErrorDetails], str] = lambda _: "这里要写成一节（表），不是一个值"  # noqa: E731
_LIST: Callable[[ErrorDetails], str] = lambda _: '这里要写成列表，如 ["甲", "乙"]；成组的用 [[…]]'  # noqa: E731

_SENTENCES: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "没有写，这一项必须有",
    "extra_forbidden": _unknown,
    "value_error": lambda one: str(one.get("ctx", {})["error"]),
    "literal_error": _choice,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "bool_type": _FLAG,
    "string_type": _TEXT,
    "string_too_short": lambda _: "是空的，要写上内容",
    "string_too_long": lambda one: f"太长，最多 {one['ctx']['max_length']} 个字",
    "too_short": lambda one: "只有 {actual_length} 个，至少要 {min_length} 个".format(**one["ctx"]),
    "too_long": lambda one: f"太多，最多 {one['ctx']['max_length']} 个",
    "tuple_type": _LIST,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "greater_than": _limit,
    "greater_than_equal": _limit,
    "less_than": _limit,
    "less_than_equal": _limit,
}
