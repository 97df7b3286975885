"""The last step back: a renewal, a check-out, a check-in, for a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.inventory.tables import Item, ItemProblem
from comptoir.lending.errors import (
    UndoRefused,
)
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.loans.undo import undo_check_in, undo_check_out, undo_renewal
from comptoir.lending.tables import Loan, Policy
from tests.lending.counter import Desk, actions, status_of


async def test_a_renewal_is_undone_within_a_minute(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await renew_loan(desk.actor, loan.id, now=now + timedelta(days=1))
    soon = now + timedelta(days=1, seconds=60)
    assert await undo_renewal(desk.actor, loan.id, now=soon) == desk.item.code
    [row] = await Loan.objects()
    assert (row.due_at, row.renewals, row.version) == (loan.due_at, 0, 3)
    assert await actions() == ["loan.opened", "loan.renewed", "loan.renewal_undone"]


async def test_of_two_renewals_the_last_is_undone_and_only_once(desk: Desk, now: datetime) -> None:
    await Policy.update({Policy.renewals: 2}, force=True)
    loan = await desk.lend(now)
    once = await renew_loan(desk.actor, loan.id, now=now)
    await renew_loan(desk.actor, loan.id, now=now)
    await undo_renewal(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now)
    [row] = await Loan.objects()
    assert (row.due_at, row.renewals) == (once.due_at, 1)


async def test_no_renewal_is_undone_later_or_of_what_came_back_or_where_there_was_none(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now)
    await renew_loan(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now + timedelta(minutes=2))
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    with pytest.raises(UndoRefused) as refused:
        await undo_renewal(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.undo-overtaken"


async def test_a_check_out_is_undone_within_a_minute(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    assert await undo_check_out(desk.actor, loan.id, now=now) == desk.item.code
    assert await status_of(desk.item) == "available"
    again = await desk.lend(now)
    with pytest.raises(UndoRefused):
        await undo_check_out(desk.actor, again.id, now=now + timedelta(minutes=2))


async def test_undoing_a_check_out_frees_no_item_that_has_a_problem_or_is_gone(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    await Item.update({Item.status: "lost"}).where(Item.id == desk.item.id)
    with pytest.raises(UndoRefused):
        await undo_check_out(desk.actor, loan.id, now=now)
    await Item.update({Item.status: "on_loan"}).where(Item.id == desk.item.id)
    await ItemProblem(item=desk.item.id, kind="damaged", reported_at=now).save()
    await undo_check_out(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "to_check"


async def test_a_check_in_is_undone_unless_the_item_was_lent_again(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    command = CheckIn(item=desk.item.code)
    await check_in(desk.actor, command, now=now)
    await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "on_loan"
    await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    with pytest.raises(UndoRefused) as refused:
        await undo_check_in(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.undo-overtaken"


async def test_a_check_in_is_not_undone_once_the_item_went_out_and_came_back(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    command = CheckIn(item=desk.item.code)
    await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    await check_in(desk.actor, command, now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "available"


async def test_a_loan_that_was_undone_is_not_opened_again(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await undo_check_out(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "available"


@pytest.mark.parametrize("status", ["in_repair", "lost", "in_transit", "retired"])
async def test_a_check_in_is_not_undone_once_the_item_went_elsewhere(
    desk: Desk, now: datetime, status: str
) -> None:
    loan = await desk.lend(now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    await Item.update({Item.status: status}).where(Item.id == desk.item.id)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == status


async def test_a_check_in_is_undone_within_a_minute_only(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now + timedelta(minutes=2))
