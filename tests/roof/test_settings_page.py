"""The page that leads to all settings: what each role finds there, and where one is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, sign_in


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def as_(client: AsyncClient, role: Role) -> None:
    site = await make.site()
    user = await make.user(role=role, site_id=site.id, language="en")
    await sign_in(client, user, site_id=site.id)


async def entries(client: AsyncClient) -> list[str]:
    """Where the page leads to."""
    page = (await client.get("/settings")).text
    return re.findall(r'<li><a href="([^"]+)"', page[page.index("<main") :])


def places(page: str) -> list[str]:
    """Where the menu at the top says that one is."""
    return re.findall(r'<a href="([^"]+)" aria-current="page"', page)


async def test_a_coordinator_finds_what_a_coordinator_may_set(client: AsyncClient) -> None:
    await as_(client, Role.COORDINATOR)
    found = await entries(client)
    assert {"/settings/sites", "/staff", "/settings/policies", "/settings/groups"} <= set(found)
    assert {"/messages/sending", "/settings/jobs"} <= set(found)
    assert "/settings/tokens" not in found
    for address in found:
        assert (await client.get(address)).status_code == 200, address


async def test_an_administrator_finds_the_access_tokens_too(client: AsyncClient) -> None:
    await as_(client, Role.ADMIN)
    found = await entries(client)
    assert "/settings/tokens" in found
    for address in found:
        assert (await client.get(address)).status_code == 200, address


async def test_reception_has_no_settings(client: AsyncClient) -> None:
    await as_(client, Role.RECEPTION)
    assert (await client.get("/settings")).status_code == 403
    assert 'href="/settings"' not in (await client.get("/desk")).text


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/desk", "/desk"),
        ("/settings", "/settings"),
        ("/settings/policies", "/settings"),
        ("/staff", "/settings"),
        ("/rota", "/rota"),
    ],
)
async def test_the_menu_marks_where_one_is(client: AsyncClient, address: str, place: str) -> None:
    await as_(client, Role.COORDINATOR)
    page = (await client.get(address)).text
    assert places(page) == [place]
    menu = re.findall(r'<li><a href="([^"]+)"', page[page.index("<nav") : page.index("</nav>")])
    assert (menu[0], menu[-1]) == ("/desk", "/settings"), "the desk comes first"
