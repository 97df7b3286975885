"""Closures and special hours of a site over HTTP, and its holidays."""

from __future__ import annotations

import re
from html import unescape

import pytest
from httpx import AsyncClient, Response

from comptoir.sites import queries
from comptoir.sites.tables import Site

pytestmark = pytest.mark.usefixtures("database")


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
