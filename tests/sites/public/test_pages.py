"""The public pages over HTTP: who is shown, in which language, how heavy, how cached."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.sites import welcome
from comptoir.sites.skills.languages import SPOKEN
from comptoir.sites.skills.tables import StaffSkill
from comptoir.sites.tables import HoursException, Site, SiteSlug
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")

#: What a site's page may weigh in all, in bytes: a phone on 2G has it in ten seconds.
LIMIT = 50_000


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def place(name: str = "Comptoir de Fribourg", **values: Any) -> Site:
    return await factories.site(name=name, published=True, **values)


async def listed(client: AsyncClient, query: str = "") -> list[str]:
    """The names in the list, in their order."""
    html = (await client.get(f"/places{query}")).text
    return re.findall(r'<h3><a href="/places/[^"]+">([^<]+)</a>', html)


@pytest.mark.parametrize("values", [{}, {"published": True, "active": False}])
async def test_what_is_not_published_is_not_there(
    client: AsyncClient, values: dict[str, Any]
) -> None:
    site = await factories.site(**values)
    assert await listed(client) == []
    for path in ("", "/hours.ics", "/poster.pdf"):
        assert (await client.get(f"/places/{factories.slug(site)}{path}")).status_code == 404


async def test_an_unknown_place_is_not_there(client: AsyncClient) -> None:
    answer = await client.get(f"/places/{new_id()}?lang=en")
    assert answer.status_code == 404
    assert "There is no such place" in answer.text
    assert 'href="/places?lang=en"' in answer.text
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_an_old_address_leads_to_the_new_one_for_good(client: AsyncClient) -> None:
    site = await place()
    await db.execute("UPDATE sites_slug SET latest = :no", no=False)
    await SiteSlug(slug="fribourg", site=site.id, latest=True).save()
    for old in (site.id, str(site.id).upper(), factories.slug(site)):
        for rest in ("", "?lang=de&x=%0A", "/hours.ics", "/poster.pdf?lang=it"):
            answer = await client.get(f"/places/{old}{rest}")
            assert answer.status_code == 301
            assert answer.headers["location"] == f"/places/fribourg{rest}"
            assert answer.headers["cache-control"] == "public, max-age=60"
    await Site.update({Site.published: False}, force=True)
    assert (await client.get(f"/places/{site.id}")).status_code == 404


@pytest.mark.parametrize("address", ["%00", "%ff", "a'b", "FRIBOURG", "x" * 5000, "é"])
async def test_what_can_be_no_address_is_not_there(client: AsyncClient, address: str) -> None:
    assert (await client.get(f"/places/{address}")).status_code == 404


async def test_no_cookie_is_set_and_caches_may_keep_the_pages(client: AsyncClient) -> None:
    site = await place()
    client.cookies.set("flash", "anything")
    for path in (
        "/places",
        f"/places/{factories.slug(site)}",
        f"/places/{factories.slug(site)}/hours.ics",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert re.fullmatch(r"public, max-age=\d+", answer.headers["cache-control"])
        assert answer.headers["vary"].split(",")[0] == "Accept-Language"


async def test_the_page_is_the_same_for_who_is_signed_in(client: AsyncClient) -> None:
    """A cache that keeps it gives it to others."""
    site = await place()
    anonymous = (await client.get(f"/places/{factories.slug(site)}")).text
    await sign_in(client, await factories.user(role=Role.ADMIN, name="Claire Rochat"))
    client.cookies.set("language", "de")
    assert (await client.get(f"/places/{factories.slug(site)}")).text == anonymous


async def test_the_address_says_the_language_else_the_browser(client: AsyncClient) -> None:
    site = await place()
    for query, browser, language in (
        ("", "de-CH,de;q=0.9", "de"),
        ("?lang=it", "de", "it"),
        ("?lang=xx", "de", "de"),
        ("", "pt", "fr"),
    ):
        for path in ("/places", f"/places/{factories.slug(site)}"):
            answer = await client.get(path + query, headers={"Accept-Language": browser})
            assert answer.headers["content-language"] == language
            assert f'<html lang="{language}">' in answer.text


async def test_links_keep_the_chosen_language_and_the_search(client: AsyncClient) -> None:
    site = await place(offers="wifi")
    html = (await client.get("/places?offer=wifi&lang=de")).text
    assert f'href="/places/{factories.slug(site)}?lang=de"' in html
    assert 'href="/places?offer=wifi&amp;lang=it"' in html


async def test_the_list_is_filtered(client: AsyncClient) -> None:
    await place("Wifi", offers="wifi printing", languages="fr pt")
    await place("Ramp", wheelchair="limited", offers="first-steps")
    team = await place("Team", wheelchair="no")
    person = await factories.user(role=Role.RECEPTION, site_id=team.id)
    await StaffSkill(user=person.id, language="ti", shown=True).save()
    await StaffSkill(user=person.id, language="ar", shown=False).save()
    assert await listed(client) == ["Ramp", "Team", "Wifi"]
    assert await listed(client, "?offer=wifi") == ["Wifi"]
    assert await listed(client, "?offer=printing&language=pt") == ["Wifi"]
    assert await listed(client, "?wheelchair=1") == ["Ramp"]
    assert await listed(client, "?language=ti") == ["Team"]
    assert await listed(client, "?language=ar") == []  # not for the public
    assert await listed(client, "?offer=%25") == ["Ramp", "Team", "Wifi"]


async def test_the_list_is_filtered_by_canton_or_departement(client: AsyncClient) -> None:
    await place("Bulle", region="FR", postcode="1630", city="Bulle", offers="wifi")
    await place("Sion", region="VS", postcode="1950", city="Sion")
    await place("Lyon", country="FR", region="69", postcode="69003", city="Lyon", offers="wifi")
    await place("Nowhere")
    assert await listed(client, "?region=CH-FR") == ["Bulle"]
    assert await listed(client, "?region=FR-69&offer=wifi") == ["Lyon"]
    assert await listed(client, "?region=CH-VS&offer=wifi") == []
    assert await listed(client, "?region=CH-GE") == []
    for nonsense in ("", "CH", "CH-", "CH-XX", "FR-x"):
        assert await listed(client, f"?region={nonsense}") == ["Bulle", "Lyon", "Nowhere", "Sion"]
    html = (await client.get("/places?offer=wifi&lang=de")).text
    assert re.findall(r'<option value="(..-[^"]+)"', html) == ["CH-FR", "FR-69"]
    assert 'for="region">Kanton oder Département' in html
    assert "1630 Bulle (FR)" in html
    assert "69003 Lyon (Rhône)" in html
    assert '"CH-VS" selected' in (await client.get("/places?offer=wifi&region=CH-VS")).text


async def test_a_single_region_is_nothing_to_choose_from(client: AsyncClient) -> None:
    site = await place(region="FR")
    assert 'name="region"' not in (await client.get("/places")).text
    page = (await client.get(f"/places/{factories.slug(site)}?lang=de")).text
    assert "<dt>Kanton</dt><dd>Freiburg (FR)</dd>" in page


async def test_the_list_leads_to_the_open_data(client: AsyncClient) -> None:
    def files(html: str) -> list[str]:
        return re.findall(r'href="(/places/[^"]+\.(?:csv|geojson|json))"', html)

    await place(region="FR")
    assert files((await client.get("/places")).text) == ["/places/places.geojson"]
    await place("Lyon", country="FR", region="69")
    found = files((await client.get("/places")).text)
    assert len(found) == 4
    assert [(await client.get(file)).status_code for file in found] == [200] * 4


async def test_open_now_leaves_out_what_is_not_known_to_be_open(client: AsyncClient) -> None:
    await place("Always", opening_hours="24/7")
    await place("Unknown", opening_hours="")
    await place("Appointment", opening_hours="Mo-Su unknown")
    assert await listed(client, "?open=1") == ["Always"]
    html = (await client.get("/places")).text
    assert "Closed now" not in html
    assert "Opening hours not known" in html


async def test_the_nearest_come_first(client: AsyncClient) -> None:
    await place("Bulle", postcode="1630")
    await place("Lyon", postcode="69003", country="FR")
    await place("Fribourg", postcode="1700")
    assert await listed(client, "?postcode=69001") == ["Lyon", "Bulle", "Fribourg"]
    assert await listed(client, "?postcode=1709") == ["Fribourg", "Bulle", "Lyon"]
    assert await listed(client, "?postcode=CH-1709+Marly") == ["Fribourg", "Bulle", "Lyon"]
    assert "The nearest come first" in (await client.get("/places?postcode=1709")).text
    unknown = (await client.get("/places?postcode=9999")).text
    assert "The nearest come first" not in unknown
    assert "No postcode of Switzerland or France begins like 9999" in unknown
    refused = await client.get("/places?postcode=Bulle")
    assert "Enter four figures for Switzerland" in refused.text


async def test_the_list_has_pages_and_asks_once_however_many_there_are(
    client: AsyncClient,
) -> None:
    first = await place("Place 00")
    for number in range(1, 45):
        await place(f"Place {number:02}", organisation=first.organisation)
    with db.count_statements() as statements:
        assert await listed(client) == [f"Place {number:02}" for number in range(20)]
    assert len(statements) == 1
    assert len(await listed(client, "?page=3")) == 5
    assert await listed(client, "?page=99999") == await listed(client)
    html = (await client.get("/places?page=2&open=&lang=en")).text
    assert 'href="/places?page=3&amp;lang=en"' in html
    assert 'href="/places?page=1&amp;lang=en"' in html


async def announce(site: Site, day: date, **values: Any) -> None:
    await HoursException(
        site=site.id,
        batch=new_id(),
        first_day=day,
        last_day=day,
        created_at=clock.now(),
        **values,
    ).save()


async def full_place() -> Site:
    """A site that says all it can, with an exception on every other day ahead."""
    site = await place(
        offers=" ".join(welcome.OFFERS),
        audiences=" ".join(welcome.AUDIENCES),
        languages=" ".join(SPOKEN),
        transport="Bus " * 70,
        kind="library",
        cost="free",
        visits="both",
        wheelchair="yes",
        workstations=12,
        latitude=46.8,
        longitude=7.15,
        email="desk@pont.example",
        shows_stock=True,
        opening_hours='Mo-Su 09:00-12:00,14:00-17:00, Mo-Su 14:00-16:00 open "Workshop"',
    )
    await factories.photo(site.id, alt="Porte " * 33)
    today = clock.now().date()
    for number in range(0, 90, 2):
        day = today + timedelta(days=number)
        await announce(site, day, kind="closed", reason="Works " * 15)
    return site


async def test_a_page_weighs_little_with_all_that_comes_along(client: AsyncClient) -> None:
    site = await full_place()
    for path in (f"/places/{factories.slug(site)}", "/places"):
        html = (await client.get(path, headers={"Accept-Language": "fr"})).text
        assert "Works" in html or path == "/places"
        assert re.findall(r"<(?:iframe|video|script src)", html) == []
        linked = re.findall(r'<link rel="(?:icon|stylesheet)" href="([^"]+)"', html)
        assert len(linked) == 2
        assert all(address.startswith("/static/") for address in linked)
        photos = re.findall(r'<img [^>]*src="([^"]+)"', html)
        assert [address.partition("?")[0] for address in photos] == (
            [] if path == "/places" else [f"{path}/photo.webp"]
        )
        weight = len(html.encode())
        for address in linked + photos:
            weight += len((await client.get(address)).content)
        assert weight < LIMIT


async def test_a_page_shows_today_first_and_everything_that_is_known(client: AsyncClient) -> None:
    html = (await client.get(f"/places/{factories.slug(await full_place())}")).text
    texts = ["Today:", "rue de Lausanne 12", "The next seven days", "Later on", "Workshop: 14:00"]
    texts += ["mailto:desk@pont.example"]
    texts += ["Wi-Fi", "Older people", "Free of charge", "Accessible by wheelchair", "Portuguese"]
    texts += ["https://www.openstreetmap.org/?mlat=46.8&amp;mlon=7.15#map=17/46.8/7.15"]
    assert [text for text in texts if text not in html] == []
    body = html.partition("<h1>")[2]
    assert body.index("Today:") < body.index("rue de Lausanne 12")


async def test_without_coordinates_a_map_is_asked_for_the_address(client: AsyncClient) -> None:
    site = await place()
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    asked = "query=rue+de+Lausanne+12%2C+1700+Fribourg%2C+CH"
    assert f"https://www.openstreetmap.org/search?{asked}" in html
    await Site.update({Site.street: ""}, force=True)
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    assert "openstreetmap" not in html


async def test_stock_is_shown_where_the_site_wants_it(client: AsyncClient) -> None:
    site = await place(shows_stock=True)
    category = await factories.category("Laptop")
    model = await factories.model(category=category.id)
    for _ in range(2):
        await factories.item(site_id=site.id, model=model.id)
    await factories.item(site_id=site.id, model=model.id, status="quarantined")
    assert "Laptop: 2" in (await client.get(f"/places/{factories.slug(site)}")).text
    await Site.update({Site.shows_stock: False}, force=True)
    assert "Laptop" not in (await client.get(f"/places/{factories.slug(site)}")).text


async def test_search_engines_read_normal_and_special_hours(client: AsyncClient) -> None:
    """Beside what schema.org asks: no text can end the script element early."""
    site = await place(
        "Comptoir </script><b>",
        opening_hours="Mo-Su 09:00-12:00",
        latitude=46.8,
        longitude=7.15,
        region="FR",
    )
    shut, late = (clock.now().date() + timedelta(days=days) for days in (10, 12))
    await announce(site, shut, kind="closed")
    await announce(site, late, kind="open", hours="1200-1560", reason="Night of the museums")
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    node = json.loads(text)
    assert (node["@context"], node["@type"]) == ("https://schema.org", "LocalBusiness")
    assert node["name"] == "Comptoir </script><b>"
    assert node["address"]["postalCode"] == "1700"
    assert node["geo"] == {"@type": "GeoCoordinates", "latitude": 46.8, "longitude": 7.15}
    normal = node["openingHoursSpecification"]
    assert len(normal) == 7
    assert normal[0] == {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": "https://schema.org/Monday",
        "opens": "09:00",
        "closes": "12:00",
    }
    special = {each["validFrom"]: each for each in node["specialOpeningHoursSpecification"]}
    assert all(each["validThrough"] == day for day, each in special.items())
    assert (special[str(shut)]["opens"], special[str(shut)]["closes"]) == ("00:00", "00:00")
    assert (special[str(late)]["opens"], special[str(late)]["closes"]) == ("20:00", "02:00")
    assert special[str(late)]["description"] == "Night of the museums"


async def test_hours_that_nobody_knows_are_said_to_be_unknown_once(client: AsyncClient) -> None:
    site = await place(opening_hours="")
    html = (await client.get(f"/places/{factories.slug(site)}?lang=en")).text
    assert html.count("Opening hours not known") == 1
    assert html.lower().count("ask before you come") == 1
    assert "Today:" not in html
    assert "The next seven days" not in html


async def test_search_engines_are_not_told_that_unknown_is_closed(client: AsyncClient) -> None:
    site = await place(opening_hours="")
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert not {"openingHoursSpecification", "specialOpeningHoursSpecification"} & set(
        json.loads(text)
    )


async def test_search_engines_read_what_is_announced_of_an_unknown_week(
    client: AsyncClient,
) -> None:
    """Days that follow each other and are alike are told once."""
    site = await place(opening_hours="")
    first = clock.now().date() + timedelta(days=50)
    await announce(site, first, kind="closed", reason="Works")
    await announce(site, first + timedelta(days=1), kind="closed", reason="Works")
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    node = json.loads(text)
    assert "openingHoursSpecification" not in node
    assert node["specialOpeningHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": str(first),
            "validThrough": str(first + timedelta(days=1)),
            "opens": "00:00",
            "closes": "00:00",
            "description": "Works",
        }
    ]


async def test_the_calendar_tells_when_the_door_is_open(client: AsyncClient) -> None:
    site = await place(opening_hours='Mo-Su 09:00-12:00, Mo-Su 14:00-16:00 open "Workshop"')
    answer = await client.get(f"/places/{factories.slug(site)}/hours.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events) == 2 * 85
    assert {str(event["summary"]) for event in events} == {
        "Comptoir de Fribourg – open",
        "Comptoir de Fribourg – Workshop",
    }


async def test_the_date_of_confirmation_is_shown(client: AsyncClient) -> None:
    site = await place(hours_confirmed_on=date(2026, 11, 2))
    html = (await client.get(f"/places/{factories.slug(site)}")).text
    assert "These hours were confirmed on 2 November 2026." in html
    await Site.update({Site.hours_confirmed_on: None}, force=True)
    html = (await client.get(f"/places/{factories.slug(site)}?lang=en")).text
    assert "Nobody has confirmed these hours yet." in html
    await Site.update({Site.opening_hours: ""}, force=True)
    assert "confirmed" not in (await client.get(f"/places/{factories.slug(site)}?lang=en")).text


async def test_the_page_of_a_place_has_its_week_its_seasons_and_each_service_once(
    client: AsyncClient,
) -> None:
    """In June one has to see that afternoons are shut from July on."""
    hours = (
        "Mo-Fr 09:00-12:00,14:00-17:00; Jul-Aug Mo-Fr 09:00-12:00, "
        'Tu 17:00-18:00 open "Atelier", Su 10:00-11:00 open "Atelier"'
    )
    site = await place(opening_hours=hours)
    html = (await client.get(f"/places/{factories.slug(site)}?lang=en")).text
    text = " ".join(re.sub("<[^>]+>", " ", html).split())
    usual = "Monday to Friday 09:00–12:00 and 14:00–17:00 Saturday and Sunday closed"
    assert f"Every week {usual}" in text
    assert "July to August Monday to Friday 09:00–12:00" in text
    assert "Atelier Tuesday 17:00–18:00; Sunday 10:00–11:00" in text
    assert text.count("Atelier Tuesday") == 1
