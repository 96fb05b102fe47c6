"""Who gets to the board: links that work once, sessions that end."""

import dataclasses
from datetime import timedelta

import httpx
import pytest

from bot.web.board import COOKIE, board_app
from handlers.settings import Settings
from storage.store import Store
from tests.bot.web.conftest import Site
from tests.handlers.town import SECRETARY


async def test_looking_at_a_link_does_not_use_it_up(site: Site) -> None:
    link = await site.link(SECRETARY)
    for _ in range(2):
        page = await site.client.get(link)
        assert page.status_code == 200
        assert "打开看板" in page.text
        assert "set-cookie" not in page.headers
    assert (await site.client.post(link)).status_code == 303


async def test_the_button_uses_the_link_up_and_leads_to_the_board(site: Site) -> None:
    page = await site.client.post(await site.link(SECRETARY), follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == "/board"
    assert "城关党支部" in page.text


async def test_a_link_works_once(site: Site) -> None:
    link = await site.link(SECRETARY)
    await site.client.post(link)
    for answer in (await site.client.post(link), await site.client.get(link)):
        assert answer.status_code == 410
        assert "回“面板”" in answer.text


async def test_an_expired_link_opens_nothing(site: Site) -> None:
    link = await site.link(SECRETARY)
    site.clock.move_to(site.clock.now() + timedelta(minutes=10))
    assert (await site.client.get(link)).status_code == 410
    assert (await site.client.post(link)).status_code == 410


@pytest.mark.parametrize("token", ["0" * 48, "nonsense", "..%2f..", "%00", "０" * 48])
async def test_an_unknown_link_is_answered_kindly(token: str, site: Site) -> None:
    for method in ("GET", "POST"):
        answer = await site.client.request(method, f"/board/{token}")
        assert answer.status_code == 404
        assert "面板" in answer.text


async def test_guessing_at_links_is_slowed_down_for_a_minute(site: Site) -> None:
    link = await site.link(SECRETARY)
    for number in range(20):
        await site.client.get(f"/board/{number:048x}")
    assert (await site.client.post(link)).status_code == 429
    site.clock.move_to(site.clock.now() + timedelta(minutes=1))
    assert (await site.client.post(link)).status_code == 303


async def test_the_cookie_is_for_this_site_and_no_script(site: Site) -> None:
    answer = await site.client.post(await site.link(SECRETARY))
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "secure", "samesite=strict", "path=/board", "max-age=1800"}


async def test_the_cookie_goes_over_http_only_where_the_address_is_http(
    site: Site, board_settings: Settings
) -> None:
    link = await site.link(SECRETARY)
    settings = dataclasses.replace(board_settings, board_url="http://board.example/lianxin/")
    app = board_app(site.database, settings, site.clock, site.media)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://board.example")
    async with client:
        cookie = (await client.post(link)).headers["set-cookie"].lower()
    assert "secure" not in cookie
    assert "path=/lianxin/board" in cookie


@pytest.mark.parametrize("path", ["/board", "/board/list?what=open", "/board/ticket/1"])
async def test_without_a_session_there_is_a_kind_page(path: str, site: Site) -> None:
    for cookies in ({}, {COOKIE: "made-up"}):
        site.client.cookies = httpx.Cookies(cookies)
        answer = await site.client.get(path)
        assert answer.status_code == 403
        assert "回“面板”" in answer.text


async def test_a_session_ends_after_half_an_hour(site: Site) -> None:
    await site.enter(SECRETARY)
    cookie = {"cookie": f"{COOKIE}={site.client.cookies[COOKIE]}"}
    site.clock.move_to(site.clock.now() + timedelta(minutes=29))
    assert (await site.client.get("/board", headers=cookie)).status_code == 200
    site.clock.move_to(site.clock.now() + timedelta(minutes=1))
    assert (await site.client.get("/board", headers=cookie)).status_code == 403


async def test_leaving_ends_the_session_also_for_a_copied_cookie(site: Site) -> None:
    await site.enter(SECRETARY)
    cookie = {"cookie": f"{COOKIE}={site.client.cookies[COOKIE]}"}
    assert (await site.client.post("/board/leave")).status_code == 200
    assert (await site.client.get("/board", headers=cookie)).status_code == 403


async def test_who_is_no_longer_secretary_sees_nothing(site: Site) -> None:
    await site.enter(SECRETARY)

    def dismiss(store: Store) -> None:
        person = store.people.by_account("qq", SECRETARY)
        assert person is not None
        store.people.set_posts(person.id, [])

    await site.database.write(dismiss)
    assert (await site.client.get("/board")).status_code == 404
