"""Several desks, each a process of its own, at the same items at the same moment."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import pytest

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent, IdempotencyRecord
from comptoir.inventory.tables import Item
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from comptoir.lending.tables import Loan, Policy
from tests import factories as make
from tests.lending.desks import Orders, attempt, lend_and_take_back
from tests.processes import together

PROCESSES = 4
ITEMS = 20
CHECK_OUTS = 200
ON_LOAN = {"lending.item-on-loan", "lending.item-already-theirs"}


class Shelf:
    """Twenty laptops of one site, and as many borrowers as come for them."""

    actor: Principal

    async def set_up(self) -> Shelf:
        self.site = await make.site()
        self.actor = await make.principal(Role.RECEPTION, self.site.id)
        category = await make.category()
        model = await make.model(category=category.id)
        self.policy = await make.policy(category_id=category.id)
        self.items = [await make.item(site_id=self.site.id, model=model.id) for _ in range(ITEMS)]
        group = await make.group()
        borrowers = [
            await make.borrower(site_id=self.site.id, borrower_group=group.id) for _ in range(10)
        ]
        self.cards = [(await make.card(borrower.id)).code for borrower in borrowers]
        return self

    async def lend_all(self, now: datetime) -> None:
        for number, item in enumerate(self.items):
            card = self.cards[number % len(self.cards)]
            await check_out(self.actor, CheckOut(item=item.code, card=card), now=now)

    def run(
        self, url: str, desks: Sequence[Sequence[Any]], now: datetime
    ) -> list[list[tuple[str, str]]]:
        orders = [Orders(self.actor, now, tuple(scans)) for scans in desks]
        return together(url, lend_and_take_back, orders)


@pytest.fixture
async def shelf(database: Any) -> Shelf:
    return await Shelf().set_up()


async def audited() -> Counter[str]:
    rows = await AuditEvent.select(AuditEvent.action)
    return Counter(row["action"] for row in rows)


async def refusals() -> Counter[str]:
    rows = await AuditEvent.select(AuditEvent.changes).where(AuditEvent.action == "scan.refused")
    return Counter(msgspec.json.decode(row["changes"])["code"] for row in rows)


def flat(outcomes: list[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    return [outcome for desk in outcomes for outcome in desk]


async def test_200_check_outs_of_20_items_make_20_loans_and_180_refusals(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    orders = [
        CheckOut(
            item=shelf.items[number % ITEMS].code,
            card=shelf.cards[number // ITEMS],
            attempt=attempt(f"scan-{number}"),
        )
        for number in range(CHECK_OUTS)
    ]
    random.Random(7).shuffle(orders)

    desks = [orders[number::PROCESSES] for number in range(PROCESSES)]
    outcomes = flat(shelf.run(database_url, desks, now))

    lent = [loan for kind, loan in outcomes if kind == "lent"]
    refused = [code for kind, code in outcomes if kind == "refused"]
    assert (len(set(lent)), len(lent), len(refused)) == (20, 20, 180)
    assert set(refused) <= ON_LOAN
    assert {str(row["id"]) for row in await Loan.select(Loan.id)} == set(lent)
    assert len(await Loan.select(Loan.item).distinct()) == ITEMS
    assert await Item.count().where(Item.status == "on_loan") == ITEMS
    assert await audited() == {"loan.opened": 20, "scan.refused": 180}
    assert await refusals() == Counter(refused)
    assert await IdempotencyRecord.count() == CHECK_OUTS


async def test_a_retry_in_another_process_gives_the_first_outcome(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    """The same attempts from every process at once: half of them lend, half are refused."""
    free, lent = shelf.items[:10], shelf.items[10:]
    for item in lent:
        await check_out(shelf.actor, CheckOut(item=item.code, card=shelf.cards[1]), now=now)
    before = await audited()
    orders = [
        CheckOut(item=item.code, card=shelf.cards[0], attempt=attempt(f"scan-{item.code}"))
        for item in free + lent
    ]

    outcomes = shelf.run(database_url, [orders] * PROCESSES, now)

    assert outcomes == [outcomes[0]] * PROCESSES
    assert Counter(kind for kind, _ in outcomes[0]) == {"lent": 10, "refused": 10}
    assert await audited() - before == {"loan.opened": 10, "scan.refused": 10}
    assert await IdempotencyRecord.count() == ITEMS


async def test_an_item_brought_back_at_two_desks_is_taken_back_once(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    await shelf.lend_all(now)
    desks = [
        [CheckIn(item=item.code, attempt=attempt(f"{desk}-{item.code}")) for item in shelf.items]
        for desk in range(PROCESSES)
    ]

    outcomes = flat(shelf.run(database_url, desks, now))

    returned = [loan for kind, loan in outcomes if kind == "returned"]
    assert (len(set(returned)), len(returned)) == (ITEMS, ITEMS)
    assert {code for kind, code in outcomes if kind == "refused"} == {"lending.item-not-on-loan"}
    assert await audited() == {
        "loan.opened": ITEMS,
        "loan.closed": ITEMS,
        "scan.refused": ITEMS * (PROCESSES - 1),
    }


async def test_a_repeated_check_in_in_another_process_gives_the_first_outcome(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    """Some of the items are not on loan: those are refused, and written down once."""
    for item in shelf.items[:10]:
        await check_out(shelf.actor, CheckOut(item=item.code, card=shelf.cards[0]), now=now)
    orders = [CheckIn(item=item.code, attempt=attempt(item.code)) for item in shelf.items]

    outcomes = shelf.run(database_url, [orders] * PROCESSES, now)

    assert outcomes == [outcomes[0]] * PROCESSES
    assert Counter(kind for kind, _ in outcomes[0]) == {"returned": 10, "refused": 10}
    assert await audited() == {"loan.opened": 10, "loan.closed": 10, "scan.refused": 10}


async def test_lending_taking_back_and_undoing_at_once_leaves_every_item_in_one_place(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    await shelf.lend_all(now)
    loans = [row["id"] for row in await Loan.select(Loan.id)]
    desks = [
        loans,
        [CheckIn(item=item.code) for item in shelf.items],
        [CheckOut(item=item.code, card=shelf.cards[0]) for item in shelf.items],
        [CheckIn(item=item.code) for item in reversed(shelf.items)],
    ]

    outcomes = Counter(kind for kind, _ in flat(shelf.run(database_url, desks, now)))

    trail = await audited()
    assert trail["loan.opened"] == ITEMS + outcomes["lent"]
    assert trail["loan.closed"] == outcomes["returned"]
    assert trail["loan.opening_undone"] == outcomes["undone"]
    await every_item_is_on_loan_or_free()
    still_out = await Loan.count().where(Loan.returned_at.is_null())
    assert still_out == ITEMS + outcomes["lent"] - outcomes["returned"] - outcomes["undone"]


async def test_a_limit_holds_between_processes(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    """Twenty items, one person, at most twelve: who was too late is told of the limit."""
    await Policy.update({Policy.limit_person: 12}).where(Policy.id == shelf.policy.id)
    orders = [CheckOut(item=item.code, card=shelf.cards[0]) for item in shelf.items]

    desks = [orders[number::PROCESSES] for number in range(PROCESSES)]
    outcomes = flat(shelf.run(database_url, desks, now))

    assert Counter(kind for kind, _ in outcomes) == {"lent": 12, "refused": 8}
    assert {code for kind, code in outcomes if kind == "refused"} == {
        "lending.person-limit-reached"
    }


async def test_a_return_at_the_same_moment_is_in_no_loans_way(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    """One person, with a limit far off, brings ten things back while they take ten others."""
    await Policy.update({Policy.limit_person: 30}).where(Policy.id == shelf.policy.id)
    back, out = shelf.items[:10], shelf.items[10:]
    for item in back:
        await check_out(shelf.actor, CheckOut(item=item.code, card=shelf.cards[0]), now=now)
    desks = [
        [CheckIn(item=item.code) for item in back[part::2]]
        + [CheckOut(item=item.code, card=shelf.cards[0]) for item in out[part::2]]
        for part in range(2)
    ]

    outcomes = Counter(kind for kind, _ in flat(shelf.run(database_url, desks, now)))

    assert outcomes == {"returned": 10, "lent": 10}


async def test_a_process_killed_before_its_commit_leaves_nothing_half_done(
    shelf: Shelf, database_url: str, now: datetime
) -> None:
    """What it had committed stays; what it had only written is gone, and can be done again."""
    card, first, second = shelf.cards[0], shelf.items[0].code, shelf.items[1].code
    actor = msgspec.json.encode(shelf.actor).decode()
    desk = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.lending.desk_to_kill"),
        *(database_url, actor, card, first, second),
        stdout=asyncio.subprocess.PIPE,
    )
    assert desk.stdout is not None
    assert await desk.stdout.readline() == b"written\n"
    desk.kill()
    await desk.wait()

    assert await audited() == {"loan.opened": 1}
    retry = CheckOut(item=second, card=card, attempt=attempt(second))
    again = await check_out(shelf.actor, retry, now=now)
    assert await Loan.count() == 2
    assert await Loan.count().where(Loan.id == again.id) == 1
    assert await audited() == {"loan.opened": 2}
    assert await IdempotencyRecord.count() == 2
    await every_item_is_on_loan_or_free()


async def every_item_is_on_loan_or_free() -> None:
    """An item is on loan exactly where one loan of it is open."""
    rows = await db.fetch(
        "SELECT item.status, (SELECT COUNT(*) FROM lending_loan loan "
        "WHERE loan.item = item.id AND loan.returned_at IS NULL) AS loans FROM inventory_item item"
    )
    assert {(row["status"], row["loans"]) for row in rows} <= {("on_loan", 1), ("available", 0)}
