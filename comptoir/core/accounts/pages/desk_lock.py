"""The shared desk: lock it, and let the next person in by PIN or badge."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import sessions
from comptoir.core.accounts.authentication import accounts_of, session_cookie
from comptoir.core.accounts.errors import SessionEnded
from comptoir.core.accounts.guards import PUBLIC, session_of
from comptoir.core.accounts.identity import SessionFacts
from comptoir.core.accounts.pages.forms import (
    AnyRequest,
    Form,
    answer_form,
    back_to,
    forget_language,
    keep_language,
)
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, page, principal_of, redirect
from comptoir.core.web.context import here


class Unlock(Untold, frozen=True):
    """What was typed or scanned, and the page to go on with."""

    pin: str = ""
    next: str = "/"


@post("/lock", opt=PUBLIC, include_in_schema=False)
async def lock(request: AnyRequest) -> Response[str]:
    """Nobody is here any more. Pressed twice, or too late, it does no harm."""
    session = session_of(request)
    if session is None:
        return redirect(request, "/sign-in")
    await sessions.lock(session.id, now=clock.now())
    return redirect(request, _locked(here(request.scope)))


@get("/locked", opt=PUBLIC, include_in_schema=False)
async def show(request: AnyRequest, next: FromQuery[str] = "/") -> Response[str]:  # noqa: A002
    """A locked desk: the site's name, a field, and nobody's name."""
    if session_of(request) is None:
        return redirect(request, "/sign-in")
    if principal_of(request.scope) is not None:
        return redirect(request, back_to(next))
    return page(request, "accounts/locked.html", errors=[], next=back_to(next))


@post("/unlock", opt=PUBLIC, include_in_schema=False)
async def unlock(request: AnyRequest, data: Form[Unlock]) -> Response[str]:
    """Let somebody in; also in the place of whoever is signed in."""
    session = session_of(request)
    target = back_to(data.next)
    if session is None:
        return redirect(request, "/sign-in")
    if not data.pin.strip():  # an Enter after the sixth digit, and no try
        return redirect(request, _locked(target))

    async def act() -> Response[str]:
        return redirect(request, target, cookies=await let_in(request, session, data.pin))

    try:
        return await answer_form(request, act, "accounts/locked.html", next=target)
    except SessionEnded as error:
        request.scope["state"]["error_code"] = error.code
        return redirect(
            request,
            f"/sign-in?next={quote(target, safe='/')}",
            flash=Flash("warn", error.message()),
            cookies=[keep_language(request)],
        )


async def let_in(request: AnyRequest, session: SessionFacts, scanned: str) -> list[Cookie]:
    """Put whoever's PIN or badge was scanned into the session; give the answer's cookies.

    Raises:
        PinRefused, SessionEnded, TooManyAttempts: see ``sessions.take_over``.
    """
    accounts = accounts_of(request.app)
    token = await sessions.take_over(
        session,
        scanned,
        keys=accounts.keys,
        directory=accounts.directory,
        now=clock.now(),
    )
    return [session_cookie(accounts.settings, token), forget_language(request)]


@post("/session/alive", opt=PUBLIC, status_code=204, include_in_schema=False)
async def alive(request: AnyRequest) -> Response[None]:
    """Somebody is working on a page without asking for another: 204, or 401 if locked."""
    return Response(None, status_code=204 if principal_of(request.scope) else 401)


def _locked(target: str) -> str:
    """The address of the locked desk that goes on with a page."""
    back = back_to(target)
    return "/locked" if back == "/" else f"/locked?next={quote(back, safe='/')}"


ROUTES: list[ControllerRouterHandler] = [lock, show, unlock, alive]
