"""The settings of places over HTTP, and the switch to another of one's sites."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape

import pytest
from httpx import AsyncClient

from comptoir.core import audit, db
from comptoir.core.accounts.tables import Session
from comptoir.core.principal import Role
from comptoir.sites import queries
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.publishing import publish_site
from comptoir.sites.tables import Site, StaffMember
from tests import factories
from tests.http_client import sign_in

pytestmark = pytest.mark.usefixtures("database")


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


async def test_whoever_may_not_add_sites_reads_who_can(client: AsyncClient, site: Site) -> None:
    said = "New sites are added by whoever coordinates all sites"
    assert said in (await client.get("/settings/sites")).text
    await as_admin(client)
    assert said not in (await client.get("/settings/sites")).text


async def test_whoever_adds_a_site_stays_where_they_work(client: AsyncClient, site: Site) -> None:
    await as_admin(client)
    assert "Fribourg" in (await client.get("/settings/sites")).text
    data = data_of(site, name="Comptoir d'Aarau", city="Aarau")
    answer = await client.post("/settings/sites/new", data=data)
    assert answer.status_code == 303
    [place] = await db.fetch("SELECT id FROM sites_site WHERE city = 'Aarau'")
    assert place["id"] != site.id
    shown = re.search(
        r'<a[^>]*href="/site\?[^>]*>(.*?)</a>', (await client.get("/account")).text, re.S
    )
    assert shown
    assert "Fribourg" in shown[1]


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


async def test_many_sites_come_in_pages_and_are_searched(client: AsyncClient, site: Site) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN), site_id=site.id)
    for number in range(60):
        await factories.site(
            name=f"Médiathèque {number:02}",
            city="Lyon" if number == 7 else "Bulle",
            organisation=site.organisation,
            published=number % 2 == 0,
        )
    await db.execute(
        "UPDATE sites_slug SET slug = 'mediatheque-' || slug WHERE slug <> :own",
        own=factories.slug(site),
    )

    async def shown(path: str) -> tuple[list[str], str]:
        with db.count_statements() as statements:
            html = (await client.get(path)).text
        assert len(statements) < 8
        [following] = re.findall(r'href="([^"]+)" rel="next"', html) or [""]
        return re.findall(r"<h2>((?:Comptoir|Médiathèque)[^<]+)</h2>", html), unescape(following)

    names: list[str] = []
    path = "/settings/sites"
    while path:
        some, path = await shown(path)
        assert 0 < len(some) <= 25
        names += some
    assert names == ["Comptoir de Fribourg", *(f"Médiathèque {each:02}" for each in range(60))]
    odd, following = await shown("/settings/sites?words=M%C3%A9DIATH&unpublished=1")
    assert odd == [f"Médiathèque {number:02}" for number in range(1, 50, 2)]
    assert len((await shown(following))[0]) == 5
    assert (await shown("/settings/sites?words=lyon"))[0] == ["Médiathèque 07"]
    assert "No site is like that." in (await client.get("/settings/sites?words=Gen%C3%A8ve")).text
    for sign in ("%25", "_", "!", "%25%25%25"):
        assert (await shown(f"/settings/sites?words={sign}"))[0] == [], "a sign is no wildcard"
    assert (await client.get("/settings/sites?words=%25%27")).status_code == 200
    for nonsense in ("?after=x", f"?after={site.id}0"):
        assert (await client.get(f"/settings/sites{nonsense}")).status_code == 422


async def test_reception_publishes_nothing(site: Site, now: datetime) -> None:
    with pytest.raises(SitesForbidden):
        await publish_site(await factories.principal(Role.RECEPTION, site.id), site.id, now=now)
    assert not (await queries.site(site.id)).published


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
    ("country", "right", "wrong"),
    [
        ("CH", "1700", "<"),
        ("CH", "", "69003"),
        ("CH", "8000", "١٧٠٠"),
        ("FR", "01000", "1700"),
        ("AT", "1010", "A-1010"),
        ("GB", "SW1A 1AA", "<b>"),
    ],
)
async def test_a_postcode_is_one_of_its_country(
    client: AsyncClient, site: Site, country: str, right: str, wrong: str
) -> None:
    path = f"/settings/sites/{site.id}"
    data = data_of(site, country=country)
    refused = await client.post(path, data=data | {"postcode": wrong})
    assert (refused.status_code, 'id="postcode-error"' in refused.text) == (422, True)
    assert (await client.post(path, data=data | {"postcode": right})).status_code == 303


async def test_french_postcode_says_the_departement(client: AsyncClient, site: Site) -> None:
    data = data_of(site, country="FR", time_zone="Europe/Paris", postcode="67000")
    assert (await client.post(f"/settings/sites/{site.id}", data=data)).status_code == 303
    assert (await queries.site(site.id)).region == "67"
    assert not (await queries.site_calendar(site.id)).is_open_day(date(2027, 3, 26))  # Good Friday


async def test_canton_that_is_none_is_refused(client: AsyncClient, site: Site) -> None:
    answer = await client.post(f"/settings/sites/{site.id}", data=data_of(site, region="XX"))
    assert answer.status_code == 422
    assert 'id="region-error"' in answer.text
