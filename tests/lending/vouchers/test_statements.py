"""How many statements vouchers take at the desk, and that none of them reads a whole table."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import db
from comptoir.inventory.vouchers import taking
from comptoir.lending.desk.scanning import begin_visit, scan
from comptoir.lending.desk.schemas import DeskScan
from comptoir.lending.desk.view import read_visit
from comptoir.lending.tables import Household
from comptoir.lending.vouchers import lapsing
from comptoir.lending.vouchers.at_desk import for_anybody, vouchers_at
from comptoir.lending.vouchers.lapsing import lapse
from comptoir.lending.vouchers.releasing import release_voucher
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import ReserveVoucher
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


async def test_to_give_what_is_set_aside_takes_one_read_more(drawer: Drawer, now: datetime) -> None:
    """Whose it is, is read again under the lock of the voucher."""
    await drawer.add()
    wish = ReserveVoucher(borrower_id=drawer.borrower.id, kind_id=drawer.kind.id)
    with db.count_statements() as sent:
        await reserve_voucher(drawer.actor, wish, now=now)
    assert len(sent) <= 14, sent
    with db.count_statements() as sent:
        await drawer.give(now, attempt=attempt())
    assert len(sent) <= 5 + (1 if db.is_postgres() else 5), sent


async def test_a_visit_takes_one_statement_for_its_vouchers_however_many_there_are(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.limit(limit_person=9, limit_household=9)
    visit = (await begin_visit(drawer.actor, drawer.borrower.id, drawer.site.id, now=now)).visit_id
    counted = []
    for _ in range(3):
        with db.count_statements() as sent:
            await read_visit(drawer.actor, visit, now=now)
        # That of the list of calls names vouchers for what is moot alone, and is counted with it.
        own = [each for each in sent if "notifications_message" not in each]
        counted.append(len([each for each in own if "inventory_voucher" in each]))
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
    for _ in range(2):
        await drawer.add()
    visit = (await begin_visit(drawer.actor, drawer.borrower.id, drawer.site.id, now=now)).visit_id
    wish = ReserveVoucher(borrower_id=drawer.borrower.id, kind_id=drawer.kind.id)
    with db.count_statements() as sent:
        kept = await reserve_voucher(drawer.actor, wish, now=now)
        await read_visit(drawer.actor, visit, now=now)
        await vouchers_at(drawer.site.id, drawer.borrower.id, now=now)
        await lapse(now=kept.reserved_until)
        await reserve_voucher(drawer.actor, wish, now=now)
        await release_voucher(drawer.actor, kept.voucher_id, now=now)
        await reserve_voucher(drawer.actor, wish, now=now)
        await drawer.give(now, visit_id=visit, attempt=attempt())
        await read_visit(drawer.actor, visit, now=now)
        await for_anybody(drawer.site.id, now=now)
        async with db.transaction():
            await taking.choose(
                site_id=drawer.site.id, kind_id=drawer.kind.id, time_zone="Europe/Zurich", now=now
            )
    assert len(sent) > 15
    whole = {statement: plan for statement in sent if (plan := await reads_whole_table(statement))}
    # What is set aside at a moment is little: what lapses looks through all of it.
    whole.pop(lapsing.FORGET_ENDED, None)
    assert whole == {}
