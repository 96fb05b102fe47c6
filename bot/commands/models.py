"""lianxin model: which models are in use; use, back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, say
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from bot.configuration.model import Config
    from bot.models import Slot

model = typer.Typer(help="识别模型：看、换上、退回 / The models in use.")


@model.callback(invoke_without_command=True)
def models(context: typer.Context, config: ConfigOption = None) -> None:
    """识别模型：看、换上、退回 / The models in use."""
    if context.invoked_subcommand is None:
        _show(open_config(context, config))


@model.command("use")
def use_model(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[MODEL]", help="模型文件，默认新训练的 models/new.bin"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="变差了也换上")] = False,
    config: ConfigOption = None,
) -> None:
    """和现在用的比一比，没变差就换上 / Use a model, unless it is worse."""
    from bot.commands.learning import tell_comparison, waiting_model
    from bot.models import read_model, use

    settled = open_config(context, config)
    _want_no_path(settled)
    path = waiting_model(settled, file)
    if tell_comparison(settled, path) and not force:
        fail("新的不如现在用的，没有换。一定要换就加 --force。")
    use(settled, path, read_model(path)[0])
    say("✓ 换上了，服务重启后用它。不好用就 lianxin model back。")


@model.command("back")
def go_back_to_previous(
    context: typer.Context,
    slot: Annotated[
        str | None,
        typer.Argument(
            metavar="[ear|field]", help="退哪一个：ear 识别，field 分类；只换过一个时不用写"
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """退回换上之前用的 / Go back to the model before."""
    from bot.models import NAMES, go_back

    settled = open_config(context, config)
    _want_no_path(settled)
    chosen = _chosen(settled, slot)
    before = go_back(settled, chosen)
    if before is not None:
        what = f"上一个{NAMES[chosen]}（{_age(before)}）"
    else:
        what = f"自带的{NAMES[chosen]}" if chosen == "ear" else "识别模型自己分领域"
    say(f"✓ 退回了：{what}，服务重启后用它。")


def _chosen(config: "Config", named: str | None) -> "Slot":
    from bot.models import Slot, in_use

    if named is not None:
        if named not in set(Slot):
            fail("只能写 ear（识别）或 field（分类）")
        return Slot(named)
    used = list(in_use(config))
    if not used:
        fail("没有换过模型，用的就是自带的，不用退")
    if len(used) > 1:
        fail("两个都换过：lianxin model back ear 退识别的，lianxin model back field 退分类的")
    return used[0]


def _want_no_path(config: "Config") -> None:
    if config.model_path is not None:
        fail(f"config.toml 的 model.path 定死了 {config.model_path}；把它清空再来")


def _show(config: "Config") -> None:
    from bot.models import NAMES, NEW, Slot, current, folder_of, load_ear, previous

    loaded = load_ear(config)
    say("在用：" + ("、".join(str(path) for path in loaded.origins) or "自带的识别模型"))
    for problem in loaded.problems:
        say(f"不能用：{problem}")
    waiting = folder_of(config) / NEW
    is_used = any(_is_same(waiting, current(config, slot)) for slot in Slot)
    files = {waiting: "新训练的，已换上" if is_used else "新训练的，还没换上"}
    for slot in Slot:
        files |= {
            current(config, slot): NAMES[slot],
            previous(config, slot): f"上一个{NAMES[slot]}",
        }
    for path, what in files.items():
        if path.is_file():
            say(f"  {path.name}：{what}，{_age(path)}")


def _is_same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def _age(path: Path) -> str:
    """When a model was trained, and of how many lines."""
    from handlers.model import MalformedModel, load

    try:
        about = load(path.read_bytes()).about
    except MalformedModel as error:
        return str(error)
    own = sum(about.counts.get(f"own:{name}", 0) for name in ("tickets", "corrections"))
    lines = sum(count for name, count in about.counts.items() if not name.startswith("own:"))
    return f"{about.trained_on} 训练，{lines} 条" + (f"（自己的 {own} 条）" if own else "")
