"""One tap on "missing" or "damaged": one transaction, one audit row, on whatever item."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, db
from comptoir.core.audit.sentences import tell
from comptoir.core.i18n import use_language
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import AccessoryNotFound, ItemActionRefused, ItemNotFound
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services import problems, steps
from comptoir.inventory.statuses import ProblemKind
from comptoir.inventory.tables import Accessory, Item, ItemProblem
from comptoir.lending import timeline
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.loans.undo import undo_check_out
from comptoir.lending.tables import Loan
from comptoir.sites.tables import Site
from tests import factories as make
from tests.locks import overtaken


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site()


@pytest.fixture
async def desk(site: Site) -> Principal:
    return await make.principal(Role.RECEPTION, site.id)


async def lend(site: Site, at: datetime, **values: Any) -> tuple[Item, Loan]:
    model = await make.model(accessories=("Charger",))
    item = await make.item(site_id=site.id, model=model.id, **values)
    borrower = await make.borrower(site_id=site.id)
    return item, await make.loan(item=item, borrower_id=borrower.id, now=at)


async def trail(subject: UUID) -> list[tuple[UUID, audit.Entry]]:
    return await audit.timeline(subject)


async def status_of(item: Item) -> str:
    row = await Item.select(Item.status).where(Item.id == item.id).first()
    assert row is not None
    return str(row["status"])


async def open_loans() -> int:
    return len(await Loan.select(Loan.id).where(Loan.returned_at.is_null()))


async def test_what_was_just_lent_is_not_lent_after_all(
    site: Site, desk: Principal, now: datetime
) -> None:
    item, loan = await lend(site, now)
    [charger] = await Accessory.objects().where(Accessory.model == item.model)
    undone = await set_aside(
        desk,
        item.code,
        kind=ProblemKind.MISSING,
        accessory_id=charger.id,
        now=now + timedelta(seconds=50),
    )
    assert undone
    assert await status_of(item) == "to_check"
    assert await open_loans() == 0
    for subject in (item.id, loan.id, loan.borrower):
        [(event_id, entry)] = await trail(subject)
        assert entry.action == "loan.opening_undone"
        assert entry.changes["status"] == ["on_loan", "to_check"]
        timeline.describe_all()
        with use_language("en"):
            text = tell(event_id, entry, {}).text
        assert text == "The loan was undone. Problem reported: Charger is missing."


async def test_what_is_out_for_longer_keeps_its_problem_until_its_return(
    site: Site, desk: Principal, now: datetime
) -> None:
    item, loan = await lend(site, now)
    later = now + timedelta(minutes=2)
    assert not await set_aside(desk, item.code, kind=ProblemKind.DAMAGED, now=later)
    assert await status_of(item) == "on_loan"
    assert await open_loans() == 1
    assert [entry.action for _, entry in await trail(item.id)] == ["item.problem_reported"]
    assert await trail(loan.id) == []


async def test_what_cannot_be_written_leaves_the_loan_as_it_is(
    site: Site, desk: Principal, now: datetime
) -> None:
    item, _ = await lend(site, now)
    foreign = await make.model(accessories=("Bag",))
    [bag] = await Accessory.objects().where(Accessory.model == foreign.id)
    with pytest.raises(AccessoryNotFound):
        await set_aside(desk, item.code, kind=ProblemKind.MISSING, accessory_id=bag.id, now=now)
    assert await status_of(item) == "on_loan"
    assert await open_loans() == 1
    assert await trail(item.id) == []


async def test_a_lost_item_is_neither_taken_back_nor_set_aside(
    site: Site, desk: Principal, now: datetime
) -> None:
    item, _ = await lend(site, now)
    await Item.update({Item.status: "lost"}).where(Item.id == item.id)
    with pytest.raises(ItemActionRefused):
        await set_aside(desk, item.code, kind=ProblemKind.DAMAGED, now=now)
    assert await open_loans() == 1
    assert await ItemProblem.count() == 0


async def test_an_undo_that_waits_for_the_item_sees_what_was_found_out_meanwhile(
    site: Site, desk: Principal, now: datetime
) -> None:
    item, loan = await lend(site, now)

    async def report(until_waited_for: Any) -> None:
        async with db.transaction():
            row = await steps.lock_item(desk, item.code)
            await until_waited_for()
            problem = ReportProblem(kind=ProblemKind.DAMAGED)
            await problems.record_problem(desk, row, problem, now=now)

    await overtaken(report, undo_check_out(desk, loan.id, now=now))

    assert await status_of(item) == "to_check"
    assert await open_loans() == 0


async def test_a_loan_of_another_site_is_not_in_the_way(
    site: Site, desk: Principal, now: datetime
) -> None:
    """The item belongs here, and was lent a moment ago where the desk knows nothing."""
    elsewhere = await make.site(short_name="Lausanne")
    item, _ = await lend(site, now, present_site=elsewhere.id)
    assert not await set_aside(desk, item.code, kind=ProblemKind.DAMAGED, now=now)
    assert await ItemProblem.count() == 1


async def test_an_item_of_another_site_is_not_found(
    site: Site, desk: Principal, now: datetime
) -> None:
    elsewhere = await make.site(short_name="Lausanne")
    item, _ = await lend(elsewhere, now)
    with pytest.raises(ItemNotFound):
        await set_aside(desk, item.code, kind=ProblemKind.DAMAGED, now=now)
