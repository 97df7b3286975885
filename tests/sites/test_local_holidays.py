"""Holidays that a part of the canton keeps: ticked on the page of a site, or by a program."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites import queries
from comptoir.sites.errors import SiteChanged, SitesForbidden
from comptoir.sites.local_holidays import (
    KeepHolidays,
    has_said,
    keep_local_holidays,
    local_holidays_of,
)
from comptoir.sites.opening_hours import DaySource
from comptoir.sites.public.views import public_places
from comptoir.sites.services import edit_site
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.test_place_that_moves import known

#: Thursdays.
CORPUS_CHRISTI, A_YEAR_LATER = date(2027, 5, 27), date(2028, 6, 15)
ALL = [
    "all-saints-day",
    "assumption-day",
    "corpus-christi",
    "easter-monday",
    "immaculate-conception",
    "pentecost-monday",
    "saint-berchtold-s-day",
    "saint-stephen-s-day",
]


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site(region="FR")


async def ticked(client: AsyncClient, site: Site) -> tuple[dict[str, str], list[str]]:
    """The hidden field of the form, and what is ticked in it."""
    page = (await client.get(f"/settings/sites/{site.id}/days")).text
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    return {"version": version}, re.findall(r'name="kept" value="([\w-]+)" checked', page)


async def test_what_is_ticked_is_a_holiday_every_year_until_it_is_unticked(
    client: AsyncClient, site: Site
) -> None:
    path = f"/settings/sites/{site.id}/holidays"
    fields, kept = await ticked(client, site)
    assert kept == []
    answer = await client.post(path, data={**fields, "kept": ["corpus-christi"]})
    assert answer.headers["location"] == f"/settings/sites/{site.id}/days"
    calendar = await queries.site_calendar(site.id)
    for day in (CORPUS_CHRISTI, A_YEAR_LATER):
        assert (calendar.on(day).source, calendar.on(day).intervals) == (DaySource.HOLIDAY, ())
    fields, kept = await ticked(client, site)
    assert kept == ["corpus-christi"]
    await client.post(path, data=fields)
    assert (await queries.site_calendar(site.id)).is_open_day(CORPUS_CHRISTI)
    assert (await ticked(client, site))[1] == []


async def test_all_are_taken_by_one_button(client: AsyncClient, site: Site) -> None:
    fields, _none = await ticked(client, site)
    await client.post(f"/settings/sites/{site.id}/holidays", data={**fields, "all": "yes"})
    assert sorted((await ticked(client, site))[1]) == ALL
    assert 'name="all"' not in (await client.get(f"/settings/sites/{site.id}/days")).text


async def test_who_read_the_page_before_another_change_takes_nothing_back(
    client: AsyncClient, site: Site
) -> None:
    fields, _ = await ticked(client, site)
    await Site.update({Site.version: 7}).where(Site.id == site.id)
    answer = await client.post(
        f"/settings/sites/{site.id}/holidays", data={**fields, "kept": ["corpus-christi"]}
    )
    assert answer.status_code == 412
    assert (await queries.site(site.id)).local_holidays == ()


async def test_what_most_keep_can_be_left_out(site: Site, now: datetime) -> None:
    await Site.update({Site.country: "FR", Site.region: "67"}).where(Site.id == site.id)
    actor = await make.principal(Role.COORDINATOR, site.id)
    good_friday = date(2027, 3, 26)
    [offered] = local_holidays_of(await queries.site(site.id), today=now.date())
    assert (offered.code, offered.kept, offered.next_day) == ("good-friday", True, good_friday)
    await keep_local_holidays(actor, site.id, KeepHolidays(()), version=1, now=now)
    assert (await queries.site(site.id)).local_holidays == ("-good-friday",)
    assert (await queries.site_calendar(site.id)).is_open_day(good_friday)
    [event] = await AuditEvent.select().where(AuditEvent.action == "site.holidays_set")
    assert event["subject_id"] == site.id


async def test_refusals(site: Site, now: datetime) -> None:
    actor = await make.principal(Role.COORDINATOR, site.id)
    for code in ("good-friday", "Ω", "-corpus-christi"):
        with pytest.raises(Invalid) as refused:
            await keep_local_holidays(actor, site.id, KeepHolidays((code,)), version=1, now=now)
        assert [each.code for each in refused.value.errors] == ["sites.holiday-unknown"]
    taken = KeepHolidays(("corpus-christi",))
    with pytest.raises(SiteChanged):
        await keep_local_holidays(actor, site.id, taken, version=2, now=now)
    reception = await make.principal(Role.RECEPTION, site.id)
    with pytest.raises(SitesForbidden):
        await keep_local_holidays(reception, site.id, taken, version=1, now=now)


async def test_in_another_canton_only_its_own_holidays_hold(site: Site, now: datetime) -> None:
    actor = await make.principal(Role.COORDINATOR, site.id)
    await keep_local_holidays(actor, site.id, KeepHolidays(tuple(ALL)), version=1, now=now)
    command, version = await known(site.id, region="VD")
    await edit_site(actor, site.id, command, version=version, now=now)
    calendar = await queries.site_calendar(site.id)
    assert calendar.region == "CH-VD"
    assert calendar.is_open_day(CORPUS_CHRISTI)


async def test_of_a_day_that_a_site_said_nothing_of_nobody_is_sure(
    database: Any, now: datetime
) -> None:
    """Of the canton of Fribourg only the Catholic communes keep 8 December."""
    site = await make.site(region="FR", country="CH", opening_hours="Mo-Fr 09:00-17:00")
    coordinator = await make.principal(Role.COORDINATOR, site.id)
    day = date(2026, 12, 8)

    async def told() -> str:
        [place] = await public_places(
            [await queries.site(site.id)], now=datetime(2026, 12, 7, 9, tzinfo=UTC)
        )
        return next(each.reason for each in place.days if each.day == day)

    assert not has_said(await queries.site(site.id))
    assert "peut-être fermé" in await told()
    await keep_local_holidays(coordinator, site.id, KeepHolidays(()), version=1, now=now)
    assert has_said(await queries.site(site.id)), "none is an answer"
    assert await told() == ""
