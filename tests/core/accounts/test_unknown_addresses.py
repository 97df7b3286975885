"""The page of an address that there is not: in the reader's language, with their menus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import db
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, set_cookie, sign_in


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        client.headers["Accept-Language"] = "de-CH, fr;q=0.5"
        yield client


async def test_without_a_session_it_is_that_of_the_browser(client: AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-language"]) == (404, "de")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/desk", 405)]
)
async def test_with_a_session_it_is_that_of_the_account(
    client: AsyncClient, method: str, path: str, status: int
) -> None:
    await sign_in(client, await make.user(role=Role.ADMIN, language="it"))
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-language"]) == (status, "it")
    assert 'href="/loans"' in answer.text, "the menu, to go on from there"


async def test_a_language_chosen_in_the_browser_is_kept(client: AsyncClient) -> None:
    await sign_in(client, await make.user(role=Role.ADMIN, language="it"))
    set_cookie(client, "language", "en")
    assert (await client.get("/nowhere")).headers["content-language"] == "en"


async def test_a_session_that_has_ended_changes_nothing(client: AsyncClient) -> None:
    set_cookie(client, "session", "made-up")
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-language"]) == (404, "de")


async def test_without_a_database_it_is_not_found_all_the_same(
    client: AsyncClient, database_url: str
) -> None:
    await sign_in(client, await make.user(role=Role.ADMIN, language="it"))
    await db.disconnect()
    try:
        answer = await client.get("/nowhere")
    finally:
        db.connect(database_url)
    assert (answer.status_code, answer.headers["content-language"]) == (404, "de")
