"""Many desks want the last codes at the same moment, and desks that die while they give one."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import datetime
from itertools import count

import msgspec

from comptoir.core import db
from comptoir.core.tables import AuditEvent, IdempotencyRecord
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.tables import Household
from comptoir.lending.vouchers.schemas import IssueVoucher, ReserveVoucher
from comptoir.lending.vouchers.tables import VoucherIssue, VoucherReservation
from tests.lending.desks import attempt
from tests.lending.vouchers.at_once import Orders, give_all
from tests.lending.vouchers.drawer import Drawer, given
from tests.processes import together

PROCESSES = 4
CODES = 100
WANTED = 500


def run(
    drawer: Drawer, url: str, commands: list[IssueVoucher | ReserveVoucher], now: datetime
) -> list[tuple[str, str]]:
    parts = [tuple(commands[number::PROCESSES]) for number in range(PROCESSES)]
    orders = [Orders(drawer.actor, now, part) for part in parts]
    return [outcome for desk in together(url, give_all, orders) for outcome in desk]


async def everything_agrees() -> None:
    """A voucher is issued exactly where one person has it."""
    rows = await db.fetch(
        "SELECT voucher.status, (SELECT COUNT(*) FROM lending_voucher_issue issue "
        "WHERE issue.voucher = voucher.id AND issue.ended_at IS NULL) AS people "
        "FROM inventory_voucher voucher"
    )
    assert {(row["status"], row["people"]) for row in rows} <= {("issued", 1), ("available", 0)}


async def test_500_requests_for_100_codes_give_each_to_one_and_refuse_400(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    for _ in range(CODES):
        await drawer.add()
    people = [await drawer.add_person() for _ in range(25)]
    commands: list[IssueVoucher | ReserveVoucher] = [
        IssueVoucher(
            kind_id=drawer.kind.id,
            borrower_id=people[number % len(people)].id,
            attempt=attempt(f"tap-{number}"),
        )
        for number in range(WANTED)
    ]

    outcomes = run(drawer, database_url, commands, now)

    vouchers = [voucher for kind, voucher in outcomes if kind == "given"]
    assert (len(vouchers), len(set(vouchers))) == (CODES, CODES)
    refusals = Counter(code for kind, code in outcomes if kind == "refused")
    assert refusals == {"lending.voucher-none-left": WANTED - CODES}
    assert {str(voucher) for voucher in await given()} == set(vouchers)
    assert await Voucher.count().where(Voucher.status == "issued") == CODES
    rows = await AuditEvent.select(AuditEvent.action)
    assert Counter(row["action"] for row in rows) == {
        "voucher.issued": CODES,
        "voucher.refused": WANTED - CODES,
    }
    assert await IdempotencyRecord.count() == WANTED


async def test_one_person_at_four_desks_gets_no_more_than_the_limit(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    """Nor does a household, whoever of it comes."""
    household = Household(label="Diallo", created_at=now)
    await household.save()
    people = [await drawer.add_person(household=household.id) for _ in range(4)]
    for _ in range(20):
        await drawer.add()
    await drawer.limit(limit_person=2, limit_household=5)
    commands: list[IssueVoucher | ReserveVoucher] = [
        IssueVoucher(kind_id=drawer.kind.id, borrower_id=people[number % 4].id)
        for number in range(40)
    ]
    outcomes = Counter(kind for kind, _ in run(drawer, database_url, commands, now))
    assert outcomes == {"given": 5, "refused": 35}
    rows = await VoucherIssue.select(VoucherIssue.borrower)
    assert max(Counter(row["borrower"] for row in rows).values()) <= 2


async def test_of_desks_that_want_the_last_ones_each_goes_to_one(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    """Some give, some set aside: the person who has one aside is the only one to be given it."""
    people = [await drawer.add_person() for _ in range(20)]
    for _ in range(5):
        await drawer.add()
    commands: list[IssueVoucher | ReserveVoucher] = []
    for person in people:
        commands.append(ReserveVoucher(kind_id=drawer.kind.id, borrower_id=person.id))
        commands.append(IssueVoucher(kind_id=drawer.kind.id, borrower_id=person.id))
    outcomes = run(drawer, database_url, commands, now)
    codes = {code for kind, code in outcomes if kind == "refused"}
    assert codes <= {"lending.voucher-none-left", "lending.voucher-set-aside-already"}
    issued = [voucher for kind, voucher in outcomes if kind == "given"]
    assert len(set(issued)) == len(issued)
    rows = await db.fetch(
        "SELECT voucher.id, voucher.status, reserved.borrower AS for_whom, issue.borrower AS has "
        "FROM inventory_voucher voucher "
        "LEFT JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id "
        "LEFT JOIN lending_voucher_issue issue ON issue.voucher = voucher.id"
    )
    assert len(rows) == 5
    for row in rows:
        assert (row["for_whom"] is None) == (row["status"] == "issued")
        assert (row["has"] is None) == (row["status"] == "reserved")


async def test_two_desks_set_the_last_one_aside_and_one_is_refused(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    await drawer.add()
    people = [await drawer.add_person() for _ in range(4)]
    commands: list[IssueVoucher | ReserveVoucher] = [
        ReserveVoucher(kind_id=drawer.kind.id, borrower_id=person.id) for person in people
    ]
    outcomes = Counter(run(drawer, database_url, commands, now))
    assert Counter(kind for kind, _ in outcomes.elements()) == {"aside": 1, "refused": 3}
    assert outcomes["refused", "lending.voucher-none-left"] == 3


async def test_one_person_at_four_desks_has_one_set_aside(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    for _ in range(8):
        await drawer.add()
    once: list[IssueVoucher | ReserveVoucher] = [
        ReserveVoucher(kind_id=drawer.kind.id, borrower_id=drawer.borrower.id)
    ]
    outcomes = run(drawer, database_url, once * 8, now)
    assert Counter(kind for kind, _ in outcomes) == {"aside": 1, "refused": 7}
    assert await VoucherReservation.count() == 1


async def test_a_tap_sent_by_every_process_gives_one(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    for _ in range(8):
        await drawer.add()
    once = IssueVoucher(
        kind_id=drawer.kind.id, borrower_id=drawer.borrower.id, attempt=attempt("tap")
    )
    outcomes = run(drawer, database_url, [once] * 8, now)
    assert len(set(outcomes)) == 1
    assert outcomes[0][0] == "given"
    assert len(await given()) == 1


async def test_a_process_killed_at_any_step_loses_nothing_and_gives_nothing_twice(
    drawer: Drawer, database_url: str, now: datetime
) -> None:
    """Before each statement of it, and after the last: the tap sent again gets one voucher."""
    await drawer.add()
    await drawer.limit(limit_person=1)
    actor = msgspec.json.encode(drawer.actor).decode()
    again = attempt("killed")
    steps = 0
    for number in count(1):
        desk = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.lending.vouchers.at_once"),
            *(database_url, actor, str(drawer.kind.id), str(drawer.borrower.id), str(number)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert desk.stdout is not None
        said = await desk.stdout.readline()
        if said == b"done\n":
            await desk.wait()
            break
        assert said == b"here\n"
        desk.kill()
        await desk.wait()
        steps += 1
        assert await given() == []
        await everything_agrees()
    assert steps >= 5
    # What the killed one had given, though nobody heard: it is this person's, and told again.
    [voucher] = await given()
    assert (await drawer.give(now, attempt=again)).voucher_id == voucher
    assert await VoucherIssue.count() == 1
    await everything_agrees()
