"""What the code on an item or a card tells whoever finds it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory import codes
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site(phone="+41265550110")


@pytest.fixture
async def stranger(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def test_a_finder_sees_where_to_bring_an_item_and_nothing_else(
    stranger: AsyncClient, site: Site
) -> None:
    item = await factories.item(site_id=site.id, serial="PF-SECRET", notes="private", status="lost")
    shown = codes.display(item.code)
    for path in (f"/t/{item.code}", f"/T/{item.code}", f"/t/{shown.lower()}", f"/T/{shown}"):
        answer = await stranger.get(path)
        assert answer.status_code == 200
        for known in ("Association du Pont", "rue de Lausanne 12", "1700 Fribourg", "09:00–17:00"):
            assert known in answer.text
        assert "+41 26 555 01 10" in answer.text
        for secret in ("PF-SECRET", "private", "ThinkPad", "Lost"):
            assert secret not in answer.text
        assert "noindex" in answer.headers["x-robots-tag"]


async def test_whoever_is_far_away_finds_the_nearest_place_and_learns_of_no_loan(
    stranger: AsyncClient, site: Site
) -> None:
    item = await factories.item(site_id=site.id)
    alone = await stranger.get(f"/t/{item.code}")
    assert 'name="postcode"' not in alone.text
    other = await factories.site(
        name="Comptoir de Lausanne", postcode="1003", city="Lausanne", published=True
    )
    free = await stranger.get(f"/t/{item.code}")
    assert 'action="/places"' in free.text
    borrower = await factories.borrower(site_id=site.id)
    await factories.loan(item=item, borrower_id=borrower.id, now=clock.now(), return_site=other.id)
    lent = await stranger.get(f"/t/{item.code}")
    assert _without_addresses(lent.text) == _without_addresses(free.text)
    assert "Lausanne" not in re.sub(r"rue[ +]de[ +]Lausanne", "", lent.text)
    nearest = await stranger.get("/places", params={"postcode": "1005"})
    assert "Comptoir de Lausanne" in nearest.text


async def test_staff_of_the_item_see_the_item(stranger: AsyncClient, site: Site) -> None:
    item = await factories.item(site_id=site.id)
    await sign_in(stranger, await factories.user(role=Role.RECEPTION, site_id=site.id))
    answer = await stranger.get(f"/T/{item.code}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{item.code}")


async def test_staff_of_another_site_see_what_a_finder_sees(
    stranger: AsyncClient, site: Site
) -> None:
    elsewhere = await factories.site()
    item = await factories.item(site_id=site.id)
    await sign_in(stranger, await factories.user(role=Role.RECEPTION, site_id=elsewhere.id))
    assert (await stranger.get(f"/t/{item.code}")).status_code == 200


async def test_staff_who_scan_what_is_no_code_keep_their_menu(
    stranger: AsyncClient, site: Site
) -> None:
    await sign_in(stranger, await factories.user(role=Role.RECEPTION, site_id=site.id))
    answer = await stranger.get("/t/nonsense")
    assert answer.status_code == 404
    assert 'href="/desk"' in answer.text


@pytest.mark.parametrize("code", ["nonsense", "BCDFGHJL", "x" * 600])
async def test_what_is_no_code_is_not_found(stranger: AsyncClient, code: str) -> None:
    item, card = [await stranger.get(f"/{kind}/{code}") for kind in "tb"]
    assert (item.status_code, card.status_code) == (404, 404)
    assert ("on the label" in item.text, "on the card" in item.text) == (True, False)
    assert ("on the label" in card.text, "on the card" in card.text) == (False, True)


async def test_an_unknown_item_is_not_found(stranger: AsyncClient) -> None:
    assert (await stranger.get(f"/t/{codes.new_code()}")).status_code == 404


async def test_the_page_of_a_card_is_the_same_whether_the_card_exists(
    stranger: AsyncClient, site: Site
) -> None:
    borrower = await factories.borrower(site_id=site.id)
    card = await factories.card(borrower.id)
    known = await stranger.get(f"/B/{card.code}")
    unknown = await stranger.get(f"/b/{codes.new_code()}")
    assert known.status_code == unknown.status_code == 200
    assert "rue de Lausanne 12" in known.text
    assert _without_addresses(known.text) == _without_addresses(unknown.text)
    assert "Amina" not in known.text


def _without_addresses(html: str) -> list[str]:
    """The page without the links to the page itself in other languages."""
    return [line for line in html.splitlines() if 'hreflang="' not in line]


async def test_a_finder_reads_in_todays_line_that_the_door_is_shut_and_why(
    stranger: AsyncClient, site: Site
) -> None:
    today = clock.now().astimezone(ZoneInfo("Europe/Zurich")).date()
    await factories.closure(site_id=site.id, first_day=today, reason="Boiler")
    item = await factories.item(site_id=site.id)
    text = (await stranger.get(f"/t/{item.code}", headers={"Accept-Language": "en"})).text
    line = re.search(r"\(today\)</dt>\s*<dd>\s*(.*?)\s*</dd>", text, re.DOTALL)
    assert line is not None
    assert line[1] == "closed (Boiler)"
    assert "Closed now" in text


async def test_a_finder_reads_the_days_ahead_and_when_the_hours_were_confirmed(
    stranger: AsyncClient, site: Site
) -> None:
    soon = clock.now().date() + timedelta(days=20)
    await factories.closure(site_id=site.id, first_day=soon, reason="Inventory")
    await Site.update({Site.hours_confirmed_on: date(2026, 11, 2)}, force=True)
    item = await factories.item(site_id=site.id)
    for path in (f"/t/{item.code}", f"/b/{codes.new_code()}"):
        text = (await stranger.get(f"{path}?lang=en")).text
        assert text.count("<dt>") == 7 + 1
        assert "closed (Inventory)" in text
        assert "These hours were confirmed on 2 November 2026." in text


async def test_what_a_finder_reads_is_light_and_sets_no_cookie(
    stranger: AsyncClient, site: Site
) -> None:
    item = await factories.item(site_id=site.id)
    paths = [f"/t/{item.code}", f"/b/{codes.new_code()}", "/t/nonsense", "/b/nonsense"]
    for path in paths:
        for language in ("fr", "de", "it", "en"):
            answer = await stranger.get(f"{path}?lang={language}")
            assert answer.headers["content-language"] == language
            assert "set-cookie" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
            assert re.findall(r"<script|method=.post", answer.text) == []
            assert f'href="/places?lang={language}"' in answer.text
            linked = re.findall(r'<link rel="(?:icon|stylesheet)" href="([^"]+)"', answer.text)
            weight = len(answer.content)
            for address in linked:
                weight += len((await stranger.get(address)).content)
            assert weight < 20_000


async def test_of_many_places_a_card_names_none_and_leads_to_the_nearest(
    stranger: AsyncClient, site: Site
) -> None:
    for number in range(5):
        await factories.site(name=f"Place {number}", organisation=site.organisation)
    six = (await stranger.get(f"/b/{codes.new_code()}")).text
    assert six.count("<h2>") == 5, "nobody can be led to the list, so some are named"
    assert 'name="postcode"' not in six
    await Site.update({Site.published: True}, force=True)
    led = (await stranger.get(f"/b/{codes.new_code()}")).text
    assert "Place" not in led
    assert 'action="/places"' in led
