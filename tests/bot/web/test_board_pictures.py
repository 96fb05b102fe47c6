"""Pictures on the board: shown to the secretary whose ticket it is, and to nobody else."""

import dataclasses
import html
import re
from io import BytesIO

import pytest
from PIL import Image

from storage.store import Store
from tests.bot.web.conftest import Site
from tests.handlers.town import INSTRUCTOR, OVER_SECRETARY, RESIDENT, SECRETARY, Town

HEDONG_SECRETARY = "21000101"
SHOWN = re.compile(r'<img src="\.\./\.\./(board/ticket/1/picture/\d+\?[^"]+)" alt="([^"]+)"')
FIRST = "/board/ticket/1/picture/1"
KINDS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}


def picture(kind: str = "PNG") -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, kind)
    return data.getvalue()


async def keep(site: Site, kind: str = "PNG") -> str:
    name = await site.media.keep_picture(picture(kind))
    assert name is not None
    return name


async def open_with(site: Site, *names: str) -> None:
    """A matter of 城关 to which its resident sends pictures."""

    def send(town: Town) -> None:
        town.open("停水")
        town.say(RESIDENT, "二单元也停", quote="m1", images=names)

    await site.do(send)


async def looks(site: Site) -> list[str]:
    def read(store: Store) -> list[str]:
        rows = store.connection.execute(
            "select word from command_log where key like 'board/%' order by at"
        )
        return [word for (word,) in rows]

    return await site.database.read(read)


async def change(site: Site, **changed: object) -> None:
    def save(town: Town) -> None:
        town.store.tickets.save(dataclasses.replace(town.ticket(1), **changed))  # type: ignore[arg-type]

    await site.do(save)


@pytest.mark.parametrize(("kind", "served"), KINDS.items())
async def test_a_picture_is_served_as_the_kind_it_was_stored_as(
    site: Site, kind: str, served: str
) -> None:
    await open_with(site, await keep(site, kind))
    await site.enter(SECRETARY)
    answer = await site.client.get(FIRST)
    assert answer.status_code == 200
    assert answer.content == picture(kind)
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_the_page_shows_small_pictures_with_words_for_them(site: Site) -> None:
    await open_with(site, await keep(site), await keep(site, "JPEG"))
    name = await keep(site, "GIF")
    await site.do(lambda town: town.tell(INSTRUCTOR, "1 办结 通了", images=(name,)))
    await site.enter(SECRETARY)
    page = await site.text("/board/ticket/1")
    found = SHOWN.findall(page)
    assert [alt for _, alt in found] == ["居民发的图 1", "居民发的图 2", "李惠发的图 3"]
    assert page.count('loading="lazy"') == 3
    for path, _ in found:
        assert (await site.client.get(f"/{html.unescape(path)}")).status_code == 200


async def test_only_pages_may_show_pictures_and_only_of_this_site(site: Site) -> None:
    await open_with(site, await keep(site))
    await site.enter(SECRETARY)
    policy = (await site.client.get("/board/ticket/1")).headers["content-security-policy"]
    assert "img-src 'self'" in policy
    assert "default-src 'none'" in policy


async def test_without_a_session_no_picture_is_served(site: Site) -> None:
    await open_with(site, await keep(site))
    assert (await site.client.get(FIRST)).status_code == 403
    await site.enter(SECRETARY)
    await site.client.post("/board/leave")
    assert (await site.client.get(FIRST)).status_code == 403


@pytest.mark.parametrize("query", ["", "?unit=chengguan", "?unit=hedong"])
async def test_a_secretary_of_another_branch_is_shown_no_picture(site: Site, query: str) -> None:
    await open_with(site, await keep(site))
    await site.enter(HEDONG_SECRETARY)
    answer = await site.client.get(FIRST + query)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_secretary_above_is_shown_it(site: Site) -> None:
    await open_with(site, await keep(site))
    await site.enter(OVER_SECRETARY)
    assert (await site.client.get(FIRST)).status_code == 200


@pytest.mark.parametrize("who", [SECRETARY, OVER_SECRETARY])
async def test_no_picture_of_a_sensitive_matter_is_on_the_board(site: Site, who: str) -> None:
    await open_with(site, await keep(site))
    await change(site, is_sensitive=True)
    await site.enter(who)
    assert "<img" not in await site.text("/board/ticket/1")
    assert (await site.client.get(FIRST)).status_code == 404


async def test_who_is_no_secretary_any_more_is_shown_nothing(site: Site) -> None:
    await open_with(site, await keep(site))
    await site.enter(SECRETARY)

    def dismiss(store: Store) -> None:
        person = store.people.by_account("qq", SECRETARY)
        assert person is not None
        store.people.set_posts(person.id, [])

    await site.database.write(dismiss)
    assert (await site.client.get(FIRST)).status_code == 404


async def test_a_picture_taken_back_is_not_shown_and_the_others_keep_their_places(
    site: Site,
) -> None:
    await open_with(site, await keep(site))
    other = await keep(site, "GIF")

    def more(town: Town) -> None:
        town.say(RESIDENT, "又一张", quote="m1", images=(other,))
        messages = town.store.tickets.list_messages(town.ticket(1).number)
        first = next(one for one in messages if one.images)
        town.store.tickets.mark_recalled(first.key)

    await site.do(more)
    await site.enter(SECRETARY)
    assert (await site.client.get(FIRST)).status_code == 404
    assert (await site.client.get("/board/ticket/1/picture/2")).content == picture("GIF")
    shown = SHOWN.findall(await site.text("/board/ticket/1"))
    assert [path.partition("?")[0] for path, _ in shown] == ["board/ticket/1/picture/2"]


async def test_a_picture_that_is_gone_from_the_disk_is_a_kind_page(site: Site) -> None:
    name = await keep(site)
    await open_with(site, name)
    site.media.path(name).unlink()
    await site.enter(SECRETARY)
    answer = await site.client.get(FIRST)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


@pytest.mark.parametrize("name", ["../secret.png", "secret.png", "a" * 32 + ".silk", "b" * 32])
async def test_what_is_no_picture_of_ours_is_not_served(site: Site, name: str) -> None:
    site.media.folder.mkdir(parents=True, exist_ok=True)
    for path in (site.media.folder / name, site.media.folder.parent / "secret.png"):
        path.write_bytes(b"secret")
    await open_with(site, name)
    await site.enter(SECRETARY)
    answer = await site.client.get(FIRST)
    assert answer.status_code == 404
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/board/ticket/1/picture/0",
        "/board/ticket/1/picture/2",
        "/board/ticket/1/picture/01",
        "/board/ticket/1/picture/-1",
        "/board/ticket/1/picture/99999999999999999999",
        "/board/ticket/1/picture/..%2f..%2fsecret.png",
        "/board/ticket/1/picture/",
        "/board/ticket/2/picture/1",
        "/board/ticket/x/picture/1",
    ],
)
async def test_an_address_that_names_no_picture_is_a_kind_page(site: Site, path: str) -> None:
    await open_with(site, await keep(site))
    await site.enter(SECRETARY)
    answer = await site.client.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


async def test_the_stored_name_leads_to_no_picture(site: Site) -> None:
    name = await keep(site)
    await open_with(site, name)
    await site.enter(SECRETARY)
    assert name not in await site.text("/board/ticket/1")
    assert (await site.client.get(f"/board/ticket/1/picture/{name}")).status_code == 404


async def test_who_looked_at_a_picture_is_logged(site: Site) -> None:
    await open_with(site, await keep(site))
    await site.enter(SECRETARY)
    await site.client.get(FIRST)
    assert await looks(site) == ["打开看板", "看板看图"]
