"""The table of who may call what (method, path, role → status) is true, and complete.

A new route gets a line in ``tests/permissions/``, or ``test_every_route_has_a_line`` fails.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories
from tests.http_client import ORIGIN, client_of, shared_app, sign_in, use_token
from tests.permissions import CALLS, IN, PAGES, SCOPES, SIGN_IN, TABLE, Line
from tests.test_declarations import handlers


def test_every_route_has_a_line() -> None:
    routes = {
        f"{method} {path}"
        for method, path, handler in handlers(shared_app())
        if not handler.opt.get("static")
    }
    assert PAGES.keys() & CALLS.keys() == set(), "a route with two lines"
    assert sorted(routes - set(TABLE)) == [], "routes without a line in the table"
    assert sorted(set(TABLE) - routes) == [], "lines without a route"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        client.headers["Referer"] = f"{ORIGIN}/desk"  # the page to come back to after signing in
        yield client


@pytest.mark.long
@pytest.mark.one_engine
async def test_the_table_is_true(client: AsyncClient) -> None:
    site = await factories.site()
    people = {
        "pin": await factories.user(role=Role.ADMIN),
        "reception": await factories.user(role=Role.RECEPTION, site_id=site.id),
        "coordinator": await factories.user(role=Role.COORDINATOR, site_id=site.id),
        "admin": await factories.user(role=Role.ADMIN),
    }
    wrong = []
    for route, line in TABLE.items():
        for who, expected in line.items():
            await _become(client, who, people)
            answer = await _call(client, route)
            if _outcome(answer, line) != expected:
                wrong.append(f"{route} as {who}: {answer.status_code}, not {expected or 'in'}")
    assert wrong == []


async def _become(client: AsyncClient, who: str, people: Mapping[str, User]) -> None:
    """A session or a token of its own for each call: some calls end it."""
    client.cookies.clear()
    client.headers.pop("Authorization", None)
    if who in SCOPES:
        await use_token(client, who)
    elif who != "nobody":
        await sign_in(client, people[who], method="pin" if who == "pin" else "password")


async def _call(client: AsyncClient, route: str) -> Response:
    method, path = route.split(" ")
    path = re.sub(r"\{(\w+_id|category|group)\}", lambda _: str(new_id()), path)
    path = re.sub(r"\{\w+\}", "x", path)
    if method == "GET":
        return await client.get(path)
    if path.startswith("/api/"):
        return await client.request(method, path, json={})
    return await client.request(method, path, data={})


def _outcome(answer: Response, line: Line) -> int:
    if answer.status_code in (401, 403):
        return answer.status_code
    target = answer.headers.get("location", "")
    from_start = answer.request.url.path == "/"  # which needs no way back
    to_sign_in = target.startswith("/sign-in?next=") or (from_start and target == "/sign-in")
    public = line["nobody"] == IN
    return SIGN_IN if answer.status_code == 303 and to_sign_in and not public else IN
