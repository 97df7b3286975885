"""Several scans at the same moment, in one process."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import uuid4

from comptoir.lending.errors import (
    CheckOutRefused,
)
from comptoir.lending.loans.schemas import LoanView
from comptoir.lending.tables import Household, Loan, Policy
from tests import factories as make
from tests.lending.counter import Desk, actions, attempt


async def test_two_desks_lending_one_item_make_exactly_one_loan(desk: Desk, now: datetime) -> None:
    results = await asyncio.gather(
        *(desk.lend(now, attempt=attempt(key=str(uuid4()))) for _ in range(8)),
        return_exceptions=True,
    )
    loans = [result for result in results if isinstance(result, LoanView)]
    refusals = [result for result in results if isinstance(result, CheckOutRefused)]
    assert (len(loans), len(refusals)) == (1, 7)
    assert sorted(await actions()) == ["loan.opened"] + ["scan.refused"] * 7


async def test_one_attempt_sent_by_two_processes_acts_once(desk: Desk, now: datetime) -> None:
    results = await asyncio.gather(*(desk.lend(now, attempt=attempt()) for _ in range(6)))
    assert len(set(results)) == 1
    assert await Loan.count() == 1


async def test_a_limit_holds_when_several_desks_lend_to_one_person_at_once(
    desk: Desk, now: datetime
) -> None:
    await Policy.update({Policy.limit_person: 2}).where(Policy.id == desk.policy.id)
    items = [await desk.add_item() for _ in range(6)]
    results = await asyncio.gather(
        *(desk.lend(now, item) for item in items), return_exceptions=True
    )
    assert sum(isinstance(result, LoanView) for result in results) == 2
    codes = {str(result.code) for result in results if isinstance(result, CheckOutRefused)}
    assert codes == {"lending.person-limit-reached"}


async def test_a_limit_holds_when_people_of_one_household_borrow_at_once(
    desk: Desk, now: datetime
) -> None:
    await Policy.update({Policy.limit_household: 2}).where(Policy.id == desk.policy.id)
    home = Household(label="Rue de Lausanne", created_at=now)
    await home.save()
    people = [await make.borrower(site_id=desk.site.id, household=home.id) for _ in range(6)]
    cards = [await make.card(person.id) for person in people]
    items = [await desk.add_item() for _ in people]
    results = await asyncio.gather(
        *(desk.lend(now, item, card=card.code) for item, card in zip(items, cards, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LoanView) for result in results) == 2
    codes = {str(result.code) for result in results if isinstance(result, CheckOutRefused)}
    assert codes == {"lending.household-limit-reached"}
