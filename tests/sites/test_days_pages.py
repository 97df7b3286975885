"""Closures and special hours of a site over HTTP, and its holidays."""

from __future__ import annotations

import re
from html import unescape

import pytest
from httpx import AsyncClient, Response

from comptoir.sites import queries
from comptoir.sites.tables import Site
from comptoir.sites.times import tidied
from tests.forms import Forms

pytestmark = pytest.mark.usefixtures("database")

#: Half an hour, by the ends of its fields.
ENDS = (("opens", "h00"), ("closes", "h30"))


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
    assert "Announced." in page
    assert "has moved" not in page  # nothing was due then
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


@pytest.mark.parametrize(
    ("entered", "fields"),
    [
        ({"kind": "shut"}, ["kind"]),
        ({"kind": ""}, ["kind"]),
        ({"yearly": "no"}, ["yearly"]),
        ({"opens_0": "25:00", "closes_1": "6"}, ["opens_0", "opens_1"]),
        ({"closes_0": "midi"}, ["closes_0"]),
        ({"opens_0": "12h", "closes_0": "9h"}, ["opens_0"]),
        ({"opens_1": "11", "closes_1": "13"}, ["opens_1"]),
        ({f"opens_{n}": f"{n + 12}" for n in range(2, 9)}, [f"closes_{n}" for n in range(2, 9)]),
        (
            {f"{end}_{n}": f"{n + 11}{half}" for n in range(1, 7) for end, half in ENDS},
            ["opens_6"],
        ),
        ({"first_day": "31.12.2099"}, ["first_day"]),
        ({"last_day": "2099-05-04"}, ["last_day"]),
    ],
)
async def test_what_is_wrong_with_a_closure_is_said_at_its_field_and_nothing_is_lost(
    client: AsyncClient, site: Site, entered: dict[str, str], fields: list[str]
) -> None:
    usual = {
        "sites": str(site.id),
        "first_day": "2099-05-05",
        "kind": "open",
        "opens_0": "9",
        "closes_0": "12",
        "reason": "Stocktaking",
    }
    sent = usual | entered
    answer = await client.post("/settings/exceptions/new", data=sent)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == fields
    shown = Forms(answer.text, filled=False)
    [form] = [each for each in shown.found if each.action == "/settings/exceptions/new"]
    lost = {"kind", "yearly"} & entered.keys()  # no button for what they hold
    kept = {name: tidied(value) if "s_" in name else value for name, value in sent.items()}
    assert {name: form.fields.get(name) for name in kept if name not in lost} == {
        name: value for name, value in kept.items() if name not in lost
    }


async def test_holiday_leads_to_opening_that_day(client: AsyncClient, site: Site) -> None:
    await Site.update({Site.region: "VD"}).where(Site.id == site.id)
    page = (await client.get(f"/settings/sites/{site.id}/days")).text
    [path, *_] = re.findall(r"/settings/exceptions/new\?[^\"]+day=[^\"]+", page)
    form = (await client.get(unescape(path))).text
    assert re.search(r'value="as-usual"[^>]* checked', form)
