"""One's own account: language, site, password, PIN, badge, and where one is signed in."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import services, sessions
from comptoir.core.accounts.authentication import SESSION, accounts_of
from comptoir.core.accounts.guards import signed_in, signed_in_by_password, somebody
from comptoir.core.accounts.pages.forms import (
    AnyRequest,
    Form,
    answer_form,
    back_to,
    forget_language,
    keep_language,
)
from comptoir.core.accounts.passwords import MIN_LENGTH
from comptoir.core.i18n import gettext as _
from comptoir.core.printing.code128 import code128_symbol
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, forget_cookie, page, redirect


class ChooseLanguage(msgspec.Struct, frozen=True):
    """A language of ours, and the page it was chosen on."""

    language: str = ""
    next: str = "/account"


class ChoosePlace(msgspec.Struct, frozen=True):
    """A site one works at."""

    site: UUID


class ChangePassword(Untold, frozen=True):
    """The present password and the one to come."""

    current_password: str = ""
    password: str = ""


@get("/account", guards=[signed_in], include_in_schema=False)
async def show(request: AnyRequest) -> Response[str]:
    """The account page."""
    actor = somebody(request)
    return page(
        request,
        "accounts/account.html",
        account=await services.own_account(actor),
        sessions=await sessions.list_own(actor, now=clock.now()),
        places=await accounts_of(request.app).directory.places(actor),
    )


@post("/account/language", guards=[signed_in], include_in_schema=False)
async def choose_language(request: AnyRequest, data: Form[ChooseLanguage]) -> Response[str]:
    """Speak this language to the person from now on."""
    await services.choose_language(somebody(request), data.language, now=clock.now())
    return redirect(request, back_to(data.next), cookies=[forget_language(request)])


@post("/account/site", guards=[signed_in], include_in_schema=False)
async def choose_place(request: AnyRequest, data: Form[ChoosePlace]) -> Response[str]:
    """Work at another of one's sites in this browser."""
    directory = accounts_of(request.app).directory
    await sessions.choose_place(somebody(request), data.site, directory=directory)
    return redirect(request, "/account", flash=Flash("ok", _("You now work at this site.")))


@get("/account/password", guards=[signed_in_by_password], include_in_schema=False)
async def show_password(request: AnyRequest) -> Response[str]:
    """The form for a new password."""
    return page(request, "accounts/password.html", errors=[], least=MIN_LENGTH)


@post("/account/password", guards=[signed_in_by_password], include_in_schema=False)
async def change_password(request: AnyRequest, data: Form[ChangePassword]) -> Response[str]:
    """Take the new password."""

    async def act() -> Response[str]:
        await services.change_password(
            somebody(request), data.current_password, data.password, now=clock.now()
        )
        text = _("Your password is changed. All your other browsers are signed out.")
        return redirect(request, "/account", flash=Flash("ok", text))

    return await answer_form(request, act, "accounts/password.html", least=MIN_LENGTH)


@post("/account/pin", guards=[signed_in_by_password], include_in_schema=False)
async def make_pin(request: AnyRequest) -> Response[str]:
    """A new PIN, shown on this page and never again."""
    pin = await services.make_pin(
        somebody(request), keys=accounts_of(request.app).keys, now=clock.now()
    )
    return page(request, "accounts/pin.html", pin=pin)


@post("/account/pin/remove", guards=[signed_in_by_password], include_in_schema=False)
async def remove_pin(request: AnyRequest) -> Response[str]:
    """No PIN any more."""
    await services.remove_pin(somebody(request), now=clock.now())
    return redirect(request, "/account", flash=Flash("ok", _("Your PIN does not work any more.")))


@post("/account/badge", guards=[signed_in_by_password], include_in_schema=False)
async def make_badge(request: AnyRequest) -> Response[str]:
    """A new badge to print, on this page and never again."""
    badge = await services.make_badge(
        somebody(request), keys=accounts_of(request.app).keys, now=clock.now()
    )
    return page(
        request,
        "accounts/badge.html",
        qr=qr_symbol(badge),
        bars=code128_symbol(badge),
    )


@post("/account/badge/remove", guards=[signed_in_by_password], include_in_schema=False)
async def remove_badge(request: AnyRequest) -> Response[str]:
    """No badge any more."""
    await services.remove_badge(somebody(request), now=clock.now())
    return redirect(request, "/account", flash=Flash("ok", _("Your badge does not work any more.")))


@post(
    "/account/sessions/{session_id:uuid}/end",
    guards=[signed_in_by_password],
    include_in_schema=False,
)
async def end_session(request: AnyRequest, session_id: FromPath[UUID]) -> Response[str]:
    """Sign one of one's browsers out."""
    await sessions.end_own(somebody(request), session_id, now=clock.now())
    return redirect(request, "/account", flash=Flash("ok", _("That browser is signed out.")))


@post("/account/sessions/end-all", guards=[signed_in_by_password], include_in_schema=False)
async def end_all_sessions(request: AnyRequest) -> Response[str]:
    """Sign out everywhere, here too."""
    await sessions.end_all(somebody(request).id, now=clock.now())
    return redirect(
        request,
        "/sign-in",
        flash=Flash("ok", _("You are signed out everywhere.")),
        cookies=[
            forget_cookie(accounts_of(request.app).settings, SESSION),
            keep_language(request),
        ],
    )


ROUTES: list[ControllerRouterHandler] = [
    show,
    choose_language,
    choose_place,
    show_password,
    change_password,
    make_pin,
    remove_pin,
    make_badge,
    remove_badge,
    end_session,
    end_all_sessions,
]
