"""Vouchers given over HTTP by servers of several processes: too many ask, and the power fails."""

from __future__ import annotations

import asyncio
from collections import Counter as Count
from pathlib import Path
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.tables import AuditEvent, IdempotencyRecord
from comptoir.lending.vouchers.tables import VoucherIssue
from tests.lending.vouchers.over_http import Counter, Told, codes_in_stock

CODES, WANTED = 100, 500
PEOPLE = 60


@pytest.fixture
async def counter(database: object, database_url: str) -> Counter:
    return Counter()


@pytest.mark.long
async def test_500_requests_for_100_codes_give_each_to_one_and_400_are_told_why(
    counter: Counter, database_url: str, tmp_path: Path
) -> None:
    await counter.open(database_url, codes=CODES, people=50)
    with counter.serving(tmp_path / "data") as server:
        told = await asyncio.to_thread(counter.ask, server, WANTED)

    outcomes = Count((each.outcome, each.status) for each in told.values())
    assert outcomes == {("given", 201): CODES, ("refused", 409): WANTED - CODES}
    refusals = {each.about for each in told.values() if each.outcome == "refused"}
    assert refusals == {"lending.voucher-none-left"}
    codes = await codes_in_stock()
    given = {each.about: each.code for each in told.values() if each.outcome == "given"}
    assert given == codes  # all of them, each once, and each its own code
    actions = Count(row["action"] for row in await AuditEvent.select(AuditEvent.action))
    assert (actions["voucher.issued"], actions["voucher.refused"]) == (CODES, WANTED - CODES)
    assert await VoucherIssue.count() == CODES


async def holders() -> dict[UUID, UUID]:
    """Who has which voucher; nobody has two, and nothing is given that nobody has."""
    rows = await db.fetch(
        "SELECT voucher.id AS voucher, voucher.status, issue.borrower "
        "FROM inventory_voucher voucher "
        "LEFT JOIN lending_voucher_issue issue ON issue.voucher = voucher.id"
    )
    assert {(row["status"], row["borrower"] is None) for row in rows} <= {
        ("issued", False),
        ("available", True),
    }
    had = {row["borrower"]: row["voucher"] for row in rows if row["borrower"]}
    assert len(had) == len([row for row in rows if row["borrower"]])
    return had


@pytest.mark.long
async def test_killed_while_many_are_given_vouchers_nothing_is_lost_and_nothing_given_twice(
    counter: Counter, database_url: str, tmp_path: Path
) -> None:
    """Twice, and each time whoever asked asks again, with the same key."""
    await counter.open(database_url, codes=PEOPLE + 5, people=PEOPLE)
    await counter.limit(limit_person=1)
    before: dict[UUID, UUID] = {}
    heard: dict[str, Told] = {}
    for answers in (4, 12):
        with counter.serving(tmp_path / "data") as server:
            told = await asyncio.to_thread(counter.ask, server, PEOPLE, kill_after=answers)
        assert "cut" in {each.outcome for each in told.values()}
        now_had = await holders()
        assert before.items() <= now_had.items()
        # There is somebody whose code was chosen, and who has not seen it.
        assert await VoucherIssue.exists().where(VoucherIssue.shown_at.is_null())
        heard |= {key: each for key, each in told.items() if each.outcome == "given"}
        before = now_had

    with counter.serving(tmp_path / "data") as server:
        told = await asyncio.to_thread(counter.ask, server, PEOPLE)
        again = await asyncio.to_thread(counter.ask, server, PEOPLE)

    assert again == told
    assert {each.outcome for each in told.values()} == {"given"}
    assert heard.items() <= told.items()
    had = await holders()
    assert before.items() <= had.items()
    assert {str(voucher) for voucher in had.values()} == {each.about for each in told.values()}
    assert len(had) == PEOPLE
    codes = await codes_in_stock()
    assert all(codes[each.about] == each.code for each in told.values())
    assert await VoucherIssue.count() == PEOPLE
    # One for each tap and one for each look: no outcome was written down twice.
    assert await IdempotencyRecord.count() <= 2 * PEOPLE
