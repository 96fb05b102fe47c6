"""The board in a browser: its numbers, lists and tickets, and what a secretary may see."""

import dataclasses
import re
from datetime import timedelta

import httpx
import pytest

from storage.models import Stage, TicketNumber
from storage.statistics import Figure
from storage.store import Store
from tests.bot.web.conftest import NOW, Site
from tests.handlers.town import (
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    THIRD,
    Town,
)

HEDONG_SECRETARY = "21000101"
MATTERS = ("停水", "路灯不亮", "楼道堆物", "下水道堵了", "暖气不热", "垃圾没人清")
NUMBER = re.compile(r'href="board/list\?what=(\w+)&amp;[^"]*">(\d+)<')
ROWS = re.compile(r'class="key"><a')


def busy_month(town: Town) -> None:
    """Matters that end in every way, and some that do not."""
    words = ("满意", "没修好", "好了", "")
    for day, gist in enumerate(MATTERS):
        ticket = town.open(gist, sender=(RESIDENT, NEIGHBOUR, THIRD)[day % 3])
        if day < 4:
            town.tell(INSTRUCTOR, f"{ticket.number} 办结 弄好了")
            if words[day]:
                town.tell((RESIDENT, NEIGHBOUR, THIRD)[day % 3], words[day])
        town.wait(hours=5)
    number = town.open("水管漏水", sender=RESIDENT).number
    town.tell(INSTRUCTOR, f"{number} 不受理 不归我们管")
    town.tell(RESIDENT, f"撤销 {town.open('墙皮掉了', sender=RESIDENT).number}")
    town.tell(INSTRUCTOR, f"{town.open('电梯坏了', sender=THIRD).number} 不是")


async def test_every_number_is_as_long_as_the_list_it_opens(site: Site) -> None:
    await site.do(busy_month)
    await site.enter(SECRETARY)
    numbers = {
        Figure(what): int(count) for what, count in NUMBER.findall(await site.text("/board"))
    }
    assert set(numbers) == set(Figure)
    assert sum(map(bool, numbers.values())) > 15
    for figure in set(Figure) - {Figure.PEOPLE, Figure.JOINERS}:
        page = await site.text(f"/board/list?what={figure}")
        assert (figure, len(ROWS.findall(page))) == (figure, numbers[figure])


async def test_the_numbers_are_those_of_the_digest(site: Site) -> None:
    await site.do(busy_month)
    said: list[str] = []
    await site.do(lambda town: said.append(town.tell(SECRETARY, "统计")[0].text))
    await site.enter(SECRETARY)
    numbers = {Figure(what): count for what, count in NUMBER.findall(await site.text("/board"))}
    assert f"新收 {numbers[Figure.OPENED]} 件（{numbers[Figure.PEOPLE]} 人）" in said[0]
    assert f"结了 {numbers[Figure.CLOSED]}" in said[0]
    for name, part, whole in (
        ("响应", Figure.IN_TIME, Figure.RESPONSE),
        ("解决", Figure.SOLVED, Figure.SOLUTION),
        ("满意", Figure.SATISFIED, Figure.SATISFACTION),
    ):
        assert f"{name} {numbers[part]}/{numbers[whole]}" in said[0]


async def test_a_list_names_the_matter_its_stage_and_whose_move_it_is(site: Site) -> None:
    await site.do(lambda town: town.open("停水", place="2号楼"))
    await site.enter(SECRETARY)
    page = await site.text("/board/list?what=open")
    for words in ("#1", "2号楼停水", "已登记", "今天 11:00", "李惠"):
        assert words in page


async def test_a_secretary_never_sees_another_branch(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    await site.enter(HEDONG_SECRETARY)
    assert "停水" not in await site.text("/board/list?what=open")
    for path in (
        "/board/ticket/1",
        "/board/ticket/1?unit=chengguan",
        "/board?unit=chengguan",
        "/board?unit=liuyuan",
        "/board/list?what=open&unit=zhenqu",
    ):
        answer = await site.client.get(path)
        assert answer.status_code == 404
        assert "停水" not in answer.text


async def test_a_secretary_above_sees_what_lies_below_together_and_apart(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    await site.enter(OVER_SECRETARY)
    assert "停水" in await site.text("/board/list?what=open")
    assert "停水" in await site.text("/board/list?what=open&unit=chengguan")
    assert "停水" not in await site.text("/board/list?what=open&unit=hedong")
    assert "停水" in await site.text("/board/ticket/1")


async def test_nothing_of_a_sensitive_matter_is_shown(site: Site) -> None:
    def open_sensitive(town: Town) -> None:
        ticket = town.open("打人", place="5号楼", text="隔壁打媳妇", sender=THIRD)
        town.tell(INSTRUCTOR, f"{ticket.number} 受理 已去派出所")
        row = town.ticket(ticket.number)
        town.store.tickets.save(dataclasses.replace(row, is_sensitive=True, result="调解了"))

    await site.do(open_sensitive)
    await site.enter(SECRETARY)
    for path in ("/board/list?what=open", "/board/ticket/1"):
        page = await site.text(path)
        assert "涉及个人" in page
        for words in ("打", "5号楼", "派出所", "调解", "李惠"):
            assert words not in page


async def test_no_resident_is_named_and_no_number_shown(site: Site) -> None:
    def open_with_names(town: Town) -> None:
        text = "我是王建国，电话13912345678，小何妈妈也知道"
        ticket = town.open("停水", text=text, sender=RESIDENT)
        town.tell(INSTRUCTOR, f"{ticket.number} 受理 已给王建国13912345678打过")

    await site.do(open_with_names)
    await site.enter(SECRETARY)
    page = await site.text("/board/ticket/1")
    assert "139****5678" in page
    for private in ("13912345678", "建国", "小何妈妈", RESIDENT):
        assert private not in page


async def test_a_recalled_line_is_not_shown(site: Site) -> None:
    def recall(town: Town) -> None:
        ticket = town.open("停水", text="说错了不该说的")
        for message in town.store.tickets.list_messages(ticket.number):
            town.store.tickets.mark_recalled(message.key)

    await site.do(recall)
    await site.enter(SECRETARY)
    page = await site.text("/board/ticket/1")
    assert "不该说" not in page
    assert "已撤回" in page


async def test_pictures_are_counted_those_that_are_missing_apart(site: Site) -> None:
    def send(town: Town) -> None:
        town.open("停水")
        town.say(RESIDENT, "二单元也停", quote="m1", images=("a.jpg",), images_missing=2)

    await site.do(send)
    await site.enter(SECRETARY)
    assert "图 1 张、图 2 张未取到" in await site.text("/board/ticket/1")


async def test_what_people_write_is_never_markup(site: Site) -> None:
    evil = "<script>alert(1)</script>\"'&lt;"

    def open_evil(town: Town) -> None:
        ticket = town.open(evil, text=evil, place=evil)
        town.tell(INSTRUCTOR, f"{ticket.number} 受理 {evil}")

    await site.do(open_evil)
    await site.enter(SECRETARY)
    for path in ("/board/list?what=open", "/board/ticket/1"):
        page = await site.text(path)
        assert "<script" not in page
        assert "&lt;script&gt;" in page


async def test_who_looked_at_a_ticket_is_logged(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    await site.enter(SECRETARY)
    await site.text("/board/ticket/1")

    def looks(store: Store) -> list[tuple[str, int | None]]:
        rows = store.connection.execute(
            "select word, ticket from command_log join account on account.person ="
            " command_log.person where user_id = ? and key like 'board/%' order by at",
            (SECRETARY,),
        )
        return list(rows)

    assert await site.database.read(looks) == [("打开看板", None), ("看板查看", 1)]


async def test_looking_leaves_the_last_step_undoable(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    await site.do(lambda town: town.tell(INSTRUCTOR, "1 受理"))
    await site.enter(SECRETARY)
    await site.text("/board/ticket/1")
    stages: list[Stage] = []

    def undo(town: Town) -> None:
        town.tell(INSTRUCTOR, "撤销")
        stages.append(town.ticket(TicketNumber(1)).stage)

    await site.do(undo)
    assert stages == [Stage.REGISTERED]


async def test_a_long_list_says_how_many_more_there_are(site: Site) -> None:
    def fill(town: Town) -> None:
        first = town.open("停水")
        columns = [row[1] for row in town.store.connection.execute("pragma table_info(ticket)")]
        kept = ", ".join(name for name in columns if name not in ("number", "source_key"))
        for copy in range(204):
            town.store.connection.execute(
                f"insert into ticket ({kept}, source_key) select {kept}, ? from ticket"
                " where number = ?",
                (f"copy/{copy}", first.number),
            )

    await site.do(fill)
    await site.enter(SECRETARY)
    page = await site.text("/board/list?what=open")
    assert len(ROWS.findall(page)) == 200
    assert "还有 5 件" in page


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "1999-01", "2026-1", "x", "2026-11'--"])
async def test_a_month_that_is_none_is_refused(month: str, site: Site) -> None:
    await site.enter(SECRETARY)
    answer = await site.client.get("/board", params={"month": month})
    assert answer.status_code == 404
    assert "没有这个月" in answer.text


async def test_a_month_holds_what_was_opened_in_it(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    site.clock.move_to(NOW + timedelta(days=8))
    await site.enter(SECRETARY)
    assert "停水" not in await site.text("/board/list?what=opened")
    assert "停水" in await site.text("/board/list?what=opened&month=2026-11")


@pytest.mark.parametrize(
    "path",
    [
        "/board/list",
        "/board/list?what=everything",
        "/board/ticket/0",
        "/board/ticket/99999999999999999999999",
        "/board/ticket/1'--",
        "/board/ticket/7",
        "/board/",
        "/board/ticket/1/more",
        "/",
        "/docs",
        "/openapi.json",
    ],
)
async def test_an_address_that_is_none_is_a_kind_page(path: str, site: Site) -> None:
    await site.enter(SECRETARY)
    answer = await site.client.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


async def test_every_answer_keeps_to_itself(site: Site) -> None:
    link = await site.link(SECRETARY)
    answers = [await site.client.get(link), await site.client.post(link)]
    paths = ("/board", "/board/style.css", "/board/list?what=open", "/board/ticket/1", "/x")
    answers += [await site.client.get(path) for path in paths]
    answers.append(await site.client.put("/board"))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"):
            assert part in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_needs_nothing_from_elsewhere(site: Site) -> None:
    await site.do(busy_month)
    await site.enter(SECRETARY)
    for path in ("/board", "/board/list?what=opened", "/board/ticket/1"):
        page = await site.text(path)
        assert "<script" not in page
        assert "style=" not in page
        assert "http" not in page
    assert (
        (await site.client.get("/board/style.css")).headers["content-type"].startswith("text/css")
    )


async def test_links_lead_from_page_to_page(site: Site) -> None:
    await site.do(lambda town: town.open("停水"))
    await site.enter(SECRETARY)
    at = "https://board.example/board"
    for pattern in (
        r'href="(board/list\?what=open&amp;[^"]+)"',
        r'href="(\.\./board/ticket[^"]+)"',
    ):
        found = re.search(pattern, await site.text(at))
        assert found is not None
        at = str(httpx.URL(at).join(found[1].replace("&amp;", "&")))
    assert "#1" in await site.text(at)
