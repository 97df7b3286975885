"""The page behind a one-time link: choose a password."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import invitations
from comptoir.core.accounts.authentication import accounts_of, origin_of, signed_in_cookies
from comptoir.core.accounts.guards import PUBLIC
from comptoir.core.accounts.pages.forms import AnyRequest, Form, answer_form, forget_language
from comptoir.core.accounts.pages.sign_in import replaced
from comptoir.core.accounts.passwords import MIN_LENGTH
from comptoir.core.i18n import gettext as _
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, page, redirect


class ChoosePassword(Untold, frozen=True):
    """A first password, or a new one."""

    password: str = ""


@get("/invitations/{token:str}", opt=PUBLIC, include_in_schema=False)
async def show(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """Whose link it is, and the form. Looking uses nothing up."""
    invitation = await invitations.find(token, now=clock.now())
    return page(
        request,
        "accounts/invitation.html",
        errors=[],
        invitation=invitation,
        least=MIN_LENGTH,
    )


@post("/invitations/{token:str}", opt=PUBLIC, include_in_schema=False)
async def send(
    request: AnyRequest, token: FromPath[str], data: Form[ChoosePassword]
) -> Response[str]:
    """Take the password and sign in."""
    now = clock.now()
    accounts = accounts_of(request.app)
    invitation = await invitations.find(token, now=now)

    async def act() -> Response[str]:
        result = await invitations.accept(
            token,
            data.password,
            origin=origin_of(request),
            replaces=replaced(request),
            keys=accounts.keys,
            now=now,
        )
        cookies = signed_in_cookies(accounts.settings, result.token, result.browser)
        return redirect(
            request,
            "/account",
            flash=Flash("ok", _("Welcome. Your password is set. Make yourself a PIN or a badge.")),
            cookies=[*cookies, forget_language(request)],
        )

    return await answer_form(
        request, act, "accounts/invitation.html", invitation=invitation, least=MIN_LENGTH
    )


ROUTES: list[ControllerRouterHandler] = [show, send]
