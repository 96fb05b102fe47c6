"""The sentence for each kind of mistake in config.toml."""

import pytest

from bot.configuration.addresses import endpoint_host
from tests.bot.shipped import Load, problems

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
        "intake、digest、closing、duty、storage、retention、onebot、wechat、delivery、logging、model、judge、board",
    ),
    (
        ('name = "李惠"', 'name = "李惠"\nemail = "x"'),
        "staff(李惠).email: 没有这个设置，这里可以写：name、posts、qq、wechat、phone",
    ),
    (
        ("open_at = 0.74", ""),
        "intake.open_at: 没有写，这一项必须有",
    ),
    (
        ("open_at = 0.74", 'open_at = "0.74"'),
        "intake.open_at: “0.74” 不对，要写数字，不加引号",
    ),
    (
        ("open_at = 0.74", "open_at = 75"),
        "intake.open_at: 75 不对，要小于 1",
    ),
    (
        ("ask_at = 0.3", "ask_at = 0.85"),
        "intake.ask_at: 0.85 不对，要小于 open_at（0.74）",
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
        "clocks.critical.contact: 紧急的事不等上班，要写成 实时 5分钟 这样",
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


@pytest.mark.parametrize(
    "endpoint", ["gateway", "127.0.0.1", "http://x:1", "x:port", "a@b:1", "x:1/y"]
)
def test_what_is_no_address_of_a_gateway_is_refused(endpoint: str) -> None:
    assert endpoint_host(endpoint) is None


@pytest.mark.parametrize(
    ("endpoint", "host"), [("127.0.0.1:8788", "127.0.0.1"), ("[::1]:1", "::1")]
)
def test_an_address_of_a_gateway_has_a_host(endpoint: str, host: str) -> None:
    assert endpoint_host(endpoint) == host


def judged_by(url: str, model: str = "q") -> tuple[tuple[str, str], ...]:
    """The shipped file with a judge."""
    return (
        ('enabled = false\nurl = ""', f'enabled = true\nurl = "{url}"'),
        ('\nmodel = ""', f'\nmodel = "{model}"'),
    )


@pytest.mark.parametrize(
    ("url", "model", "told"),
    [
        ("", "q", '启用判断模型要写地址，如 "http://127.0.0.1:8000/v1"'),
        ("ftp://x/v1", "q", 'ftp://x/v1 不像地址，要写成 "https://主机/v1" 这样，不带密钥和问号'),
        (
            "https://k:s@x/v1",
            "q",
            'https://k:s@x/v1 不像地址，要写成 "https://主机/v1" 这样，不带密钥和问号',
        ),
        (
            "https://x/v1?key=s",
            "q",
            'https://x/v1?key=s 不像地址，要写成 "https://主机/v1" 这样，不带密钥和问号',
        ),
    ],
)
def test_a_judge_needs_an_address(load: Load, url: str, model: str, told: str) -> None:
    assert problems(load, *judged_by(url, model)) == [f"judge.url: {told}"]


def test_a_judge_needs_a_model(load: Load) -> None:
    assert problems(load, *judged_by("https://x/v1", "")) == [
        "judge.model: 启用判断模型要写模型名，照模型服务那边的写"
    ]


def test_the_key_of_a_judge_is_not_written_in_the_file(load: Load) -> None:
    change = ("[judge]\n", '[judge]\nkey = "sk-1"\n')
    assert problems(load, change) == [
        "judge.key: 密钥不写在文件里，请放进环境变量 LIANXIN_JUDGE_KEY"
    ]


@pytest.mark.parametrize("url", ["https://x/v1", "http://127.0.0.1:1/v1", "http://10.0.0.8/v1"])
def test_a_judge_near_by_or_encrypted_is_nothing_to_warn_of(load: Load, url: str) -> None:
    assert load(*judged_by(url)).warnings == ()


@pytest.mark.parametrize("host", ["8.8.8.8", "api.example.com"])
def test_a_judge_far_away_in_clear_is_warned_of(load: Load, host: str) -> None:
    assert [str(one) for one in load(*judged_by(f"http://{host}/v1")).warnings] == [
        f"judge.url: {host} 不在本机或内网又没有加密，路上谁都能看到；改用 https://"
    ]


def test_the_judge_is_off_as_shipped_and_its_key_is_a_secret(load: Load) -> None:
    config = load(environ={"LIANXIN_JUDGE_KEY": "sk-1"})
    assert not config.judge.enabled
    assert "sk-1" in config.secrets
    assert "sk-1" not in repr(config)
