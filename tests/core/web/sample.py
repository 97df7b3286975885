"""A small application with sample pages: what the shell looks like, without any floor above."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.params import Body, FromPath, JSONBody
from litestar.types import ASGIApp, Receive, Scope, Send

from comptoir.core.errors import (
    FieldError,
    Invalid,
    NotFound,
    PreconditionFailed,
    Refused,
    TooManyRequests,
    Unauthenticated,
)
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.settings import Settings
from comptoir.core.web import Flash, NavItem, Place, fragment, page, redirect
from comptoir.core.web import pages as web_pages
from comptoir.core.web.pages import ChooseLanguage
from comptoir.core.web.plugin import LARGEST_BODY, WebShell

AnyRequest = Request[Any, Any, Any]

SITE = uuid.UUID("01890000-0000-7000-8000-000000000001")
PERSON = Principal(
    kind="user",
    name="Camille Rossier",
    language="en",
    roles=(SiteRole(Role.COORDINATOR, SITE),),
    site_id=SITE,
)
NAVIGATION = [
    NavItem(_l("Desk"), "/desk"),
    NavItem(_l("Loans"), "/loans"),
    NavItem(_l("Items"), "/items"),
    NavItem(_l("Borrowers"), "/borrowers"),
    NavItem(_l("Sites"), "/sites", Role.COORDINATOR),
    NavItem(_l("Settings"), "/settings", Role.ADMIN),
    NavItem(_l("My account"), "/account", menu="account"),
    NavItem(_l("Sign out"), "/sign-out", menu="account", method="post"),
]


class ItemOnLoan(Refused):
    """A refusal such as the floors raise."""

    code = "sample.item-on-loan"

    def message(self) -> str:
        return _("This item is on loan. Take it back first.")

    def details(self) -> dict[str, object]:
        return {"due": "2026-11-24"}


class NothingThere(NotFound):
    code = "sample.nothing-there"

    def message(self) -> str:
        return _("There is no such item here.")


class SignedOut(Unauthenticated):
    code = "sample.signed-out"

    def message(self) -> str:
        return _("Sign in to go on.")


class TooOften(TooManyRequests):
    code = "sample.too-often"

    def message(self) -> str:
        return _("Wait a moment, then try again.")


class Changed(PreconditionFailed):
    code = "sample.changed"

    def message(self) -> str:
        return _("Load it again, then make your change.")


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body as the API takes it."""

    item: str
    count: int = 1


ERRORS: dict[str, Callable[[], Exception]] = {
    "conflict": ItemOnLoan,
    "not-found": NothingThere,
    "invalid": lambda: Invalid([FieldError("name", "sample.name-missing", "Enter a name.")]),
    "unauthenticated": SignedOut,
    "too-often": lambda: TooOften(30),
    "changed": Changed,
    "unexpected": lambda: RuntimeError("Amélie Dupont already exists"),
    "unavailable": lambda: HTTPException(status_code=503),
    "teapot": lambda: HTTPException(status_code=418),
}


class Row(msgspec.Struct):
    """One row of the sample list."""

    code: str
    model: str
    status: str
    place: str
    due: date | None = None


ROWS = [
    Row("BCDFGHJK", "Dell Latitude 5420", "available", "Fribourg"),
    Row("LNPRSTVX", "Lenovo ThinkPad T480", "on-loan", "Fribourg", date(2026, 11, 27)),
    Row("KJHGFDCB", "Fairphone 4", "overdue", "Fribourg", date(2026, 11, 22)),
    Row("XVTSRPNL", "HP EliteBook 840 G5, 16 GB, clavier suisse", "repair", "Lausanne"),
]
TODAY = date(2026, 11, 24)


@post("/account/language", status_code=303)
async def choose_language(
    request: AnyRequest,
    data: Annotated[ChooseLanguage, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Stands in for the accounts: Camille's language is kept by the browser."""
    answer: Response[str] = await web_pages.choose_language.fn(request, data)
    return answer


def signed_in(app: ASGIApp) -> ASGIApp:
    """Stands in for the roof's authentication: everyone is Camille, unless ``anonymous`` asks."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if b"anonymous" not in scope.get("query_string", b""):
            scope["user"] = PERSON
            scope["state"]["place"] = Place(SITE, "Fribourg", "Europe/Zurich")
        await app(scope, receive, send)

    return handle


@get("/items")
async def items(request: AnyRequest) -> Response[str]:
    """A list with filters and pages."""
    return page(request, "sample/items.html", rows=ROWS, today=TODAY, status_filter="")


@get("/nothing")
async def nothing(request: AnyRequest) -> Response[str]:
    """A list that is empty."""
    return page(request, "sample/items.html", rows=[], today=TODAY, status_filter="repair")


@get("/items/new")
async def form(request: AnyRequest) -> Response[str]:
    """A form, as it is first shown."""
    return page(request, "sample/form.html", errors=[], form={"name": "", "note": ""})


@post("/items/new", status_code=303)
async def send_form(request: AnyRequest) -> Response[str]:
    """The form sent: with errors if no name was given."""
    data = await request.form()
    if not data.get("name"):
        errors = [
            FieldError("name", "sample.name-missing", "Enter a name or a pseudonym."),
            FieldError("reach", "sample.reach-missing", "Choose how to reach this person."),
        ]
        return page(request, "sample/form.html", status=422, errors=errors, form=dict(data))
    return redirect(request, "/items", flash=Flash("ok", _("Saved.")))


@get("/detail")
async def detail(request: AnyRequest) -> Response[str]:
    """Facts, a timeline, chips and messages."""
    return page(request, "sample/detail.html")


@get("/confirm")
async def confirm(request: AnyRequest) -> Response[str]:
    """The question before something that cannot be undone."""
    return page(
        request,
        "core/confirm.html",
        title=_("Retire this item?"),
        text=_("It can no longer be lent. Its history is kept."),
        action="/items/new",
        label=_("Retire"),
        back="/items",
        kind="danger",
        fields={"code": "BCDFGHJK"},
    )


@get("/piece")
async def piece(request: AnyRequest) -> Response[str]:
    """A fragment alone."""
    return fragment(request, "core/_error.html", problem={"title": "A", "detail": "B & C"})


@get(["/fail/{kind:str}", "/api/fail/{kind:str}"])
async def fail(kind: FromPath[str]) -> None:
    """Raise the error asked for."""
    raise ERRORS[kind]()


@post(["/api/echo", "/echo"])
async def echo(data: JSONBody[Payload]) -> Payload:
    """A body that must fit a struct."""
    return data


class Desk:
    """What the sample desk was sent, and how it shall behave: each entry of ``moods`` once."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.moods: list[str] = []


@get("/desk")
async def desk_page(request: AnyRequest) -> Response[str]:
    """The desk before anything was scanned."""
    return page(request, "sample/desk.html", attempt=str(uuid.uuid4()), visit="", kind="")


@post("/desk/scan", status_code=200)
async def desk_scan(request: AnyRequest) -> Response[str]:
    """Answer a scan as the desk's mood says; a repeated attempt id counts as one scan."""
    desk: Desk = request.app.state.desk
    data = {key: str(value) for key, value in (await request.form()).items()}
    mood = desk.moods.pop(0) if desk.moods else "ok"
    if mood in ERRORS:
        raise ERRORS[mood]()
    desk.sent.append(data)
    if mood == "ignored":
        return Response("", status_code=204)
    if mood == "lost":  # done, but the answer does not arrive
        return Response("", status_code=503)
    titles = {"ok": _("Lent"), "returned": _("Taken back"), "refused": _("Not possible")}
    return fragment(
        request,
        "sample/_desk.html",
        visit=data.get("visit") or "visit-1",
        kind=mood,
        title=titles[mood],
        text=data["scan"],
    )


@post("/sign-out", status_code=303)
async def sign_out(request: AnyRequest) -> Response[str]:
    """Back to the start."""
    return redirect(request, "/desk")


@get("/sign-in")
async def sign_in(request: AnyRequest) -> Response[str]:
    """A page that leads back to where one came from."""
    return page(request, "sample/sign_in.html", back=request.query_params.get("next", "/"))


def sample_app(settings: Settings | None = None, **more: Any) -> Litestar:
    """The sample application with the real shell around it."""
    packages = {
        "core": "comptoir.core.web",
        "inventory": "comptoir.inventory",
        "sample": "tests.core.web",
    }
    handlers = [items, nothing, form, send_form, detail, confirm, piece, fail, echo]
    handlers += [desk_page, desk_scan, sign_in, sign_out, choose_language]
    app = Litestar(
        route_handlers=[*handlers, *more.get("route_handlers", ())],
        middleware=[signed_in],
        request_max_body_size=LARGEST_BODY,
        plugins=[WebShell(settings or Settings(), packages, NAVIGATION)],
    )
    app.state.desk = Desk()
    return app
