"""What an address takes: OPTIONS is answered by all, and ``Allow`` names every method."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar, get
from litestar.exceptions import ImproperlyConfiguredException
from litestar.routes import HTTPRoute

from comptoir.core.ids import new_id
from comptoir.core.web.registration import RegisterTogether
from tests.http_client import client_of, shared_app
from tests.test_declarations import handlers


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


def methods(text: str) -> set[str]:
    return set(text.split(", "))


async def test_options_names_all_that_an_address_takes(client: AsyncClient) -> None:
    taken: dict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
    for method, path, handler in handlers(shared_app()):
        if not handler.opt.get("static"):
            taken[path] |= {method, "HEAD"} if method == "GET" else {method}
    assert {"GET", "HEAD", "OPTIONS", "PUT"} == taken["/api/v1/items/{code}"]
    for path, expected in taken.items():
        address = re.sub(r"\{(\w+_id|category|group)\}", str(new_id()), path)
        answer = await client.options(re.sub(r"\{\w+\}", "x", address))
        assert (answer.status_code, answer.content) == (204, b""), path
        assert methods(answer.headers["allow"]) == expected, path


async def test_a_method_that_is_refused_names_head_and_options_too(client: AsyncClient) -> None:
    answer = await client.delete("/api/v1/items")
    assert answer.status_code == 405
    assert methods(answer.headers["allow"]) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_options_of_no_address_is_not_found(client: AsyncClient) -> None:
    for path in ("/nowhere", "/api/v1/nowhere"):
        assert (await client.options(path)).status_code == 404


def test_one_handler_answers_options_everywhere() -> None:
    answering = {
        id(handler)
        for route in shared_app().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "OPTIONS" in handler.http_methods and not route.path.startswith("/static")
    }
    assert len(answering) == 1


def test_two_handlers_of_one_address_and_method_are_a_mistake() -> None:
    @get("/twice", opt={"public": True})
    async def first() -> None: ...

    @get("/twice", opt={"public": True})
    async def second() -> None: ...

    with pytest.raises(ImproperlyConfiguredException, match="GET /twice"):
        Litestar([first, second], plugins=[RegisterTogether()], openapi_config=None)
