"""Who may see the codes of vouchers, and at which sites somebody keeps them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.permissions import may_manage
from comptoir.inventory.vouchers.errors import RevealNotAllowed, VoucherNotFound

#: Whether somebody who is no coordinator may see the code of a voucher at a moment.
Reader = Callable[[Principal, UUID, datetime], Awaitable[bool]]
_readers: list[Reader] = []


def let_reveal(reader: Reader) -> None:
    """Let a higher floor say who may see a code besides. Twice is the same as once."""
    if reader not in _readers:
        _readers.append(reader)


async def may_reveal(actor: Principal, voucher_id: UUID, *, site_id: UUID, now: datetime) -> bool:
    """True if the actor is a coordinator of the voucher's site, or a higher floor lets them."""
    if may_manage(actor, site_id):
        return True
    for reader in _readers:
        if await reader(actor, voucher_id, now):
            return True
    return False


async def need_reveal(actor: Principal, voucher_id: UUID, *, site_id: UUID, now: datetime) -> None:
    """Let only those pass who may see the code of a voucher.

    Raises:
        VoucherNotFound: the actor may not even know of it.
        RevealNotAllowed: they may know that there is one, and no more.
    """
    if not await may_reveal(actor, voucher_id, site_id=site_id, now=now):
        raise RevealNotAllowed if actor.sees_site(site_id) else VoucherNotFound


def need_export(actor: Principal) -> None:
    """Let only coordinators pass: no visit at the desk needs many codes.

    What they export lies at the sites that they coordinate (``of_coordinated_sites``).

    Raises:
        CoordinatorNeeded: the actor is none.
    """
    if not actor.has_role(Role.COORDINATOR):
        raise CoordinatorNeeded


def of_coordinated_sites(
    actor: Principal, column: str, site_id: UUID | None = None
) -> tuple[str, dict[str, Any]]:
    """The condition that a column holds a site that the actor coordinates, and its values."""
    if site_id is None and actor.has_role_everywhere(Role.COORDINATOR):
        return "1 = 1", {}
    own = [each for each in actor.site_ids if actor.has_role(Role.COORDINATOR, each)]
    if site_id is not None:
        own = [site_id] if actor.has_role(Role.COORDINATOR, site_id) else []
    # One that no site has: an empty list cannot be asked for.
    return f"{column} IN :own_sites", {"own_sites": sorted(own) or [UUID(int=0)]}
