"""Items as lists and exports show them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from comptoir.core import db
from comptoir.inventory.names import full_name, read_names
from comptoir.inventory.queries.items import destination_of
from comptoir.inventory.schemas import ItemRow
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.sites.schemas import SiteName

_ROWS = """
SELECT item.id, item.code, item.serial, item.imei_1, item.imei_2, item.condition, item.status,
       model.manufacturer, model.name AS model_name, category.names AS category_names,
       item.home_site, item.present_site, item.destination_site,
       home.name AS home_site_name, present.name AS present_site_name,
       destination.name AS destination_site_name,
       item.funder, item.purchased_on, item.price_cents, item.currency, item.notes
FROM inventory_item item
JOIN inventory_model model ON model.id = item.model
JOIN inventory_category category ON category.id = model.category
JOIN sites_site home ON home.id = item.home_site
JOIN sites_site present ON present.id = item.present_site
LEFT JOIN sites_site destination ON destination.id = item.destination_site
WHERE item.id IN :ids
"""


async def read_rows(ids: Sequence[UUID]) -> list[ItemRow]:
    """The items of these ids, in the order of the ids."""
    rows = await db.fetch(_ROWS, ids=list(ids))
    found = {row["id"]: _row(row) for row in rows}
    return [found[item_id] for item_id in ids if item_id in found]


def _row(row: db.Row) -> ItemRow:
    return ItemRow(
        id=row["id"],
        code=row["code"],
        model=full_name(row["manufacturer"], row["model_name"]),
        category_names=read_names(row["category_names"]),
        serial=row["serial"],
        imeis=tuple(imei for imei in (row["imei_1"], row["imei_2"]) if imei),
        condition=Condition(row["condition"]),
        status=ItemStatus(row["status"]),
        home_site=SiteName(row["home_site"], row["home_site_name"]),
        present_site=SiteName(row["present_site"], row["present_site_name"]),
        destination_site=destination_of(row),
        funder=row["funder"],
        purchased_on=row["purchased_on"],
        price_cents=row["price_cents"],
        currency=row["currency"],
        notes=row["notes"],
    )
