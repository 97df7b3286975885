"""Closures and hours that cross: taken back in any order, a loan is due as at first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest

from comptoir.core.principal import Role
from comptoir.lending.closures import telling, told
from comptoir.lending.tables import Borrower
from comptoir.sites import queries
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import set_hours
from comptoir.sites.opening_hours import Times
from comptoir.sites.schemas import SaveSite
from comptoir.sites.services import edit_site
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, due_of

OLD, SHORT = "Mo-Fr 09:00-17:00", "Mo-Fr 10:00-12:00"
FRIDAY_DAY = FRIDAY.date()
MONDAY = at(date(2026, 11, 30))


async def hours(closure: Closing, expression: str) -> None:
    actor = await make.principal(Role.COORDINATOR, closure.site)
    row = await Site.select(Site.version).where(Site.id == closure.site).first()
    assert row is not None
    await set_hours(actor, closure.site, expression, version=row["version"], now=closure.now)


async def zone(closure: Closing, name: str) -> None:
    site = await queries.site(closure.site, closure.actor)
    known = {field: getattr(site, field) for field in SaveSite.__struct_fields__}
    command = SaveSite(**known | {"organisation": site.organisation.id, "time_zone": name})
    await edit_site(closure.actor, closure.site, command, version=site.version, now=closure.now)


async def tell(closure: Closing, batch: UUID) -> None:
    await told.tell(closure.desk.actor, batch, closure.desk.borrower.id, now=closure.now)


async def to_tell(closure: Closing) -> list[tuple[datetime, bool]]:
    """What the desk has yet to say to the borrower: when each loan is due, and if as before."""
    found = await told.untold(closure.desk.actor, closure.desk.borrower.id)
    return [(loan.due_at, loan.undone) for each in found for loan in each.loans]


@pytest.mark.parametrize("first", [0, 1])
async def test_chained_closures_taken_back_in_any_order_leave_the_first_date(
    closure: Closing, first: int
) -> None:
    loan = await closure.loan()
    one = await closure.announce()
    await tell(closure, one.id)
    two = await closure.announce(first_day=FRIDAY_DAY, last_day=FRIDAY_DAY)
    await tell(closure, two.id)
    assert await due_of(loan) == MONDAY
    both = [one.ids[0], two.ids[0]]
    await closure.withdraw(both[first])
    await closure.withdraw(both[1 - first])
    assert await due_of(loan) == DUE
    assert await to_tell(closure) == [(DUE, True)]
    for each in (one, two):
        [person] = (await telling.people(closure.actor, each.id)).people
        assert [moved.undone for moved in person.loans] == [True]


@pytest.mark.parametrize("closure_first", [True, False])
async def test_closure_before_the_end_of_eligibility_and_other_hours_leave_the_first_date(
    closure: Closing, closure_first: bool
) -> None:
    loan = await closure.loan()
    await Borrower.update({Borrower.eligible_until: THURSDAY}, force=True)
    announced = await closure.announce()
    assert await due_of(loan) == at(date(2026, 11, 25))
    await hours(closure, SHORT)
    assert await due_of(loan) == at(date(2026, 11, 25), 12)
    if closure_first:
        await closure.withdraw(announced.ids[0])
        assert await due_of(loan) == at(THURSDAY, 12)
        await hours(closure, OLD)
    else:
        await hours(closure, OLD)
        await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE


@pytest.mark.parametrize("closure_first", [True, False])
async def test_other_hours_and_then_a_closure_leave_the_first_date(
    closure: Closing, closure_first: bool
) -> None:
    loan = await closure.loan()
    await hours(closure, SHORT)
    moved = await due_of(loan)
    assert moved == at(FRIDAY_DAY, 12)
    announced = await closure.announce(first_day=THURSDAY, last_day=FRIDAY_DAY)
    assert await due_of(loan) == at(date(2026, 11, 30), 12)
    if closure_first:
        await closure.withdraw(announced.ids[0])
        assert await due_of(loan) == moved
        await hours(closure, OLD)
    else:
        await hours(closure, OLD)
        await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE


async def test_what_is_due_in_an_opening_taken_back_moves_as_by_a_closure(
    closure: Closing,
) -> None:
    sunday = date(2026, 11, 29)
    opening = await closure.announce(
        first_day=sunday,
        last_day=sunday,
        kind=ExceptionKind.OPEN,
        hours=(Times(9 * 60, 12 * 60),),
    )
    loan = await closure.loan(at(sunday, 12))
    await closure.withdraw(opening.ids[0])
    assert await due_of(loan) == MONDAY
    assert await to_tell(closure) == [(MONDAY, False)]
    again = {"first_day": sunday, "last_day": sunday, "kind": ExceptionKind.OPEN}
    await closure.announce(**again, hours=(Times(9 * 60, 12 * 60),))
    assert await due_of(loan) == at(sunday, 12)
    assert await to_tell(closure) == []


async def test_what_is_used_on_site_until_an_evening_that_is_taken_back_ends_at_closing(
    closure: Closing,
) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode="on_site")
    evening = await closure.announce(kind=ExceptionKind.OPEN, hours=(Times(9 * 60, 22 * 60),))
    loan = await closure.loan(at(THURSDAY, 22), policy=policy.id)
    await closure.withdraw(evening.ids[0])
    assert await due_of(loan) == DUE


async def test_another_time_zone_of_the_site_settles_what_is_due_and_back(
    closure: Closing,
) -> None:
    loan = await closure.loan()
    await zone(closure, "Europe/Helsinki")
    # 17:00 in Fribourg is 18:00 there, when the door is shut; it shuts at 16:00 of Fribourg.
    assert await due_of(loan) == at(FRIDAY_DAY, 16)
    assert await to_tell(closure) == [(at(FRIDAY_DAY, 16), False)]
    await zone(closure, "Europe/Zurich")
    assert await due_of(loan) == DUE
