"""What the labels of items say."""

from __future__ import annotations

from collections.abc import Sequence

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.labels import Label
from comptoir.inventory.permissions import sees_item

_LABELS = """
SELECT item.code, item.home_site, item.present_site, item.destination_site, model.short_name,
       organisation.return_to
FROM inventory_item item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site home ON home.id = item.home_site
JOIN sites_organisation organisation ON organisation.id = home.organisation
WHERE item.code IN :codes
"""


async def labels_of(actor: Principal, codes: Sequence[str]) -> list[Label]:
    """The labels of the items that the actor may know of, in the order of the codes."""
    rows = await db.fetch(_LABELS, codes=list(codes))
    found = {
        row["code"]: Label(row["code"], row["short_name"], row["return_to"])
        for row in rows
        if sees_item(actor, row)
    }
    return [found[code] for code in dict.fromkeys(codes) if code in found]
