"""The settings of places over HTTP, and the switch to another of one's sites."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.accounts.tables import Session
from comptoir.core.principal import Role
from comptoir.sites import queries
from comptoir.sites.opening_hours import Span
from comptoir.sites.tables import Site, StaffMember
from comptoir.sites.week_form import WeekForm, read_time
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    """A coordinator's browser."""
    async with client_of() as client:
        user = await factories.user(role=Role.COORDINATOR, site_id=site.id, language="en")
        await sign_in(client, user, site_id=site.id)
        yield client


async def as_admin(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN, language="en"))


def data_of(site: Site, **values: str) -> dict[str, str]:
    return {
        "organisation": str(site.organisation),
        "name": "Comptoir de Bulle",
        "city": "Bulle",
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "language": "fr",
        "version": "1",
        **values,
    }


async def test_a_coordinator_sees_and_changes_their_site(client: AsyncClient, site: Site) -> None:
    page = await client.get("/settings/sites")
    assert "Monday to Friday" in page.text
    assert "09:00–17:00" in page.text
    path = f"/settings/sites/{site.id}"
    assert (await client.get(path)).status_code == 200
    assert (await client.post(path, data=data_of(site))).status_code == 303
    assert (await queries.site(site.id)).name == "Comptoir de Bulle"
    assert (await client.post(path, data=data_of(site))).status_code == 412


async def test_wrong_fields_of_a_site_are_named(client: AsyncClient, site: Site) -> None:
    answer = await client.post(
        f"/settings/sites/{site.id}", data=data_of(site, phone="12", time_zone="Mars")
    )
    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text
    assert 'id="time_zone-error"' in answer.text


async def test_a_coordinator_adds_no_site(client: AsyncClient, site: Site) -> None:
    assert (await client.get("/settings/sites/new")).status_code == 403
    assert (await client.post("/settings/sites/new", data=data_of(site))).status_code == 403
    assert (await client.get("/settings/organisations/new")).status_code == 403


async def test_an_admin_adds_an_organisation_and_a_site(client: AsyncClient, site: Site) -> None:
    await as_admin(client)
    answer = await client.post(
        "/settings/organisations/new", data={"name": "Le Pont", "return_to": "Le Pont, Bulle"}
    )
    assert answer.status_code == 303
    answer = await client.post("/settings/sites/new", data=data_of(site))
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/hours")
    assert (await client.get(answer.headers["location"])).status_code == 200


async def test_an_organisation_is_changed(client: AsyncClient, site: Site) -> None:
    await as_admin(client)
    path = f"/settings/organisations/{site.organisation}"
    assert (await client.get(path)).status_code == 200
    data = {"name": "Pont", "return_to": "Pont, Fribourg", "version": "1"}
    assert (await client.post(path, data=data | {"website": "pont"})).status_code == 422
    assert (await client.post(path, data=data)).status_code == 303


async def test_weekly_hours_are_edited(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    data = {
        "version": "1",
        "opens_0_0": "09:00",
        "closes_0_0": "12:00",
        "opens_0_1": "13:30",
        "closes_0_1": "17:00",
        "opens_5_0": "10:00",
        "closes_5_0": "00:00",
    }
    copied = await client.post(path, data=data | {"copy": "yes"})
    assert copied.text.count('value="13:30"') == 5
    wider = await client.post(path, data=data | {"more": "0"})
    assert 'name="opens_0_2"' in wider.text
    answer = await client.post(path, data=data | {"save": "yes"})
    assert answer.status_code == 303
    assert (await queries.site(site.id)).hours == (
        Span(0, 540, 720),
        Span(0, 810, 1020),
        Span(5, 600, 1440),
    )


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"opens_0_0": "09:00"}, "opens_0_0"),
        ({"opens_0_0": "late", "closes_0_0": "12:00"}, "opens_0_0"),
        ({"opens_3_1": "12:00", "closes_3_1": "09:00"}, "opens_3_1"),
        (
            {
                "opens_0_0": "09:00",
                "closes_0_0": "12:00",
                "opens_0_1": "11:00",
                "closes_0_1": "13:00",
            },
            "opens_0_1",
        ),
    ],
)
async def test_wrong_hours_are_named_where_they_are(
    client: AsyncClient, site: Site, times: dict[str, str], field: str
) -> None:
    answer = await client.post(f"/settings/sites/{site.id}/hours", data={"version": "1", **times})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


async def test_a_site_of_others_is_not_found(client: AsyncClient) -> None:
    other = await factories.site()
    for path in ("", "/hours"):
        assert (await client.get(f"/settings/sites/{other.id}{path}")).status_code == 404


async def test_reception_sees_no_settings(client: AsyncClient, site: Site) -> None:
    await sign_in(client, await factories.user(role=Role.RECEPTION, site_id=site.id))
    for path in ("", f"/{site.id}", f"/{site.id}/hours", "/new"):
        assert (await client.get(f"/settings/sites{path}")).status_code == 403


async def test_people_with_several_sites_switch(client: AsyncClient, site: Site) -> None:
    second = await factories.site(short_name="Lausanne")
    foreign = await factories.site(short_name="Lyon")
    user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
    await StaffMember(user=user.id, site=second.id, role="reception").save()
    session = await sign_in(client, user, site_id=site.id)
    page = await client.get("/items")
    assert 'href="/site?next=' in page.text
    page = await client.get("/site?next=/items")
    assert "Lausanne" in page.text
    assert "Lyon" not in page.text
    answer = await client.post("/site", data={"site": str(second.id), "next": "/items"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/items")
    kept = await Session.select(Session.site_id).where(Session.id == session.id).first()
    assert kept is not None
    assert kept["site_id"] == second.id
    for wrong in (str(foreign.id), "nonsense"):
        answer = await client.post("/site", data={"site": wrong, "next": "/items"})
        assert answer.status_code in (403, 404, 409)
    elsewhere = await client.post(
        "/site", data={"site": str(site.id), "next": "https://evil.example"}
    )
    assert elsewhere.headers["location"] == "/"


async def test_people_with_one_site_have_no_switch(client: AsyncClient) -> None:
    assert 'href="/site?next=' not in (await client.get("/items")).text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("09:00", 540), ("9h30", 570), ("24:00", 1440), ("24:01", None), ("9", None), ("10:60", None)],
)
def test_a_time_is_read(text: str, minutes: int | None) -> None:
    assert read_time(text) == minutes


def test_a_week_is_shown_as_it_is_kept() -> None:
    spans = [Span(0, 540, 720), Span(0, 780, 1020), Span(0, 1080, 1440), Span(6, 0, 1440)]
    assert WeekForm.of_spans(spans).spans() == spans


async def test_a_closure_is_announced_seen_and_withdrawn(client: AsyncClient, site: Site) -> None:
    days = f"/settings/sites/{site.id}/days"
    assert "Nothing is announced" in (await client.get(days)).text
    entered = {
        "sites": str(site.id),
        "first_day": "2099-05-05",
        "kind": "closed",
        "reason": "Stocktaking",
    }
    answer = await client.post("/settings/exceptions/new", data=entered)
    assert (answer.status_code, answer.headers["location"]) == (303, days)
    page = (await client.get(days)).text
    assert "Stocktaking" in page
    [path] = re.findall(r"/settings/exceptions/[0-9a-f-]{36}/withdraw", page)
    assert (await client.post(path)).status_code == 303
    assert "Nothing is announced" in (await client.get(days)).text


async def test_what_was_entered_of_a_closure_stays_beside_the_error(
    client: AsyncClient, site: Site
) -> None:
    entered = {
        "sites": str(site.id),
        "first_day": "2099-05-05",
        "kind": "open",
        "opens_0": "12:00",
        "closes_0": "9h30",
        "reason": "Stocktaking",
    }
    answer = await client.post("/settings/exceptions/new", data=entered)
    assert answer.status_code == 422
    assert 'aria-describedby="opens_0-error"' in answer.text
    assert 'value="2099-05-05"' in answer.text
    assert "Stocktaking" in answer.text
    assert (await queries.site_calendar(site.id)).exceptions == ()


async def test_holiday_leads_to_opening_that_day(client: AsyncClient, site: Site) -> None:
    await Site.update({Site.region: "VD"}).where(Site.id == site.id)
    page = (await client.get(f"/settings/sites/{site.id}/days")).text
    [path, *_] = re.findall(r"/settings/exceptions/new\?[^\"]+day=[^\"]+", page)
    form = (await client.get(unescape(path))).text
    assert re.search(r'value="as-usual"[^>]* checked', form)


async def test_french_postcode_says_the_departement(client: AsyncClient, site: Site) -> None:
    data = data_of(site, country="FR", time_zone="Europe/Paris", postcode="67000")
    assert (await client.post(f"/settings/sites/{site.id}", data=data)).status_code == 303
    assert (await queries.site(site.id)).region == "67"
    assert not (await queries.site_calendar(site.id)).is_open_day(date(2027, 3, 26))  # Good Friday


async def test_canton_that_is_none_is_refused(client: AsyncClient, site: Site) -> None:
    answer = await client.post(f"/settings/sites/{site.id}", data=data_of(site, region="XX"))
    assert answer.status_code == 422
    assert 'id="region-error"' in answer.text
