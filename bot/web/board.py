"""The board: opened by a one-time link, read by secretaries, without JavaScript.

Chat programs fetch links to show a preview, so a link is used up only by the button's POST.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from bot.clock import Clock
from bot.media import Media
from bot.web import pages
from bot.web.sessions import LIFE, Guesses, Session, Sessions
from handlers import boards, listings
from handlers.context import Context
from handlers.errors import Refused
from handlers.replies import boards as replies
from handlers.settings import Settings
from handlers.supervision import LINK_MINUTES
from handlers.worktime import calendar_for
from storage.database import Database
from storage.models import BoardLink, TicketNumber, UnitId
from storage.statistics import Figure
from storage.store import Store

Shown = TypeVar("Shown")

log = logging.getLogger("lianxin.board")

COOKIE = "lianxin_board"
TOKEN = re.compile(r"[0-9a-f]{48}")
NUMBER = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request of a secretary: who, which month, and the store it is answered from."""

    viewer: boards.Viewer
    month: boards.Month
    context: Context


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks to see; an empty month or unit is the usual one. `root`: pages.Links."""

    template: str
    root: str
    month: str
    unit: str


def board_app(database: Database, settings: Settings, clock: Clock, media: Media) -> FastAPI:
    """A web application of its own, to be served where the configuration says."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(_BoardPages(database, settings, clock, media).router)
    app.add_exception_handler(HTTPException, _wrong_address)
    app.add_exception_handler(RequestValidationError, _wrong_address)
    app.add_exception_handler(Exception, _broken)
    return app


class _BoardPages:
    def __init__(self, database: Database, settings: Settings, clock: Clock, media: Media) -> None:
        self._media = media
        self._database = database
        self._settings = settings
        self._clock = clock
        self._sessions = Sessions()
        self._guesses = Guesses()
        address = urlsplit(settings.board_url or "")
        self._is_secure = address.scheme == "https"
        self._path = f"{address.path.rstrip('/')}/board"
        self.router = self._routes()

    def _routes(self) -> APIRouter:
        router = APIRouter(redirect_slashes=False)
        for path, method, work in (
            ("/board", "GET", self.show_board),
            ("/board/style.css", "GET", self.show_style),
            ("/board/list", "GET", self.show_list),
            ("/board/ticket/{number}", "GET", self.show_ticket),
            ("/board/ticket/{number}/picture/{place}", "GET", self.show_picture),
            ("/board/leave", "POST", self.leave),
            ("/board/{token}", "GET", self.show_link),
            ("/board/{token}", "POST", self.use_link),
        ):
            router.add_api_route(
                path, work, methods=[method], response_class=HTMLResponse, response_model=None
            )
        return router

    async def show_style(self) -> Response:
        return pages.style()

    async def show_link(self, request: Request, token: str) -> Response:
        """One button; nothing is used up by looking."""
        refusal = await self._refusal_of(request, token)
        if refusal is not None:
            return refusal
        return pages.page("gate.html", "../", token=token, minutes=LIFE.seconds // 60)

    async def use_link(self, request: Request, token: str) -> Response:
        """Use the link up, begin a session, go to the board."""
        refusal = await self._refusal_of(request, token)
        if refusal is not None:
            return refusal
        link = await self._database.write(
            lambda store: boards.use_link(token, self._context(store))
        )
        if link is None:
            return _spent()
        log.info("board opened by person %s for %s", link.person, link.unit)
        secret = self._sessions.begin(link.person, link.unit, self._clock.now())
        response = pages.redirect("../board")
        response.set_cookie(
            COOKIE,
            secret,
            max_age=LIFE.seconds,
            path=self._path,
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )
        return response

    async def leave(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = pages.notice("../", 200, "看板已关上", f"要再看，{replies.ASK_AGAIN}")
        response.delete_cookie(
            COOKIE, path=self._path, secure=self._is_secure, httponly=True, samesite="strict"
        )
        return response

    async def show_board(self, request: Request, month: str = "", unit: str = "") -> Response:
        def work(visit: _Visit) -> boards.Board:
            return boards.board(visit.viewer, visit.month, visit.context)

        return await self._show(request, _Asked("board.html", "", month, unit), work)

    async def show_list(
        self, request: Request, what: str = "", month: str = "", unit: str = ""
    ) -> Response:
        def work(visit: _Visit) -> listings.Listing:
            if what not in frozenset(Figure):
                raise Refused(replies.NO_FIGURE)
            return listings.list_behind(Figure(what), visit.viewer, visit.month, visit.context)

        return await self._show(request, _Asked("list.html", "../", month, unit), work)

    async def show_ticket(
        self, request: Request, number: str, month: str = "", unit: str = ""
    ) -> Response:
        """Written, not only read: that he looked is logged."""

        def work(visit: _Visit) -> listings.Page:
            if NUMBER.fullmatch(number) is None:
                raise Refused(replies.NO_TICKET)
            return listings.look_at(TicketNumber(int(number)), visit.viewer, visit.context)

        asked = _Asked("ticket.html", "../../", month, unit)
        return await self._show(request, asked, work, is_logged=True)

    async def show_picture(
        self, request: Request, number: str, place: str, month: str = "", unit: str = ""
    ) -> Response:
        """Nothing of the address reaches the disk: the stored name comes from the ticket."""

        def work(visit: _Visit) -> str:
            if NUMBER.fullmatch(number) is None or NUMBER.fullmatch(place) is None:
                raise Refused(replies.NO_PICTURE)
            ticket = TicketNumber(int(number))
            return listings.picture_of(ticket, int(place), visit.viewer, visit.context)

        asked = _Asked("", "../../../../", month, unit)
        found = await self._look(request, asked, work, is_logged=True)
        if isinstance(found, Response):
            return found
        name, _, _ = found
        kind = name.rpartition(".")[2]
        data = await self._media.read(name) if kind in pages.PICTURE_KINDS else None
        if data is None:
            return pages.notice(asked.root, 404, "看不了", replies.NO_PICTURE)
        return pages.picture(data, kind)

    def _visit(
        self, store: Store, session: Session, asked: _Asked, work: Callable[[_Visit], Shown]
    ) -> tuple[Shown, pages.Links]:
        """What is shown of the unit and month asked for. Raises Refused where they are not his."""
        context = self._context(store)
        viewer = boards.viewer_of(session.person, UnitId(asked.unit or session.unit), context)
        month = boards.month_named(asked.month, context)
        links = pages.Links(asked.root, viewer.unit, month.key)
        return work(_Visit(viewer, month, context)), links

    async def _show(
        self,
        request: Request,
        asked: _Asked,
        work: Callable[[_Visit], object],
        *,
        is_logged: bool = False,
    ) -> Response:
        """What is to be seen, as a page."""
        found = await self._look(request, asked, work, is_logged=is_logged)
        if isinstance(found, Response):
            return found
        shown, links, session = found
        calendar = calendar_for(self._settings.worktime)
        moment, ends = calendar.local(self._clock.now()), calendar.local(session.ends_at)
        return pages.page(
            asked.template, asked.root, shown=shown, links=links, now=moment, ends=ends
        )

    async def _look(
        self,
        request: Request,
        asked: _Asked,
        work: Callable[[_Visit], Shown],
        *,
        is_logged: bool,
    ) -> tuple[Shown, pages.Links, Session] | Response:
        """For whoever has a session and is still secretary over the unit; else why not."""
        session = self._sessions.get(request.cookies.get(COOKIE, ""), self._clock.now())
        if session is None:
            return _no_session(asked.root)
        hop = self._database.write if is_logged else self._database.read
        try:
            shown, links = await hop(lambda store: self._visit(store, session, asked, work))
        except Refused as refusal:
            return pages.notice(asked.root, 404, "看不了", refusal.text)
        return shown, links, session

    async def _refusal_of(self, request: Request, token: str) -> Response | None:
        """Why a link opens nothing, as a page; None if it may be used."""
        now = self._clock.now()
        client = request.client.host if request.client else ""
        if self._guesses.is_too_many(client, now):
            return pages.notice("../", 429, "试得太多了", "请等一分钟再点链接。")
        link = await self._find(token)
        if link is None:
            self._guesses.add(client, now)
            return pages.notice("../", 404, "没有这个链接", f"可能没有复制全。{replies.ASK_AGAIN}")
        return _spent() if boards.is_spent(link, now) else None

    async def _find(self, token: str) -> BoardLink | None:
        if TOKEN.fullmatch(token) is None:
            return None
        return await self._database.read(
            lambda store: boards.find_link(token, self._context(store))
        )

    def _context(self, store: Store) -> Context:
        return Context(store, self._clock.now(), self._settings, Random("board"))


def _spent() -> HTMLResponse:
    text = f"每个链接只能打开一次，{LINK_MINUTES} 分钟内有效。{replies.ASK_AGAIN}"
    return pages.notice("../", 410, "这个链接已经用过或过期了", text)


def _no_session(root: str) -> HTMLResponse:
    text = f"看板打开 {LIFE.seconds // 60} 分钟后会自己关上。{replies.ASK_AGAIN}"
    return pages.notice(root, 403, "看板没有打开", text)


async def _wrong_address(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return pages.notice(_root_of(request), status, "没有这一页", replies.ASK_AGAIN)


async def _broken(request: Request, error: Exception) -> HTMLResponse:
    """The error itself is logged by the server around."""
    text = "请过一会儿再试；还不行，请告诉管理员。"
    return pages.notice(_root_of(request), 500, "看板出了点问题", text)


def _root_of(request: Request) -> str:
    return "../" * max(0, request.url.path.count("/") - 1)
