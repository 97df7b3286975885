"""The weekly hours of a site over HTTP: the grid, its parts, and the expression."""

from __future__ import annotations

import re

import pytest
from httpx import AsyncClient

from comptoir.core.errors import Invalid
from comptoir.core.web.forms import FormData
from comptoir.sites import queries
from comptoir.sites.hours_form import HoursForm
from comptoir.sites.opening_hours import Span
from comptoir.sites.tables import Site
from comptoir.sites.week_form import WeekForm, read_time
from comptoir.sites.week_plan import GridSpan

pytestmark = pytest.mark.usefixtures("database")


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
    assert "<h2>Atelier photo</h2>" in page
    assert "Service 1" not in page
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
