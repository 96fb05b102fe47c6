"""What the bot's own database teaches: a new ear beside the one in use, and the two compared."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.console import fail, progress, say

if TYPE_CHECKING:
    from bot.configuration.model import Config
    from handlers.comparing import Score
    from handlers.lessons import Lessons

FEW = 20
"""Below so many held-back lines one line more or less decides."""


def train_from_database(config: "Config", target: Path, day: str) -> None:
    """Shipped examples, and what this deployment has to teach besides."""
    from bot.commands.train import write_model
    from handlers.examples import shipped
    from handlers.schooling import train_ear

    lessons = read_lessons(config)
    if not lessons.learned:
        fail("还没有可学的：要有居民认可结了的件，或者“不是”“登记”“改”留下的更正。")
    _tell_lessons(lessons)
    counts = {
        "own:tickets": lessons.tickets,
        "own:corrections": lessons.corrections,
        "own:people": lessons.people,
    }
    with progress() as bar:
        task = bar.add_task("训练", total=None)
        content = train_ear(
            [*shipped(), *lessons.learned],
            day,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            counts=counts,
        )
    write_model(target, content)
    is_worse = tell_comparison(config, target)
    if not is_worse:
        say(f"没有变差。换上：lianxin model use {target}")


def read_lessons(config: "Config") -> "Lessons":
    """Texts are masked before they are kept, and again here."""
    from handlers.lessons import gather
    from storage.database import connect_sync
    from storage.migrate import check_head

    check_head(config.database_url)
    with connect_sync(config.database_url) as store:
        settled, corrections = store.corrections.list_lessons(), store.corrections.list_all()
    return gather(settled, corrections)


def _tell_lessons(lessons: "Lessons") -> None:
    from handlers.examples import shipped
    from handlers.lessons import MOST_A_PERSON

    say(
        f"学的：自带的例句 {len(shipped())} 条；自己的 {len(lessons.learned)} 条"
        f"（结了的件 {lessons.tickets} 条，更正 {lessons.corrections} 条，"
        f"来自 {lessons.people} 人）。另留 {len(lessons.held_back)} 条不学，只用来检验。"
    )
    if lessons.over:
        say(f"一个人最多算最近 {MOST_A_PERSON} 条，多出来的 {lessons.over} 条没算。")
    if lessons.disputed:
        say(f"{lessons.disputed} 句话有人说是、有人说不是，没算。")


def waiting_model(config: "Config", named: Path | None) -> Path:
    """The file that is meant. Failed where there is none."""
    from bot.models import NEW, folder_of

    path = named or folder_of(config) / NEW
    if not path.is_file():
        fail(f"没有这个模型：{path}" if named else "还没有新训练的模型；先运行 lianxin train")
    return path


def tell_comparison(config: "Config", path: Path) -> bool:
    """Old against new on lines that neither has learned; whether the new one is worse."""
    from bot.models import NAMES, load_ear, read_model, with_model
    from handlers.comparing import is_worse, own_lines, score, shipped_lines
    from handlers.model import MalformedModel
    from storage.migrate import current as current_schema

    try:
        slot, model = read_model(path)
    except MalformedModel as error:
        fail(f"{path}：{error}")
    loaded = load_ear(config)
    new = with_model(loaded.ear, slot, model)
    origin = "、".join(one.name for one in loaded.origins) or "自带的"
    say(f"旧：{origin}。新：{path.name}（{NAMES[slot]}，{model.about.trained_on} 训练）。")
    has_database = current_schema(config.database_url) is not None
    own = own_lines(read_lessons(config).held_back if has_database else ())
    found = False
    for title, lines in (
        (f"自己的件和更正里留着没学的 {len(own)} 条：", own),
        ("自带的那些天（两个都学过，看有没有学坏）：", shipped_lines()),
    ):
        before, after = score(loaded.ear, lines), score(new, lines)
        say(title)
        say(f"  旧 {_row(before)}\n  新 {_row(after)}")
        found = found or is_worse(before, after)
    if len(own) < FEW:
        say("留着没学的还太少，一两条就能改变上面的数。")
    return found


def _row(score: "Score") -> str:
    parts = (
        _part("精确", score.found, score.opened, score.precision),
        _part("召回", score.found, score.matters, score.recall),
        _part("领域", score.in_field, score.with_field, score.field_accuracy),
        _part("紧急", score.alarmed, score.critical, 1.0) if score.critical else "",
    )
    return " ".join(part for part in parts if part)


def _part(name: str, of: int, total: int, share: float) -> str:
    shown = of / total if total else share
    return f"{name} {of}/{total}（{shown:.3f}）" if total else f"{name} －"
