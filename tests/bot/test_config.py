"""config.toml and the environment: what is read, and that no secret comes out of it."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.config import load_config
from handlers.settings import GroupEntry, Span, UnitKind
from storage.models import Clock, Role, Urgency
from tests.bot.shipped import SHIPPED, Load, problems

SECRET = "s3cret-of-the-town"


def test_the_shipped_file_is_valid_and_complete(load: Load) -> None:
    config = load()
    kinds = [unit.kind for unit in config.settings.units.values()]
    assert kinds.count(UnitKind.TOWN) == 1
    assert kinds.count(UnitKind.GENERAL_BRANCH) == 2
    assert kinds.count(UnitKind.BRANCH) == 8
    assert config.warnings == ()


def test_the_shipped_file_binds_each_group_to_a_unit_of_its_own(load: Load) -> None:
    groups = load().settings.groups
    assert [group.conversation for group in groups] == [
        f"group:{number}" for number in range(700101, 700111)
    ]
    assert len({group.unit for group in groups}) == 10
    assert GroupEntry("qq", "group:700108", load().settings.units_by_name["城关"]) in groups


def test_li_hui_is_the_instructor_of_chengguan(load: Load) -> None:
    settings = load().settings
    person = next(one for one in settings.staff if one.name == "李惠")
    assert person.posts == ((settings.units_by_name["城关"], Role.INSTRUCTOR),)
    assert person.accounts == (("qq", "21000802"),)


def test_the_clocks_are_read(load: Load) -> None:
    clocks = load().settings.clocks
    assert clocks[Urgency.ROUTINE][Clock.CONTACT] == Span(working=timedelta(hours=2))
    assert clocks[Urgency.ROUTINE][Clock.HANDLING] == Span(working_days=5)
    assert clocks[Urgency.URGENT][Clock.HANDLING] == Span(same_day=True)
    assert clocks[Urgency.CRITICAL][Clock.CONTACT] == Span(real=timedelta(minutes=5))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1小时30分钟", Span(working=timedelta(minutes=90))),
        ("2 个小时", Span(working=timedelta(hours=2))),
        ("3工作日", Span(working_days=3)),
        ("实时 1小时", Span(real=timedelta(hours=1))),
        ("实时5分钟", Span(real=timedelta(minutes=5))),
    ],
)
def test_a_clock_may_be_written_with_or_without_blanks(load: Load, text: str, span: Span) -> None:
    config = load(('contact = "2小时"', f'contact = "{text}"'))
    assert config.settings.clocks[Urgency.ROUTINE][Clock.CONTACT] == span


def test_weekdays_count_from_monday_as_one(load: Load) -> None:
    config = load(("weekdays = [1, 2, 3, 4, 5]", "weekdays = [7, 1]"))
    assert config.settings.worktime.weekdays == (0, 6)


def test_holidays_and_make_up_days_are_overrides(load: Load) -> None:
    config = load(
        ("holidays = []", "holidays = [2027-01-01]"), ("workdays = []", 'workdays = ["2027-02-13"]')
    )
    assert config.settings.worktime.overrides == (
        (date(2027, 1, 1), False),
        (date(2027, 2, 13), True),
    )


def test_quiet_hours_may_run_over_midnight(load: Load) -> None:
    reminders = load().settings.reminders
    assert (reminders.quiet_from, reminders.quiet_to) == (time(22), time(7))


def test_a_time_may_be_written_as_toml_time(load: Load) -> None:
    assert load(('at = "17:30"', "at = 16:45:00")).settings.digest.at == time(16, 45)


def test_a_missing_child_is_a_matter_for_the_police(load: Load) -> None:
    numbers = load().settings.duty.by_danger
    assert numbers["missing"] == numbers["police"] == "110"
    assert numbers["trapped"] == "119"


def test_a_duty_number_of_its_own_is_kept(load: Load) -> None:
    assert (
        load(('# missing = "110"', 'missing = "12345"')).settings.duty.by_danger["missing"]
        == "12345"
    )


def test_a_person_may_have_several_accounts(load: Load) -> None:
    config = load(('qq = "21000802"', 'qq = ["21000802", 31000802]\nwechat = "lihui"'))
    person = next(one for one in config.settings.staff if one.name == "李惠")
    assert person.accounts == (("qq", "21000802"), ("qq", "31000802"), ("wechat", "lihui"))


def test_folders_lie_beside_the_file(load: Load, tmp_path: Path) -> None:
    config = load()
    assert config.data_folder == tmp_path / "data"
    assert config.media_folder == tmp_path / "data" / "media"
    assert config.database_url == f"sqlite:///{tmp_path.as_posix()}/data/lianxin.db"
    assert config.logging.file == tmp_path / "data" / "lianxin.log"


def test_the_folder_for_relative_paths_can_be_another(tmp_path: Path) -> None:
    assert load_config(SHIPPED, {}, base=tmp_path).data_folder == tmp_path / "data"


def test_a_relative_database_file_lies_beside_the_configuration(load: Load, tmp_path: Path) -> None:
    config = load(('database = ""', 'database = "sqlite:///other.db"'))
    assert config.database_url == f"sqlite:///{tmp_path.as_posix()}/other.db"


def test_the_environment_names_the_database(load: Load) -> None:
    url = "postgresql://lianxin:pw@db/lianxin"
    assert load(environ={"LIANXIN_DATABASE_URL": url}).database_url == url


def test_a_byte_order_mark_of_notepad_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.read_bytes())
    assert load_config(path, {}).settings.town == "liuyuan"


def test_secrets_come_from_the_environment(load: Load) -> None:
    config = load(
        environ={
            "LIANXIN_ONEBOT_TOKEN": SECRET,
            "LIANXIN_ALARM_URLS": "https://a.example/1 https://b.example/2",
        }
    )
    assert config.onebot.token is not None
    assert config.onebot.token.get_secret_value() == SECRET
    assert config.secrets == (SECRET, "https://a.example/1", "https://b.example/2")


def test_no_secret_is_shown_by_the_configuration(load: Load) -> None:
    config = load(
        environ={
            "LIANXIN_ONEBOT_TOKEN": SECRET,
            "LIANXIN_WECHAT_TOKEN": SECRET,
            "LIANXIN_ALARM_URLS": f"https://a.example/{SECRET}",
            "LIANXIN_DATABASE_URL": f"postgresql://lianxin:{SECRET}@db/lianxin",
        }
    )
    assert SECRET not in repr(config)


def test_the_password_of_the_database_is_among_the_secrets(load: Load) -> None:
    url = f"postgresql://lianxin:{SECRET}@db/lianxin"
    assert SECRET in load(environ={"LIANXIN_DATABASE_URL": url}).secrets


def test_a_token_alone_lets_the_listener_leave_loopback(load: Load) -> None:
    config = load(
        ('host = "127.0.0.1"', 'host = "0.0.0.0"'), environ={"LIANXIN_ONEBOT_TOKEN": SECRET}
    )
    assert config.onebot.host == "0.0.0.0"


@pytest.mark.parametrize("section", ["onebot", "wechat"])
def test_a_token_in_the_file_is_refused_and_not_repeated(load: Load, section: str) -> None:
    told = problems(load, (f"[{section}]", f'[{section}]\ntoken = "{SECRET}"'))
    name = f"LIANXIN_{section.upper()}_TOKEN"
    assert told == [f"{section}.token: 密钥不写在文件里，请放进环境变量 {name}"]


def test_a_password_in_the_file_is_refused_and_not_repeated(load: Load) -> None:
    told = problems(load, ('database = ""', f'database = "postgresql://l:{SECRET}@db/l"'))
    assert told == [
        "storage.database: 密码不写在文件里，请把整个地址放进环境变量 LIANXIN_DATABASE_URL"
    ]


def test_a_wrong_database_address_in_the_environment_is_not_repeated(load: Load) -> None:
    told = problems(load, LIANXIN_DATABASE_URL=f"mysql://l:{SECRET}@db/l")
    assert told == ["LIANXIN_DATABASE_URL: 要以 sqlite:/// 或 postgresql:// 开头"]


def test_a_misspelt_variable_is_warned_of_without_its_value(load: Load) -> None:
    warnings = load(environ={"LIANXIN_ONEBOT_TOKN": SECRET}).warnings
    assert [str(one) for one in warnings] == [
        "LIANXIN_ONEBOT_TOKN: 没有这个环境变量，是不是 LIANXIN_ONEBOT_TOKEN？"
    ]
