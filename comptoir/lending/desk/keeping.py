"""Vouchers at the desk that are set aside for whoever is there, and put back into the drawer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.core.web.forms import id_or_none
from comptoir.lending.desk.answer import Answer, Page, Posted, answer_desk, refused, site_of, stay
from comptoir.lending.desk.forms import Tap, attempt_of
from comptoir.lending.desk.schemas import Step, StepKind
from comptoir.lending.desk.visits import borrower_of
from comptoir.lending.errors import LendingRefused, VisitNotFound
from comptoir.lending.vouchers.releasing import release_voucher
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import ReservationView, ReserveVoucher


class ReserveForm(msgspec.Struct, frozen=True):
    """One tap on "set aside", beside a kind."""

    kind: UUID
    attempt_id: Tap
    visit: str = ""
    recent: str = ""


class ReleaseForm(msgspec.Struct, frozen=True):
    """One tap on "put it back", beside what is set aside."""

    voucher: UUID
    visit: str = ""
    recent: str = ""


async def set_aside(actor: Principal, command: ReserveVoucher, *, now: datetime) -> Step:
    """Set a voucher aside, or say why not."""
    try:
        return kept_for_them(await reserve_voucher(actor, command, now=now))
    except LendingRefused as error:
        return refused(error)


def kept_for_them(reservation: ReservationView) -> Step:
    """The step that set a voucher aside."""
    text = localized(reservation.names)
    return Step(kind=StepKind.RESERVED, reservation=reservation, text=text)


@post("/desk/vouchers/reserve", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_reserve(request: Page, data: Posted[ReserveForm]) -> Answer:
    """Set one of a kind aside for whoever's visit is open."""
    now = clock.now()
    borrower_id = await borrower_of(request.user, id_or_none(data.visit), now=now)
    if borrower_id is None:
        raise VisitNotFound
    command = ReserveVoucher(
        kind_id=data.kind,
        borrower_id=borrower_id,
        site_id=site_of(request.user),
        attempt=attempt_of(data.attempt_id, "desk", "reserve", str(data.kind), data.visit),
    )
    step = await set_aside(request.user, command, now=now)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/release", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_release(request: Page, data: Posted[ReleaseForm]) -> Answer:
    """Put what is set aside back into the drawer."""
    now = clock.now()
    name = await release_voucher(request.user, data.voucher, now=now)
    step = Step(kind=StepKind.RELEASED, text=name)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


ROUTES = [desk_reserve, desk_release]
