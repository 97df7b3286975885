"""Who may know of an item, and who may change what it is."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import CoordinatorNeeded

#: The sites of an item: where it belongs, where it is, where it is going.
SITE_COLUMNS = ("home_site", "present_site", "destination_site")


def sees_item(actor: Principal, sites: Mapping[str, UUID | None]) -> bool:
    """True if one of the item's sites (``SITE_COLUMNS``) is one of the actor's."""
    return any(sites[name] and actor.sees_site(sites[name]) for name in SITE_COLUMNS)


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
