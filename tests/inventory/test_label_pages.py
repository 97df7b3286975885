"""Choosing and printing labels over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.principal import Role
from comptoir.inventory import codes
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
        await sign_in(client, user, site_id=site.id)
        yield client


async def test_the_labels_of_ticked_items_are_printed(client: AsyncClient, site: Site) -> None:
    items = [await factories.item(site_id=site.id) for _ in range(3)]
    page = await client.get("/items/labels", params={"code": [item.code for item in items]})
    assert "3 labels to print" in page.text
    for sheet, start in (("L7160", "5"), ("L7163", "14"), ("62mm", "1"), ("62mm", "")):
        answer = await client.post(
            "/items/labels",
            data={
                "code": [item.code for item in items],
                "sheet": sheet,
                f"start_{sheet}": start,
            },
        )
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "data",
    [
        {"sheet": "nonsense"},
        {"sheet": "L7160", "start_L7160": "22"},
        {"sheet": "L7160", "start_L7160": "-1"},
        {"sheet": "L7160", "start_L7160": "x"},
    ],
)
async def test_nothing_is_printed_on_a_sheet_or_place_that_is_none(
    client: AsyncClient, site: Site, data: dict[str, str]
) -> None:
    item = await factories.item(site_id=site.id)
    answer = await client.post("/items/labels", data={"code": item.code, **data})
    assert answer.status_code == 422


async def test_labels_of_other_sites_are_not_printed(client: AsyncClient) -> None:
    other = await factories.item(site_id=(await factories.site()).id)
    for code in (other.code, codes.new_code(), "nonsense"):
        assert (await client.get("/items/labels", params={"code": code})).status_code == 303
        assert (await client.post("/items/labels", data={"code": code})).status_code == 303
