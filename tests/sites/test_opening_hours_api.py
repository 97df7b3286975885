"""What programs are told of a site's days: states, reasons, sources, open days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import SYSTEM
from comptoir.sites import changing_hours
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, codes, use_token

EXPRESSION = (
    "Mo-Fr 09:00-12:00; Jul-Aug Mo-Fr 08:00-10:00, "
    'Tu 14:00-17:00 unknown "sur rendez-vous", We 14:00-16:00 open "Atelier", Fr 20:00-02:00'
)


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site(region="FR", opening_hours=EXPRESSION)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await use_token(client, "settings")
        yield client


async def days(client: AsyncClient, site: Site, first: str, last: str) -> list[Any]:
    answer = await client.get(
        f"/api/v1/sites/{site.id}/opening-hours", params={"from": first, "to": last}
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["days"])


async def test_each_day_has_its_stretches_with_their_state(client: AsyncClient, site: Site) -> None:
    tuesday, wednesday, thursday, friday = await days(client, site, "2027-05-04", "2027-05-07")
    assert [(each["state"], each["opens"], each["note"]) for each in tuesday["intervals"]] == [
        ("open", "2027-05-04T07:00:00Z", ""),
        ("by-appointment", "2027-05-04T12:00:00Z", "sur rendez-vous"),
    ]
    assert [(each["state"], each["note"]) for each in wednesday["intervals"]] == [
        ("open", ""),
        ("service", "Atelier"),
    ]
    assert (thursday["state"], thursday["source"]) == ("closed", "holiday")
    assert thursday["reason"]
    assert friday["intervals"][-1]["closes"] == "2027-05-08T00:00:00Z"


async def test_season_is_named_as_what_decided(client: AsyncClient, site: Site) -> None:
    spring, summer = await days(client, site, "2027-06-30", "2027-07-01")
    assert (spring["source"], summer["source"]) == ("week", "season")
    assert summer["intervals"][0]["closes"] == "2027-07-01T08:00:00Z"


async def test_open_days_leave_out_what_is_no_open_door(client: AsyncClient, site: Site) -> None:
    answer = await client.get(
        f"/api/v1/sites/{site.id}/open-days", params={"from": "2027-05-03", "to": "2027-05-09"}
    )
    assert answer.json()["days"] == ["2027-05-03", "2027-05-04", "2027-05-05", "2027-05-07"]


async def test_any_edit_is_seen_by_the_next_read(client: AsyncClient, site: Site) -> None:
    [before] = await days(client, site, "2027-05-03", "2027-05-03")
    await changing_hours.set_hours(SYSTEM, site.id, "Mo 10:00-11:00", version=1, now=clock.now())
    [after] = await days(client, site, "2027-05-03", "2027-05-03")
    assert before["intervals"] != after["intervals"]
    body = {
        "sites": [str(site.id)],
        "first_day": "2027-05-03",
        "last_day": "2027-05-03",
        "kind": "closed",
        "reason": "Panne",
    }
    assert (await client.post("/api/v1/exceptions", json=body)).status_code == 201
    [closed] = await days(client, site, "2027-05-03", "2027-05-03")
    assert (closed["state"], closed["source"], closed["reason"]) == ("closed", "exception", "Panne")


async def test_hours_that_nobody_has_said_are_unknown(client: AsyncClient, site: Site) -> None:
    await changing_hours.set_hours(SYSTEM, site.id, "", version=1, now=clock.now())
    [monday] = await days(client, site, "2027-05-03", "2027-05-03")
    assert (monday["state"], monday["intervals"]) == ("unknown", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mo 09:00-12:00,11:00-13:00", "sites.spans-overlap"),
        ("Mo 12:00-09:00", "sites.span-ends-before-start"),
        ("09:00-25:00", "sites.span-outside-day"),
        ("Mo-Fr 09:00-12:00; Mo 14:00-17:00", "sites.hours-rule-replaces"),
        ("Jul-Aug off", "sites.hours-never-open"),
        ('"sur rendez-vous"', "sites.hours-text-alone"),
    ],
)
async def test_what_is_wrong_with_hours_has_its_code(
    client: AsyncClient, site: Site, text: str, code: str
) -> None:
    answer = await client.put(
        f"/api/v1/sites/{site.id}/hours",
        json={"opening_hours": text},
        headers={"If-Match": '"1"'},
    )
    assert (answer.status_code, codes(answer)[-1]) == (422, code)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ([{"opens": 540, "closes": 720}, {"opens": 720, "closes": 540}], "hours[1].opens"),
        ([{"opens": 540, "closes": 720}, {"opens": 600, "closes": "11"}], "hours[1].closes"),
        ([{"opens": 540, "closes": 2000}], "hours[0].closes"),
    ],
)
async def test_a_place_in_a_list_is_said_in_one_way(
    client: AsyncClient, site: Site, hours: list[dict[str, object]], field: str
) -> None:
    body = {
        "sites": [str(site.id)],
        "first_day": "2027-05-03",
        "last_day": "2027-05-03",
        "kind": "open",
        "hours": hours,
    }
    answer = await client.post("/api/v1/exceptions", json=body)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("call", ["open-days", "opening-hours"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_days_out_of_reach_are_refused(
    client: AsyncClient, site: Site, call: str, day: str
) -> None:
    answer = await client.get(f"/api/v1/sites/{site.id}/{call}", params={"from": day, "to": day})
    assert (answer.status_code, codes(answer)) == (
        422,
        ["core.invalid", *["sites.day-out-of-reach"] * 2],
    )
