"""config.toml and the environment: what is read, and the sentence for each kind of mistake."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, load_config
from handlers.settings import GroupEntry, Span, UnitKind
from storage.models import Clock, Role, Urgency

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
SECRET = "s3cret-of-the-town"

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The shipped file with some texts replaced, as loaded."""

    def read(*changes: tuple[str, str], environ: Mapping[str, str] | None = None) -> Config:
        text = SHIPPED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, environ or {})

    return read


def problems(load: Load, *changes: tuple[str, str], **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(*changes, environ=environ)
    return [str(problem) for problem in caught.value.problems]


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


WRONG = [
    (
        ("gather_seconds = 90", "gahter = 90"),
        "intake.gahter: 没有这个设置，是不是 gather_seconds？",
    ),
    (
        ("[digest]", "[digset]"),
        "digset: 没有这个设置，是不是 digest？",
    ),
    (
        ("[model]", "[zzz]"),
        "zzz: 没有这个设置，这里可以写：bot、units、staff、groups、worktime、clocks、reminders、"
        "intake、digest、closing、duty、storage、onebot、wechat、delivery、logging、model、board",
    ),
    (
        ('name = "李惠"', 'name = "李惠"\nemail = "x"'),
        "staff(李惠).email: 没有这个设置，这里可以写：name、posts、qq、wechat、phone",
    ),
    (
        ("open_at = 0.75", ""),
        "intake.open_at: 没有写，这一项必须有",
    ),
    (
        ("open_at = 0.75", 'open_at = "0.75"'),
        "intake.open_at: “0.75” 不对，要写数字，不加引号",
    ),
    (
        ("open_at = 0.75", "open_at = 75"),
        "intake.open_at: 75 不对，要小于 1",
    ),
    (
        ("ask_at = 0.55", "ask_at = 0.85"),
        "intake.ask_at: 0.85 不对，要小于 open_at（0.75）",
    ),
    (
        ("gather_seconds = 90", "gather_seconds = 900"),
        "intake.gather_seconds: 不能大于 gather_most_seconds（300）",
    ),
    (
        ("gather_seconds = 90", "gather_seconds = 1.5"),
        "intake.gather_seconds: 1.5 不对，要写整数，不加引号",
    ),
    (
        ("gather_seconds = 90", "gather_seconds = 0"),
        "intake.gather_seconds: 0 不对，要不小于 1",
    ),
    (
        ("holidays = true", 'holidays = "yes"'),
        "digest.holidays: “yes” 不对，要写 true 或 false，不加引号",
    ),
    (
        ('at = "17:30"', 'at = "25:30"'),
        "digest.at: “25:30”不是几点几分，要写成 09:00 这样",
    ),
    (
        ('at = "17:30"', "at = 17"),
        "digest.at: “17”不是几点几分，要写成 09:00 这样",
    ),
    (
        ('quiet = "22:00-07:00"', 'quiet = "22:00"'),
        "reminders.quiet: “22:00”不是一段时间，要写成 09:00-12:00 这样",
    ),
    (
        ('quiet = "22:00-07:00"', "quiet = true"),
        "reminders.quiet: 一段时间要写成带引号的 09:00-12:00",
    ),
    (
        ("escalate_after_days = [0, 1, 2]", "escalate_after_days = [0, 2, 1]"),
        "reminders.escalate_after_days: [0, 2, 1] 不对，三个数要从小到大，如 [0, 1, 2]",
    ),
    (
        ("escalate_after_days = [0, 1, 2]", "escalate_after_days = [0]"),
        "reminders.escalate_after_days: 只有 1 个，至少要 3 个",
    ),
    (
        ('contact = "2小时"', 'contact = "两小时"'),
        "clocks.routine.contact: “两小时”看不懂；"
        "时限写成 30分钟、2小时、1个工作日、当天 或 实时 5分钟",
    ),
    (
        ('handling = "5个工作日"', 'handling = "5天"'),
        "clocks.routine.handling: “5天”说不清是不是工作日，要写成 5个工作日 或 实时 120小时",
    ),
    (
        ('handling = "5个工作日"', "handling = 5"),
        "clocks.routine.handling: 5 要加引号；"
        "时限写成 30分钟、2小时、1个工作日、当天 或 实时 5分钟",
    ),
    (
        ('contact = "2小时"', 'contact = "0分钟"'),
        "clocks.routine.contact: “0分钟”太短，时限要大于零",
    ),
    (
        ('contact = "实时 5分钟"', 'contact = "5分钟"'),
        "clocks.critical.contact: 危急的事不等上班，要写成 实时 5分钟 这样",
    ),
    (
        ('kind = "镇"', 'kind = "乡镇"'),
        "units(liuyuan).kind: “乡镇”不认识，是不是 镇？",
    ),
    (
        ('kind = "镇"', 'kind = "党支部"\nparent = "zhenqu"'),
        'units: 有 0 个镇（kind = "镇"），要正好一个',
    ),
    (
        ('parent = "zhenqu"', 'parent = "zhenqv"'),
        "units(hedong).parent: 没有 id 是 zhenqv 的单位，是不是 zhenqu？",
    ),
    (
        ('parent = "zhenqu"', 'parent = "gongre"'),
        "units(hedong).parent: 党支部的上级不能是部门，要是党总支或镇",
    ),
    (
        ('id = "zhenqu"\nname = "镇区党总支"\nkind = "党总支"\nparent = "liuyuan"\n',
         'id = "zhenqu"\nname = "镇区党总支"\nkind = "党总支"\nparent = "hedong"\n'),
        "units(zhenqu).parent: 上级绕成了圈，顺着上级要能走到镇",
    ),
    (
        ('id = "zhenqu"\nname = "镇区党总支"\nkind = "党总支"\nparent = "liuyuan"\n',
         'id = "zhenqu"\nname = "镇区党总支"\nkind = "党总支"\n'),
        "units(zhenqu).parent: 没有写上级，除了镇，每个单位都要有",
    ),
    (
        ('kind = "镇"', 'kind = "镇"\nparent = "zhenqu"'),
        "units(liuyuan).parent: 镇没有上级，删掉这一行",
    ),
    (
        ('id = "xinquan"', 'id = "hedong"'),
        "units(hedong): 这个 id 写了两次，要各不相同",
    ),
    (
        ('aliases = ["新泉", "新泉支部", "新泉村"]', 'aliases = ["河东"]'),
        "units(xinquan): “河东”已经是 hedong 的名字，每个名字只能指一个单位",
    ),
    (
        ('posts = [{ unit = "chengguan", role = "指导员" }]',
         'posts = [{ unit = "chengguan", role = "工作人员" }]'),
        "units(chengguan): 城关党支部没有指导员；在 [[staff]] 里给一个人写上 "
        'posts = [{ unit = "chengguan", role = "指导员" }]',
    ),
    (
        ('posts = [{ unit = "gongre", role = "工作人员" }]',
         'posts = [{ unit = "gongre", role = "工人" }]'),
        "staff(王德胜).posts(第1个).role: “工人”不认识，是不是 工作人员？",
    ),
    (
        ('posts = [{ unit = "gongre", role = "工作人员" }]',
         'posts = [{ unit = "gongrezhan", role = "工作人员" }]'),
        "staff(王德胜).posts(第1个).unit: 没有 id 是 gongrezhan 的单位，是不是 gongre？",
    ),
    (
        ('posts = [{ unit = "gongre", role = "工作人员" }]', "posts = []"),
        "staff(王德胜).posts: 只有 0 个，至少要 1 个",
    ),
    (
        ('qq = "21000803"', 'qq = "21000802"'),
        "staff(张小雷).qq: 账号 21000802 已经是李惠的，一个账号只归一人",
    ),
    (
        ('name = "张小雷"', 'name = "李惠"'),
        "staff(李惠): chengguan 里有两个李惠；是同一人就合成一项，不是就在名字后加字区别",
    ),
    (
        ('id = "700102"\nunit = "kuangshanlu"', 'id = "700102"\nunit = "kuangshan"'),
        "groups(700102).unit: 没有 id 是 kuangshan 的单位，是不是 kuangshanlu？",
    ),
    (
        ('id = "700102"', 'id = "700101"'),
        "groups(700101): 这个 qq 群写了两次，一个群只归一个单位",
    ),
    (
        ('id = "700102"', 'platform = "QQ"\nid = "700102"'),
        "groups(700102).platform: “QQ” 不对，是不是 qq？",
    ),
    (
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Beijing"'),
        "worktime.zone: 没有时区 Asia/Beijing，中国写 Asia/Shanghai",
    ),
    (
        ('hours = ["09:00-12:00", "14:00-18:00"]', 'hours = ["14:00-18:00", "09:00-12:00"]'),
        "worktime.hours: 各段要从早到晚、互不重叠，且不过夜",
    ),
    (
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = []"),
        "worktime.weekdays: 是空的，至少要有一天，如 [1, 2, 3, 4, 5]",
    ),
    (
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = [0]"),
        "worktime.weekdays(第1个): 0 不对，要不小于 1",
    ),
    (
        ("holidays = []", 'holidays = ["2027-02-30"]'),
        "worktime.holidays(第1个): “2027-02-30”不是日期，要写成 2026-10-01 这样",
    ),
    (
        ("holidays = []\nworkdays = []", "holidays = [2027-01-01]\nworkdays = [2027-01-01]"),
        "worktime.workdays: 2027-01-01 同时写在 holidays 里，只能是其一",
    ),
    (
        ('level = "INFO"', 'level = "info"'),
        "logging.level: “info” 不对，是不是 INFO？",
    ),
    (
        ("port = 8080", "port = 80800"),
        "onebot.port: 80800 不对，要不大于 65535",
    ),
    (
        ('host = "127.0.0.1"', 'host = "0.0.0.0"'),
        "onebot.host: 0.0.0.0 不是本机地址，谁都能冒充 QQ 接进来；"
        "请设环境变量 LIANXIN_ONEBOT_TOKEN，或改回 127.0.0.1",
    ),
    (
        ("enabled = false\nendpoint", "enabled = true\nendpoint"),
        'wechat.endpoint: 启用微信要写网关地址，如 "127.0.0.1:8788"',
    ),
    (
        ('enabled = false\nhost = "127.0.0.1"\nport = 8081',
         'enabled = true\nhost = "127.0.0.1"\nport = 8080'),
        "board.port: 8080 已给了 onebot.port，要换一个",
    ),
    (
        ('database = ""', 'database = "mysql://x"'),
        "storage.database: 要以 sqlite:/// 或 postgresql:// 开头",
    ),
    (
        ('names = ["连心", "小连"]', 'names = "连心"'),
        'bot.names: 这里要写成列表，如 ["甲", "乙"]；成组的用 [[…]]',
    ),
    (
        ('names = ["连心", "小连"]', 'names = [""]'),
        "bot.names(第1个): 是空的，要写上内容",
    ),
    (
        ("[bot]\n", "bot = 3\n[bot_]\n"),
        "bot: 这里要写成一节（表），不是一个值",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_wrong_setting_is_named_with_what_would_be_right(
    load: Load, change: tuple[str, str], sentence: str
) -> None:
    assert sentence in problems(load, change)


def test_all_problems_are_told_at_once(load: Load) -> None:
    assert problems(
        load, ("gather_seconds = 90", "gather_seconds = 0"), ('level = "INFO"', 'level = "LOUD"')
    ) == [
        "intake.gather_seconds: 0 不对，要不小于 1",
        "logging.level: “LOUD” 不对，可以写 DEBUG、INFO、WARNING、ERROR",
    ]


BROKEN = [
    ("a = 1\na = 2\n", "config.toml: 第 2 行第 6 列：这个设置前面已经写过，只留一个"),
    ("[a]\n[a]\n", "config.toml: 第 2 行第 3 列：这一节前面已经写过，只留一个"),
    ("a = 你好\n", "config.toml: 第 1 行第 5 列：值写得不对：文字要加引号，是非写 true 或 false"),
    ("a 1\n", "config.toml: 第 1 行第 3 列：设置名后面要有等号"),
    ("a = [1, 2\n", "config.toml: 文件末尾：列表没有用 ] 收住"),
    ('a = "b\n', "config.toml: 第 1 行第 7 列：引号没有配对，或混进了不该有的字符"),
    ('a = "b" c\n', "config.toml: 第 1 行第 9 列："
     "这一行末尾多了东西：文字要加引号，一行只写一个设置"),
    ("名 = 1\n", "config.toml: 第 1 行第 1 列：这一行看不懂："
     "要写成 名字 = 值（中文的名字、引号、等号都不行）"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BROKEN, ids=[text for text, _ in BROKEN])
def test_a_file_that_is_no_toml_is_named_with_the_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value) == sentence


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="找不到这个配置文件；用 lianxin init 生成一份"):
        load_config(tmp_path / "config.toml", {})


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"是文件夹，不是配置文件|没有权限"):
        load_config(tmp_path, {})


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("# 连心".encode("gb18030"))
    with pytest.raises(ConfigError, match="不是 UTF-8 编码，请另存为 UTF-8"):
        load_config(path, {})


def test_an_empty_file_lacks_what_it_must_have(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value.problems[0]) == "units: 没有写，这一项必须有"


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


MISSED = [
    (
        ('posts = [{ unit = "chengguan", role = "副手" }]',
         'posts = [{ unit = "chengguan", role = "工作人员" }]'),
        "units(chengguan): 城关党支部没有副手",
    ),
    (
        ('posts = [{ unit = "liuyuan", role = "书记" }]',
         'posts = [{ unit = "liuyuan", role = "工作人员" }]'),
        "units(liuyuan): 柳园镇没有书记",
    ),
    (
        ('posts = [{ unit = "liuyuan", role = "管理员" }]',
         'posts = [{ unit = "liuyuan", role = "工作人员" }]'),
        "staff: 没有管理员，没人能用 绑定本群、停发、恢复",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), MISSED, ids=[sentence for _, sentence in MISSED])
def test_what_a_start_survives_is_a_warning(
    load: Load, change: tuple[str, str], sentence: str
) -> None:
    assert [str(one) for one in load(change).warnings] == [sentence]
