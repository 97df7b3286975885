"""Many codes shown at a site are counted, of things and not of people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.vouchers.reveal_counts import (
    A_DAY,
    MANY,
    MANY_GIVEN,
    given_often,
    most_within,
    shown_often,
)
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.test_statements import plan_of


async def shown(site_id: UUID, number: int, *, at: datetime) -> None:
    """Codes of vouchers were shown at a site."""
    async with db.transaction():
        for _ in range(number):
            await audit.record(
                SYSTEM, "voucher.revealed", "voucher", new_id(), now=at, site_id=site_id
            )


@pytest.mark.parametrize(
    ("hours", "most"),
    [((), 0), ((0,), 1), ((0, 23), 2), ((0, 24), 1), ((0, 20, 30, 43), 3), ((0, 1, 2, 60), 3)],
)
def test_the_most_within_a_day_are_counted(
    hours: tuple[int, ...], most: int, now: datetime
) -> None:
    moments = [(now + timedelta(hours=each), 1) for each in hours]
    assert most_within(moments, A_DAY) == most


def test_what_was_shown_at_one_moment_is_counted_with_the_others(now: datetime) -> None:
    moments = [(now + timedelta(hours=hour), number) for hour, number in ((0, 3), (1, 40), (25, 2))]
    assert most_within(moments, A_DAY) == 43


async def test_a_site_is_named_where_many_were_shown_on_one_day(
    database: Any, now: datetime
) -> None:
    often, seldom, other = [(await make.site()).id for _ in range(3)]
    await shown(often, MANY, at=now)
    await shown(other, MANY, at=now)
    for days in range(1, 6):  # many in a week, few on each day
        await shown(seldom, MANY - 1, at=now - timedelta(days=days))
    week = timedelta(days=7)
    assert await shown_often([often, seldom], within=week, now=now) == {often: MANY}
    later = now + A_DAY
    assert await shown_often([often], within=A_DAY, now=later) == {}
    assert await shown_often([often], within=week, now=later) == {often: MANY}
    assert await shown_often([], within=week, now=now) == {}


async def test_a_site_is_named_where_very_many_were_given_within_a_day(
    database: Any, now: datetime
) -> None:
    kind = await make.voucher_kind()
    often, seldom = [(await make.site()).id for _ in range(2)]
    for site, number in ((often, MANY_GIVEN), (seldom, MANY_GIVEN - 1)):
        batch = await make.voucher_batch(kind, site_id=site)
        for _ in range(number):
            await make.voucher(batch, status="issued", issued_at=now)
    assert await given_often([often, seldom], now=now) == {often: MANY_GIVEN}
    assert await given_often([often], now=now + A_DAY) == {}


async def test_what_was_given_lately_is_found_by_its_moment(database: Any, now: datetime) -> None:
    site = await make.site()
    with db.count_statements() as sent:
        await given_often([site.id], now=now)
    [line] = [each for each in await plan_of(sent[-1]) if "inventory_voucher_given" in each]
    if not db.is_postgres():
        assert "issued_at>" in line


async def test_the_page_says_so_to_coordinators_and_names_nobody(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await make.site()
    monkeypatch.setattr("comptoir.core.clock.now", lambda: now)
    await shown(site.id, MANY + 1, at=now)
    sentence = f"{MANY + 1} codes were shown again or exported here within a day"
    for role, told in ((Role.COORDINATOR, True), (Role.RECEPTION, False)):
        async with client_of() as client:
            user = await make.user(role=role, site_id=site.id)
            await sign_in(client, user, site_id=site.id, now=now)
            page = await client.get("/vouchers")
            assert page.status_code == 200
            assert (sentence in page.text) is told
