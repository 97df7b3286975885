"""Set vouchers aside for people, and put them back into the drawer."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.api import Call, CardCode, delete, get, post
from comptoir.core.vault import KeyMissing
from comptoir.inventory.vouchers.errors import VoucherKindNotFound, VoucherNotFound
from comptoir.lending.api.desk import AtSite, site_of
from comptoir.lending.api.vouchers import NOT_GIVEN, TAG, Iccid, borrower_of, sim_of
from comptoir.lending.errors import BorrowerNotFound, NoSiteChosen, VoucherReservationNotFound
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.vouchers.releasing import release_voucher
from comptoir.lending.vouchers.reserving import read_reservation, reserve_voucher
from comptoir.lending.vouchers.schemas import ReservationView, ReserveVoucher
from comptoir.sites.errors import SiteNotFound


class ReservationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The card of whoever it is for, and a kind, or the SIM card in the hand."""

    borrower: CardCode
    kind: UUID | None = None
    sim: Iccid | None = None
    until: (
        Annotated[
            date,
            msgspec.Meta(
                description="The last day of it. Without one, the third open day of the site.",
                examples=["2026-11-27"],
            ),
        ]
        | None
    ) = None
    site: AtSite | None = None


@post(
    "/voucher-reservations",
    scopes=("desk",),
    tag=TAG,
    status=201,
    errors=(
        PlaceNotYours,
        SiteNotFound,
        VoucherKindNotFound,
        VoucherNotFound,
        BorrowerNotFound,
        NoSiteChosen,
        KeyMissing,
        RefusalCode.VOUCHER_SET_ASIDE_ALREADY,
        *NOT_GIVEN,
    ),
    remembers=True,
    location="/voucher-reservations/{voucher_id}",
)
async def create_voucher_reservation(call: Call, data: ReservationBody) -> ReservationView:
    """Set a voucher aside for somebody: nobody else is given it until the end of a day.

    The next of the kind is chosen, or `sim` is the very one. It counts to their limits, and is
    what they are given next of the kind. A refused attempt is recorded with its reason.
    """
    site_id = await site_of(call.actor, data.site)
    command = ReserveVoucher(
        borrower_id=await borrower_of(call, data.borrower, site_id),
        kind_id=data.kind,
        voucher_id=await sim_of(call, data.sim, site_id) if data.sim is not None else None,
        site_id=site_id,
        until=data.until,
        by_card=True,
        attempt=call.attempt,
    )
    return await reserve_voucher(call.actor, command, now=call.now)


@get(
    "/voucher-reservations/{voucher_id:uuid}",
    scopes=("desk", "borrowers"),  # it names a person
    tag=TAG,
    errors=(VoucherReservationNotFound,),
)
async def read_voucher_reservation(call: Call, voucher_id: UUID) -> ReservationView:
    """Read for whom a voucher is set aside, and until when."""
    return await read_reservation(call.actor, voucher_id)


@delete(
    "/voucher-reservations/{voucher_id:uuid}",
    scopes=("desk",),
    tag=TAG,
    errors=(VoucherReservationNotFound,),
)
async def release_voucher_reservation(call: Call, voucher_id: UUID) -> None:
    """Put what was set aside back into the drawer."""
    await release_voucher(call.actor, voucher_id, now=call.now)


ROUTES = [create_voucher_reservation, read_voucher_reservation, release_voucher_reservation]
