"""Counting who comes in: on the site's own day, for its staff, and never who counted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.tables import Site
from comptoir.sites.visits import services
from comptoir.sites.visits.schemas import CountVisit, Reason
from tests import factories
from tests.http_client import client_of, use_token

HELP = CountVisit(Reason.HELP)


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def staff(site: Site) -> Principal:
    return await factories.principal(Role.RECEPTION, site.id)


async def test_a_visit_counts_for_the_day_and_its_reason(
    site: Site, staff: Principal, now: datetime
) -> None:
    await services.count_visit(staff, site.id, CountVisit(), now=now)
    await services.count_visit(staff, site.id, HELP, now=now)
    today = await services.count_visit(staff, site.id, HELP, now=now)
    assert (today.total, today.reasons) == (3, {Reason.UNSAID: 1, Reason.HELP: 2})


async def test_many_at_the_same_moment_all_count(
    site: Site, staff: Principal, now: datetime
) -> None:
    counts = (services.count_visit(staff, site.id, HELP, now=now) for _ in range(25))
    await asyncio.gather(*counts)
    assert (await services.visits_today(staff, site.id, now=now)).total == 25


async def test_a_slip_is_taken_back_and_never_below_none(
    site: Site, staff: Principal, now: datetime
) -> None:
    await services.count_visit(staff, site.id, HELP, now=now)
    for _ in range(3):
        today = await services.take_back_visit(staff, site.id, HELP, now=now)
        assert today.total == 0
    assert (await services.count_visit(staff, site.id, HELP, now=now)).total == 1


async def test_the_day_is_that_of_the_site(site: Site, staff: Principal) -> None:
    before_midnight_in_utc = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    await services.count_visit(staff, site.id, HELP, now=before_midnight_in_utc)
    rows = await db.fetch("SELECT day FROM sites_visit_tally")
    assert [row["day"].isoformat() for row in rows] == ["2027-01-01"]


async def test_nobody_is_kept_neither_who_came_nor_who_counted(
    site: Site, staff: Principal, now: datetime
) -> None:
    await services.count_visit(staff, site.id, HELP, now=now)
    [row] = await db.fetch("SELECT * FROM sites_visit_tally")
    assert set(row) == {"id", "site", "day", "reason", "visits"}
    assert await AuditEvent.count() == 0


async def test_the_year_tells_no_small_number(site: Site, staff: Principal, now: datetime) -> None:
    for reason, visits in ((Reason.HELP, 3), (Reason.WORKSHOP, 8), (Reason.UNSAID, 9)):
        for _ in range(visits):
            await services.count_visit(staff, site.id, CountVisit(reason), now=now)
    over = now + timedelta(days=31)
    report = await services.visits_of_year(staff, site.id, now.year, now=over)
    month = report.months[now.month - 1]
    assert month.reasons[Reason.HELP] is None
    assert month.reasons[Reason.WORKSHOP] is None
    assert (month.reasons[Reason.UNSAID], month.total) == (9, 20)
    whole = await services.visits_of_year(staff, site.id, now.year, now=over + timedelta(days=31))
    assert (whole.total, whole.reasons[Reason.HELP], whole.reasons[Reason.UNSAID]) == (20, None, 9)
    before = await services.visits_of_year(staff, site.id, now.year - 1, now=over)
    assert (before.total, len(before.months)) == (0, 12)


async def test_a_month_is_told_once_it_is_over(site: Site, staff: Principal) -> None:
    """Until then, whoever reads the report each day would find the few of that day."""
    late = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    for _ in range(9):
        await services.count_visit(staff, site.id, HELP, now=late)
    running = await services.visits_of_year(staff, site.id, 2026, now=late)
    assert [month.month for month in running.months] == [*range(1, 11)]
    assert (running.total, running.reasons[Reason.HELP]) == (None, None)
    over = await services.visits_of_year(staff, site.id, 2026, now=late + timedelta(hours=1))
    assert [month.month for month in over.months] == [*range(1, 12)]
    assert (over.total, over.months[-1].reasons[Reason.HELP]) == (None, 9)
    ended = datetime(2027, 1, 1, tzinfo=UTC)
    year = await services.visits_of_year(staff, site.id, 2026, now=ended)
    assert (year.total, year.reasons[Reason.HELP]) == (9, 9)
    coming = await services.visits_of_year(staff, site.id, 2027, now=late)
    assert coming.months == []


async def test_only_those_who_work_there_count_and_read(staff: Principal, now: datetime) -> None:
    other = await factories.site()
    for attempt in (
        services.count_visit(staff, other.id, HELP, now=now),
        services.take_back_visit(staff, other.id, HELP, now=now),
        services.visits_today(staff, other.id, now=now),
        services.visits_of_year(staff, other.id, now.year, now=now),
    ):
        with pytest.raises(SiteNotFound):
            await attempt


async def test_a_report_never_takes_back_or_adds_to_what_it_told(
    site: Site, staff: Principal
) -> None:
    """Whoever asks before and after learns nothing from the difference."""
    told: list[Any] = []
    for month in range(1, 13):
        when = datetime(2026, month, 15, 12, tzinfo=UTC)
        for number, reason in enumerate(Reason):
            for _ in range((month + number) % 4 * 3):
                await services.count_visit(staff, site.id, CountVisit(reason), now=when)
        report = await services.visits_of_year(staff, site.id, 2026, now=when)
        assert report.months[: len(told)] == told
        assert (report.total, set(report.reasons.values())) == (None, {None})
        told = report.months


async def test_a_program_that_counts_is_told_no_number(site: Site) -> None:
    async with client_of() as client:
        await use_token(client, "desk", site_id=site.id)
        for path in ("visits", "visits", "visits/take-back"):
            answer = await client.post(
                f"/api/v1/sites/{site.id}/{path}",
                json={"reason": "help"},
                headers={"Idempotency-Key": str(new_id())},
            )
            assert (answer.status_code, answer.content) == (204, b"")
    [row] = await db.fetch("SELECT visits FROM sites_visit_tally")
    assert row["visits"] == 1
