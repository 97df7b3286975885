"""Sign in and out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import sessions, signing_in
from comptoir.core.accounts.authentication import (
    SESSION,
    TICKET,
    accounts_of,
    cookie_of,
    origin_of,
    signed_in_cookies,
)
from comptoir.core.accounts.errors import PasswordNeeded
from comptoir.core.accounts.guards import PUBLIC, session_of
from comptoir.core.accounts.identity import WEAK_METHODS
from comptoir.core.accounts.pages.forms import (
    AnyRequest,
    Form,
    answer_form,
    back_to,
    forget_language,
    keep_language,
)
from comptoir.core.accounts.services import own_account
from comptoir.core.accounts.signing_in import CodeNeeded, SignedIn
from comptoir.core.errors import ComptoirError
from comptoir.core.i18n import gettext as _
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, forget_cookie, make_cookie, page, principal_of, redirect


class SignInForm(Untold, frozen=True):
    """Name and password, and the page one came from."""

    login: str = ""
    password: str = ""
    next: str = "/"


class CodeForm(Untold, frozen=True):
    """The code of the second factor, or a recovery code."""

    code: str = ""
    next: str = "/"


@get("/sign-in", opt=PUBLIC, include_in_schema=False)
async def show(request: AnyRequest, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002
    """The form; whoever is signed in by password goes on."""
    session = session_of(request)
    if session and not session.locked and session.method not in WEAK_METHODS:
        return redirect(request, back_to(next))
    known = session is not None and not session.locked
    # Whoever came in by PIN or badge is known, and only proves it.
    login = (await own_account(request.user)).login if known else ""
    return page(request, "accounts/sign_in.html", errors=[], **_context(request, login, next))


@post("/sign-in", opt=PUBLIC, include_in_schema=False)
async def send(request: AnyRequest, data: Form[SignInForm]) -> Response[str]:
    """Sign in, or go on to the code."""

    async def act() -> Response[str]:
        result = await signing_in.by_password(
            data.login,
            data.password,
            origin=origin_of(request),
            replaces=replaced(request),
            keys=accounts_of(request.app).keys,
            now=clock.now(),
        )
        if isinstance(result, CodeNeeded):
            return _ask_for_code(request, result, data.next)
        return welcome(request, result, data.next)

    return await answer_form(
        request, act, "accounts/sign_in.html", **_context(request, data.login, data.next)
    )


@get("/sign-in/code", opt=PUBLIC, include_in_schema=False)
async def show_code(request: AnyRequest, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002
    """The second step."""
    if not cookie_of(request, accounts_of(request.app).settings, TICKET):
        return redirect(request, "/sign-in")
    return page(request, "accounts/sign_in_code.html", errors=[], next=back_to(next))


@post("/sign-in/code", opt=PUBLIC, include_in_schema=False)
async def send_code(request: AnyRequest, data: Form[CodeForm]) -> Response[str]:
    """Sign in with the code."""
    accounts = accounts_of(request.app)

    async def act() -> Response[str]:
        result = await signing_in.by_code(
            cookie_of(request, accounts.settings, TICKET),
            data.code,
            origin=origin_of(request),
            replaces=replaced(request),
            keys=accounts.keys,
            now=clock.now(),
        )
        return welcome(request, result, data.next)

    return await answer_form(request, act, "accounts/sign_in_code.html", next=back_to(data.next))


@post("/sign-out", opt=PUBLIC, include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[str]:
    """End the session of this browser."""
    session = session_of(request)
    if session:
        await sessions.end(session.id, now=clock.now())
    settings = accounts_of(request.app).settings
    cookies = [forget_cookie(settings, SESSION), forget_cookie(settings, TICKET)]
    return redirect(
        request,
        "/sign-in",
        flash=Flash("ok", _("You are signed out.")),
        cookies=[*cookies, *([keep_language(request)] if session else [])],
    )


def replaced(request: AnyRequest) -> UUID | None:
    """The session this browser has, which signing in goes on with."""
    session = session_of(request)
    return session.id if session else None


def welcome(request: AnyRequest, result: SignedIn, target: str) -> Response[str]:
    """To the page somebody came from, signed in."""
    settings = accounts_of(request.app).settings
    cookies = signed_in_cookies(settings, result.token, result.browser)
    return redirect(request, back_to(target), cookies=[*cookies, forget_language(request)])


def _ask_for_code(request: AnyRequest, result: CodeNeeded, target: str) -> Response[str]:
    settings = accounts_of(request.app).settings
    seconds = int(signing_in.CODE_WITHIN.total_seconds())
    return redirect(
        request,
        f"/sign-in/code?next={quote(back_to(target), safe='/')}",
        cookies=[make_cookie(settings, TICKET, result.ticket, max_age=seconds)],
    )


def _context(request: AnyRequest, login: str, target: str) -> dict[str, Any]:
    """What the form shows beside its fields: why one is here."""
    session = session_of(request)
    reason: type[ComptoirError] | None = request.scope["state"].get("sign_in_refused")
    is_here = principal_of(request.scope) is not None
    if is_here:
        reason = PasswordNeeded
    return {
        "is_here": is_here,
        "login": login,
        "next": back_to(target),
        "reason": reason().message() if reason else "",
        "locked": bool(session and session.locked),
    }


ROUTES: list[ControllerRouterHandler] = [show, send, show_code, send_code, sign_out]
