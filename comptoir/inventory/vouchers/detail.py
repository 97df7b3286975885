"""One voucher as a page shows it, and vouchers found by what is scanned."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts import throttle
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.errors import VoucherNotFound
from comptoir.inventory.vouchers.scanned import found_of_any_kind
from comptoir.inventory.vouchers.sealing import HINT_LENGTH, fold
from comptoir.inventory.vouchers.statuses import Medium, VoidReason, VoucherStatus
from comptoir.inventory.vouchers.validity import aside_until, last_day
from comptoir.sites.queries import of_own_sites

_VOUCHER = """
SELECT voucher.id, voucher.status, voucher.hint, voucher.activate_by, voucher.reserved_until,
       voucher.issued_at, voucher.activated_at, voucher.expires_at, voucher.ended_at,
       voucher.void_reason, voucher.replaced_by, voucher.batch, voucher.transfer,
       kind.medium, CAST(kind.names AS TEXT) AS names, kind.time_zone, batch.funder,
       site.id AS site, site.name AS site_name,
       (SELECT old.id FROM inventory_voucher old WHERE old.replaced_by = voucher.id)
           AS "replaces [UUID]"
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
JOIN inventory_voucher_batch batch ON batch.id = voucher.batch
JOIN sites_site site ON site.id = voucher.site
WHERE voucher.id = :id
"""


class VoucherView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a voucher, but for its code and whose it is.

    ``expires_at`` and what follows are null until they happen; days are the operator's.
    """

    id: UUID
    kind_names: dict[str, str]
    medium: Medium
    hint: str
    status: VoucherStatus
    void_reason: VoidReason | None
    site_id: UUID
    site_name: str
    batch_id: UUID
    funder: str
    time_zone: str
    activate_by: date | None
    issued_at: datetime | None
    activated_at: datetime | None
    expires_at: datetime | None
    reserved_until: datetime | None
    ended_at: datetime | None
    replaced_by: UUID | None
    replaces: UUID | None
    transfer_id: UUID | None

    @property
    def name(self) -> str:
        """Its kind, in the reader's language."""
        return localized(self.kind_names)


async def voucher_view(actor: Principal, voucher_id: UUID) -> VoucherView:
    """One voucher.

    Raises:
        VoucherNotFound: there is none that the actor may know of.
    """
    row = await db.fetch_one(_VOUCHER, id=voucher_id)
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherNotFound
    return VoucherView(
        id=row["id"],
        kind_names=read_names(row["names"]),
        medium=Medium(row["medium"]),
        hint=row["hint"],
        status=VoucherStatus(row["status"]),
        void_reason=VoidReason(row["void_reason"]) if row["void_reason"] else None,
        site_id=row["site"],
        site_name=row["site_name"],
        batch_id=row["batch"],
        funder=row["funder"],
        time_zone=row["time_zone"],
        activate_by=row["activate_by"],
        issued_at=row["issued_at"],
        activated_at=row["activated_at"],
        expires_at=row["expires_at"],
        reserved_until=row["reserved_until"],
        ended_at=row["ended_at"],
        replaced_by=row["replaced_by"],
        replaces=row["replaces"],
        transfer_id=row["transfer"] if row["status"] == VoucherStatus.IN_TRANSIT else None,
    )


_IN_BATCH = """
SELECT voucher.id, voucher.status, voucher.hint, site.name AS site_name, site.time_zone,
       voucher.issued_at, voucher.expires_at, voucher.reserved_until,
       kind.time_zone AS kind_time_zone
FROM inventory_voucher voucher JOIN sites_site site ON site.id = voucher.site
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
"""


_ENDING = """
SELECT voucher.id, voucher.status, voucher.hint, site.name AS site_name, site.time_zone,
       voucher.issued_at, voucher.expires_at, voucher.reserved_until,
       kind.time_zone AS kind_time_zone, CAST(kind.names AS TEXT) AS names
FROM inventory_voucher voucher JOIN sites_site site ON site.id = voucher.site
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
"""


class VoucherRow(msgspec.Struct, frozen=True):
    """A voucher in the list of its batch."""

    id: UUID
    status: VoucherStatus
    hint: str
    site_name: str
    time_zone: str
    issued_at: datetime | None
    expires_at: datetime | None
    reserved_until: datetime | None
    kind_time_zone: str

    @property
    def good_until(self) -> date | None:
        """The last day on which it can be used, on its operator's clock."""
        last = last_day(self.expires_at, self.kind_time_zone)
        return last.date() if last else None

    @property
    def aside_until(self) -> date | None:
        """The last day on which it is set aside, at its site."""
        return aside_until(self.reserved_until, self.time_zone) if self.reserved_until else None


async def vouchers_of_batch(
    actor: Principal,
    batch_id: UUID,
    *,
    status: VoucherStatus | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[VoucherRow]:
    """Those of a batch that are at the actor's sites, in the order in which they came."""
    own, values = of_own_sites(actor, "voucher.site")
    conditions = ["voucher.batch = :batch", own]
    if status:
        conditions.append("voucher.status = :status")
        values["status"] = status
    if after:
        conditions.append("voucher.id > :after")
        values["after"] = after
    rows = await db.fetch(
        f"{_IN_BATCH} WHERE {' AND '.join(conditions)} ORDER BY voucher.id LIMIT :limit",
        batch=batch_id,
        limit=limit,
        **values,
    )
    return [msgspec.convert(row, VoucherRow) for row in rows]


class NamedVoucher(VoucherRow, frozen=True, kw_only=True):
    """A voucher among those of several kinds."""

    kind_names: dict[str, str]

    @property
    def name(self) -> str:
        """Its kind, in the reader's language."""
        return localized(self.kind_names)


async def vouchers_ending_in(actor: Principal, end: str, *, limit: int) -> list[NamedVoucher]:
    """Those at the actor's sites of whose code these last characters are shown, newest first.

    Large and small letters are the same; what is no such end finds nothing.
    """
    typed = fold(end)
    if len(typed) != HINT_LENGTH:
        return []
    own, values = of_own_sites(actor, "voucher.site")
    rows = await db.fetch(
        f"{_ENDING} WHERE voucher.hint IN :ends AND {own} ORDER BY voucher.id DESC LIMIT :limit",
        ends=sorted({typed, typed.upper(), typed.lower()}),
        limit=limit,
        **values,
    )
    return [
        msgspec.convert(row | {"kind_names": read_names(row["names"])}, NamedVoucher, strict=False)
        for row in rows
    ]


async def look_for(
    actor: Principal, typed: str, *, limit: int, now: datetime
) -> UUID | list[NamedVoucher]:
    """The voucher whose code was scanned or typed, or those that end so (``vouchers_ending_in``).

    Raises:
        VoucherNotFound: it is none that the actor may know of.
        TooManyAttempts: the actor looked for too many that are none.
    """
    sought = [throttle.vouchers_sought(actor.id)]
    await throttle.begin(sought, now=now)
    found = await _of_code(actor, typed) or await vouchers_ending_in(actor, typed, limit=limit)
    if not found:
        raise VoucherNotFound
    async with db.transaction():
        await throttle.succeeded(sought)
    return found


async def _of_code(actor: Principal, code: str) -> UUID | None:
    which = await found_of_any_kind(code)
    if which is None:
        return None
    row = await db.fetch_one("SELECT site FROM inventory_voucher WHERE id = :id", id=which)
    return which if row and actor.sees_site(row["site"]) else None
