"""The pages of items over HTTP: who sees what, what a form does, what a wrong one says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.principal import Role
from comptoir.inventory import codes
from comptoir.inventory.tables import Item, ItemProblem
from comptoir.sites.tables import Site
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


async def as_reception(client: AsyncClient, site: Site) -> None:
    user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
    await sign_in(client, user, site_id=site.id)


async def test_the_list_shows_the_items_of_the_site(client: AsyncClient, site: Site) -> None:
    mine = await factories.item(site_id=site.id, serial="PF1")
    other = await factories.item(site_id=(await factories.site()).id)
    answer = await client.get("/items")
    assert answer.status_code == 200
    assert codes.display(mine.code) in answer.text
    assert codes.display(other.code) not in answer.text


async def test_a_whole_code_leads_to_the_item(client: AsyncClient, site: Site) -> None:
    item = await factories.item(site_id=site.id)
    for text in (item.code, codes.display(item.code).lower(), f"HTTPS://X.CH/T/{item.code}"):
        answer = await client.get("/items", params={"q": text})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{item.code}")


async def test_what_is_searched_may_be_long(client: AsyncClient, site: Site) -> None:
    assert (await client.get(f"/items?q={'x' * 5000}")).status_code == 200


async def test_the_item_page_says_what_is_wrong(client: AsyncClient, site: Site) -> None:
    model = await factories.model(accessories=("Charger",))
    item = await factories.item(site_id=site.id, model=model.id)
    page = await client.get(f"/items/{item.code}")
    accessory = page.text.split('name="accessory" value="')[1].split('"')[0]
    answer = await client.post(
        f"/items/{item.code}/problems", data={"kind": "missing", "accessory": accessory}
    )
    assert answer.status_code == 303
    page = await client.get(f"/items/{item.code}")
    assert "Charger: missing" in page.text
    assert "Problem reported: Charger is missing." in page.text
    assert "It is complete and works" in page.text
    assert await ItemProblem.count() == 1
    await client.post(f"/items/{item.code}/actions/check")
    page = await client.get(f"/items/{item.code}")
    assert "Charger: missing" not in page.text


async def test_an_item_of_another_site_is_not_found(client: AsyncClient) -> None:
    item = await factories.item(site_id=(await factories.site()).id)
    for path in ("", "/edit", "/actions/retire"):
        assert (await client.get(f"/items/{item.code}{path}")).status_code == 404
    assert (await client.post(f"/items/{item.code}/actions/set_aside")).status_code == 404


async def test_what_is_no_code_is_not_found(client: AsyncClient) -> None:
    for code in ("BCDFGHJL", "nonsense", "x" * 600):
        assert (await client.get(f"/items/{code}")).status_code == 404


async def test_a_grave_action_is_asked_about_first(client: AsyncClient, site: Site) -> None:
    item = await factories.item(site_id=site.id)
    asked = await client.get(f"/items/{item.code}/actions/retire")
    assert "Retire this item?" in asked.text
    answer = await client.post(f"/items/{item.code}/actions/retire")
    assert answer.status_code == 303
    assert await Item.exists().where(Item.status == "retired")


async def test_reception_is_not_offered_and_may_not_retire(client: AsyncClient, site: Site) -> None:
    await as_reception(client, site)
    item = await factories.item(site_id=site.id)
    page = await client.get(f"/items/{item.code}")
    assert "/actions/retire" not in page.text
    assert f"/items/{item.code}/edit" not in page.text
    assert (await client.post(f"/items/{item.code}/actions/retire")).status_code == 403
    assert (await client.get("/items/new")).status_code == 403


async def test_an_action_that_does_not_fit_is_refused(client: AsyncClient, site: Site) -> None:
    item = await factories.item(site_id=site.id, status="on_loan")
    answer = await client.post(f"/items/{item.code}/actions/check")
    assert answer.status_code == 409
    assert "Take it back at the desk first." in answer.text
    for action in ("lend", "take_back", "nonsense"):
        assert (await client.post(f"/items/{item.code}/actions/{action}")).status_code == 404


async def test_an_item_is_brought_in_by_a_form(client: AsyncClient, site: Site) -> None:
    model = await factories.model()
    answer = await client.post(
        "/items/new",
        data={
            "model": str(model.id),
            "home_site": str(site.id),
            "serial": "pf-1",
            "condition": "new",
            "purchased_on": "2026-03-01",
            "price": "1'299.50",
            "currency": "CHF",
        },
    )
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert "PF-1" in page.text
    assert "1,299.50" in page.text


async def test_wrong_fields_keep_what_was_typed_and_say_why(
    client: AsyncClient, site: Site
) -> None:
    model = await factories.model()
    taken = await factories.item(site_id=site.id, model=model.id, serial="PF-1")
    answer = await client.post(
        "/items/new",
        data={
            "model": "",
            "home_site": str(site.id),
            "price": "much",
            "serial": "<b>",
            "condition": "odd",
        },
    )
    assert answer.status_code == 422
    assert 'id="condition-error"' in answer.text
    assert 'id="model-error"' in answer.text
    assert 'id="price-error"' in answer.text
    assert "&lt;b&gt;" in answer.text
    chosen = {"model": str(model.id), "home_site": str(site.id), "currency": "CHF"}
    answer = await client.post("/items/new", data={**chosen, "price": "-5", "imei_2": "1"})
    assert 'id="price-error"' in answer.text
    assert 'id="imei_2-error"' in answer.text
    answer = await client.post(
        "/items/new",
        data={
            "model": str(model.id),
            "home_site": str(site.id),
            "serial": "PF-1",
            "currency": "CHF",
        },
    )
    assert answer.status_code == 422
    assert f'href="/items/{taken.code}"' in answer.text


async def test_an_item_is_corrected_once(client: AsyncClient, site: Site) -> None:
    item = await factories.item(site_id=site.id)
    data = {
        "model": str(item.model),
        "home_site": str(site.id),
        "serial": "NEW-1",
        "currency": "CHF",
        "version": "1",
    }
    assert (await client.get(f"/items/{item.code}/edit")).status_code == 200
    assert (await client.post(f"/items/{item.code}/edit", data=data)).status_code == 303
    again = await client.post(f"/items/{item.code}/edit", data=data | {"serial": "NEW-2"})
    assert again.status_code == 412


async def test_an_item_is_sent_to_another_site(client: AsyncClient, site: Site) -> None:
    there = await factories.site(name="Comptoir de Lausanne")
    item = await factories.item(site_id=site.id)
    answer = await client.post(f"/items/{item.code}/send", data={"destination": str(there.id)})
    assert answer.status_code == 303
    page = await client.get(f"/items/{item.code}")
    assert "Comptoir de Lausanne" in page.text
    assert "Sent to Comptoir de Lausanne." in page.text
    assert (await client.post(f"/items/{item.code}/actions/receive")).status_code == 303


async def test_the_export_runs_nothing_in_a_spreadsheet(client: AsyncClient, site: Site) -> None:
    await factories.item(
        site_id=site.id, serial="=1+1", notes='=HYPERLINK("http://x")', imei_1="356938035643809"
    )
    answer = await client.get("/items.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "\"'=HYPERLINK" in text
    assert "35-693803-564380-9" in text
    assert not any(
        cell.strip('"').startswith(("=", "+", "-", "@"))
        for line in text.splitlines()
        for cell in line.split(";")
    )


async def test_nobody_sees_items_without_signing_in(site: Site) -> None:
    item = await factories.item(site_id=site.id)
    async with client_of() as stranger:
        for path in ("/items", f"/items/{item.code}", "/items.csv", "/items/new"):
            assert (await stranger.get(path)).headers["location"].startswith("/sign-in")


async def test_what_is_in_order_is_not_pressed_to_be_set_aside(
    client: AsyncClient, site: Site
) -> None:
    for status, first in (("available", ' class="plain"'), ("to_check", "")):
        item = await factories.item(site_id=site.id, status=status)
        text = (await client.get(f"/items/{item.code}")).text
        actions = text[text.index('<div class="item-actions">') :]
        button = actions[actions.index("<button") :]
        assert button.startswith(f"<button{first}>"), status
