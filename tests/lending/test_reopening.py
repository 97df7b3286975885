"""A return is undone only where nothing came after it, and no limit is passed by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.principal import Role
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services import actions
from comptoir.inventory.services.problems import report_problem
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.desk.reports import last_report, take_report_back
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.errors import CheckInRefused, CheckOutRefused, UndoRefused
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.loans.undo import undo_check_in, undo_check_out
from comptoir.lending.tables import Borrower, Household, Loan, Policy
from tests import factories as make
from tests.lending.counter import Desk, status_of
from tests.locks import overtaken


async def lend_and_take_back(desk: Desk, now: datetime) -> Any:
    loan = await desk.lend(now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    return loan.id


async def refused_code(step: Awaitable[object]) -> str:
    with pytest.raises(UndoRefused) as refused:
        await step
    return refused.value.code


async def open_loans() -> int:
    number: int = await Loan.count().where(Loan.returned_at.is_null())
    return number


async def test_what_a_colleague_has_set_aside_stays_so(desk: Desk, now: datetime) -> None:
    loan = await lend_and_take_back(desk, now)
    colleague = await make.principal(Role.RECEPTION, desk.site.id)
    await actions.set_aside(colleague, desk.item.code, now=now)
    assert await refused_code(undo_check_in(desk.actor, loan, now=now)) == "lending.undo-overtaken"
    assert await status_of(desk.item) == "to_check"


async def test_what_a_colleague_has_checked_since_stays_so(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await actions.mark_lost(desk.actor, desk.item.code, now=now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    await actions.check_item(desk.actor, desk.item.code, now=now)
    code = await refused_code(undo_check_in(desk.actor, loan.id, now=now))
    assert code == "lending.undo-overtaken"
    assert await status_of(desk.item) == "available"


async def test_a_problem_seen_at_the_return_waits_for_the_next_one(
    desk: Desk, now: datetime
) -> None:
    loan = await lend_and_take_back(desk, now)
    problem = ReportProblem(kind=ProblemKind.DAMAGED)
    await report_problem(desk.actor, desk.item.code, problem, now=now)
    await undo_check_in(desk.actor, loan, now=now)
    assert await status_of(desk.item) == "on_loan"
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert await status_of(desk.item) == "to_check"


@pytest.mark.parametrize("seconds", [5, 120])
async def test_what_came_between_is_told_apart_from_too_late(
    desk: Desk, now: datetime, seconds: int
) -> None:
    loan = await desk.lend(now)
    await actions.mark_lost(desk.actor, desk.item.code, now=now)
    later = now + timedelta(seconds=seconds)
    code = await refused_code(undo_check_out(desk.actor, loan.id, now=later))
    assert code == ("lending.undo-overtaken" if seconds < 60 else "lending.undo-too-late")


@pytest.mark.parametrize("shared", [False, True], ids=["person", "household"])
async def test_an_undone_return_goes_past_no_limit(desk: Desk, now: datetime, shared: bool) -> None:
    column = Policy.limit_household if shared else Policy.limit_person
    await Policy.update({column: 1}, force=True)
    loan = await lend_and_take_back(desk, now)
    await desk.lend(now, await desk.add_item(), card=await card_of_house(desk, now, shared))
    code = await refused_code(undo_check_in(desk.actor, loan, now=now))
    assert code == f"lending.{'household' if shared else 'person'}-limit-reached"
    assert await open_loans() == 1


async def test_a_report_taken_back_goes_past_no_limit(desk: Desk, now: datetime) -> None:
    await Policy.update({Policy.limit_person: 1}, force=True)
    await desk.lend(now)
    await set_aside(desk.actor, desk.item.code, kind=ProblemKind.DAMAGED, now=now)
    await desk.lend(now, await desk.add_item())
    problem = await last_report(desk.item.code)
    assert problem is not None
    code = await refused_code(take_report_back(desk.actor, problem, now=now))
    assert code == "lending.person-limit-reached"
    assert await status_of(desk.item) == "to_check"


@pytest.mark.parametrize("shared", [False, True], ids=["person", "household"])
async def test_of_an_undone_return_and_a_loan_at_one_moment_one_is_refused(
    desk: Desk, now: datetime, shared: bool
) -> None:
    column = Policy.limit_household if shared else Policy.limit_person
    await Policy.update({column: 1}, force=True)
    card = await card_of_house(desk, now, shared)
    other = await desk.add_item()
    for _ in range(8):
        loan = await lend_and_take_back(desk, now)
        both = await asyncio.gather(
            undo_check_in(desk.actor, loan, now=now),
            desk.lend(now, other, card=card),
            return_exceptions=True,
        )
        [error] = [each for each in both if isinstance(each, BaseException)]
        assert isinstance(error, UndoRefused | CheckOutRefused)
        assert error.code.endswith("-limit-reached")
        assert await open_loans() == 1
        out = desk.item if error is both[1] else other
        await check_in(desk.actor, CheckIn(item=out.code), now=now)


async def test_an_undone_return_that_waits_for_the_borrower_counts_again(
    desk: Desk, now: datetime
) -> None:
    """The other desk has the borrower's lock, and lends before the undo may count."""
    await Policy.update({Policy.limit_person: 1}, force=True)
    loan = await lend_and_take_back(desk, now)
    other = await desk.add_item()

    async def lend(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await db.fetch(
                "SELECT id FROM lending_borrower WHERE id = :id"
                + db.for_update("lending_borrower"),
                id=desk.borrower.id,
            )
            await until_waited_for()
            await make.loan(item=other, borrower_id=desk.borrower.id, now=now)

    code = refused_code(undo_check_in(desk.actor, loan, now=now))
    await overtaken(lend, code)
    assert await open_loans() == 1


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (actions.set_aside, "lending.item-to-check"),
        (actions.send_to_repair, "lending.item-in-repair"),
        (actions.retire_item, "lending.item-retired"),
    ],
)
async def test_what_is_not_on_loan_is_refused_as_at_the_desk(
    desk: Desk, now: datetime, step: Any, code: str
) -> None:
    coordinator = await make.principal(Role.COORDINATOR, desk.site.id)
    await step(coordinator, desk.item.code, now=now)
    with pytest.raises(CheckInRefused) as refused:
        await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert refused.value.code == code


async def card_of_house(desk: Desk, now: datetime, shared: bool) -> str:
    """The borrower's own card, or that of somebody who lives with them."""
    if not shared:
        return desk.card.code
    home = Household(label="Diallo", created_at=now)
    await home.save()
    await Borrower.update({Borrower.household: home.id}).where(Borrower.id == desk.borrower.id)
    housemate = await make.borrower(household=home.id, borrower_group=desk.borrower.borrower_group)
    return (await make.card(housemate.id)).code
