"""Reads of one item."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.errors import ItemNotFound, ProblemNotFound
from comptoir.inventory.names import read_names
from comptoir.inventory.permissions import reads_item
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import ItemView, ProblemView
from comptoir.inventory.statuses import Condition, ItemStatus, ProblemKind
from comptoir.sites.schemas import SiteName

_ITEM = f"""
SELECT item.id, item.code, item.serial, item.imei_1, item.imei_2, item.condition, item.status,
       item.home_site, item.present_site, item.destination_site,
       home.name AS home_site_name, present.name AS present_site_name,
       destination.name AS destination_site_name,
       item.funder, item.purchased_on, item.price_cents, item.currency, item.notes,
       item.created_at, item.version, {catalogue.MODEL_COLUMNS}
FROM inventory_item item
JOIN inventory_model model ON model.id = item.model
JOIN inventory_category category ON category.id = model.category
JOIN sites_site home ON home.id = item.home_site
JOIN sites_site present ON present.id = item.present_site
LEFT JOIN sites_site destination ON destination.id = item.destination_site
WHERE item.code = :code
"""
_PROBLEMS = """
SELECT problem.id, problem.kind, problem.accessory, accessory.names, problem.note,
       problem.reported_at
FROM inventory_item_problem problem
LEFT JOIN inventory_accessory accessory ON accessory.id = problem.accessory
WHERE problem.item = :item AND problem.resolved_at IS NULL
ORDER BY problem.reported_at, problem.id
"""


async def item(actor: Principal, code: str) -> ItemView:
    """An item with everything that is kept about it.

    Raises:
        ItemNotFound: there is none that the actor may read of.
    """
    row = await db.fetch_one(_ITEM, code=code)
    if row is None or not await reads_item(actor, row["id"], row):
        raise ItemNotFound
    return ItemView(
        id=row["id"],
        code=row["code"],
        model=catalogue.model_summary(row),
        serial=row["serial"],
        imeis=tuple(imei for imei in (row["imei_1"], row["imei_2"]) if imei),
        condition=Condition(row["condition"]),
        status=ItemStatus(row["status"]),
        home_site=SiteName(row["home_site"], row["home_site_name"]),
        present_site=SiteName(row["present_site"], row["present_site_name"]),
        destination_site=destination_of(row),
        accessories=await catalogue.accessories(row["model_id"]),
        problems=await open_problems(row["id"]),
        funder=row["funder"],
        purchased_on=row["purchased_on"],
        price_cents=row["price_cents"],
        currency=row["currency"],
        notes=row["notes"],
        created_at=row["created_at"],
        version=row["version"],
    )


async def open_problems(item_id: UUID) -> tuple[ProblemView, ...]:
    """What is missing or damaged, in the order in which it was reported."""
    rows = await db.fetch(_PROBLEMS, item=item_id)
    return tuple(
        ProblemView(
            id=row["id"],
            kind=ProblemKind(row["kind"]),
            accessory=row["accessory"],
            accessory_names=read_names(row["names"]),
            note=row["note"],
            reported_at=row["reported_at"],
        )
        for row in rows
    )


async def need_problem(item_id: UUID, problem_id: UUID) -> None:
    """See that a problem was reported of this item, be it solved or not.

    Raises:
        ProblemNotFound: it was not.
    """
    known = await db.fetch_one(
        "SELECT 1 FROM inventory_item_problem WHERE id = :problem_id AND item = :item_id",
        problem_id=problem_id,
        item_id=item_id,
    )
    if known is None:
        raise ProblemNotFound


def destination_of(row: db.Row) -> SiteName | None:
    """Where the item of a row is going, if it is on its way."""
    if row["destination_site"] is None:
        return None
    return SiteName(row["destination_site"], row["destination_site_name"])
