"""A step undone within the minute, and a calendar that has changed meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from comptoir.inventory.tables import Item
from comptoir.lending.closures import announcements, telling
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.loans.undo import undo_check_in, undo_renewal
from comptoir.lending.tables import Loan
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, due_of

MONDAY = at(date(2026, 11, 30))


class Renewal:
    """The loan is renewed, and that is undone."""

    async def do(self, closure: Closing, loan: UUID) -> None:
        await renew_loan(closure.desk.actor, loan, now=closure.now)

    async def undo(self, closure: Closing, loan: UUID) -> None:
        await undo_renewal(closure.desk.actor, loan, now=closure.now)


class Return:
    """The item is brought back, and that is undone."""

    async def do(self, closure: Closing, loan: UUID) -> None:
        [item] = await Item.select(Item.code).where(
            Item.id == (await Loan.select(Loan.item).where(Loan.id == loan))[0]["item"]
        )
        await check_in(closure.desk.actor, CheckIn(item=item["code"]), now=closure.now)

    async def undo(self, closure: Closing, loan: UUID) -> None:
        await undo_check_in(closure.desk.actor, loan, now=closure.now)


BOTH = pytest.mark.parametrize("step", [Renewal(), Return()], ids=["renewal", "return"])


@BOTH
async def test_day_that_was_closed_meanwhile_is_not_due_again(closure: Closing, step: Any) -> None:
    loan = await closure.loan()
    await step.do(closure, loan)
    announced = await closure.announce()
    await step.undo(closure, loan)
    assert await due_of(loan) == FRIDAY
    [person] = (await telling.people(closure.actor, announced.id)).people
    assert [(each.loan_id, each.to_tell) for each in person.loans] == [(loan, True)]
    await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE


@BOTH
async def test_closure_withdrawn_meanwhile_does_not_survive(closure: Closing, step: Any) -> None:
    loan = await closure.loan()
    announced = await closure.announce()
    await step.do(closure, loan)
    await closure.withdraw(announced.ids[0])
    await step.undo(closure, loan)
    assert await due_of(loan) == DUE
    [listed] = await announcements.announced_at(closure.site, since=closure.now)
    assert (listed.restored, listed.kept) == (1, ())


@BOTH
async def test_second_closure_meanwhile_moves_on_from_the_first(
    closure: Closing, step: Any
) -> None:
    loan = await closure.loan()
    await closure.announce()
    await step.do(closure, loan)
    await closure.announce(first_day=FRIDAY.date(), last_day=FRIDAY.date())
    await step.undo(closure, loan)
    assert await due_of(loan) == MONDAY


@BOTH
async def test_calendar_that_is_as_before_changes_nothing(closure: Closing, step: Any) -> None:
    loan = await closure.loan()
    await step.do(closure, loan)
    await step.undo(closure, loan)
    assert (await due_of(loan), THURSDAY) == (DUE, DUE.date())
    assert await announcements.announced_at(closure.site, since=closure.now) == []
