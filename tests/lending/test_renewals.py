"""Renewing a loan, once for each tap."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.core.principal import Role
from comptoir.lending.errors import (
    LoanNotFound,
    RenewalRefused,
)
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.undo import undo_check_out
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.lending.counter import Desk


async def test_a_renewal_counts_from_the_due_date(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    renewed = await renew_loan(desk.actor, loan.id, now=now)
    assert renewed.due_local.date().isoformat() == "2026-12-22"
    assert renewed.renewals == 1


async def test_no_more_renewals_than_the_policy_grants(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    for _ in range(2):
        await renew_loan(desk.actor, loan.id, now=now)
    with pytest.raises(RenewalRefused) as refused:
        await renew_loan(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.renewals-used"


async def test_a_loan_of_another_site_is_not_found(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(LoanNotFound):
        await renew_loan(stranger, loan.id, now=now)
    with pytest.raises(LoanNotFound):
        await undo_check_out(stranger, loan.id, now=now)


async def test_a_second_tap_on_renew_renews_once(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    first = await renew_loan(desk.actor, loan.id, seen=0, now=now)
    assert await renew_loan(desk.actor, loan.id, seen=0, now=now) == first
    assert (await renew_loan(desk.actor, loan.id, seen=1, now=now)).renewals == 2


async def test_a_date_that_moved_since_is_not_renewed_from(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    moved = loan.due_at + timedelta(days=40)
    await Loan.update({Loan.due_at: moved}).where(Loan.id == loan.id)  # as a closure does
    with pytest.raises(RenewalRefused) as refused:
        await renew_loan(desk.actor, loan.id, seen=0, due_seen=loan.due_at, now=now)
    assert refused.value.code == "lending.due-date-moved"
    renewed = await renew_loan(desk.actor, loan.id, seen=0, due_seen=moved, now=now)
    assert renewed.renewals == 1


async def test_a_second_tap_is_no_date_that_moved(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    taps = [
        await renew_loan(desk.actor, loan.id, seen=0, due_seen=loan.due_at, now=now)
        for _ in range(2)
    ]
    assert [each.renewals for each in taps] == [1, 1]
