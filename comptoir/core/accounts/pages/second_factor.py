"""Set up, renew and turn off signing in by a code from the phone."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import second_factor
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.accounts.guards import signed_in_by_password, somebody
from comptoir.core.accounts.pages.forms import AnyRequest, Form, answer_form
from comptoir.core.i18n import gettext as _
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, page, redirect

PATH = "/account/second-factor"


class ConfirmForm(Untold, frozen=True):
    """The first code the phone shows."""

    code: str = ""


class PasswordForm(Untold, frozen=True):
    """The present password."""

    current_password: str = ""


@post(PATH, guards=[signed_in_by_password], include_in_schema=False)
async def start(request: AnyRequest) -> Response[str]:
    """Make a secret, then show it."""
    await second_factor.start(
        somebody(request), keys=accounts_of(request.app).keys, now=clock.now()
    )
    return redirect(request, PATH)


@get(PATH, guards=[signed_in_by_password], include_in_schema=False)
async def show(request: AnyRequest) -> Response[str]:
    """The secret as a QR code and as text, and the field for a first code."""
    return page(request, "accounts/second_factor.html", errors=[], **await _enrolment(request))


@post(f"{PATH}/confirm", guards=[signed_in_by_password], include_in_schema=False)
async def confirm(request: AnyRequest, data: Form[ConfirmForm]) -> Response[str]:
    """Switch it on; the recovery codes are shown on this page and never again."""
    enrolment = await _enrolment(request)

    async def act() -> Response[str]:
        codes = await second_factor.confirm(
            somebody(request), data.code, keys=accounts_of(request.app).keys, now=clock.now()
        )
        return page(request, "accounts/recovery_codes.html", codes=codes, just_on=True)

    return await answer_form(request, act, "accounts/second_factor.html", **enrolment)


@get(f"{PATH}/change", guards=[signed_in_by_password], include_in_schema=False)
async def show_change(request: AnyRequest) -> Response[str]:
    """The password first; then new recovery codes, or turning it off."""
    return page(request, "accounts/second_factor_change.html", errors=[])


@post(f"{PATH}/recovery-codes", guards=[signed_in_by_password], include_in_schema=False)
async def renew(request: AnyRequest, data: Form[PasswordForm]) -> Response[str]:
    """Ten new codes, shown on this page and never again."""

    async def act() -> Response[str]:
        codes = await second_factor.renew_recovery_codes(
            somebody(request),
            data.current_password,
            keys=accounts_of(request.app).keys,
            now=clock.now(),
        )
        return page(request, "accounts/recovery_codes.html", codes=codes, just_on=False)

    return await answer_form(request, act, "accounts/second_factor_change.html")


@post(f"{PATH}/turn-off", guards=[signed_in_by_password], include_in_schema=False)
async def turn_off(request: AnyRequest, data: Form[PasswordForm]) -> Response[str]:
    """Sign in by password alone again."""

    async def act() -> Response[str]:
        await second_factor.turn_off(somebody(request), data.current_password, now=clock.now())
        text = _("From now on your password alone signs you in.")
        return redirect(request, "/account", flash=Flash("ok", text))

    return await answer_form(request, act, "accounts/second_factor_change.html")


async def _enrolment(request: AnyRequest) -> dict[str, Any]:
    enrolment = await second_factor.enrolment(
        somebody(request), keys=accounts_of(request.app).keys, now=clock.now()
    )
    groups = [enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4)]
    return {"qr": qr_symbol(enrolment.uri), "secret": " ".join(groups)}


ROUTES: list[ControllerRouterHandler] = [start, show, confirm, show_change, renew, turn_off]
