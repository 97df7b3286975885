"""The settings of places over HTTP, and the switch to another of one's sites."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import audit
from comptoir.core.accounts.tables import Session
from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.core.web.forms import FormData
from comptoir.sites import queries
from comptoir.sites.hours_form import HoursForm
from comptoir.sites.opening_hours import Span
from comptoir.sites.tables import Site, StaffMember
from comptoir.sites.week_form import WeekForm, read_time
from comptoir.sites.week_plan import GridSpan
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


async def test_what_is_not_published_says_so_and_is_published_by_one_button(
    client: AsyncClient, site: Site
) -> None:
    form = f"/settings/sites/{site.id}"
    for path in ("/settings/sites", form):
        html = (await client.get(path)).text
        assert "Not published" in html
        assert html.count(f'action="{form}/publish"') == 1
    answer = await client.post(f"{form}/publish", data={"next": form})
    assert (answer.status_code, answer.headers["location"]) == (303, form)
    for path in ("/settings/sites", form):
        html = (await client.get(path)).text
        assert "Not published" not in html
        assert f'href="/places/{factories.slug(site)}"' in html
    assert (await client.get(f"/places/{factories.slug(site)}")).status_code == 200
    await client.post(f"{form}/publish")
    assert [entry.action for _, entry in await audit.timeline(site.id)] == ["site.published"]
    assert (await queries.site(site.id)).version == 2


async def test_nobody_publishes_a_site_of_others(client: AsyncClient, site: Site) -> None:
    other = await factories.site(name="Bulle")
    answer = await client.post(f"/settings/sites/{other.id}/publish")
    assert answer.status_code == 404
    assert not (await queries.site(other.id)).published


async def test_wrong_fields_of_a_site_are_named(client: AsyncClient, site: Site) -> None:
    answer = await client.post(
        f"/settings/sites/{site.id}", data=data_of(site, phone="12", time_zone="Mars")
    )
    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text
    assert 'id="time_zone-error"' in answer.text


async def test_what_a_site_says_of_itself_comes_back_in_the_form(
    client: AsyncClient, site: Site
) -> None:
    said = {
        "offers": ["wifi", "printing"],
        "languages": "ti",
        "published": "yes",
        "workstations": "4",
        "position": "46.8025, 7.1512",
        "visits": "both",
    }
    answer = await client.post(f"/settings/sites/{site.id}", data=data_of(site) | said)
    assert answer.status_code == 303
    form = (await client.get(f"/settings/sites/{site.id}")).text
    ticked = re.findall(r'type="checkbox"[^>]*name="(\w+)" value="(\w+)"[^>]* checked', form)
    assert {("offers", "wifi"), ("offers", "printing"), ("languages", "ti")} <= set(ticked)
    assert 'value="46.8025, 7.1512"' in form
    assert (await queries.site(site.id)).published
    await client.post(f"/settings/sites/{site.id}", data=data_of(site, version="2"))
    assert not (await queries.site(site.id)).published


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("position", "somewhere", "Enter latitude and longitude in degrees."),
        ("position", "95, 7", "Enter degrees from"),
        ("workstations", "many", "Enter a whole number."),
    ],
)
async def test_numbers_that_are_none_are_told_at_their_field(
    client: AsyncClient, site: Site, field: str, text: str, sentence: str
) -> None:
    answer = await client.post(f"/settings/sites/{site.id}", data=data_of(site, **{field: text}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'value="{text}"' in answer.text


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
    copied = await client.post(path, data=data | {"copy": "week:0:5"})
    assert copied.text.count('value="13:30"') == 5
    everywhere = await client.post(path, data=data | {"copy": "week:5:7"})
    assert everywhere.text.count('value="10:00"') == 7
    unknown = await client.post(path, data=data | {"copy": "week:7:5"})
    assert unknown.status_code == 200
    assert unknown.text.count('value="13:30"') == 1, "and nothing is saved by it"
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


async def test_one_goes_on_from_the_first_wrong_field(client: AsyncClient, site: Site) -> None:
    data = {"version": "1", "opens_1_0": "09:00", "closes_1_0": "08:00", "opens_2_0": "late"}
    answer = await client.post(f"/settings/sites/{site.id}/hours", data=data)
    assert answer.text.count(" autofocus") == 1
    assert re.search(r'id="opens_1_0"[^>]* autofocus', answer.text)


async def test_seasons_and_services_make_the_expression(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    data = {"version": "1", "opens_0_0": "09:00", "closes_0_0": "12:00"}
    for kind, field in (("season", "s0_first_day"), ("service", "v0_name")):
        assert f'name="{field}"' in (await client.post(path, data=data | {"add": kind})).text
    season = {"s0_first_day": "1", "s0_first_month": "7", "s0_last_day": "31", "s0_last_month": "8"}
    hours = {"s0_opens_0_0": "08:00", "s0_closes_0_0": "10:00", "s0_appointment_0_0": "yes"}
    service = {"v0_first_day": "", "v0_name": 'Atelier "photo"', "v0_opens_2_0": "14:00"}
    sent = data | season | hours | service | {"v0_closes_2_0": "16:00", "save": "yes"}
    assert (await client.post(path, data=sent)).status_code == 303
    assert (await queries.site(site.id)).opening_hours == (
        'Mo 09:00-12:00; Jul-Aug Mo 08:00-10:00 unknown "sur rendez-vous", '
        'We 14:00-16:00 open "Atelier photo"'
    )
    page = (await client.get(path)).text
    assert 'value="Atelier photo"' in page
    assert 'name="s0_appointment_0_0" value="yes" checked' in page
    dropped = (await client.post(path, data=sent | {"drop": "s0_", "save": ""})).text
    assert "s0_first_day" not in dropped
    assert "v0_name" in dropped


@pytest.mark.parametrize(
    ("entered", "code", "field"),
    [
        (
            {"s0_first_day": "31", "s0_first_month": "6"},
            "sites.season-date-invalid",
            "s0_first_day",
        ),
        ({"s0_last_day": ""}, "sites.season-date-invalid", "s0_last_day"),
        ({"s1_last_month": "8"}, "sites.seasons-overlap", "s1_first_day"),
        ({"v0_name": " "}, "sites.service-name-invalid", "v0_name"),
        ({"v0_opens_0_0": "", "v0_closes_0_0": ""}, "sites.service-hours-missing", "v0_opens_0_0"),
        (
            {"s0_opens_0_0": "12:00", "s0_closes_0_0": "09:00"},
            "sites.span-ends-before-start",
            "s0_opens_0_0",
        ),
    ],
)
def test_what_is_wrong_with_a_part_is_named_where_it_is(
    entered: dict[str, str], code: str, field: str
) -> None:
    sent = {
        "s0_first_day": "1",
        "s0_first_month": "7",
        "s0_last_day": "31",
        "s0_last_month": "8",
        "s1_first_day": "20",
        "s1_first_month": "12",
        "s1_last_day": "5",
        "s1_last_month": "1",
        "v0_first_day": "",
        "v0_name": "Atelier",
        "v0_opens_0_0": "14:00",
        "v0_closes_0_0": "16:00",
    }

    def form(values: dict[str, str]) -> HoursForm:
        return HoursForm.of(FormData({name: [value] for name, value in values.items()}))

    assert form(sent).plan().seasons
    with pytest.raises(Invalid) as refused:
        form(sent | entered).plan()
    assert [(each.code, each.field) for each in refused.value.errors] == [(code, field)]


async def test_expression_is_saved_or_its_place_is_shown(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    wrong = {"version": "1", "opening_hours": "Mo-Fr 09:00-25:00"}
    answer = await client.post(f"{path}/expression", data=wrong)
    assert answer.status_code == 422
    assert "Mo-Fr 09:00-<mark>25:00</mark>" in answer.text
    assert 'aria-describedby="opening_hours-hint opening_hours-error"' in answer.text
    right = {"version": "1", "opening_hours": "Sa[1] 09:00-12:00"}
    assert (await client.post(f"{path}/expression", data=right)).status_code == 303
    assert (await queries.site(site.id)).opening_hours == "Sa[1] 09:00-12:00"
    page = (await client.get(path)).text
    assert "grid=new" in page
    assert "opens_0_0" not in page
    assert "opens_0_0" in (await client.get(f"{path}?grid=new")).text


async def test_site_without_hours_is_unknown_and_not_closed(
    client: AsyncClient, site: Site
) -> None:
    path = f"/settings/sites/{site.id}/hours"
    await client.post(f"{path}/expression", data={"version": "1", "opening_hours": ""})
    assert (await queries.site_calendar(site.id)).hours is None
    assert "No opening hours yet" in (await client.get("/settings/sites")).text


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
    spans = (
        GridSpan(0, 540, 720),
        GridSpan(0, 780, 1020, by_appointment=True),
        GridSpan(0, 1080, 1560),
        GridSpan(6, 0, 1440),
    )
    assert WeekForm.of_spans(spans).spans() == spans


async def announce(client: AsyncClient, entered: dict[str, str]) -> Response:
    """Look at what would happen, then announce it."""
    preview = await client.post("/settings/exceptions/new", data=entered)
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', preview.text)
    return await client.post(
        "/settings/exceptions/new", data={**entered, "seen": seen, "step": "announce"}
    )


async def test_a_closure_is_announced_seen_and_withdrawn(client: AsyncClient, site: Site) -> None:
    days = f"/settings/sites/{site.id}/days"
    assert "Nothing is announced" in (await client.get(days)).text
    entered = {
        "sites": str(site.id),
        "first_day": "2099-05-05",
        "kind": "closed",
        "reason": "Stocktaking",
    }
    answer = await announce(client, entered)
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
