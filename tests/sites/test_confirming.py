"""Hours carry the date when somebody last said that they are right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comptoir.core import audit
from comptoir.core.principal import Role
from comptoir.sites import changing_hours, queries
from comptoir.sites.confirming import GOOD_FOR, confirm_hours, hours_to_confirm
from comptoir.sites.errors import HoursUnknown, SiteNotFound
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")

BUTTON = "Still right"


async def test_hours_are_asked_about_half_a_year_after_they_were_confirmed(now: datetime) -> None:
    site = await factories.site()
    staff = await factories.principal(Role.RECEPTION, site.id)
    assert await hours_to_confirm(site.id, now=now), "nobody ever did"
    await confirm_hours(staff, site.id, now=now)
    last_day = now + GOOD_FOR - timedelta(days=1)
    assert not await hours_to_confirm(site.id, now=now)
    assert not await hours_to_confirm(site.id, now=last_day)
    assert await hours_to_confirm(site.id, now=last_day + timedelta(days=1))
    [(_, entry)] = await audit.timeline(site.id)
    assert entry.action == "site.hours_confirmed"


async def test_who_sets_them_confirms_them_on_the_date_of_the_site() -> None:
    site = await factories.site()
    coordinator = await factories.principal(Role.COORDINATOR, site.id)
    before_midnight_in_utc = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    await changing_hours.set_hours(
        coordinator, site.id, "Mo 09:00-12:00", version=1, now=before_midnight_in_utc
    )
    confirmed = (await queries.site(site.id)).hours_confirmed_on
    assert confirmed is not None
    assert confirmed.isoformat() == "2027-01-01"


async def test_a_site_without_hours_is_not_asked_about_them(now: datetime) -> None:
    site = await factories.site(opens=0, closes=0)
    assert not await hours_to_confirm(site.id, now=now)
    staff = await factories.principal(Role.RECEPTION, site.id)
    with pytest.raises(HoursUnknown):
        await confirm_hours(staff, site.id, now=now)


async def test_hours_that_nobody_knows_any_more_are_not_confirmed(now: datetime) -> None:
    site = await factories.site()
    coordinator = await factories.principal(Role.COORDINATOR, site.id)
    await confirm_hours(coordinator, site.id, now=now)
    await changing_hours.set_hours(coordinator, site.id, "", version=1, now=now)
    assert (await queries.site(site.id)).hours_confirmed_on is None


async def test_only_those_who_work_there_confirm(now: datetime) -> None:
    here, there = await factories.site(), await factories.site()
    staff = await factories.principal(Role.RECEPTION, here.id)
    with pytest.raises(SiteNotFound):
        await confirm_hours(staff, there.id, now=now)
    assert (await queries.site(there.id)).hours_confirmed_on is None


async def test_the_desk_asks_with_one_button_until_somebody_says_so() -> None:
    site = await factories.site()
    user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        assert BUTTON in (await client.get("/desk")).text
        without_script = await client.post("/desk/scan", data={"scan": "Amina", "attempt_id": "a"})
        assert BUTTON not in without_script.text, "somebody is being served"
        freed = await client.post("/desk/visits/close", data={"visit": ""})
        assert BUTTON in freed.text
        address = f"/settings/sites/{site.id}/hours/confirm"
        answer = await client.post(address, data={"next": "/desk"}, follow_redirects=False)
        assert answer.headers["location"] == "/desk"
        assert BUTTON not in (await client.get("/desk")).text
