"""What becomes of an open loan when the inventory's pages say something of its item."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import audit
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import ItemActionRefused
from comptoir.inventory.services import actions
from comptoir.inventory.statuses import GONE, ItemStatus
from comptoir.inventory.tables import Item
from comptoir.lending.errors import RenewalRefused, UndoRefused
from comptoir.lending.loans import endings
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.listing import LoanRow, read_loan
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckOut
from comptoir.lending.loans.undo import undo_check_in
from comptoir.lending.rules import LoanEnding, loan_ending
from tests import factories as make
from tests.http_client import client_of, sign_in


class Lent:
    """A laptop that somebody has had for three days, as a coordinator sees it."""

    actor: Principal

    async def set_up(self, now: datetime) -> Lent:
        endings.register()
        self.site = await make.site()
        self.actor = await make.principal(Role.COORDINATOR, self.site.id)
        model = await make.model()
        await make.policy(category_id=model.category, limit_person=1)
        self.item = await make.item(site_id=self.site.id, model=model.id)
        self.other = await make.item(site_id=self.site.id, model=model.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        since = now - timedelta(days=3)
        row = await make.loan(item=self.item, borrower_id=self.borrower.id, now=since)
        self.loan_id = row.id
        return self

    async def loan(self, now: datetime) -> LoanRow:
        loan = await read_loan(self.actor, self.loan_id, now=now)
        assert loan is not None
        return loan

    async def trail(self) -> list[str]:
        return [entry.action for _, entry in await audit.timeline(self.loan_id)]

    async def lend_another(self, now: datetime) -> None:
        """Only somebody who has nothing may: the limit is one."""
        order = CheckOut(item=self.other.code, borrower_id=self.borrower.id)
        await check_out(self.actor, order, now=now)


@pytest.fixture
async def lent(database: Any, now: datetime) -> Lent:
    return await Lent().set_up(now)


@pytest.mark.parametrize("status", ItemStatus)
def test_a_loan_is_open_only_of_what_is_on_loan_or_gone(status: ItemStatus) -> None:
    stays = loan_ending(status) is None
    assert stays == (status is ItemStatus.ON_LOAN or status in GONE)


def test_only_what_is_retired_is_written_off() -> None:
    assert loan_ending(ItemStatus.RETIRED) is LoanEnding.WRITTEN_OFF
    assert loan_ending(ItemStatus.TO_CHECK) is LoanEnding.RETURNED


@pytest.mark.parametrize("mark", [actions.mark_lost, actions.mark_stolen])
async def test_the_loan_of_a_lost_item_stays_open_and_is_not_renewed(
    lent: Lent, now: datetime, mark: Any
) -> None:
    await mark(lent.actor, lent.item.code, now=now)
    assert (await lent.loan(now)).returned_at is None
    assert await lent.trail() == []
    with pytest.raises(RenewalRefused):
        await renew_loan(lent.actor, lent.loan_id, now=now)


async def test_a_lost_item_that_is_found_is_brought_back(lent: Lent, now: datetime) -> None:
    await actions.mark_lost(lent.actor, lent.item.code, now=now)
    await actions.mark_found(lent.actor, lent.item.code, site_id=lent.site.id, now=now)
    loan = await lent.loan(now)
    assert (loan.returned_at, loan.written_off) == (now, False)
    assert await lent.trail() == ["loan.closed"]
    await lent.lend_another(now)


async def test_a_lost_item_that_is_retired_is_written_off(lent: Lent, now: datetime) -> None:
    await actions.mark_stolen(lent.actor, lent.item.code, now=now)
    await actions.retire_item(lent.actor, lent.item.code, now=now)
    loan = await lent.loan(now)
    assert (loan.returned_at, loan.written_off) == (now, True)
    assert await lent.trail() == ["loan.written_off"]
    await lent.lend_another(now)


async def test_each_page_says_that_it_was_not_brought_back(lent: Lent, now: datetime) -> None:
    await actions.mark_lost(lent.actor, lent.item.code, now=now)
    await actions.retire_item(lent.actor, lent.item.code, now=now)
    async with client_of() as client:
        person = await make.user(role=Role.COORDINATOR, site_id=lent.site.id)
        await sign_in(client, person, site_id=lent.site.id)
        for address in (
            f"/loans/{lent.loan_id}",
            "/loans?state=closed",
            f"/items/{lent.item.code}",
            f"/borrowers/{lent.borrower.id}",
        ):
            answer = await client.get(address)
            assert answer.status_code == 200
            assert "not brought back" in answer.text.lower(), address


async def test_what_was_written_off_is_not_opened_again(lent: Lent, now: datetime) -> None:
    await actions.mark_lost(lent.actor, lent.item.code, now=now)
    await actions.retire_item(lent.actor, lent.item.code, now=now)
    await actions.restore_item(lent.actor, lent.item.code, now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(lent.actor, lent.loan_id, now=now)


async def test_an_item_on_loan_is_not_retired(lent: Lent, now: datetime) -> None:
    with pytest.raises(ItemActionRefused) as refused:
        await actions.retire_item(lent.actor, lent.item.code, now=now)
    assert refused.value.code == "inventory.item-on-loan"
    assert (await lent.loan(now)).returned_at is None


async def test_an_item_without_a_loan_changes_no_loan(lent: Lent, now: datetime) -> None:
    await actions.retire_item(lent.actor, lent.other.code, now=now)
    row = await Item.select(Item.status).where(Item.id == lent.other.id).first()
    assert row is not None
    assert row["status"] == "retired"
    assert (await lent.loan(now)).returned_at is None
