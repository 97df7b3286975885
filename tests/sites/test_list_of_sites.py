"""``GET /api/v1/sites``: every site once, page by page, whatever happens in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, use_token


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    for name in ("Bulle", "Aigle", "Corcelles", "Delle", "Echallens"):
        await make.site(name=name)
    async with client_of() as client:
        yield client


async def page(client: AsyncClient, path: str) -> tuple[list[str], str | None]:
    body = (await client.get(path)).json()
    return [site["name"] for site in body["items"]], body["next"]


async def test_sites_come_by_name_and_page_by_page(client: AsyncClient) -> None:
    await use_token(client, "desk")
    first, following = await page(client, "/api/v1/sites?limit=2")
    assert (first, following is None) == (["Aigle", "Bulle"], False)
    second, following = await page(client, following or "")
    assert second == ["Corcelles", "Delle"]
    assert await page(client, following or "") == (["Echallens"], None)


async def test_a_site_renamed_between_two_pages_takes_none_with_it(client: AsyncClient) -> None:
    await use_token(client, "desk")
    _, following = await page(client, "/api/v1/sites?limit=2")
    await Site.update({Site.name: "Zug"}).where(Site.name == "Bulle")
    assert await page(client, (following or "").replace("limit=2", "limit=9")) == (
        ["Corcelles", "Delle", "Echallens", "Zug"],
        None,
    )


async def test_a_token_of_one_site_sees_that_one(client: AsyncClient) -> None:
    site = await Site.objects().get(Site.name == "Delle")
    assert site is not None
    await use_token(client, "desk", site_id=site.id)
    assert await page(client, "/api/v1/sites") == (["Delle"], None)
