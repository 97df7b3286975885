"""Reads of kinds and batches of vouchers. None of them reads a code."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.errors import VoucherBatchNotFound, VoucherKindNotFound
from comptoir.inventory.vouchers.schemas import (
    BatchFilter,
    BatchRow,
    BatchView,
    KindName,
    KindView,
)
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.sites.queries import need_in_sight, of_own_sites
from comptoir.sites.schemas import SiteName

_KINDS = """
SELECT kind.id, kind.medium, kind.names, kind.operator, kind.volume, kind.validity_days,
       kind.time_zone, kind.cost_cents, kind.currency, kind.instructions, kind.dial, kind.network,
       kind.by_sms, kind.without_borrower, kind.position, kind.active, kind.version,
       EXISTS (SELECT 1 FROM inventory_voucher_batch batch WHERE batch.kind = kind.id)
           AS "fixed [BOOLEAN]"
FROM inventory_voucher_kind kind
"""
_BATCHES = """
SELECT batch.id, batch.kind, kind.medium, kind.names, batch.site, site.name AS site_name,
       batch.funder, batch.order_number, batch.activate_by, batch.cost_cents, batch.currency,
       batch.quantity, batch.received_at, batch.version,
       (SELECT COUNT(*) FROM inventory_voucher voucher
        WHERE voucher.batch = batch.id AND voucher.status = 'available') AS available
FROM inventory_voucher_batch batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind
JOIN sites_site site ON site.id = batch.site
"""


async def kinds(*, active_only: bool = False) -> list[KindView]:
    """Kinds in their order. There are few: they are read whole."""
    where = "WHERE kind.active" if active_only else ""
    rows = await db.fetch(f"{_KINDS} {where} ORDER BY kind.position, kind.id")
    return [_kind(row) for row in rows]


async def kind(kind_id: UUID) -> KindView:
    """One kind.

    Raises:
        VoucherKindNotFound: there is none.
    """
    row = await db.fetch_one(f"{_KINDS} WHERE kind.id = :id", id=kind_id)
    if row is None:
        raise VoucherKindNotFound
    return _kind(row)


async def batches(
    actor: Principal, wanted: BatchFilter, *, older: UUID | None = None, limit: int
) -> list[BatchRow]:
    """Batches of the actor's sites, newest first; ``older`` is the last one seen.

    Raises:
        SiteNotFound: the filter names a site that the actor does not know of.
    """
    await need_in_sight(actor, wanted.site)
    own, values = of_own_sites(actor, "batch.site")
    conditions = [own]
    for column, chosen in (("site", wanted.site), ("kind", wanted.kind)):
        if chosen:
            conditions.append(f"batch.{column} = :{column}")
            values[column] = chosen
    if older:
        conditions.append("batch.id < :older")
        values["older"] = older
    rows = await db.fetch(
        f"{_BATCHES} WHERE {' AND '.join(conditions)} ORDER BY batch.id DESC LIMIT :limit",
        **values,
        limit=limit,
    )
    return [BatchRow(**_batch(row)) for row in rows]


async def batch(actor: Principal, batch_id: UUID) -> BatchView:
    """One batch, with how many of its vouchers stand where.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
    """
    row = await db.fetch_one(f"{_BATCHES} WHERE batch.id = :id", id=batch_id)
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherBatchNotFound
    counted = await db.fetch(
        "SELECT status, COUNT(*) AS number FROM inventory_voucher WHERE batch = :batch "
        "GROUP BY status",
        batch=batch_id,
    )
    numbers = {each["status"]: each["number"] for each in counted}
    counts = {status: numbers[status] for status in VoucherStatus if status in numbers}
    return BatchView(**_batch(row), counts=counts, version=row["version"])


class LastAdded(msgspec.Struct, frozen=True):
    """The voucher that was added to a batch last, by the characters that are shown of it."""

    id: UUID
    hint: str


async def last_added(batch_id: UUID, *, since: datetime) -> LastAdded | None:
    """What was scanned last into a batch, if that was lately and nothing became of it."""
    row = await db.fetch_one(
        "SELECT voucher.id, voucher.hint, voucher.status, voucher.version, "
        "voucher.created_at > :since AND voucher.created_at > batch.received_at "
        'AS "undoable [BOOLEAN]" '
        "FROM inventory_voucher voucher JOIN inventory_voucher_batch batch "
        "ON batch.id = voucher.batch "
        "WHERE voucher.batch = :batch ORDER BY voucher.id DESC LIMIT 1",
        batch=batch_id,
        since=since,
    )
    fresh = row and row["undoable"] and row["status"] == "available" and row["version"] == 1
    return LastAdded(row["id"], row["hint"]) if row and fresh else None


def _kind(row: db.Row) -> KindView:
    read = {name: read_names(row[name]) for name in ("names", "instructions")}
    return KindView(**(row | read | {"medium": Medium(row["medium"])}))


def _batch(row: db.Row) -> dict[str, Any]:
    """The fields of a ``BatchRow``."""
    same = (
        "id",
        "funder",
        "order_number",
        "activate_by",
        "cost_cents",
        "currency",
        "quantity",
        "available",
        "received_at",
    )
    return {name: row[name] for name in same} | {
        "kind": KindName(row["kind"], Medium(row["medium"]), read_names(row["names"])),
        "site": SiteName(row["site"], row["site_name"]),
    }
