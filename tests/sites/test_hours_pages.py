"""The weekly hours of a site over HTTP: the grid, its parts, and the expression."""

from __future__ import annotations

import re

import pytest
from httpx import AsyncClient
from markupsafe import escape

from comptoir.sites import queries
from comptoir.sites.opening_hours import Span
from comptoir.sites.tables import Site
from tests.forms import Forms
from tests.sites.expressions.made_up import is_same_calendar

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
    assert unknown.status_code == 422
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
        ({"opens_0_0": "09:00"}, "closes_0_0"),
        ({"closes_0_0": "09:00"}, "opens_0_0"),
        ({"opens_0_0": "late", "closes_0_0": "12:00"}, "opens_0_0"),
        ({"opens_0_0": "9h", "closes_0_0": "25:00"}, "closes_0_0"),
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


async def test_expression_is_saved_or_its_place_is_shown(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    wrong = {"version": "1", "opening_hours": "Mo-Fr 09:00-25:00"}
    answer = await client.post(f"{path}/expression", data=wrong)
    assert answer.status_code == 422
    assert "Mo-Fr 09:00-<mark>25:00</mark>" in answer.text
    under = answer.text.split("<mark>25:00</mark>")[1]
    assert "Write times from 00:00 to 24:00." in under, "the error stands under its place"
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
    page = (await client.get("/settings/sites")).text
    assert "No opening hours yet" in page
    assert "everybody reads that they are not known" in page, "and whoever emptied it is told"


async def test_what_is_no_time_is_shown_again_in_a_field_that_can(
    client: AsyncClient, site: Site
) -> None:
    data = {"version": "1", "opens_0_0": "9h", "closes_0_0": "midi"}
    page = (await client.post(f"/settings/sites/{site.id}/hours", data=data)).text
    assert re.search(r'type="text" id="closes_0_0"[^>]* value="midi"', page)
    assert re.search(r'type="time" id="opens_0_0"[^>]* value="09:00"', page), "as it was meant"


@pytest.mark.parametrize(
    "button",
    [
        {"more": "99"},
        {"more": "s3_0"},
        {"copy": "week:0:6"},
        {"add": "year"},
        {"drop": "s7_"},
        {"drop": "opens"},
    ],
)
async def test_a_button_that_the_form_does_not_have_saves_nothing_and_loses_nothing(
    client: AsyncClient, site: Site, button: dict[str, str]
) -> None:
    before = await queries.site(site.id)
    data = {"version": "1", "opens_0_0": "07:15", "closes_0_0": "12:00", **button}
    answer = await client.post(f"/settings/sites/{site.id}/hours", data=data)
    assert answer.status_code == 422
    assert "no such button" in answer.text
    assert 'value="07:15"' in answer.text
    assert await queries.site(site.id) == before


async def test_only_the_part_with_an_error_is_unfolded(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    hours = "Mo 09:00-12:00; Jul-Aug Mo 08:00-10:00; Sep Mo 08:00-09:00"
    await client.post(f"{path}/expression", data={"version": "1", "opening_hours": hours})
    grid = (await client.get(path)).text
    assert grid.count('<details class="part">') == 3
    wrong = {"version": "2", "opening_hours": "Mo 09:00-25:00"}
    page = (await client.post(f"{path}/expression", data=wrong)).text
    assert page.count('<details class="part">') == 2, "the expression alone is open"
    dates = ("first_day", "first_month", "last_day", "last_month")
    sent = {f"s0_{name}": value for name, value in zip(dates, "1778", strict=True)}
    sent |= {f"s1_{name}": value for name, value in zip(dates, "1999", strict=True)}
    page = (await client.post(path, data=sent | {"version": "2", "s1_opens_0_0": "9"})).text
    assert page.count('<details class="part">') == 2
    assert re.search(
        r'<details class="part" open>(?:(?!</details>).)*s1_opens_0_0', page, re.DOTALL
    )


async def test_a_season_has_a_name_that_everybody_reads(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/hours"
    season = {"s0_first_day": "1", "s0_first_month": "7", "s0_last_day": "31", "s0_last_month": "8"}
    data = {"version": "1", "opens_0_0": "9", "closes_0_0": "12h"} | season
    data |= {"s0_name": "Horaires d’été", "s0_opens_0_0": "8", "s0_closes_0_0": "10"}
    assert (await client.post(path, data=data)).status_code == 303
    assert (await queries.site(site.id)).opening_hours == (
        'Mo 09:00-12:00; Jul-Aug off "Horaires d’été"; Jul-Aug Mo 08:00-10:00'
    )
    assert 'value="Horaires d’été"' in (await client.get(path)).text
    assert "Horaires d’été (July to August)" in (await client.get("/settings/sites")).text
    long = await client.post(path, data=data | {"s0_name": "x" * 61})
    assert 'id="s0_name-error"' in long.text


#: Expressions that the grid shows, and some that it cannot: each says something odd.
ODD = (
    "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
    "Mo-Su 08:00-20:00; Jul-Aug off; Jul-Aug Mo 10:00-12:00",
    'Mo-Fr 09:00-17:00, We 10:00-11:00 unknown "by appointment"',
    'Mo-Fr unknown "sonnez deux fois"',
    "Fr 20:00-02:00, Sa 22:00-04:00; Dec 20-Jan 05 off",
    'Mo-Fr 09:00-17:00; Jul 14 off "fête"',
    "Mo-Fr 09:00-17:00; week 53 Mo off",
    "Mo-Fr 09:00-17:00; Feb 29 Mo 10:00-11:00",
    "Mo-Fr 09:00-17:00; Feb Mo[5] off",
    'We 14:00-16:00 open "Atelier"; Jul-Aug off',
    "Mo-Fr 09:00-12:00; PH 10:00-11:00",
    "Mo " + ",".join(f"{hour:02}:00-{hour:02}:30" for hour in range(8, 16)),
)


async def test_an_unchanged_grid_leaves_the_hours_as_they_mean(
    client: AsyncClient, site: Site
) -> None:
    path = f"/settings/sites/{site.id}/hours"
    for text in ODD:
        await Site.update({Site.opening_hours: text}).where(Site.id == site.id)
        page = (await client.get(path)).text
        assert escape(text) in page
        if "grid=new" in page:
            continue
        [grid] = [each for each in Forms(page, filled=False).found if each.action == path]
        answer = await client.post(path, data=grid.fields)
        assert answer.status_code == 303, text
        kept = (await queries.site(site.id)).opening_hours
        assert is_same_calendar(kept, text), (text, kept)
