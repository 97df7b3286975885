"""A calendar as the database keeps it: an edit is seen at once, though calendars are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bench import calendars as bench
from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.sites import calendars, changing_hours, queries, services
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.local_holidays import KeepHolidays, keep_local_holidays
from comptoir.sites.schemas import SaveSite
from tests import factories as make

pytestmark = pytest.mark.usefixtures("database")
#: A Tuesday, 8 December: the Immaculate Conception, in Catholic communes of Fribourg.
DAY = date(2026, 12, 8)
CHRISTMAS = date(2026, 12, 25)


async def open_hours(site_id: Any, day: date) -> list[str]:
    calendar = await queries.site_calendar(site_id)
    return [f"{each.opens:%H%M}-{each.closes:%H%M}" for each in calendar.intervals(day)]


async def test_every_edit_is_seen_at_once(now: datetime) -> None:
    site = await make.site(country="CH", region="FR")
    actor = await make.principal(Role.COORDINATOR, site.id)
    asked = [await open_hours(site.id, DAY)]

    async def ask() -> None:
        asked.append(await open_hours(site.id, DAY))

    await changing_hours.set_hours(
        actor, site.id, "Mo-Fr 10:00-12:00", version=await version(site.id), now=now
    )
    await ask()
    shut = AnnounceException((site.id,), DAY, DAY, ExceptionKind.CLOSED)
    announced = await announce_exception(actor, shut, now=now)
    await ask()
    await withdraw_exception(actor, announced.ids[0], now=now)
    await ask()
    kept = KeepHolidays(("immaculate-conception",))
    await keep_local_holidays(actor, site.id, kept, version=await version(site.id), now=now)
    await ask()
    await move(actor, site, "GE", now)
    await ask()
    await move(actor, site, "GE", now, zone="Europe/London")
    await ask()
    week, ten = ["0800-1600"], ["0900-1100"]
    assert asked == [week, ten, [], ten, [], ten, ["1000-1200"]]


async def test_what_the_bench_computes_is_what_the_database_gives(now: datetime) -> None:
    site = await make.site()
    row = await db.fetch_one(
        f"SELECT {calendars.COLUMNS} FROM sites_site site WHERE site.id = :id", id=site.id
    )
    assert row is not None
    assert {*bench.rows()[0]} == {*row}
    for each in bench.rows()[:8]:
        calendar = calendars.calendar_of(each)
        assert calendar.on(CHRISTMAS).source == "exception"
        assert calendar.open_day_from(CHRISTMAS) == date(2027, 1, 4)
        assert any(calendar.open_days(DAY, DAY + timedelta(days=7)))


async def version(site_id: Any) -> int:
    return (await queries.site(site_id)).version


async def move(
    actor: Principal, site: Any, region: str, now: datetime, zone: str = "Europe/Zurich"
) -> None:
    command = SaveSite(
        organisation=site.organisation,
        name="Elsewhere",
        city="Ailleurs",
        region=region,
        time_zone=zone,
    )
    await services.edit_site(actor, site.id, command, version=await version(site.id), now=now)
