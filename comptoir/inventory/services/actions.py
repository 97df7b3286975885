"""What happens to an item: set aside, checked, in repair, lost, found, sent, retired.

Each use case asks ``rules.next_status``, with the item's row locked. Lending and
taking back are lending's; what is missing or damaged is in ``problems``.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory.errors import NotYourSite, SameSite
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.rules import ItemAction
from comptoir.inventory.schemas import SendItem
from comptoir.inventory.services.steps import lock_item, take_step
from comptoir.sites import queries as sites


async def set_aside(actor: Principal, code: str, *, now: datetime) -> None:
    """Keep an item from being lent until somebody has checked it.

    Raises:
        ItemNotFound: there is none that the actor may know of.
        ItemActionRefused: its status does not allow it.
    """
    await _take(actor, code, ItemAction.SET_ASIDE, now=now)


async def check_item(actor: Principal, code: str, *, now: datetime) -> None:
    """All is there and works: its problems are solved, and it can be lent again.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    async with db.transaction():
        item = await lock_item(actor, code)
        await take_step(actor, item, ItemAction.CHECK, now=now)
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
    await _take(actor, code, ItemAction.SEND_TO_REPAIR, now=now)


async def return_from_repair(actor: Principal, code: str, *, now: datetime) -> None:
    """The item is back from repair, to be checked.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    await _take(actor, code, ItemAction.RETURN_FROM_REPAIR, now=now)


async def mark_lost(actor: Principal, code: str, *, now: datetime) -> None:
    """Nobody knows where the item is. An open loan of it stays open (``docs/adr/0102``).

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    await _take(actor, code, ItemAction.MARK_LOST, now=now)


async def mark_stolen(actor: Principal, code: str, *, now: datetime) -> None:
    """Somebody took the item. An open loan of it stays open.

    Raises:
        ItemNotFound, ItemActionRefused: as for ``set_aside``.
    """
    await _take(actor, code, ItemAction.MARK_STOLEN, now=now)


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
        await take_step(actor, item, ItemAction.MARK_FOUND, now=now, present_site=site_id)


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
        await take_step(
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
        await take_step(actor, item, ItemAction.RECEIVE, now=now, present_site=site_id)


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


async def _take(actor: Principal, code: str, action: ItemAction, *, now: datetime) -> None:
    async with db.transaction():
        await take_step(actor, await lock_item(actor, code), action, now=now)


async def _manage(actor: Principal, code: str, action: ItemAction, *, now: datetime) -> None:
    async with db.transaction():
        item = await lock_item(actor, code)
        need_manager(actor, item["home_site"], item["present_site"])
        await take_step(actor, item, action, now=now)


async def _need_site(actor: Principal, site_id: UUID) -> None:
    if not actor.sees_site(site_id):
        raise NotYourSite
    await sites.need_site(site_id)
