"""How many statements vouchers take at the desk, and that none of them reads a whole table."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import db
from comptoir.inventory.vouchers import taking
from comptoir.lending.desk.scanning import begin_visit, scan
from comptoir.lending.desk.schemas import DeskScan
from comptoir.lending.desk.view import read_visit
from comptoir.lending.tables import Household
from comptoir.lending.vouchers.at_desk import for_anybody
from tests.lending.counter import Desk, attempt
from tests.lending.test_statements import reads_whole_table
from tests.lending.vouchers.drawer import Drawer


async def test_to_give_a_voucher_takes_a_read_a_choice_and_a_write(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(2):
        await drawer.add()
    with db.count_statements() as sent:
        await drawer.give(now, attempt=attempt())
    # BEGIN, the facts, the choice, the writes, COMMIT
    assert len(sent) <= 4 + (1 if db.is_postgres() else 4), sent


async def test_a_visit_takes_one_statement_for_its_vouchers_however_many_there_are(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.limit(limit_person=9, limit_household=9)
    visit = (await begin_visit(drawer.actor, drawer.borrower.id, drawer.site.id, now=now)).visit_id
    counted = []
    for _ in range(3):
        with db.count_statements() as sent:
            await read_visit(drawer.actor, visit, now=now)
        counted.append(len([each for each in sent if "inventory_voucher" in each]))
        await drawer.add()
        await drawer.give(now, visit_id=visit)
    assert counted == [1, 1, 1]


async def test_a_scan_that_lends_asks_nothing_of_vouchers(desk: Desk, now: datetime) -> None:
    begun = await begin_visit(desk.actor, desk.borrower.id, desk.site.id, now=now)
    command = DeskScan(text=desk.item.code, site_id=desk.site.id, visit_id=begun.visit_id)
    with db.count_statements() as sent:
        result = await scan(desk.actor, command, now=now)
    assert result.steps[0].kind == "lent"
    assert [each for each in sent if "voucher" in each] == []


async def test_no_statement_of_vouchers_reads_a_whole_table(drawer: Drawer, now: datetime) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    drawer.borrower = await drawer.add_person(household=household.id)
    await drawer.limit(limit_person=9, limit_household=9)
    await drawer.add(activate_by=None)
    visit = (await begin_visit(drawer.actor, drawer.borrower.id, drawer.site.id, now=now)).visit_id
    with db.count_statements() as sent:
        await drawer.give(now, visit_id=visit, attempt=attempt())
        await read_visit(drawer.actor, visit, now=now)
        await for_anybody(drawer.site.id, now=now)
        async with db.transaction():
            await taking.choose(
                site_id=drawer.site.id, kind_id=drawer.kind.id, time_zone="Europe/Zurich", now=now
            )
    assert len(sent) > 15
    whole = {statement: plan for statement in sent if (plan := await reads_whole_table(statement))}
    assert whole == {}
