"""How few of a kind are too few at a site: set by its coordinator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.sites import queries as sites

#: As large as its column takes, rounded.
HIGHEST = 30_000

_SET = """
INSERT INTO inventory_voucher_level (site, kind, low) VALUES (:site, :kind, :low)
ON CONFLICT (site, kind) DO UPDATE SET low = excluded.low
"""
_BEFORE = "SELECT low FROM inventory_voucher_level WHERE site = :site AND kind = :kind"


class LevelOutOfRange(Invalid):
    """A level that is no number of vouchers."""

    code = "inventory.voucher-level-out-of-range"

    def __init__(self) -> None:
        text = _("Write a whole number from 0 to %(highest)s, or nothing.", highest=HIGHEST)
        super().__init__([FieldError("low", self.code, text)])


class SetLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From how many on downwards a kind is low at a site; None: never."""

    site: UUID
    kind: UUID
    low: int | None = None


async def set_level(actor: Principal, command: SetLevel, *, now: datetime) -> None:
    """Say when a site's stock of a kind is low.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
        CoordinatorNeeded: the actor is no coordinator of it.
        VoucherKindNotFound: there is no such kind.
        LevelOutOfRange: it is below 0 or too large.
    """
    async with db.transaction():
        await sites.need_in_sight(actor, command.site)
        need_manager(actor, command.site)
        if command.low is not None and not 0 <= command.low <= HIGHEST:
            raise LevelOutOfRange
        kind = await db.fetch_one(
            "SELECT id FROM inventory_voucher_kind WHERE id = :id", id=command.kind
        )
        if kind is None:
            raise VoucherKindNotFound
        where = {"site": command.site, "kind": command.kind}
        await db.take_turns(f"voucher level {command.site} {command.kind}")
        level = await db.fetch_one(_BEFORE, **where)
        before = level["low"] if level else None
        if before == command.low:
            return
        if command.low is None:
            await db.execute(
                "DELETE FROM inventory_voucher_level WHERE site = :site AND kind = :kind", **where
            )
        else:
            await db.execute(_SET, low=command.low, **where)
        await audit.record(
            actor,
            "voucher_kind.level_set",
            "voucher_kind",
            command.kind,
            now=now,
            site_id=command.site,
            changes={"low": [before, command.low]},
        )
