"""What is said of codes that were here before: never the code, and which batch if one may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.core.web.formats import format_day
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.errors import VouchersInvalid
from comptoir.inventory.vouchers.sealing import Secret, find_many
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.sites.queries import of_own_sites

#: The codes of what is said.
KNOWN = ("inventory.voucher-given", "inventory.voucher-ended", "inventory.voucher-in-stock")
#: Both engines take many more ids in a statement; it is compiled for each length.
_AT_ONCE = 1000
_BATCHES = """
SELECT DISTINCT batch.id, CAST(kind.names AS TEXT) AS names, batch.received_at, kind.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_batch batch ON batch.id = voucher.batch
JOIN inventory_voucher_kind kind ON kind.id = batch.kind
WHERE voucher.id IN :ids AND {own}
"""


async def known_errors(actor: Principal, secrets: Sequence[Secret]) -> list[FieldError]:
    """Which of the vouchers were here before, by their places; never their codes."""
    found = await find_many(secrets)
    names = await _batches(actor, found.values())
    return [
        msgspec.structs.replace(error, field=f"vouchers[{place}].{error.field}")
        for place, row in found.items()
        for error in [_known_error(row["status"], names.get(row["batch"]))]
    ]


async def refuse_known(actor: Principal, secrets: Sequence[Secret]) -> None:
    """Let only vouchers pass that have never been here.

    Raises:
        VouchersInvalid: some have; by their places.
    """
    known = await known_errors(actor, secrets)
    if known:
        raise VouchersInvalid(known)


async def known_error(actor: Principal, found: db.Row) -> FieldError:
    """What is said of one, a row of ``find_many``."""
    names = await _batches(actor, [found])
    return _known_error(found["status"], names.get(found["batch"]))


def _known_error(status: str, batch: str | None) -> FieldError:
    if status in (VoucherStatus.ISSUED, VoucherStatus.ACTIVATED):
        code = "inventory.voucher-given"
        message = _("This code was given to somebody already. Take it out of the batch.")
    elif status in (VoucherStatus.EXPIRED, VoucherStatus.VOID):
        code = "inventory.voucher-ended"
        message = _("This code was here before and cannot be used any more.")
    else:
        code, message = "inventory.voucher-in-stock", _("This code is in stock already.")
        if batch:
            message = _("This code is in stock already: in the batch %(batch)s.", batch=batch)
    return FieldError("code", code, message)


async def _batches(actor: Principal, found: Iterable[db.Row]) -> dict[UUID, str]:
    """The batches that these lie in at the actor's sites, as people tell them apart."""
    ids = [row["id"] for row in found]
    own, values = of_own_sites(actor, "voucher.site")
    names: dict[UUID, str] = {}
    for first in range(0, len(ids), _AT_ONCE):
        rows = await db.fetch(_BATCHES.format(own=own), ids=ids[first : first + _AT_ONCE], **values)
        names |= {row["id"]: _name(row) for row in rows}
    return names


def _name(row: db.Row) -> str:
    day = localtime(row["received_at"], row["time_zone"]).date()
    return _(
        "“%(kind)s” of %(day)s",
        kind=localized(read_names(row["names"])),
        day=format_day(day, "medium"),
    )
