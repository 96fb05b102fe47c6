"""lianxin check: each thing that can be wrong, in plain words."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.checkup import check_all, check_gateway, check_judge
from bot.config import Config, load_config
from bot.findings import Finding, Level
from bot.judge import JudgeState
from bot.wechat_gateway import GatewayState, ask_gateway
from storage.database import connect_sync
from storage.errors import SchemaMismatch
from storage.migrate import upgrade
from storage.models import Conversation, OutgoingClass, UnitId
from storage.store import Store
from tests.bot.shipped import SHIPPED

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)

Make = Callable[..., Config]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*changes: tuple[str, str]) -> Config:
        text = SHIPPED.read_text(encoding="utf-8").replace("0937-55501", "0937-12345")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, {"LIANXIN_ALARM_URLS": "json://127.0.0.1:9"})

    return build


@pytest.fixture
def config(make: Make) -> Config:
    """With a database in which nothing has happened yet."""
    config = make()
    upgrade(config.database_url)
    return config


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    with connect_sync(config.database_url) as store:
        yield store


def texts(config: Config, level: Level, *, now: datetime = NOW, is_free: bool = True) -> list[str]:
    return [one.text for one in check_all(config, now, is_free) if one.level is level]


def test_a_sound_town_has_nothing_to_mend(config: Config) -> None:
    findings = list(check_all(config, NOW, True))
    assert {one.level for one in findings} == {Level.GOOD}
    assert Finding(Level.GOOD, "数据库完好，版本最新") in findings
    assert Finding(Level.GOOD, "服务没有在运行，端口 8080 空着") in findings


def test_the_invented_numbers_of_the_example_are_pointed_at(make: Make) -> None:
    config = make(('gas = "0937-1234501"', 'gas = "0937-5550101"'))
    assert "duty.gas: 0937-5550101 是样例里编的号码，换成本地能打通的" in texts(
        config, Level.WARNING
    )


def test_no_database_yet_is_no_fault(make: Make) -> None:
    config = make()
    assert texts(config, Level.BAD) == []
    assert texts(config, Level.WARNING) == [
        "还没有数据库；第一次 lianxin run 或 lianxin db upgrade 会建"
    ]


def test_looking_makes_no_database(make: Make, tmp_path: Path) -> None:
    list(check_all(make(), NOW, True))
    assert not (tmp_path / "data").exists()


def test_the_calendar_is_warned_of_sixty_days_ahead(config: Config) -> None:
    soon = datetime(2026, 11, 2, tzinfo=UTC)
    assert texts(config, Level.WARNING, now=soon)[0].startswith(
        "放假和调休的安排到 2026-12-31 为止；"
    )
    assert not texts(config, Level.WARNING, now=soon - timedelta(days=2))


def test_a_warning_of_the_configuration_is_passed_on(make: Make) -> None:
    config = make(
        ('posts = [{ unit = "chengguan", role = "副手" }]',
         'posts = [{ unit = "chengguan", role = "工作人员" }]')
    )  # fmt: skip
    assert "units(chengguan): 城关党支部没有副手" in texts(config, Level.WARNING)


def test_a_model_that_is_not_there_is_named(make: Make, tmp_path: Path) -> None:
    config = make(('[model]\npath = ""', '[model]\npath = "none.bin"'))
    assert any(str(tmp_path / "none.bin") in text for text in texts(config, Level.BAD))


def test_a_malformed_model_in_the_data_folder_is_told_and_how_to_go_back(config: Config) -> None:
    path = config.data_folder / "models" / "ear.bin"
    path.parent.mkdir()
    path.write_bytes(b"nonsense")
    assert texts(config, Level.BAD) == [
        f"模型不能用：{path}：不是模型文件；改 model.path，或用 lianxin model back 换回上一个"
    ]
    assert "识别模型可用：自带的" in texts(config, Level.GOOD)


def test_a_file_in_the_place_of_the_folder_is_named(make: Make, tmp_path: Path) -> None:
    config = make(('media = "media"', 'media = "pictures"'))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pictures").touch()
    assert texts(config, Level.BAD) == [
        f"{tmp_path / 'data' / 'pictures'} 不是文件夹，把它移开或改 storage.folder"
    ]


def test_an_old_schema_has_a_name(config: Config) -> None:
    with closing(sqlite3.connect(config.data_folder / "lianxin.db")) as connection, connection:
        connection.execute("update alembic_version set version_num = '0000'")
    with pytest.raises(SchemaMismatch):
        list(check_all(config, NOW, True))


def test_a_damaged_database_is_found(config: Config) -> None:
    path = config.data_folder / "lianxin.db"
    content = bytearray(path.read_bytes())
    for page in range(3, 12):
        content[page * 4096 : page * 4096 + 400] = b"\xff" * 400
    path.write_bytes(content)
    assert any("数据库坏了" in text for text in texts(config, Level.BAD))


def test_who_can_not_be_written_to_is_named(make: Make) -> None:
    config = make(('qq = "21000803"', ""))
    lonely = "没有账号，收不到私信：张小雷；用 lianxin bind-code 姓名 发绑定码"
    assert lonely in texts(config, Level.WARNING)
    upgrade(config.database_url)
    with opened(config) as store:
        person = store.people.upsert("chengguan/张小雷", "张小雷", None)
    assert lonely in texts(config, Level.WARNING)
    with opened(config) as store:
        store.people.bind_account("qq", "31000803", person)
    assert texts(config, Level.WARNING) == []


def test_a_branch_without_a_group_is_named(make: Make) -> None:
    config = make(('[[groups]]\nid = "700108"\nunit = "chengguan"', ""))
    upgrade(config.database_url)
    assert texts(config, Level.WARNING) == [
        "城关党支部还没有群；写进 groups，或在群里发 绑定本群 城关党支部"
    ]
    with opened(config) as store:
        bind(store, "group:1", "chengguan")
    assert texts(config, Level.WARNING) == []


def test_a_group_of_a_unit_that_is_gone_is_named(config: Config) -> None:
    with opened(config) as store:
        bind(store, "group:1", "dongjie")
    assert texts(config, Level.BAD) == ["group:1 绑在 dongjie 上，配置里没有这个单位；重新绑定"]


def test_a_group_that_is_paused_is_named(config: Config) -> None:
    with opened(config) as store:
        bind(store, "group:700108", "chengguan", is_paused=True)
    assert texts(config, Level.WARNING) == ["城关群 停发中；在群里发 恢复"]


def bind(store: Store, conversation: str, unit: str, is_paused: bool = False) -> None:
    title = "城关群" if is_paused else ""
    store.conversations.bind(Conversation("qq", conversation, UnitId(unit), title, is_paused))


def test_messages_that_failed_are_counted(config: Config) -> None:
    with opened(config) as store:
        store.reception.add_dead_letter("qq/group:1/m1", NOW, "{}", "ValueError", 5)
    assert texts(config, Level.BAD) == [
        "有 1 条消息没处理成；lianxin dead list 看，lianxin dead retry 再试"
    ]


def test_what_could_not_be_sent_is_counted(config: Config) -> None:
    with opened(config) as store:
        store.conversations.set_scope([(UnitId("liuyuan"), UnitId("chengguan"))])
        row = store.outbox.queue(
            slot="s", platform="qq", conversation="private:1", unit=UnitId("chengguan"),
            kind=OutgoingClass.REPLY, text="x", at_users=(), images=(), ticket=None, person=None,
            queued_at=NOW, not_before=NOW,
        )  # fmt: skip
        assert row is not None
        store.outbox.mark_dead(row, "not a friend", NOW)
    assert texts(config, Level.WARNING) == ["近 30 天有 1 条没发出去；日报里写着是谁的"]


def test_a_port_in_use_while_the_service_is_down_is_a_fault(config: Config) -> None:
    assert texts(config, Level.BAD, is_free=False) == [
        "端口 8080 被别的程序占用；关掉它，或改 onebot.port"
    ]


def test_a_running_service_without_an_account_is_warned_of(config: Config) -> None:
    with opened(config) as store:
        store.reception.move_watermark("", "", "", NOW - timedelta(seconds=50))
    assert "服务正在运行，端口 8080" in texts(config, Level.GOOD, is_free=False)
    assert texts(config, Level.WARNING, is_free=False) == [
        "服务在运行，但没有 QQ 账号连着；检查 NapCat 的反向 WebSocket"
    ]


def test_a_running_service_with_an_account_is_well(config: Config) -> None:
    with opened(config) as store:
        store.reception.move_watermark("", "", "", NOW)
        store.reception.move_watermark("qq", "", "", NOW)
    assert "QQ 账号连着" in texts(config, Level.GOOD, is_free=False)


def test_qq_switched_off_is_said(make: Make) -> None:
    config = make(("[onebot]\nenabled = true", "[onebot]\nenabled = false"))
    assert "QQ 没有启用（onebot.enabled = false），收不到 QQ 消息" in texts(config, Level.WARNING)


def wechat(make: Make) -> Config:
    """With a WeChat group of 城关党支部 bound in chat, and no other."""
    config = make()
    config = replace(config, wechat=replace(config.wechat, enabled=True, endpoint="127.0.0.1:1"))
    upgrade(config.database_url)
    with opened(config) as store:
        store.conversations.bind(
            Conversation("wechat", "group:1@chatroom", UnitId("chengguan"), "", is_paused=False)
        )
    return config


def gateway_findings(config: Config, state: GatewayState) -> list[Finding]:
    with opened(config) as store:
        return list(check_gateway(config, state, store, NOW))


def test_a_gateway_with_login_and_rooms_is_sound(make: Make) -> None:
    state = GatewayState(None, "wxid_bot", {"group:1@chatroom": "城关一家亲"})
    assert gateway_findings(wechat(make), state) == [
        Finding(Level.GOOD, "微信网关连得上：127.0.0.1:1"),
        Finding(Level.GOOD, "微信账号登录着"),
        Finding(Level.GOOD, "绑定的微信群有 1 个找得到"),
    ]


def test_a_gateway_that_is_not_there_is_named(make: Make) -> None:
    state = GatewayState("连不上微信网关 127.0.0.1:1", None, {})
    assert gateway_findings(wechat(make), state) == [
        Finding(Level.BAD, "连不上微信网关 127.0.0.1:1")
    ]


def test_a_gateway_without_login_and_a_room_that_is_gone_are_named(make: Make) -> None:
    told = gateway_findings(wechat(make), GatewayState(None, None, {"group:2@chatroom": "x"}))
    assert [one.level for one in told] == [Level.GOOD, Level.WARNING, Level.BAD]
    assert "扫码登录" in told[1].text
    assert told[2].text.startswith("城关党支部的微信群（1@chatroom）找不到了")


async def test_a_gateway_that_nobody_runs_can_not_be_reached(make: Make) -> None:
    state = await ask_gateway(wechat(make).wechat, may_listen=True)
    assert state.problem is not None
    assert state.problem.startswith("连不上微信网关 127.0.0.1:1")


def test_a_town_without_a_second_channel_is_warned_of(config: Config) -> None:
    alone = replace(config, alarm_urls=())
    assert any("没有第二条告警通道" in text for text in texts(alone, Level.WARNING))


def test_an_alarm_address_that_is_not_understood_is_named_without_its_words(config: Config) -> None:
    strange = replace(config, alarm_urls=(SecretStr("nosuchservice://key"),))
    (text,) = texts(strange, Level.BAD)
    assert "第 1 个地址" in text
    assert "key" not in text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (None, []),
        (JudgeState(None, 0.42), [Finding(Level.GOOD, "判断模型答得上来（0.4 秒）")]),
        (
            JudgeState("2.5 秒内没有回答", 2.5),
            [Finding(Level.WARNING, "判断模型没用上：2.5 秒内没有回答；这期间照没有它来办")],
        ),
    ],
)
def test_whether_the_judge_answers_is_told(state: JudgeState | None, told: list[Finding]) -> None:
    assert list(check_judge(state)) == told
