"""On the page of a person, and of a voucher: what is set aside, and for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, panels, redirect
from comptoir.core.web.forms import FormData, id_or_none
from comptoir.core.web.once import made_once
from comptoir.core.web.panels import Fill, Panel
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.sealing import Secret, find
from comptoir.lending.errors import LendingRefused, ScanRefused, VoucherReservationNotFound
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers.at_desk import AtDesk, vouchers_at
from comptoir.lending.vouchers.pages import SLOT
from comptoir.lending.vouchers.releasing import release_voucher
from comptoir.lending.vouchers.reserving import read_reservation, reserve_voucher
from comptoir.lending.vouchers.rules import LONGEST_ASIDE
from comptoir.lending.vouchers.schemas import ReservationView, ReserveVoucher
from comptoir.sites.queries import site_calendar

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
#: The page of a person; its subject is the borrower.
PERSON = "lending.borrower"


class OnPersonPage(msgspec.Struct, frozen=True):
    """What is set aside for somebody, and what could be; days are the reader's site's."""

    borrower_id: UUID
    vouchers: AtDesk
    first_day: date
    last_day: date


async def for_person(about: Fill) -> Panel | None:
    """What is set aside for a person; None where nothing is, nor could be."""
    actor = about.principal
    if actor.site_id is None:
        return None
    vouchers = await vouchers_at(actor.site_id, about.subject_id, now=about.now)
    if not vouchers.aside and not any(each.can_reserve for each in vouchers.choices):
        return None
    today = (await site_calendar(actor.site_id)).local_date(about.now)
    view = OnPersonPage(about.subject_id, vouchers, today, today + LONGEST_ASIDE)
    return Panel("lending/_person_vouchers.html", view)


async def for_voucher(about: Fill) -> Panel | None:
    """For whom a voucher is set aside; None where it is not."""
    try:
        view: ReservationView = await read_reservation(about.principal, about.subject_id)
    except VoucherReservationNotFound:
        return None
    return Panel("lending/_voucher_reservation.html", view)


@post("/borrowers/{borrower_id:uuid}/vouchers", guards=RECEPTION)
async def set_aside(request: Page, borrower_id: FromPath[UUID]) -> Response[str]:
    """Set one of a kind aside for a person, or the SIM card that was scanned."""
    data, now = await FormData.of(request), clock.now()
    try:
        card = data.text("sim")
        command = ReserveVoucher(
            borrower_id=borrower_id,
            kind_id=None if card else id_or_none(data.text("kind")),
            voucher_id=await _card(card) if card else None,
            until=_day(data.text("until")),
        )
        await made_once(request, lambda: _reserve(request.user, command, now), now=now)
        flash = Flash("ok", _("Set aside."))
    except LendingRefused as refused:
        flash = Flash("error", refused.message())
    except VoucherKindNotFound as unknown:
        flash = Flash("error", unknown.message())
    except Invalid as invalid:
        flash = Flash("error", invalid.errors[0].message)
    return redirect(request, f"/borrowers/{borrower_id}", flash=flash)


@post("/vouchers/{voucher_id:uuid}/release", guards=RECEPTION)
async def release(request: Page, voucher_id: FromPath[UUID]) -> Response[str]:
    """Put what is set aside back into the drawer; back to the page one came from."""
    borrower_id = id_or_none((await FormData.of(request)).text("borrower"))
    await release_voucher(request.user, voucher_id, now=clock.now())
    back = f"/borrowers/{borrower_id}" if borrower_id else f"/vouchers/{voucher_id}"
    return redirect(request, back, flash=Flash("ok", _("It is back in the drawer.")))


async def _reserve(actor: Principal, command: ReserveVoucher, now: datetime) -> UUID:
    return (await reserve_voucher(actor, command, now=now)).voucher_id


async def _card(text: str) -> UUID:
    """Which voucher the number of a SIM card is.

    Raises:
        ScanRefused: it is none of ours, or no such number.
    """
    number = read_iccid(text)
    found = await find(Secret(code=number)) if number else None
    if found is None:
        code = RefusalCode.VOUCHER_UNKNOWN if number else RefusalCode.VOUCHER_MISREAD
        raise ScanRefused(Refusal(code))
    return found


def _day(text: str) -> date | None:
    """The day that was chosen, if one was.

    Raises:
        Invalid: it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong = FieldError("until", "lending.day-not-possible", _("This is not a day."))
        raise Invalid([wrong]) from None


def register() -> None:
    """Fill the slots of the pages of a person and of a voucher."""
    panels.register(PERSON, for_person)
    panels.register(SLOT, for_voucher)


ROUTES = [set_aside, release]
