"""What happens to an item: set aside, checked, in repair, lost, found, sent, retired.

Each use case asks ``rules.next_status``, with the item's row locked. Lending and
taking back are lending's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db, events
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory import rules
from comptoir.inventory.errors import (
    AccessoryNotFound,
    ItemActionRefused,
    ItemNotFound,
    NotYourSite,
    SameSite,
)
from comptoir.inventory.events import ItemStatusChanged
from comptoir.inventory.names import read_names, too_long
from comptoir.inventory.permissions import need_manager, sees_item
from comptoir.inventory.rules import ItemAction, StatusRefusal
from comptoir.inventory.schemas import ReportProblem, SendItem
from comptoir.inventory.statuses import ItemStatus
from comptoir.inventory.validation import LONGEST_PROBLEM_NOTE
from comptoir.sites import queries as sites

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
_INSERT_PROBLEM = """
INSERT INTO inventory_item_problem (id, item, accessory, kind, note, reported_at)
VALUES (:id, :item, :accessory, :kind, :note, :now)
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


async def set_aside(actor: Principal, code: str, *, now: datetime) -> None:
    """Keep an item from being lent until somebody has checked it.

    Raises:
        ItemNotFound: there is none that the actor may know of.
        ItemActionRefused: its status does not allow it.
    """
    async with db.transaction():
        await _change(actor, await lock_item(actor, code), ItemAction.SET_ASIDE, now=now)


async def check_item(actor: Principal, code: str, *, now: datetime) -> None:
    """All is there and works: its problems are solved, and it can be lent again.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        item = await lock_item(actor, code)
        await _change(actor, item, ItemAction.CHECK, now=now)
        await db.execute(
            "UPDATE inventory_item_problem SET resolved_at = :now "
            "WHERE item = :item AND resolved_at IS NULL",
            now=now,
            item=item["id"],
        )


async def send_to_repair(actor: Principal, code: str, *, now: datetime) -> None:
    """The item goes to be repaired.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        await _change(actor, await lock_item(actor, code), ItemAction.SEND_TO_REPAIR, now=now)


async def return_from_repair(actor: Principal, code: str, *, now: datetime) -> None:
    """The item is back from repair, to be checked.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        await _change(actor, await lock_item(actor, code), ItemAction.RETURN_FROM_REPAIR, now=now)


async def mark_lost(actor: Principal, code: str, *, now: datetime) -> None:
    """Nobody knows where the item is. An open loan of it stays open (``docs/adr/0102``).

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        await _change(actor, await lock_item(actor, code), ItemAction.MARK_LOST, now=now)


async def mark_stolen(actor: Principal, code: str, *, now: datetime) -> None:
    """Somebody took the item. An open loan of it stays open.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        await _change(actor, await lock_item(actor, code), ItemAction.MARK_STOLEN, now=now)


async def mark_found(actor: Principal, code: str, *, site_id: UUID, now: datetime) -> None:
    """A lost or stolen item turned up at a site of the actor's; it must be checked.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        NotYourSite: the actor does not work at the site.
        SiteNotFound: there is no such site.
    """
    async with db.transaction():
        item = await lock_item(actor, code)
        await _need_site(actor, site_id)
        await _change(actor, item, ItemAction.MARK_FOUND, now=now, present_site=site_id)


async def report_problem(
    actor: Principal, code: str, command: ReportProblem, *, now: datetime
) -> UUID:
    """Something is missing or damaged. What is in the house is set aside; give the problem's id.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        AccessoryNotFound: the accessory does not belong to the item's model.
        Invalid: the note is too long.
    """
    async with db.transaction():
        return await record_problem(actor, await lock_item(actor, code), command, now=now)


async def record_problem(
    actor: Principal, item: db.Row, command: ReportProblem, *, now: datetime
) -> UUID:
    """``report_problem`` of an item that ``lock_item`` gave, in the same transaction."""
    problem_id, changes = await add_problem(actor, item, command, now=now)
    await _record(actor, item, ItemAction.REPORT_PROBLEM, changes, now=now)
    return problem_id


async def add_problem(
    actor: Principal, item: db.Row, command: ReportProblem, *, now: datetime
) -> tuple[UUID, dict[str, Any]]:
    """``record_problem`` without the audit row, for a use case that writes one of its own.

    Gives the problem's id, and what the audit row is to say of it.

    Raises:
        ItemActionRefused, AccessoryNotFound, Invalid: as for ``report_problem``.
    """
    note = command.note.strip()
    if len(note) > LONGEST_PROBLEM_NOTE:
        raise Invalid([too_long("note", LONGEST_PROBLEM_NOTE)])
    problem_id = new_id()
    changes: dict[str, Any] = {"problem": [None, command.kind]}
    if command.accessory is not None:
        changes["accessory"] = [None, await _accessory_names(item, command.accessory)]
    if note:
        changes["note"] = None  # free text: it may speak of a person
    changes |= await _step(actor, item, ItemAction.REPORT_PROBLEM, now=now)
    await db.execute(
        _INSERT_PROBLEM,
        id=problem_id,
        item=item["id"],
        accessory=command.accessory,
        kind=command.kind,
        note=note,
        now=now,
    )
    return problem_id, changes


async def send_item(actor: Principal, code: str, command: SendItem, *, now: datetime) -> None:
    """Send an item to another site, where somebody says that it has arrived.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        SiteNotFound: there is no such site.
        SameSite: it is there already.
    """
    async with db.transaction():
        item = await lock_item(actor, code)
        await sites.site(command.destination)
        if command.destination == item["present_site"]:
            raise SameSite
        await _change(
            actor,
            item,
            ItemAction.SEND,
            now=now,
            destination_site=command.destination,
            arrives_as=item["status"],
            home_site=command.destination if command.stays else item["home_site"],
        )


async def receive_item(actor: Principal, code: str, *, site_id: UUID, now: datetime) -> None:
    """An item in transit is at a site of the actor's: its destination, or wherever it is.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        NotYourSite: the actor does not work at the site.
        SiteNotFound: there is no such site.
    """
    async with db.transaction():
        item = await lock_item(actor, code)
        await _need_site(actor, site_id)
        await _change(actor, item, ItemAction.RECEIVE, now=now, present_site=site_id)


async def retire_item(actor: Principal, code: str, *, now: datetime) -> None:
    """The item is not lent any more; its history stays.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        CoordinatorNeeded: the actor is no coordinator of one of its sites.
    """
    await _manage(actor, code, ItemAction.RETIRE, now=now)


async def restore_item(actor: Principal, code: str, *, now: datetime) -> None:
    """A retired item comes back into use, to be checked.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
        CoordinatorNeeded: the actor is no coordinator of one of its sites.
    """
    await _manage(actor, code, ItemAction.RESTORE, now=now)


async def _manage(actor: Principal, code: str, action: ItemAction, *, now: datetime) -> None:
    async with db.transaction():
        item = await lock_item(actor, code)
        need_manager(actor, item["home_site"], item["present_site"])
        await _change(actor, item, action, now=now)


async def _change(
    actor: Principal, item: db.Row, action: ItemAction, *, now: datetime, **columns: Any
) -> None:
    """Take the step, and write its audit row."""
    changes = await _step(actor, item, action, now=now, **columns)
    await _record(actor, item, action, changes, now=now)


async def _step(
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


async def _record(
    actor: Principal,
    item: db.Row,
    action: ItemAction,
    changes: dict[str, Any],
    *,
    now: datetime,
) -> None:
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


async def _need_site(actor: Principal, site_id: UUID) -> None:
    if not actor.sees_site(site_id):
        raise NotYourSite
    await sites.need_site(site_id)


async def _accessory_names(item: db.Row, accessory_id: UUID) -> dict[str, str]:
    row = await db.fetch_one(
        "SELECT names FROM inventory_accessory WHERE id = :id AND model = :model",
        id=accessory_id,
        model=item["model"],
    )
    if row is None:
        raise AccessoryNotFound
    return read_names(row["names"])
