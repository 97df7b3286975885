"""The kinds of vouchers: what one is, what it costs, and what its borrower is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form, read_hundredths, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.inventory.names import NAME_INPUTS
from comptoir.inventory.pages.categories import read_names
from comptoir.inventory.validation import CURRENCIES
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.kinds import add_kind, change_kind
from comptoir.inventory.vouchers.schemas import KindView, SaveKind
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.inventory.vouchers.wording import MEDIUMS, WIFI_CODES
from comptoir.sites.place_choices import zones

Page = Request[Principal, Any, Any]
PATH = "/settings/voucher-kinds"
COORDINATOR = [require(Role.COORDINATOR)]
_INPUTS = NAME_INPUTS | {"cost_cents": "cost", r"instructions\.(\w+)": r"instructions_\1"}


class KindForm(msgspec.Struct, frozen=True):
    """The fields of the form, as they were typed."""

    medium: str = ""
    names: dict[str, str] = {}
    operator: str = ""
    volume: str = ""
    validity_days: str = ""
    time_zone: str = "Europe/Zurich"
    cost: str = ""
    currency: str = "CHF"
    instructions: dict[str, str] = {}
    dial: str = ""
    network: str = ""
    wifi_code: str = ""
    portal_url: str = ""
    by_sms: str = ""
    without_borrower: str = ""
    active: str = "yes"


@get(PATH, guards=COORDINATOR)
async def kind_list(request: Page) -> Response[str]:
    """All kinds in their order."""
    return page(
        request, "inventory/vouchers/kinds.html", kinds=await queries.kinds(), mediums=MEDIUMS
    )


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_kind(request: Page) -> Response[str]:
    """The empty form."""
    return _form(request, KindForm(), [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def add(request: Page) -> Response[str]:
    """Add a kind."""
    form, now = _typed(await FormData.of(request)), clock.now()
    try:
        command = _command(form)
        await made_once(request, lambda: add_kind(request.user, command, now=now), now=now)
    except Invalid as invalid:
        return _form(request, form, invalid.errors)
    return redirect(request, PATH, flash=Flash("ok", _("Kind added.")))


@get(f"{PATH}/{{kind_id:uuid}}", guards=COORDINATOR)
async def kind_form(request: Page, kind_id: FromPath[UUID]) -> Response[str]:
    """The form of a kind."""
    view = await queries.kind(kind_id)
    return _form(request, _shown(view), [], view)


@post(f"{PATH}/{{kind_id:uuid}}", guards=COORDINATOR)
async def save_kind(request: Page, kind_id: FromPath[UUID]) -> Response[str]:
    """Change a kind."""
    data = await FormData.of(request)
    form, version = _typed(data), data.whole("version") or 0
    try:
        command = _command(form)
        await change_kind(request.user, kind_id, command, version=version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        view = await queries.kind(kind_id)
        errors, version = shown_again(error, sent=version, saved=view.version)
        return _form(request, form, errors, msgspec.structs.replace(view, version=version))
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


def _typed(data: FormData) -> KindForm:
    texts = {
        name: data.text(name)
        for name in KindForm.__struct_fields__
        if name not in ("names", "instructions")
    }
    written = {language: data.text(f"instructions_{language}") for language in LANGUAGES}
    return KindForm(**texts, names=read_names(data, "name"), instructions=written)


def _shown(view: KindView) -> KindForm:
    same = ("medium", "operator", "volume", "time_zone", "currency", "dial", "network")
    wifi = ("wifi_code", "portal_url")
    return KindForm(
        **{name: str(getattr(view, name)) for name in (*same, *wifi)},
        names=view.names,
        instructions=view.instructions,
        validity_days="" if view.validity_days is None else str(view.validity_days),
        cost="" if view.cost_cents is None else f"{view.cost_cents / 100:.2f}",
        **{
            name: "yes" if getattr(view, name) else ""
            for name in ("by_sms", "without_borrower", "active")
        },
    )


def _command(form: KindForm) -> SaveKind:
    """What the form asks for.

    Raises:
        Invalid: a field cannot be read.
    """
    errors = []
    cost = read_hundredths(form.cost)
    days = form.validity_days
    if form.medium not in MEDIUMS:
        text = _("Choose what it is.")
        errors.append(FieldError("medium", "inventory.medium-missing", text))
    if form.wifi_code and form.wifi_code not in WIFI_CODES:
        text = _("Choose what the code is.")
        errors.append(FieldError("wifi_code", "inventory.wifi-code-missing", text))
    if form.cost and cost is None:
        text = _("Enter a price such as 899.50.")
        errors.append(FieldError("cost", "inventory.price-invalid", text))
    if days and not (days.isascii() and days.isdecimal() and len(days) < 6):
        text = _("Enter a whole number of days.")
        errors.append(FieldError("validity_days", "inventory.validity-invalid", text))
    if errors:
        raise Invalid(errors)
    same = ("names", "operator", "volume", "time_zone", "currency", "instructions")
    return SaveKind(
        medium=Medium(form.medium),
        **{name: getattr(form, name) for name in (*same, "dial", "network", "portal_url")},
        wifi_code=WifiCode(form.wifi_code or WifiCode.PORTAL),
        validity_days=int(days) if days else None,
        cost_cents=cost,
        by_sms=bool(form.by_sms),
        without_borrower=bool(form.without_borrower),
        active=bool(form.active),
    )


def _form(
    request: Page, form: KindForm, errors: Sequence[FieldError], kind: KindView | None = None
) -> Response[str]:
    near, far = zones(form.time_zone)
    return page(
        request,
        "inventory/vouchers/kind_form.html",
        status=status_of_form(errors),
        form=form,
        errors=in_form(errors, _INPUTS),
        kind=kind,
        mediums=MEDIUMS,
        wifi_codes=list(WIFI_CODES.items()),
        currencies=[(currency, currency) for currency in CURRENCIES],
        zones=near,
        other_zones=far,
    )


ROUTES = [kind_list, new_kind, add, kind_form, save_kind]
