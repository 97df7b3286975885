"""Reads of parcels of vouchers between sites, and of counts of drawers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal, Role
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.drawer_errors import (
    VoucherTransferNotFound,
)
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.sites.queries import need_in_sight, of_own_sites

_TRANSFERS = """
SELECT transfer.id, transfer.from_site, sender.name AS from_name,
       transfer.to_site, receiver.name AS to_name, receiver.time_zone, transfer.quantity,
       transfer.sent_at, transfer.arrived, transfer.arrived_at, transfer.explanation,
       CAST(kind.names AS TEXT) AS names, kind.medium,
       (SELECT COUNT(*) FROM inventory_voucher voucher
        WHERE voucher.transfer = transfer.id AND voucher.status = 'in_transit') AS underway
FROM inventory_voucher_transfer transfer
JOIN sites_site sender ON sender.id = transfer.from_site
JOIN sites_site receiver ON receiver.id = transfer.to_site
JOIN inventory_voucher_batch batch ON batch.id = transfer.batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind
"""
_COUNTS = """
SELECT counted.id, site.name AS site_name, site.time_zone, CAST(kind.names AS TEXT) AS names,
       counted.scanned, counted.expected, counted.counted, counted.missing, counted.explanation,
       counted.counted_at
FROM inventory_voucher_count counted
JOIN sites_site site ON site.id = counted.site
JOIN inventory_voucher_kind kind ON kind.id = counted.kind
"""
_IN_HAND = """
SELECT voucher.id, voucher.hint, voucher.activate_by, batch.received_at
FROM inventory_voucher voucher
JOIN inventory_voucher_batch batch ON batch.id = voucher.batch
"""
_MISSED = f"""
{_IN_HAND}
JOIN core_audit_event event ON event.subject_id = voucher.id
WHERE event.related_a_id = :count AND event.action = 'voucher.not_found'
ORDER BY event.id LIMIT :limit
"""
_BY_ID = f"{_IN_HAND} WHERE voucher.id IN :ids ORDER BY voucher.id"
_PACKED = f"{_IN_HAND} WHERE voucher.transfer = :transfer AND voucher.status = 'in_transit'"
_CALLED_BACK = """
SELECT id FROM core_audit_event
WHERE subject_type = 'voucher_transfer' AND subject_id = :id
      AND action = 'voucher_transfer.called_back'
"""


class TransferView(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel. ``underway`` are still on their way; ``arrived`` is None before the first are."""

    id: UUID
    from_site: UUID
    from_name: str
    to_site: UUID
    to_name: str
    time_zone: str
    kind_names: dict[str, str]
    medium: Medium
    quantity: int
    underway: int
    sent_at: datetime
    arrived: int | None
    arrived_at: datetime | None
    explanation: str

    @property
    def name(self) -> str:
        """What is in it, in the reader's language."""
        return localized(self.kind_names)


class CountView(msgspec.Struct, frozen=True, kw_only=True):
    """A drawer that was counted. ``missing`` is known where each voucher was ``scanned``."""

    id: UUID
    site_name: str
    time_zone: str
    kind_names: dict[str, str]
    scanned: bool
    expected: int
    counted: int
    missing: int
    explanation: str
    counted_at: datetime

    @property
    def name(self) -> str:
        """What was counted, in the reader's language."""
        return localized(self.kind_names)


class InHand(msgspec.Struct, frozen=True):
    """A voucher that somebody looks for, of a parcel or a count: what tells it from the others."""

    id: UUID
    hint: str
    activate_by: date | None
    received_at: datetime


async def transfers(
    actor: Principal, *, site_id: UUID | None = None, older: UUID | None = None, limit: int
) -> list[TransferView]:
    """Parcels from and to the actor's sites, or one of them, newest first.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    await need_in_sight(actor, site_id)
    own, values = of_own_sites(actor, "transfer.from_site", "transfer.to_site")
    conditions = [own]
    if site_id:
        conditions.append(":site IN (transfer.from_site, transfer.to_site)")
        values["site"] = site_id
    if older:
        conditions.append("transfer.id < :older")
        values["older"] = older
    rows = await db.fetch(
        f"{_TRANSFERS} WHERE {' AND '.join(conditions)} ORDER BY transfer.id DESC LIMIT :limit",
        limit=limit,
        **values,
    )
    return [_transfer(row) for row in rows]


async def transfer(actor: Principal, transfer_id: UUID) -> TransferView:
    """One parcel.

    Raises:
        VoucherTransferNotFound: there is none from or to a site of the actor's.
    """
    row = await db.fetch_one(f"{_TRANSFERS} WHERE transfer.id = :id", id=transfer_id)
    if row is None or not (actor.sees_site(row["to_site"]) or actor.sees_site(row["from_site"])):
        raise VoucherTransferNotFound
    return _transfer(row)


async def packed(
    transfer_id: UUID, *, after: UUID | None = None, limit: int
) -> tuple[list[InHand], UUID | None]:
    """What of a parcel is still on its way, and after which one the list goes on; None at its end.

    Whether the reader may know of the parcel is seen to by ``transfer``.
    """
    onwards = "AND voucher.id > :after" if after else ""
    values = {"after": after} if after else {}
    rows = await db.fetch(
        f"{_PACKED} {onwards} ORDER BY voucher.id LIMIT :limit",
        transfer=transfer_id,
        limit=limit + 1,
        **values,
    )
    found = [msgspec.convert(row, InHand) for row in rows[:limit]]
    return found, found[-1].id if rows[limit:] else None


def may_give_up(actor: Principal, parcel: TransferView) -> bool:
    """True if the actor may say that what is on its way will not come."""
    return any(
        actor.has_role(Role.COORDINATOR, site) for site in (parcel.from_site, parcel.to_site)
    )


def may_call_back(actor: Principal, parcel: TransferView) -> bool:
    """True if the actor may take the parcel back, as none of it has arrived."""
    return not parcel.arrived and actor.has_role(Role.COORDINATOR, parcel.from_site)


async def was_called_back(parcel: TransferView) -> bool:
    """True if its sender took it back; of one that is on its way nothing is read."""
    if parcel.underway or parcel.arrived:
        return False
    return await db.fetch_one(_CALLED_BACK, id=parcel.id) is not None


async def counts(
    actor: Principal, *, site_id: UUID | None = None, older: UUID | None = None, limit: int
) -> list[CountView]:
    """Counts at the actor's sites, or one of them, newest first.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    await need_in_sight(actor, site_id)
    own, values = of_own_sites(actor, "counted.site")
    conditions = [own]
    if site_id:
        conditions.append("counted.site = :site")
        values["site"] = site_id
    if older:
        conditions.append("counted.id < :older")
        values["older"] = older
    rows = await db.fetch(
        f"{_COUNTS} WHERE {' AND '.join(conditions)} ORDER BY counted.id DESC LIMIT :limit",
        limit=limit,
        **values,
    )
    return [_count(row) for row in rows]


async def in_hand(ids: Sequence[UUID]) -> list[InHand]:
    """These vouchers, in the order of their ids; they are of a count of the reader's."""
    if not ids:
        return []
    rows = await db.fetch(_BY_ID, ids=list(ids))
    return [msgspec.convert(row, InHand) for row in rows]


async def missed(count_id: UUID, *, limit: int) -> list[InHand]:
    """The vouchers that were expected and not scanned in a count, in the order of their ids."""
    rows = await db.fetch(_MISSED, count=count_id, limit=limit)
    return [msgspec.convert(row, InHand) for row in rows]


def _transfer(row: db.Row) -> TransferView:
    return TransferView(
        **_plain(row, TransferView),
        kind_names=read_names(row["names"]),
        medium=Medium(row["medium"]),
    )


def _count(row: db.Row) -> CountView:
    return CountView(**_plain(row, CountView), kind_names=read_names(row["names"]))


def _plain(row: db.Row, view: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        name: row[name]
        for name in view.__struct_fields__
        if name in row and name not in ("medium", "kind_names")
    }
