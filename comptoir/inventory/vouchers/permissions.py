"""Who may see the code of a voucher."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from comptoir.core.principal import Principal
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
