"""Kinds and batches of vouchers, for other programs. No call tells a code."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Csv,
    Cursor,
    Limit,
    Page,
    decode_cursor,
    delete,
    get,
    page_of,
    post,
    put,
)
from comptoir.inventory.errors import Changed, CoordinatorNeeded
from comptoir.inventory.vouchers import kinds as services
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.correcting import change_batch, take_out_batch
from comptoir.inventory.vouchers.errors import (
    VoucherBatchNotFound,
    VoucherBatchUsed,
    VoucherKeyUnset,
    VoucherKindNotFound,
    VoucherNotLast,
    VouchersInvalid,
)
from comptoir.inventory.vouchers.export_table import masked_csv
from comptoir.inventory.vouchers.exporting import ExportFilter, vouchers_masked
from comptoir.inventory.vouchers.schemas import (
    BatchFilter,
    BatchRow,
    BatchView,
    ChangeBatch,
    KindView,
    NewVoucher,
    SaveKind,
    TakeIn,
    TakeOutBatch,
)
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.taking_in import add_to_batch, take_in, take_out_last
from comptoir.sites.errors import SiteNotFound

READERS = ("desk", "inventory")
WRITERS = ("inventory",)
TAG = "Vouchers"
#: Twenty thousand vouchers, each with all that it may have.
LARGEST_BATCH = 8_000_000


class Kinds(msgspec.Struct, frozen=True):
    """All kinds, in their order."""

    items: list[KindView]


class AddedVoucher(msgspec.Struct, frozen=True):
    """The voucher that was added, and how many there are in its batch now."""

    id: UUID
    quantity: int


class BatchesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which batches, page by page."""

    site: Annotated[UUID, msgspec.Meta(description="Came to this site.")] | None = None
    kind: Annotated[UUID, msgspec.Meta(description="The id of a kind of voucher.")] | None = None
    limit: Limit = 50
    cursor: Cursor = None


@get("/voucher-kinds", scopes=READERS, tag=TAG)
async def list_voucher_kinds(call: Call) -> Kinds:
    """List the kinds of vouchers.

    There are few: they come all at once.
    """
    return Kinds(await queries.kinds())


@post(
    "/voucher-kinds",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded,),
    location="/voucher-kinds/{id}",
)
async def create_voucher_kind(call: Call, data: SaveKind) -> KindView:
    """Add a kind of voucher, after the others."""
    kind_id = await services.add_kind(call.actor, data, now=call.now)
    return await queries.kind(kind_id)


@get("/voucher-kinds/{kind_id:uuid}", scopes=READERS, tag=TAG, errors=(VoucherKindNotFound,))
async def read_voucher_kind(call: Call, kind_id: UUID) -> KindView:
    """Read a kind of voucher."""
    return await queries.kind(kind_id)


@put(
    "/voucher-kinds/{kind_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(VoucherKindNotFound, CoordinatorNeeded, Changed),
)
async def edit_voucher_kind(call: Call, kind_id: UUID, data: SaveKind) -> KindView:
    """Replace a kind of voucher, or take it out of use.

    Once some were taken in, what it is (`medium`) stays.
    """
    await services.change_kind(call.actor, kind_id, data, version=call.version, now=call.now)
    return await queries.kind(kind_id)


@get("/voucher-batches", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_voucher_batches(call: Call, query: BatchesQuery) -> Page[BatchRow]:
    """List batches of vouchers, newest first, of the token's sites."""
    rows = await queries.batches(
        call.actor,
        BatchFilter(query.site, query.kind),
        older=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return page_of(rows, query.limit, key=lambda row: row.id)


@post(
    "/voucher-batches",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, SiteNotFound, VoucherKindNotFound, VouchersInvalid, VoucherKeyUnset),
    location="/voucher-batches/{id}",
    largest_body=LARGEST_BATCH,
)
async def create_voucher_batch(call: Call, data: TakeIn) -> BatchView:
    """Take vouchers into stock that came together, all or none of them.

    Their codes are encrypted at once. All that is wrong is said at once, with the place of each
    voucher and never its code; of more than a hundred errors the first hundred come, and
    `details.wrong` counts all. A code that has been here before is refused, whatever became of
    it.
    """
    batch_id = await take_in(call.actor, data, now=call.now)
    return await queries.batch(call.actor, batch_id)


@get("/voucher-batches/{batch_id:uuid}", scopes=READERS, tag=TAG, errors=(VoucherBatchNotFound,))
async def read_voucher_batch(call: Call, batch_id: UUID) -> BatchView:
    """Read a batch, and how many of its vouchers stand where."""
    return await queries.batch(call.actor, batch_id)


class ExportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which vouchers of the batch."""

    status: Annotated[
        VoucherStatus | None, msgspec.Meta(description="Only those in this status.")
    ] = None


@put(
    "/voucher-batches/{batch_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(VoucherBatchNotFound, CoordinatorNeeded, Changed),
)
async def edit_voucher_batch(call: Call, batch_id: UUID, data: ChangeBatch) -> BatchView:
    """Correct what is said of a batch.

    Another `activate_by` holds for those of its vouchers that nobody has begun to use.
    """
    await change_batch(call.actor, batch_id, data, version=call.version, now=call.now)
    return await queries.batch(call.actor, batch_id)


@post(
    "/voucher-batches/{batch_id:uuid}/take-out",
    scopes=WRITERS,
    tag=TAG,
    status=204,
    errors=(VoucherBatchNotFound, CoordinatorNeeded, VoucherBatchUsed, Changed),
)
async def take_out_voucher_batch(call: Call, batch_id: UUID, data: TakeOutBatch) -> None:
    """Take a batch that was taken in by mistake out again, with all its vouchers.

    Its codes can come in again. Once a voucher of it was given, set aside, sent, shown or
    counted, it stays.
    """
    await take_out_batch(call.actor, batch_id, quantity=data.quantity, now=call.now)


@get(
    "/voucher-batches/{batch_id:uuid}/vouchers.csv",
    scopes=WRITERS,
    tag=TAG,
    errors=(CoordinatorNeeded, VoucherBatchNotFound),
)
async def export_vouchers(call: Call, batch_id: UUID, query: ExportQuery) -> Csv:
    """Export the vouchers of a batch, without their codes, as the file that the pages give.

    For people: UTF-8 with a mark at its front, semicolons, a line of column names, and words in
    the language of `Accept-Language`. A file with codes is for a person alone, who confirms it on
    a page.
    """
    found = await vouchers_masked(call.actor, ExportFilter(batch_id, query.status))
    return Csv(masked_csv(found), "vouchers.csv")


@post(
    "/voucher-batches/{batch_id:uuid}/vouchers",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, VoucherBatchNotFound, VouchersInvalid, VoucherKeyUnset),
)
async def add_voucher(call: Call, batch_id: UUID, data: NewVoucher) -> AddedVoucher:
    """Add one voucher to a batch, as it is scanned.

    A code that is in this batch already is not added again: the answer names the first one.
    """
    added = await add_to_batch(call.actor, batch_id, data, now=call.now)
    batch = await queries.batch(call.actor, batch_id)
    return AddedVoucher(added.id, batch.quantity)


@delete(
    "/voucher-batches/{batch_id:uuid}/vouchers/{voucher_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(CoordinatorNeeded, VoucherBatchNotFound, VoucherNotLast),
)
async def undo_adding_voucher(call: Call, batch_id: UUID, voucher_id: UUID) -> None:
    """Take the voucher that was added last out of its batch again.

    It was never there. One that something has become of since stays.
    """
    await take_out_last(call.actor, batch_id, voucher_id, now=call.now)


ROUTES = [
    list_voucher_kinds,
    create_voucher_kind,
    read_voucher_kind,
    edit_voucher_kind,
    list_voucher_batches,
    create_voucher_batch,
    read_voucher_batch,
    edit_voucher_batch,
    take_out_voucher_batch,
    export_vouchers,
    add_voucher,
    undo_adding_voucher,
]
