"""Reads of kinds and batches of vouchers. None of them reads a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.errors import VoucherBatchNotFound, VoucherKindNotFound
from comptoir.inventory.vouchers.schemas import (
    BatchAtSite,
    BatchFilter,
    BatchRow,
    BatchView,
    KindName,
    KindView,
)
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus, WifiCode
from comptoir.sites.queries import need_in_sight, of_own_sites
from comptoir.sites.schemas import SiteName

_KINDS = """
SELECT kind.id, kind.medium, kind.names, kind.operator, kind.volume, kind.validity_days,
       kind.time_zone, kind.cost_cents, kind.currency, kind.instructions, kind.dial, kind.network,
       kind.wifi_code, kind.portal_url, kind.by_sms, kind.without_borrower,
       kind.position, kind.active, kind.version,
       EXISTS (SELECT 1 FROM inventory_voucher_batch batch WHERE batch.kind = kind.id)
           AS "fixed [BOOLEAN]"
FROM inventory_voucher_kind kind
"""
_BATCHES = """
SELECT batch.id, batch.kind, kind.medium, kind.names, batch.site, site.name AS site_name,
       batch.funder, batch.order_number, batch.activate_by, batch.cost_cents, batch.currency,
       batch.quantity, batch.received_at, batch.version,
       (SELECT COUNT(*) FROM inventory_voucher voucher
        WHERE voucher.batch = batch.id AND voucher.status = 'available' AND {own_voucher})
           AS available
FROM inventory_voucher_batch batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind
JOIN sites_site site ON site.id = batch.site
"""
#: A batch is of the site that it came to, and of each that a part of it was sent to.
_OF_SITES = """
({batch} OR EXISTS (SELECT 1 FROM inventory_voucher voucher
                    WHERE voucher.batch = batch.id AND {voucher}))
"""
#: How many of a batch stand where, site by site.
_BY_SITE = """
SELECT voucher.site, site.name AS site_name, voucher.status, COUNT(*) AS number
FROM inventory_voucher voucher JOIN sites_site site ON site.id = voucher.site
WHERE voucher.batch = :batch AND {own}
GROUP BY voucher.site, site.name, voucher.status ORDER BY site.name, voucher.site
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
    """Batches of which something came to the actor's sites, newest first; ``older``: the last seen.

    Raises:
        SiteNotFound: the filter names a site that the actor does not know of.
    """
    await need_in_sight(actor, wanted.site)
    select, own, values = _batches_of(actor)
    conditions = [own]
    if wanted.site:
        at_site = {"batch": "batch.site = :site", "voucher": "voucher.site = :site"}
        conditions.append(_OF_SITES.format(**at_site))
        values["site"] = wanted.site
    if wanted.kind:
        conditions.append("batch.kind = :kind")
        values["kind"] = wanted.kind
    if older:
        conditions.append("batch.id < :older")
        values["older"] = older
    rows = await db.fetch(
        f"{select} WHERE {' AND '.join(conditions)} ORDER BY batch.id DESC LIMIT :limit",
        **values,
        limit=limit,
    )
    return [BatchRow(**_batch(row)) for row in rows]


async def batch(actor: Principal, batch_id: UUID) -> BatchView:
    """One batch, with how many of its vouchers at the actor's sites stand where.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
    """
    select, own, values = _batches_of(actor)
    row = await db.fetch_one(f"{select} WHERE batch.id = :id AND {own}", id=batch_id, **values)
    if row is None:
        raise VoucherBatchNotFound
    at_own, values = of_own_sites(actor, "voucher.site")
    counted = await db.fetch(_BY_SITE.format(own=at_own), batch=batch_id, **values)
    at_sites = _by_site(counted)
    counts = {
        status: sum(each.counts.get(status, 0) for each in at_sites)
        for status in VoucherStatus
        if any(status in each.counts for each in at_sites)
    }
    return BatchView(**_batch(row), counts=counts, at_sites=at_sites, version=row["version"])


def _by_site(counted: Sequence[db.Row]) -> tuple[BatchAtSite, ...]:
    """Rows of ``_BY_SITE``, those of a site together."""
    numbers: dict[UUID, dict[str, int]] = {}
    for row in counted:
        numbers.setdefault(row["site"], {})[row["status"]] = row["number"]
    names = {row["site"]: row["site_name"] for row in counted}
    return tuple(
        BatchAtSite(
            SiteName(site, names[site]),
            {status: found[status] for status in VoucherStatus if status in found},
        )
        for site, found in numbers.items()
    )


def _batches_of(actor: Principal) -> tuple[str, str, dict[str, Any]]:
    """The statement without its conditions, the first of these, and the values of both."""
    batch_own, values = of_own_sites(actor, "batch.site")
    voucher_own, _ = of_own_sites(actor, "voucher.site")
    if actor.all_sites:
        return _BATCHES.format(own_voucher=voucher_own), batch_own, values
    own = _OF_SITES.format(batch=batch_own, voucher=voucher_own)
    return _BATCHES.format(own_voucher=voucher_own), own, values


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
    chosen = {"medium": Medium(row["medium"]), "wifi_code": WifiCode(row["wifi_code"])}
    return KindView(**(row | read | chosen))


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
