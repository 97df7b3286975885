"""A report of something missing, or an item found, taken back within a minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.audit.sentences import tell
from comptoir.core.i18n import use_language
from comptoir.inventory.statuses import ProblemKind
from comptoir.inventory.tables import Item, ItemProblem
from comptoir.lending import timeline
from comptoir.lending.desk.reports import last_report, take_report_back
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.errors import UndoRefused
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.loans.undo import undo_check_in, undo_found
from comptoir.lending.tables import Loan
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.counter import Desk, status_of


async def report(desk: Desk, now: datetime) -> UUID:
    await set_aside(desk.actor, desk.item.code, kind=ProblemKind.DAMAGED, now=now)
    problem_id = await last_report(desk.item.code)
    assert problem_id is not None
    return problem_id


async def open_loans() -> int:
    return len(await Loan.select(Loan.id).where(Loan.returned_at.is_null()))


async def test_the_loan_that_a_report_undid_stands_again(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    problem_id = await report(desk, now + timedelta(seconds=20))
    assert await open_loans() == 0
    code = await take_report_back(desk.actor, problem_id, now=now + timedelta(seconds=80))
    assert code == desk.item.code
    [row] = await Loan.select(Loan.returned_at, Loan.returned_site, Loan.undone_at)
    assert set(row.values()) == {None}
    assert await status_of(desk.item) == "on_loan"
    for subject in (desk.item.id, loan.id, desk.borrower.id):
        event_id, entry = (await audit.timeline(subject))[0]
        assert entry.action == "item.report_taken_back"
        timeline.describe_all()
        with use_language("en"):
            assert tell(event_id, entry, {}).text.endswith("The loan stands.")


async def test_a_free_item_is_free_again(desk: Desk, now: datetime) -> None:
    await take_report_back(desk.actor, await report(desk, now), now=now)
    assert await status_of(desk.item) == "available"


async def test_an_item_stays_aside_until_the_last_report_is_taken_back(
    desk: Desk, now: datetime
) -> None:
    await desk.lend(now)
    reports = [await report(desk, now + timedelta(seconds=number)) for number in range(2)]
    soon = now + timedelta(seconds=9)
    await take_report_back(desk.actor, reports[0], now=soon)
    assert (await status_of(desk.item), await open_loans()) == ("to_check", 0)
    await take_report_back(desk.actor, reports[1], now=soon)
    assert (await status_of(desk.item), await open_loans()) == ("on_loan", 1)


async def test_an_item_that_is_to_check_for_another_reason_stays_so(
    desk: Desk, now: datetime
) -> None:
    await Item.update({Item.status: "lost"}).where(Item.id == desk.item.id)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    await take_report_back(desk.actor, await report(desk, now), now=now)
    assert await status_of(desk.item) == "to_check"


async def test_a_report_is_taken_back_once_and_within_a_minute(desk: Desk, now: datetime) -> None:
    problem_id = await report(desk, now)
    with pytest.raises(UndoRefused):
        await take_report_back(desk.actor, problem_id, now=now + timedelta(minutes=2))
    await take_report_back(desk.actor, problem_id, now=now)
    with pytest.raises(UndoRefused) as refused:
        await take_report_back(desk.actor, problem_id, now=now)
    assert refused.value.code == "lending.undo-overtaken"
    assert await ItemProblem.count() == 1


@pytest.mark.parametrize("was", ["lost", "stolen"])
async def test_what_was_found_by_mistake_is_missing_again(
    desk: Desk, now: datetime, was: str
) -> None:
    elsewhere: Site = await make.site()
    await Item.update({Item.status: was, Item.present_site: elsewhere.id}, force=True)
    await check_in(desk.actor, CheckIn(item=desk.item.code, site_id=desk.site.id), now=now)
    await undo_found(desk.actor, desk.item.id, now=now + timedelta(seconds=60))
    [row] = await Item.select(Item.status, Item.present_site)
    assert row == {"status": was, "present_site": elsewhere.id}
    with pytest.raises(UndoRefused):
        await undo_found(desk.actor, desk.item.id, now=now)


async def test_what_was_found_stays_so_after_a_minute(desk: Desk, now: datetime) -> None:
    await Item.update({Item.status: "lost"}, force=True)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    with pytest.raises(UndoRefused):
        await undo_found(desk.actor, desk.item.id, now=now + timedelta(minutes=2))


async def test_the_loan_of_what_was_lost_is_open_again_and_the_item_lost(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    await Item.update({Item.status: "lost"}, force=True)
    later = now + timedelta(days=1)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=later)
    await undo_check_in(desk.actor, loan.id, now=later)
    assert (await status_of(desk.item), await open_loans()) == ("lost", 1)
