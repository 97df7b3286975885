"""Taking an item back, and what one is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.core.principal import Role
from comptoir.inventory.tables import Item, ItemProblem
from comptoir.lending.errors import (
    CheckInRefused,
)
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.lending.counter import Desk, actions, attempt, status_of


async def test_a_check_in_frees_the_item_at_once(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert (back.loan_id, back.status, back.transfer_to) == (loan.id, "available", None)
    assert await actions() == ["loan.opened", "loan.closed"]


async def test_an_item_of_another_site_is_taken_back_and_offered_as_a_transfer(
    desk: Desk, now: datetime
) -> None:
    home = await make.site(name="Comptoir de Lausanne", short_name="Lausanne")
    item = await make.item(site_id=home.id, model=desk.model.id)
    await desk.lend(now, item)
    back = await check_in(desk.actor, CheckIn(item=item.code), now=now)
    assert back.transfer_to == home.id
    row = await Item.objects().get(Item.id == item.id)
    assert row is not None
    assert row.present_site == desk.site.id


async def test_a_lost_item_is_found_again_and_has_to_be_checked(desk: Desk, now: datetime) -> None:
    await desk.lend(now)
    await Item.update({Item.status: "lost"}).where(Item.id == desk.item.id)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert (back.found_again, back.status) == (True, "to_check")
    assert await Loan.count().where(Loan.returned_at.is_null()) == 0


async def test_what_is_not_on_loan_is_not_taken_back(desk: Desk, now: datetime) -> None:
    with pytest.raises(CheckInRefused) as refused:
        await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert refused.value.code == "lending.item-not-on-loan"


async def test_a_repeated_check_in_gives_the_first_outcome(desk: Desk, now: datetime) -> None:
    await desk.lend(now)
    command = CheckIn(item=desk.item.code, attempt=attempt())
    first = await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    assert await check_in(desk.actor, command, now=now) == first
    assert await status_of(desk.item) == "on_loan"


async def test_an_item_is_where_it_was_taken_back(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    elsewhere = await make.site(short_name="Lausanne")
    colleague = await make.principal(Role.RECEPTION, elsewhere.id)
    back = await check_in(colleague, CheckIn(item=desk.item.code), now=now)
    assert (back.loan_id, back.transfer_to) == (loan.id, desk.site.id)
    [item] = await Item.objects()
    [closed] = await Loan.objects()
    assert (item.present_site, closed.returned_site) == (elsewhere.id, elsewhere.id)


async def test_a_late_return_says_on_how_many_days_the_door_was_open(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    assert loan.due_local.strftime("%A %H:%M") == "Tuesday 17:00"
    thursday_morning = loan.due_at + timedelta(days=1, hours=17)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=thursday_morning)
    assert back.late_days == 2


async def test_days_late_are_those_of_the_site_where_it_was_due(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    always_shut = await make.site(short_name="Lausanne", opens=0, closes=0)
    colleague = await make.principal(Role.RECEPTION, always_shut.id)
    thursday_morning = loan.due_at + timedelta(days=1, hours=17)
    back = await check_in(colleague, CheckIn(item=desk.item.code), now=thursday_morning)
    assert back.late_days == 2


async def test_an_item_that_comes_back_incomplete_has_to_be_checked(
    desk: Desk, now: datetime
) -> None:
    await desk.lend(now)
    await ItemProblem(item=desk.item.id, kind="missing", reported_at=now).save()
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert back.status == "to_check"
    assert await status_of(desk.item) == "to_check"
