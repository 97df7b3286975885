"""A closure taken back: which loans are due on their old day again, and which are not."""

from __future__ import annotations

from datetime import date, timedelta

from comptoir.core import audit
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.inventory.tables import Item
from comptoir.lending.closures import announcements, telling
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.tables import Loan
from comptoir.sites.tables import HoursException, Site
from tests import factories as make
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, due_of


async def test_taking_it_back_before_it_begins_undoes_the_moves(closure: Closing) -> None:
    loan = await closure.loan()
    announced = await closure.announce()
    await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE
    actions = [entry.action for _, entry in await audit.timeline(loan)]
    assert actions == ["loan.due_date_restored", "loan.due_date_moved"]
    [person] = (await telling.people(closure.actor, announced.id)).people
    assert [(each.undone, each.due_at) for each in person.loans] == [(True, DUE)]


async def test_taking_it_back_leaves_what_was_renewed_or_brought_back(closure: Closing) -> None:
    renewed, returned = await closure.loan(), await closure.loan()
    announced = await closure.announce()
    view = await renew_loan(closure.desk.actor, renewed, now=closure.now)
    row = await Item.select(Item.code).where(
        Item.id == (await Loan.select(Loan.item).where(Loan.id == returned))[0]["item"]
    )
    await check_in(closure.desk.actor, CheckIn(item=row[0]["code"]), now=closure.now)
    await closure.withdraw(announced.ids[0])
    assert (await due_of(renewed), await due_of(returned)) == (view.due_at, FRIDAY)


async def test_taking_it_back_once_it_began_leaves_the_dates(closure: Closing) -> None:
    loan = await closure.loan()
    announced = await closure.announce(first_day=date(2026, 11, 25))
    await closure.withdraw(announced.ids[0], now=at(date(2026, 11, 25), 8))
    assert await due_of(loan) == FRIDAY


async def test_taking_it_back_leaves_a_day_that_is_shut_all_the_same(closure: Closing) -> None:
    loan = await closure.loan()
    first = await closure.announce()
    await closure.announce(yearly=True, last_day=THURSDAY)
    await closure.withdraw(first.ids[0])
    assert await due_of(loan) == FRIDAY


async def test_taking_it_back_after_the_hours_changed_is_as_the_hours_alone_would_have_it(
    closure: Closing,
) -> None:
    loan = await closure.loan(at(THURSDAY, 18))
    await Loan.update({Loan.due_at: DUE + timedelta(minutes=30)}).where(Loan.id == loan)
    late = await closure.loan()
    await Site.update({Site.opening_hours: "Mo-We,Fr 09:00-17:00; Th 09:00-17:30"}).where(
        Site.id == closure.site
    )
    announced = await closure.announce()
    await Site.update({Site.opening_hours: "Mo-We,Fr 09:00-17:00; Th 09:00-16:30"}).where(
        Site.id == closure.site
    )
    await closure.withdraw(announced.ids[0])
    # The door shuts at 16:30 by now: nobody loses the hour that they were told at first.
    assert (await due_of(loan), await due_of(late)) == (FRIDAY, FRIDAY)


async def test_withdrawn_closure_tells_what_went_back_and_names_what_did_not(
    closure: Closing,
) -> None:
    await closure.loan()
    renewed = await closure.loan()
    announced = await closure.announce()
    [standing] = await announcements.announced_at(closure.site, since=closure.now)
    assert (standing.withdrawn, standing.restored, standing.kept) == (0, 0, ())
    await renew_loan(closure.desk.actor, renewed, now=closure.now)
    await closure.withdraw(announced.ids[0])
    [found] = await announcements.announced_at(closure.site, since=closure.now)
    assert (found.loans, found.withdrawn, found.restored) == (2, 2, 1)
    assert [each.loan_id for each in found.kept] == [renewed]
    with use_language("en"):
        text = await announcements.outcome(announced.ids[0])
    assert text == (
        "1 loan is due on its old day again. 1 loan keeps its later day and is named below."
    )
    one = await announcements.announcement(closure.desk.actor, announced.id)
    assert (one.withdrawn, one.restored) == (2, 1)


async def test_closure_withdrawn_at_one_of_two_sites_is_withdrawn_in_part(
    closure: Closing,
) -> None:
    other = await make.site()
    loans = [await closure.loan(), await closure.loan(return_site=other.id)]
    closure.actor = await make.principal(Role.ADMIN)
    announced = await closure.announce(sites=(closure.site, other.id))
    [gone] = await HoursException.select(HoursException.id).where(
        HoursException.site == closure.site
    )
    await closure.withdraw(gone["id"])
    assert [await due_of(loan) for loan in loans] == [DUE, FRIDAY]
    one = await announcements.announcement(closure.actor, announced.id)
    assert (one.loans, one.withdrawn, one.restored) == (2, 1, 1)
