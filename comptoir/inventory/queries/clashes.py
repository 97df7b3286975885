"""Which numbers are on an item already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory import terms
from comptoir.inventory.permissions import sees_item
from comptoir.inventory.schemas import Numbers

_CLASHES = """
SELECT 'serial' AS kind, serial AS number, id, code, home_site, present_site, destination_site
FROM inventory_item WHERE model = :model AND serial IN :serials
UNION ALL
SELECT 'imei', term.term, item.id, item.code, item.home_site, item.present_site,
       item.destination_site
FROM inventory_item_term term JOIN inventory_item item ON item.id = term.item
WHERE term.kind = :imei AND term.term IN :imeis
"""


class Clash(msgspec.Struct, frozen=True):
    """The item that has a number; ``code`` is None if the actor may not know of it."""

    kind: Literal["serial", "imei"]
    code: str | None


async def find_clashes(
    actor: Principal, model_id: UUID, numbers: Sequence[Numbers], *, but: UUID | None = None
) -> dict[str, Clash]:
    """The items that have one of the numbers, by number. ``but`` may have them.

    A serial number tells items of one model apart, an IMEI all phones.
    """
    rows = await db.fetch(
        _CLASHES,
        model=model_id,
        serials=[each.serial for each in numbers if each.serial],
        imei=terms.IMEI,
        imeis=[imei for each in numbers for imei in each.imeis if imei],
    )
    return {
        row["number"]: Clash(row["kind"], row["code"] if sees_item(actor, row) else None)
        for row in rows
        if row["id"] != but
    }
