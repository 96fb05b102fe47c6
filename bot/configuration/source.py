"""Reading config.toml from the disk: what can be wrong before the first setting is looked at."""

import re
import tomllib
from pathlib import Path

from bot.configuration.problems import ConfigError, Problem

_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")
_REASONS = {
    "Cannot overwrite a value": "这个设置前面已经写过，只留一个",
    "Cannot declare": "这一节前面已经写过，只留一个",
    "Invalid value": "值写得不对：文字要加引号，是非写 true 或 false",
    "Expected '=' after a key": "设置名后面要有等号",
    "Unclosed array": "列表没有用 ] 收住",
    "Unterminated string": "引号没有配对",
    "Illegal character": "引号没有配对，或混进了不该有的字符",
    "Expected newline or end of document": "这一行末尾多了东西：文字要加引号，一行只写一个设置",
    "Invalid statement": "这一行看不懂：要写成 名字 = 值（中文的名字、引号、等号都不行）",
}


def read_toml(path: Path) -> dict[str, object]:
    """The file's tables. Raises ConfigError naming the file, the line and what would be right."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _wrong(path, "找不到这个配置文件；用 lianxin init 生成一份") from None
    except IsADirectoryError:
        raise _wrong(path, "这是文件夹，不是配置文件") from None
    except UnicodeDecodeError:
        raise _wrong(path, "不是 UTF-8 编码，请另存为 UTF-8") from None
    except OSError as error:
        raise _wrong(path, f"读不了（{error.strerror}）") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, _syntax(str(error))) from None


def _syntax(message: str) -> str:
    position = _POSITION.search(message)
    where = f"第 {position[1]} 行第 {position[2]} 列" if position else "文件末尾"
    known = (reason for start, reason in _REASONS.items() if message.startswith(start))
    return f"{where}：{next(known, f'不合 TOML 的写法({message})')}"


def _wrong(path: Path, text: str) -> ConfigError:
    return ConfigError([Problem(path.name, text)])
