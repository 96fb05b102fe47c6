"""Pages from templates, each with the headers that keep it to itself."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handlers.replies import boards as replies
from storage.models import TicketNumber, UnitId
from storage.statistics import Figure

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

PICTURE_KINDS = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}
"""By the ending of a stored name, which was given by the first bytes. Nothing else is served."""

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {"words": replies, "Figure": Figure}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses relative to the page they stand on, so that a proxy may put a path before them.

    `root` leads from the page to the folder in which ``board`` lies.
    """

    root: str
    unit: UnitId
    month: str

    def board(self, month: str | None = None, unit: UnitId | None = None) -> str:
        return f"{self.root}board?{self._query(month, unit)}"

    def list(self, figure: Figure) -> str:
        return f"{self.root}board/list?what={figure}&{self._query(None, None)}"

    def ticket(self, number: TicketNumber) -> str:
        return f"{self.root}board/ticket/{number}?{self._query(None, None)}"

    def picture(self, number: TicketNumber, place: int) -> str:
        return f"{self.root}board/ticket/{number}/picture/{place}?{self._query(None, None)}"

    def _query(self, month: str | None, unit: UnitId | None) -> str:
        return urlencode({"month": month or self.month, "unit": unit or self.unit})


def page(template: str, root: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page of ours. Whatever is put into it is escaped by the template engine."""
    text = _templates.get_template(template).render(root=root, **values)
    content = text.encode("utf-8", "replace")
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def notice(root: str, status: int, title: str, text: str) -> HTMLResponse:
    """A kind page that says what is the matter and what to do."""
    return page("notice.html", root, status, title=title, text=text)


def redirect(address: str) -> RedirectResponse:
    """After a form: the browser goes on by GET."""
    return RedirectResponse(address, status_code=303, headers=HEADERS)


def style() -> Response:
    content = (FOLDER / "board.css").read_bytes()
    return Response(content, media_type="text/css", headers=HEADERS)


def picture(data: bytes, kind: str) -> Response:
    """A stored picture, of a kind in PICTURE_KINDS; opened by itself it can do nothing."""
    own = {
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=PICTURE_KINDS[kind], headers=HEADERS | own)
