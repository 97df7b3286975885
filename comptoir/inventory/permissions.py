"""Who may know of an item, and who may change what it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import CoordinatorNeeded

#: The sites of an item: where it belongs, where it is, where it is going.
SITE_COLUMNS = ("home_site", "present_site", "destination_site")


def sees_item(actor: Principal, sites: Mapping[str, UUID | None]) -> bool:
    """True if one of the item's sites (``SITE_COLUMNS``) is one of the actor's."""
    return any(sites[name] and actor.sees_site(sites[name]) for name in SITE_COLUMNS)


#: Whether something else than where an item is lets somebody read what is known of it.
Reader = Callable[[Principal, UUID], Awaitable[bool]]
_readers: list[Reader] = []


def let_read(reader: Reader) -> None:
    """Let a higher floor say who may read of an item besides. Twice is the same as once."""
    if reader not in _readers:
        _readers.append(reader)


async def reads_item(actor: Principal, item_id: UUID, sites: Mapping[str, UUID | None]) -> bool:
    """True if the actor may know of the item, or a higher floor lets them read of it.

    To change anything, ``sees_item`` must hold.
    """
    if sees_item(actor, sites):
        return True
    for reader in _readers:
        if await reader(actor, item_id):
            return True
    return False


def may_manage(actor: Principal, *sites: UUID) -> bool:
    """True if the actor is a coordinator at one of the sites."""
    return any(actor.has_role(Role.COORDINATOR, site) for site in sites)


def need_manager(actor: Principal, *sites: UUID) -> None:
    """Let only a coordinator of one of the sites pass.

    Raises:
        CoordinatorNeeded: the actor is none.
    """
    if not may_manage(actor, *sites):
        raise CoordinatorNeeded


def need_catalogue(actor: Principal) -> None:
    """Let only coordinators, of whatever site, pass, and no token that is bound to one.

    Raises:
        CoordinatorNeeded: the actor is none.
    """
    if not (actor.has_role(Role.COORDINATOR) and actor.may_share):
        raise CoordinatorNeeded
