"""Expected failures of any layer as one Chinese line; the rest stays a traceback."""

import re
import sqlite3
from collections.abc import Sequence

from bot.commands.console import Failed
from handlers.errors import Refused
from storage.errors import (
    BackupRefused,
    BadAddress,
    DatabaseClosed,
    Owned,
    SchemaMismatch,
    StorageError,
)

BACKUP_REASONS = {
    "is the database itself": "备份不能写到数据库自己的文件上，换一个文件名",
    "there is no backup at": "没有这个备份文件",
    "in memory can not be restored": "内存里的数据库不能恢复",
    "holds no schema": "这个文件不是连心的备份",
    "there is no database": "还没有数据库，没有东西可备份",
    "is not empty": "数据库里已经有数据",
    "no sound SQLite database": "这个文件不是连心的备份，或者已经损坏",
    "no backup of a PostgreSQL database": "这个文件不是 PostgreSQL 的备份",
    "is damaged": "文件已经损坏",
}

USAGE_REASONS = {
    r"No such option: (\S+).*": "没有 {} 这个选项。",
    r"Missing argument '(.+?)'.*": "少写了 {}。",
    r"Missing option '(.+?)'.*": "少写了 {}。",
    r"Option '(.+?)' requires an argument.*": "{} 后面要写一个值。",
    r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)": "多写了 {}。",
    r"Invalid value for '(.+?)': (.+)": "{} 的值不对（{}）。",
}


def explain(error: BaseException) -> str | None:
    """What to tell the person at the keyboard; None if this was not to be expected."""
    match error:
        case Failed() | Refused():
            return error.text
        case StorageError():
            return explain_storage(error)
        case sqlite3.Error():
            return f"数据库出错：{error}"
        case OSError():
            return explain_system(error)
    return _explain_configuration(error) or _explain_postgresql(error)


def explain_storage(error: StorageError) -> str:
    match error:
        case SchemaMismatch(current=None):
            return "数据库还没有建；运行 lianxin db upgrade"
        case SchemaMismatch() if error.current is not None and error.current > error.head:
            return f"数据库（版本 {error.current}）比程序（{error.head}）新；请更新程序"
        case SchemaMismatch():
            return f"数据库是旧版 {error.current}，要 {error.head}；运行 lianxin db upgrade"
        case Owned():
            who = f"（{error.owner}）" if error.owner else ""
            return f"这个数据库正由另一个连心在用{who}；先停掉那一个，或者给这一个换一个数据库"
        case BadAddress():
            return "数据库地址不对，要写成 sqlite:///文件 或 postgresql://用户@主机/库名"
        case BackupRefused():
            return explain_backup(str(error))
        case DatabaseClosed():
            return "数据库已经关闭"
    return f"数据库出错：{error}"


def explain_backup(reason: str) -> str:
    """Storage speaks English; `reason` is one of the sentences of storage/backup.py and dump.py."""
    known = (text for words, text in BACKUP_REASONS.items() if words in reason)
    return next(known, f"备份不能用：{reason}")


def explain_usage(message: str, commands: Sequence[str]) -> str:
    """typer's English sentences about a command line. `commands` are those there are."""
    for pattern, text in USAGE_REASONS.items():
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return text.format(*found.groups())
    from bot.configuration.problems import suggestion

    if found := re.match(r"No such command '(.+?)'", message):
        return f"没有 {found[1]} 这个命令，{suggestion(found[1], commands)}"
    return message


def explain_system(error: OSError) -> str:
    where = f"{error.filename}：" if error.filename else ""
    match error:
        case FileNotFoundError():
            return f"{where}没有这个文件或文件夹"
        case PermissionError():
            return f"{where}没有权限"
        case IsADirectoryError():
            return f"{where}是文件夹，不是文件"
        case ConnectionError():
            return f"连不上（{error.strerror or error}）"
    return f"{where}{error.strerror or error}"


def _explain_configuration(error: BaseException) -> str | None:
    from bot.configuration.problems import ConfigError

    return "\n".join(map(str, error.problems)) if isinstance(error, ConfigError) else None


def _explain_postgresql(error: BaseException) -> str | None:
    """psycopg is only asked where it has been imported already: its import is slow."""
    import sys

    psycopg = sys.modules.get("psycopg")
    if psycopg is None or not isinstance(error, psycopg.Error):
        return None
    return f"PostgreSQL 出错：{type(error).__name__}（检查地址、密码和服务）"
