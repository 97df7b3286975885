"""The stock of vouchers, parcels and counts, for other programs. No call tells a code."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Cursor,
    Limit,
    Page,
    decode_cursor,
    get,
    page_of,
    post,
)
from comptoir.core.vault import Untold
from comptoir.inventory.errors import CoordinatorNeeded, SameSite
from comptoir.inventory.vouchers import parcels, transfers
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.api import READERS, TAG, WRITERS
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.detail import VoucherView, voucher_view
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    CodesWithUserNames,
    CountedTwice,
    DifferenceUnexplained,
    TooFewVouchers,
    TooManyUnknown,
    VoucherTransferBegun,
    VoucherTransferNotFound,
    VoucherTransferOver,
)
from comptoir.inventory.vouchers.errors import (
    ExplanationTooLong,
    VoucherBatchNotFound,
    VoucherKindNotFound,
    VoucherNotFound,
)
from comptoir.inventory.vouchers.levels import LevelOutOfRange, SetLevel, set_level
from comptoir.inventory.vouchers.overview import StockLine, stock_of
from comptoir.inventory.vouchers.parcels import CountView, TransferView
from comptoir.inventory.vouchers.statuses import VoidReason, VoucherStatus
from comptoir.sites.errors import SiteNotFound

#: A voucher's status does not allow the step: one code for each status.
STATUS = tuple(f"inventory.voucher-{status.replace('_', '-')}" for status in VoucherStatus)


class StockView(msgspec.Struct, frozen=True):
    """The drawers of a site."""

    items: list[StockLine]


class VoidBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nobody will use it."""

    reason: VoidReason


class ArrivalBody(Untold, frozen=True, forbid_unknown_fields=True):
    """What arrived: all that is on its way where ``codes`` is null, else just these."""

    codes: Annotated[list[str], msgspec.Meta(max_length=transfers.MOST_AT_ONCE)] | None = None
    explanation: str = ""


class CountedView(msgspec.Struct, frozen=True):
    """What a count found; ``missing`` are the ids of those that were not scanned."""

    id: UUID
    expected: int
    counted: int
    missing: list[UUID]


class OfSiteQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which site, page by page."""

    site: Annotated[UUID, msgspec.Meta(description="From, to, or at this site.")] | None = None
    limit: Limit = 50
    cursor: Cursor = None


@get("/sites/{site_id:uuid}/voucher-stock", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def read_voucher_stock(call: Call, site_id: UUID) -> StockView:
    """Read what lies in the drawers of a site, kind by kind."""
    [site], _ = await stock_of(call.actor, site_id=site_id, now=call.now)
    return StockView(site.lines)


@post(
    "/voucher-levels",
    scopes=WRITERS,
    tag=TAG,
    errors=(SiteNotFound, VoucherKindNotFound, CoordinatorNeeded, LevelOutOfRange),
)
async def set_voucher_level(call: Call, data: SetLevel) -> StockView:
    """Say from how many on downwards a kind is low at a site; `low` null: never."""
    await set_level(call.actor, data, now=call.now)
    [site], _ = await stock_of(call.actor, site_id=data.site, now=call.now)
    return StockView(site.lines)


@get("/vouchers/{voucher_id:uuid}", scopes=READERS, tag=TAG, errors=(VoucherNotFound,))
async def read_voucher(call: Call, voucher_id: UUID) -> VoucherView:
    """Read where a voucher stands. Its code, and who has it, are not in it."""
    return await voucher_view(call.actor, voucher_id)


@post(
    "/vouchers/{voucher_id:uuid}/activation",
    scopes=READERS,
    tag=TAG,
    errors=(VoucherNotFound, *STATUS),
)
async def put_voucher_into_use(call: Call, voucher_id: UUID) -> VoucherView:
    """Say that a voucher is in use from now on."""
    await activate_voucher(call.actor, voucher_id, now=call.now)
    return await voucher_view(call.actor, voucher_id)


@post(
    "/vouchers/{voucher_id:uuid}/void",
    scopes=WRITERS,
    tag=TAG,
    errors=(VoucherNotFound, CoordinatorNeeded, *STATUS),
)
async def make_voucher_void(call: Call, voucher_id: UUID, data: VoidBody) -> VoucherView:
    """Make a voucher void, for good."""
    await void_voucher(call.actor, voucher_id, data.reason, now=call.now)
    return await voucher_view(call.actor, voucher_id)


@get("/voucher-transfers", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_voucher_transfers(call: Call, query: OfSiteQuery) -> Page[TransferView]:
    """List parcels of vouchers from and to the token's sites, newest first."""
    rows = await parcels.transfers(
        call.actor,
        site_id=query.site,
        older=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return page_of(rows, query.limit, key=lambda row: row.id)


@post(
    "/voucher-transfers",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(
        SiteNotFound,
        CoordinatorNeeded,
        SameSite,
        VoucherBatchNotFound,
        TooFewVouchers,
        CodesUnknown,
        CodesWithUserNames,
    ),
    location="/voucher-transfers/{id}",
)
async def send_voucher_parcel(call: Call, data: transfers.SendVouchers) -> TransferView:
    """Send a part of a batch to another site: so many of it, or those that were scanned."""
    transfer_id = await transfers.send_vouchers(call.actor, data, now=call.now)
    return await parcels.transfer(call.actor, transfer_id)


@get(
    "/voucher-transfers/{transfer_id:uuid}",
    scopes=READERS,
    tag=TAG,
    errors=(VoucherTransferNotFound,),
)
async def read_voucher_transfer(call: Call, transfer_id: UUID) -> TransferView:
    """Read a parcel of vouchers."""
    return await parcels.transfer(call.actor, transfer_id)


@post(
    "/voucher-transfers/{transfer_id:uuid}/arrivals",
    scopes=READERS,
    tag=TAG,
    errors=(
        VoucherTransferNotFound,
        VoucherTransferOver,
        CodesUnknown,
        TooManyUnknown,
        CodesWithUserNames,
        DifferenceUnexplained,
        ExplanationTooLong,
    ),
)
async def receive_voucher_parcel(call: Call, transfer_id: UUID, data: ArrivalBody) -> TransferView:
    """Say what of a parcel arrived. Why it is fewer is asked for once.

    Codes that are not of the parcel are refused by the numbers of their lines: thirty in an
    hour, in all calls together. Of more it is not said which they are (429).
    """
    await transfers.receive_vouchers(
        call.actor, transfer_id, codes=data.codes, explanation=data.explanation, now=call.now
    )
    return await parcels.transfer(call.actor, transfer_id)


@post(
    "/voucher-transfers/{transfer_id:uuid}/give-up",
    scopes=WRITERS,
    tag=TAG,
    errors=(VoucherTransferNotFound, VoucherTransferOver, CoordinatorNeeded),
)
async def give_up_voucher_parcel(call: Call, transfer_id: UUID) -> TransferView:
    """Make void what is still on its way, for good."""
    await transfers.give_up(call.actor, transfer_id, now=call.now)
    return await parcels.transfer(call.actor, transfer_id)


@post(
    "/voucher-transfers/{transfer_id:uuid}/call-back",
    scopes=WRITERS,
    tag=TAG,
    errors=(
        VoucherTransferNotFound,
        VoucherTransferOver,
        CoordinatorNeeded,
        VoucherTransferBegun,
    ),
)
async def call_back_voucher_parcel(call: Call, transfer_id: UUID) -> TransferView:
    """Take back a parcel of which nothing has arrived: its vouchers lie where they lay before."""
    await transfers.call_back(call.actor, transfer_id, now=call.now)
    return await parcels.transfer(call.actor, transfer_id)


@get("/voucher-counts", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_voucher_counts(call: Call, query: OfSiteQuery) -> Page[CountView]:
    """List counts of drawers at the token's sites, newest first."""
    rows = await parcels.counts(
        call.actor,
        site_id=query.site,
        older=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return page_of(rows, query.limit, key=lambda row: row.id)


@post(
    "/voucher-counts",
    scopes=READERS,
    tag=TAG,
    status=201,
    errors=(
        SiteNotFound,
        VoucherKindNotFound,
        CountedTwice,
        CodesUnknown,
        TooManyUnknown,
        CodesWithUserNames,
        DifferenceUnexplained,
        ExplanationTooLong,
    ),
)
async def count_voucher_drawer(call: Call, data: CountVouchers) -> CountedView:
    """Write down what lies in a drawer: a number, or the codes that were scanned.

    Codes of no voucher at the token's sites are refused by the numbers of their lines: thirty in
    an hour, in all calls together. Of more it is not said which they are (429).
    """
    counted = await count_vouchers(call.actor, data, now=call.now)
    return CountedView(counted.id, counted.expected, counted.counted, list(counted.missing))


ROUTES = [
    read_voucher_stock,
    set_voucher_level,
    read_voucher,
    put_voucher_into_use,
    make_voucher_void,
    list_voucher_transfers,
    send_voucher_parcel,
    read_voucher_transfer,
    receive_voucher_parcel,
    give_up_voucher_parcel,
    call_back_voucher_parcel,
    list_voucher_counts,
    count_voucher_drawer,
]
