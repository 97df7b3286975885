"""One step of an item: asked of the rules, written to its row, told, and put into the trail.

The use cases of ``actions`` and ``problems`` are made of it, with the row locked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.principal import Principal
from comptoir.inventory import rules
from comptoir.inventory.errors import ItemActionRefused, ItemNotFound
from comptoir.inventory.events import ItemStatusChanged
from comptoir.inventory.permissions import sees_item
from comptoir.inventory.rules import ItemAction, StatusRefusal
from comptoir.inventory.statuses import ItemStatus

_LOCK = """
SELECT id, code, model, status, home_site, present_site, destination_site, arrives_as, version
FROM inventory_item WHERE code = :code
"""
_PROBLEM = """
SELECT id FROM inventory_item_problem WHERE item = :item AND resolved_at IS NULL LIMIT 1
"""
_UPDATE = """
UPDATE inventory_item
SET status = :status, home_site = :home_site, present_site = :present_site,
    destination_site = :destination_site, arrives_as = :arrives_as, version = version + 1
WHERE id = :id
"""
_ACTIONS = {
    ItemAction.REPORT_PROBLEM: "item.problem_reported",
    ItemAction.SET_ASIDE: "item.set_aside",
    ItemAction.CHECK: "item.checked",
    ItemAction.SEND_TO_REPAIR: "item.sent_to_repair",
    ItemAction.RETURN_FROM_REPAIR: "item.returned_from_repair",
    ItemAction.MARK_LOST: "item.lost",
    ItemAction.MARK_STOLEN: "item.stolen",
    ItemAction.MARK_FOUND: "item.found",
    ItemAction.SEND: "item.sent",
    ItemAction.RECEIVE: "item.received",
    ItemAction.RETIRE: "item.retired",
    ItemAction.RESTORE: "item.restored",
}


async def lock_item(actor: Principal, code: str) -> db.Row:
    """An item's row, locked until the end of the transaction, and whether it has ``problems``.

    These are read under the lock: beside it, they would be as before the wait for it.

    Raises:
        ItemNotFound: there is none that the actor may know of.
    """
    row = await db.fetch_one(_LOCK + db.for_update("inventory_item"), code=code)
    if row is None or not sees_item(actor, row):
        raise ItemNotFound
    return row | {"problems": await db.fetch_one(_PROBLEM, item=row["id"]) is not None}


async def take_step(
    actor: Principal, item: db.Row, action: ItemAction, *, now: datetime, **columns: Any
) -> None:
    """Take the step, and write its audit row."""
    changes = await change_item(actor, item, action, now=now, **columns)
    await record_step(actor, item, action, changes, now=now)


async def change_item(
    actor: Principal, item: db.Row, action: ItemAction, *, now: datetime, **columns: Any
) -> dict[str, Any]:
    """Take the step: the row, and the news for the floors above; give what changed.

    Whatever is not in transit has no destination, unless ``columns`` gives one.
    """
    before = ItemStatus(item["status"])
    after = rules.next_status(
        action,
        before,
        problems=bool(item["problems"]),
        arrives_as=ItemStatus(item["arrives_as"] or ItemStatus.AVAILABLE),
    )
    if isinstance(after, StatusRefusal):
        raise ItemActionRefused(after)
    kept = ("home_site", "present_site", "destination_site", "arrives_as")
    values: dict[str, Any] = {"status": after} | {name: item[name] for name in kept}
    if after is not ItemStatus.IN_TRANSIT:
        values |= {"destination_site": None, "arrives_as": ""}
    values |= columns
    await db.execute(_UPDATE, id=item["id"], **values)
    if after is not before:
        await events.publish(
            ItemStatusChanged(item["id"], before, after, values["present_site"], actor, now)
        )
    shown = ("status", "home_site", "present_site", "destination_site")
    return audit.difference(_plain(item, shown), _plain(values, shown))


async def record_step(
    actor: Principal,
    item: db.Row,
    action: ItemAction,
    changes: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """The audit row of a step, at the site where the item is after it."""
    moved = changes.get("present_site")
    await audit.record(
        actor,
        _ACTIONS[action],
        "item",
        item["id"],
        now=now,
        site_id=UUID(moved[1]) if moved else item["present_site"],
        changes=changes,
    )


def _plain(values: db.Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: None if values[name] is None else str(values[name]) for name in names}
