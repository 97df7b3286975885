"""How many statements a request takes, and that none of them reads a whole table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise

import pytest
from httpx import AsyncClient

from comptoir.core import audit, db
from comptoir.core.principal import SYSTEM
from comptoir.lending.loans.listing import LoanFilter, LoanState, list_loans
from tests import factories as make
from tests.lending.api_desk import CHECK_INS, CHECK_OUTS, program
from tests.lending.counter import Desk, attempt

#: Tables that grow with the years.
LARGE = (
    "core_audit_event",
    "core_idempotency",
    "core_session",
    "inventory_item",
    "inventory_item_problem",
    "inventory_voucher",
    "inventory_voucher_mark",
    "lending_borrower",
    "lending_borrower_card",
    "lending_borrower_site",
    "lending_borrower_term",
    "lending_loan",
    "lending_visit",
    "lending_voucher_issue",
)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("desk", "borrowers", site_id=desk.site.id) as client:
        yield client


async def test_check_out_and_check_in_take_few_statements(desk: Desk, client: AsyncClient) -> None:
    """The token, one read, the writes, and the ends of the transaction."""
    most = 5 if db.is_postgres() else 8
    for path, body in (
        (CHECK_OUTS, {"item": desk.item.code, "borrower": desk.card.code}),
        (CHECK_INS, {"item": desk.item.code}),
    ):
        with db.count_statements() as sent:
            answer = await client.post(path, json=body, headers={"Idempotency-Key": path})
        assert answer.is_success
        assert len(sent) <= most, sent


async def test_a_check_out_takes_one_read_and_one_write(desk: Desk, now: datetime) -> None:
    await desk.lend(now, await desk.add_item(), attempt=attempt())
    with db.count_statements() as sent:
        await desk.lend(now, attempt=attempt(key="a-2"))
    writes = 1 if db.is_postgres() else 4
    assert len(sent) == 3 + writes


async def test_no_statement_of_the_desk_reads_a_whole_table(
    desk: Desk, client: AsyncClient
) -> None:
    both = {"item": desk.item.code, "borrower": desk.card.code}
    with db.count_statements() as sent:
        for number in range(2):
            key = {"Idempotency-Key": f"scan-{number}"}
            await client.post(CHECK_OUTS, json=both, headers=key)
        for path in (
            f"/api/v1/items/{desk.item.code}",
            "/api/v1/loans?state=overdue",
            f"/api/v1/loans?item={desk.item.code}",
        ):
            assert (await client.get(path)).is_success
        await client.post(CHECK_INS, json={"item": desk.item.code})
        await audit.timeline(desk.item.id)
        await audit.timeline(desk.borrower.id)
    assert len(sent) > 20
    whole = {statement: plan for statement in sent if (plan := await reads_whole_table(statement))}
    assert whole == {}


@pytest.mark.usefixtures("database")
async def test_a_statement_without_an_index_would_be_found() -> None:
    assert await reads_whole_table("SELECT id FROM lending_loan loan WHERE loan.renewals = 3")
    assert not await reads_whole_table("SELECT id FROM lending_loan loan WHERE loan.visit IS NULL")


@pytest.mark.parametrize(
    ("state", "index"),
    [
        (LoanState.OPEN, "lending_loan_open_everywhere"),
        (LoanState.CLOSED, "lending_loan_closed"),
    ],
)
@pytest.mark.usefixtures("database")
async def test_a_page_of_the_loans_of_all_sites_is_taken_from_an_index(
    state: LoanState, index: str, now: datetime
) -> None:
    """Not sorted out of all of them, after the calendar of each has been read.

    With 150,000 loans SQLite took half a minute for that.
    """
    for _ in range(3):
        site = await make.site()
        borrower = await make.borrower(site_id=site.id)
        for number in range(60):
            item = await make.item(site_id=site.id)
            back = now if number % 4 else None
            await make.loan(item=item, borrower_id=borrower.id, now=now, returned_at=back)
    await db.execute("ANALYZE")
    with db.count_statements() as sent:
        await list_loans(SYSTEM, LoanFilter(state=state, limit=5), now=now)
    plan = await plan_of(sent[-1])
    place = next(number for number, line in enumerate(plan) if index in line)
    assert any("SUBQUERY" in line or "Limit" in line for line in plan[:place]), plan


async def reads_whole_table(statement: str) -> list[str]:
    """The lines of a statement's plan that read a large table from end to end, or as good as."""
    if statement.split()[0] not in ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE"):
        return []
    plan = await plan_of(statement)
    if db.is_postgres():
        whole = [line for line in plan if "Seq Scan on" in line]
    else:
        whole = _whole_in_sqlite(statement, plan)
    return [line for line in whole if any(f" {table} " in f"{line} " for table in LARGE)]


async def plan_of(statement: str) -> list[str]:
    """How the engine would go about a statement, line by line."""
    return await (_plan_postgres if db.is_postgres() else _plan_sqlite)(statement)


async def _plan_postgres(statement: str) -> list[str]:
    """With scans made dear, one is left only where no index would do."""
    async with db.transaction():
        await db.execute("SET LOCAL enable_seqscan = off")
        await db.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await db.execute(f"PREPARE planned AS {statement}")
        places = max((n for n in range(1, 60) if f"${n}" in statement), default=0)
        values = f"({', '.join(['NULL'] * places)})" if places else ""
        rows = await db.fetch(f"EXPLAIN EXECUTE planned{values}")
        await db.execute("DEALLOCATE planned")
    return [row["QUERY PLAN"] for row in rows]


async def _plan_sqlite(statement: str) -> list[str]:
    names = iter(range(statement.count("?")))
    named = "".join(f":value_{next(names)}" if sign == "?" else sign for sign in statement)
    values = {f"value_{n}": None for n in range(statement.count("?"))}
    rows = await db.fetch(f"EXPLAIN QUERY PLAN {named}", **values)
    return [row["detail"] for row in rows]


def _whole_in_sqlite(statement: str, plan: list[str]) -> list[str]:
    aliases = _aliases(statement)
    scanned = (line.split() for line in plan if line.startswith("SCAN "))
    whole = [f"SCAN {aliases.get(words[1], words[1])}" for words in scanned if "USING" not in words]
    # All the loans that a category ever had are as good as the whole table.
    by_category = [line for line in plan if "lending_loan_category" in line]
    return whole + ["SEARCH lending_loan by category" for _ in by_category]


def _aliases(statement: str) -> dict[str, str]:
    """The table that each alias of a statement stands for."""
    words = statement.replace("(", " ").replace(")", " ").replace(",", " ").split()
    pairs = pairwise(words)
    return {after: table for table, after in pairs if table in LARGE and after.islower()} | {
        table: table for table in LARGE
    }
