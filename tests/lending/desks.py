"""What a desk in a process of its own does; see ``tests.processes``."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.idempotency import Attempt
from comptoir.core.principal import Principal
from comptoir.lending.errors import LendingRefused
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from comptoir.lending.loans.undo import undo_check_out


class Orders(msgspec.Struct, frozen=True):
    """What a desk is to do, all at once."""

    actor: Principal
    now: datetime
    scans: tuple[CheckOut | CheckIn | UUID, ...]


async def lend_and_take_back(orders: Orders) -> list[tuple[str, str]]:
    """Do every order at the same time; give each outcome: what was done to which loan, or
    ``refused`` and the code."""
    return await asyncio.gather(*(_do(orders, scan) for scan in orders.scans))


async def _do(orders: Orders, scan: CheckOut | CheckIn | UUID) -> tuple[str, str]:
    try:
        match scan:
            case CheckOut():
                loan = await check_out(orders.actor, scan, now=orders.now)
                return "lent", str(loan.id)
            case CheckIn():
                view = await check_in(orders.actor, scan, now=orders.now)
                return "returned", str(view.loan_id)
            case _:
                await undo_check_out(orders.actor, scan, now=orders.now)
                return "undone", str(scan)
    except LendingRefused as refused:
        return "refused", str(refused.code)


def attempt(key: str, text: str = "") -> Attempt:
    """An attempt of a key; the fingerprint says what was asked."""
    return Attempt(key=key, fingerprint=(text or key)[:64])
