"""What a desk that gives vouchers does in a process of its own; see ``tests.processes``.

Run as a program it gives one, and stops for good before it sends its statement of a number:
URL, actor (JSON), kind, borrower, number.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime
from itertools import count
from uuid import UUID

import msgspec

from comptoir.core import clock, db, vault
from comptoir.core.principal import Principal
from comptoir.core.vault import Vault
from comptoir.lending.errors import LendingRefused
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher, ReserveVoucher
from tests.keys import VOUCHER_KEY
from tests.lending.desks import attempt


class Orders(msgspec.Struct, frozen=True):
    """What a desk is to give, all at once."""

    actor: Principal
    now: datetime
    commands: tuple[IssueVoucher | ReserveVoucher, ...]


async def give_all(orders: Orders) -> list[tuple[str, str]]:
    """Give each, or set it aside, at the same time: its voucher, or ``refused`` and the code."""
    return await asyncio.gather(*(_give(orders, command) for command in orders.commands))


async def _give(orders: Orders, command: IssueVoucher | ReserveVoucher) -> tuple[str, str]:
    try:
        if isinstance(command, ReserveVoucher):
            kept = await reserve_voucher(orders.actor, command, now=orders.now)
            return "aside", str(kept.voucher_id)
        issue = await issue_voucher(orders.actor, command, now=orders.now)
    except LendingRefused as refused:
        return "refused", str(refused.code)
    return "given", str(issue.voucher_id)


async def main(url: str, actor_json: str, kind: str, borrower: str, number: str) -> None:
    actor = msgspec.json.decode(actor_json, type=Principal)
    vault.use(Vault([VOUCHER_KEY]))
    engine = db.connect(url)
    await db.fetch("SELECT 1 AS ready")
    sent = count(1)

    def stop(_statement: str) -> None:
        if next(sent) == int(number):
            print("here", flush=True)  # noqa: T201
            time.sleep(600)  # killed before that

    engine.listeners.append(stop)
    command = IssueVoucher(
        kind_id=UUID(kind), borrower_id=UUID(borrower), attempt=attempt("killed")
    )
    await issue_voucher(actor, command, now=clock.now())
    print("done", flush=True)  # noqa: T201
    await db.disconnect()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
