"""A batch is taken out while desks give its vouchers: one of them wins, and nothing is half."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import msgspec
import pytest

from comptoir.core.principal import Principal, Role
from comptoir.inventory.vouchers.correcting import take_out_batch
from comptoir.inventory.vouchers.errors import VoucherBatchUsed, VoucherNotFound
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch, VoucherMark
from comptoir.lending.errors import LendingRefused
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher
from comptoir.lending.vouchers.tables import VoucherIssue
from tests import factories as make
from tests.lending.vouchers.drawer import Drawer
from tests.processes import together


class Orders(msgspec.Struct, frozen=True):
    """A batch to take out, and somebody to be given one of it."""

    coordinator: Principal
    desk: Principal
    batch: UUID
    quantity: int
    command: IssueVoucher
    now: datetime


async def both(orders: Orders) -> list[str]:
    return list(await asyncio.gather(_take_out(orders), _give(orders)))


async def _take_out(orders: Orders) -> str:
    try:
        await take_out_batch(
            orders.coordinator, orders.batch, quantity=orders.quantity, now=orders.now
        )
    except VoucherBatchUsed as refused:
        return type(refused).__name__
    return "out"


async def _give(orders: Orders) -> str:
    try:
        await issue_voucher(orders.desk, orders.command, now=orders.now)
    except (LendingRefused, VoucherNotFound):
        return "refused"
    return "given"


@pytest.mark.parametrize("scanned", [False, True])
async def test_taken_out_and_given_at_once(
    drawer: Drawer, database_url: str, now: datetime, scanned: bool
) -> None:
    added = [await drawer.add() for _ in range(3)]
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await VoucherBatch.update({VoucherBatch.quantity: 3}).where(VoucherBatch.id == drawer.batch.id)
    command = IssueVoucher(
        borrower_id=drawer.borrower.id,
        voucher_id=added[0].id if scanned else None,
        kind_id=None if scanned else drawer.kind.id,
    )
    orders = Orders(coordinator, drawer.actor, drawer.batch.id, 3, command, now)
    [outcome] = together(database_url, both, [orders])
    counts = [await table.count() for table in (VoucherBatch, Voucher, VoucherMark, VoucherIssue)]
    assert (outcome, counts) in (
        (["out", "refused"], [0, 0, 0, 0]),
        (["VoucherBatchUsed", "given"], [1, 3, 3, 1]),
    )
