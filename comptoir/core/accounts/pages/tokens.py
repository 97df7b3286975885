"""Access tokens for other programs: list, make, revoke."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts import tokens
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.accounts.guards import require, somebody
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.accounts.pages.forms import AnyRequest, answer_form
from comptoir.core.accounts.token_errors import TokenUnfit
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import Flash, Place, page, redirect
from comptoir.core.web.context import place_of
from comptoir.core.web.forms import FormData
from comptoir.core.web.once import made_once

PATH = "/settings/tokens"

_SCOPE_TEXTS = {
    "read": _l("Read everything but the settings"),
    "desk": _l("Lend and take back"),
    "borrowers": _l("Change borrowers"),
    "inventory": _l("Change items and models"),
    "settings": _l("Change sites, policies and settings"),
}


class TokenForm(msgspec.Struct, frozen=True):
    """A token to make; ``expires_at`` is its last day, or empty."""

    name: str = ""
    scopes: tuple[str, ...] = ()
    site: str = ""
    expires_at: str = ""


@get(PATH, guards=[require(Role.ADMIN)], include_in_schema=False)
async def show(request: AnyRequest) -> Response[str]:
    """The tokens that work, or did until they expired."""
    found = await tokens.list_tokens(somebody(request), now=clock.now())
    return page(
        request,
        "accounts/tokens.html",
        tokens=found,
        scope_texts=_SCOPE_TEXTS,
        site_names={place.id: place.name for place in await _places(request)},
    )


@get(f"{PATH}/new", guards=[require(Role.ADMIN)], include_in_schema=False)
async def show_new(request: AnyRequest) -> Response[str]:
    """The form for a new token."""
    return page(request, "accounts/token_new.html", errors=[], **await _form(request, TokenForm()))


@post(PATH, guards=[require(Role.ADMIN)], include_in_schema=False)
async def create(request: AnyRequest) -> Response[str]:
    """Make it; it is shown on this page and never again, also where the form came twice."""
    data = _sent(await FormData.of(request))

    async def act() -> Response[str]:
        command = tokens.CreateToken(
            name=data.name,
            scopes=data.scopes,
            site_id=_site(data.site),
            expires_at=_end_of(data.expires_at, place_of(request.scope)),
        )
        now, made = clock.now(), ""

        async def make() -> UUID:
            nonlocal made
            new = await tokens.create_token(somebody(request), command, now=now)
            made = new.token
            return new.id

        await made_once(request, make, now=now)
        return page(request, "accounts/token_made.html", token=made)

    return await answer_form(request, act, "accounts/token_new.html", **await _form(request, data))


@post(f"{PATH}/{{token_id:uuid}}/revoke", guards=[require(Role.ADMIN)], include_in_schema=False)
async def revoke(request: AnyRequest, token_id: FromPath[UUID]) -> Response[str]:
    """Make it worthless."""
    await tokens.revoke_token(somebody(request), token_id, now=clock.now())
    return redirect(
        request, PATH, flash=Flash("ok", _("This access token does not work any more."))
    )


def _sent(form: FormData) -> TokenForm:
    return TokenForm(
        name=form.text("name"),
        scopes=tuple(filter(None, form.texts("scopes"))),
        site=form.text("site"),
        expires_at=form.text("expires_at"),
    )


async def _places(request: AnyRequest) -> list[Place]:
    return await accounts_of(request.app).directory.places(somebody(request))


async def _form(request: AnyRequest, data: TokenForm) -> dict[str, Any]:
    return {
        "form": data,
        "scope_options": [(scope, _SCOPE_TEXTS[scope]) for scope in SCOPES],
        "places": await _places(request),
    }


def _site(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise PlaceNotYours from None


def _end_of(text: str, place: Place | None) -> datetime | None:
    """The end of that day, where the administrator is."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
    except ValueError:
        raise TokenUnfit.already_expired() from None
    except OverflowError:
        raise TokenUnfit.too_long() from None
    return datetime.combine(day, time(), ZoneInfo(place.time_zone if place else "UTC"))


ROUTES: list[ControllerRouterHandler] = [show, show_new, create, revoke]
