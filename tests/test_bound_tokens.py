"""What a token may give: a table of (call, body) → the code of its refusal, or nothing.

The table of ``tests/permissions/`` says who gets as far as the handler. This
one is about the calls by which a token could give more than it has, as a token
that is bound to one site, and as one that is bound to none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.accounts.tables import ApiToken
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, use_token

SHARED: dict[str, dict[str, Any]] = {
    "group": {"names": {"fr": "Autres"}},
    "organisation": {"name": "Other", "return_to": "Other, rue du Pont 1"},
    "policy": {
        "mode": "calendar_days_next_open",
        "length": 3,
        "renewals": 1,
        "renewal_length": 3,
        "limit_person": 1,
        "limit_household": 2,
        "signature": "screen",
    },
}

TOMORROW = str(clock.now().date() + timedelta(days=1))
DAYS = {"first_day": TOMORROW, "last_day": TOMORROW}

#: Of a token with all scopes, bound to Lyon. What stands in braces is an id of the world below.
BOUND: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("POST", "/tokens", {"name": "x", "scopes": ["settings"]}, "accounts.role-missing"),
    ("POST", "/tokens", {"name": "x", "scopes": ["desk"], "site": "{fribourg}"}, "!"),
    ("POST", "/tokens", {"name": "x", "scopes": ["desk"], "site": "{lyon}"}, ""),
    ("DELETE", "/tokens/{everywhere_token}", None, "accounts.token-not-found"),
    ("DELETE", "/tokens/{fribourg_token}", None, "accounts.token-not-found"),
    ("POST", "/users", {"login": "b1", "name": "B", "role": "admin"}, "sites.role-not-yours"),
    ("POST", "/users", {"login": "b2", "name": "B", "role": "coordinator"}, "sites.role-not-yours"),
    ("POST", "/users", {"login": "b3", "name": "B", "role": "admin", "site": "{lyon}"}, "!"),
    (
        "POST",
        "/users",
        {"login": "b4", "name": "B", "role": "reception", "site": "{fribourg}"},
        "!",
    ),
    ("POST", "/users", {"login": "b5", "name": "B", "role": "coordinator", "site": "{lyon}"}, ""),
    ("POST", "/users/roles", {"login": "hers", "role": "admin"}, "sites.role-not-yours"),
    ("POST", "/users/roles", {"login": "hers", "role": "reception"}, "sites.role-not-yours"),
    ("POST", "/users/roles", {"login": "hers", "role": "reception", "site": "{fribourg}"}, "!"),
    ("POST", "/users/roles", {"login": "hers", "role": "coordinator", "site": "{lyon}"}, ""),
    ("GET", "/users/{theirs}", None, "accounts.user-not-found"),
    ("POST", "/users/{theirs}/reset", None, "accounts.user-not-found"),
    ("POST", "/users/{theirs}/deactivate", None, "accounts.user-not-found"),
    ("POST", "/users/{theirs}/reactivate", None, "accounts.user-not-found"),
    ("DELETE", "/users/{theirs}/roles?site={fribourg}", None, "accounts.user-not-found"),
    ("POST", "/users/{boss}/reset", None, "sites.not-your-colleague"),
    ("POST", "/users/{boss}/deactivate", None, "sites.not-your-colleague"),
    ("DELETE", "/users/{boss}/roles", None, "sites.role-not-yours"),
    ("POST", "/users/{both}/reset", None, "sites.not-your-colleague"),
    # A role that is given by user name gives no say over what somebody is and does elsewhere.
    ("POST", "/users/roles", {"login": "helper", "role": "reception", "site": "{lyon}"}, ""),
    ("POST", "/users/{helper}/skills", {"skills": []}, "sites.not-your-colleague"),
    ("POST", "/absences", {"person": "{helper}", **DAYS}, "sites.not-your-colleague"),
    ("POST", "/users/{boss}/skills", {"skills": []}, "sites.not-your-colleague"),
    ("POST", "/users/{hers}/skills", {"skills": []}, ""),
    ("POST", "/absences", {"person": "{hers}", **DAYS}, ""),
    ("POST", "/users/{hers}/reset", None, ""),
    ("POST", "/groups", SHARED["group"], "lending.coordinator-needed"),
    ("PUT", "/groups/{group}", SHARED["group"], "lending.coordinator-needed"),
    ("PUT", "/policies/{policy}", SHARED["policy"], "lending.coordinator-needed"),
    ("POST", "/organisations", SHARED["organisation"], "sites.forbidden"),
    ("PUT", "/organisations/{organisation}", SHARED["organisation"], "sites.forbidden"),
    ("PUT", "/sites/{fribourg}/hours", {"opening_hours": ""}, "sites.site-not-found"),
    ("PUT", "/sites/{lyon}/hours", {"opening_hours": ""}, ""),
    ("POST", "/categories", {"names": {"fr": "Sacs"}}, "inventory.coordinator-needed"),
]

#: Of a token bound to no site that has ``settings`` and nothing else.
SETTINGS_ALONE: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("POST", "/tokens", {"name": "x", "scopes": ["desk"]}, "accounts.role-missing"),
    ("POST", "/tokens", {"name": "x", "scopes": ["settings", "read"]}, "accounts.role-missing"),
    ("POST", "/tokens", {"name": "x", "scopes": ["settings"]}, ""),
    ("POST", "/users", {"login": "c1", "name": "C", "role": "admin"}, "sites.role-not-yours"),
    ("POST", "/users", {"login": "c2", "name": "C", "role": "reception", "site": "{lyon}"}, "!"),
    ("POST", "/users/{boss}/reset", None, "sites.not-your-colleague"),
    ("POST", "/users/{hers}/reset", None, "sites.not-your-colleague"),
    ("DELETE", "/users/{hers}/roles?site={lyon}", None, "sites.role-not-yours"),
    ("PUT", "/groups/{group}", SHARED["group"], ""),
]

World = dict[str, Any]


@pytest.fixture
async def world(database: Any) -> World:
    """Two sites, and people and tokens of each."""
    fribourg, lyon = await make.site(), await make.site(short_name="Lyon")
    both = await make.user(role=Role.RECEPTION, site_id=lyon.id)
    await make.work_at(both, Role.RECEPTION, fribourg.id)
    made: dict[str, Any] = {
        "fribourg": fribourg,
        "lyon": lyon,
        "organisation": await make.organisation(),
        "group": await make.group(),
        "policy": await make.policy(category_id=(await make.category()).id),
        "boss": await make.user(role=Role.ADMIN),
        "hers": await make.user(login="hers", role=Role.RECEPTION, site_id=lyon.id),
        "theirs": await make.user(role=Role.RECEPTION, site_id=fribourg.id),
        "helper": await make.user(login="helper", role=Role.RECEPTION, site_id=fribourg.id),
        "both": both,
    }
    ids = {name: str(row.id) for name, row in made.items()}
    for name, site_id in (("everywhere_token", None), ("fribourg_token", fribourg.id)):
        token = ApiToken(
            name=name, token_hash=name, scopes="desk", site_id=site_id, created_at=clock.now()
        )
        await token.save()
        ids[name] = str(token.id)
    return ids


@pytest.fixture
async def client(world: World) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def call(
    client: AsyncClient, world: World, method: str, path: str, body: dict[str, Any] | None
) -> Response:
    def filled(text: str) -> str:
        for name, value in world.items():
            text = text.replace("{" + name + "}", value)
        return text

    content = filled(msgspec.json.encode(body).decode()) if body is not None else None
    headers = {"Idempotency-Key": str(new_id()), "If-Match": '"1"'}
    return await client.request(method, f"/api/v1{filled(path)}", content=content, headers=headers)


def code_of(answer: Response) -> str:
    return "" if answer.is_success else answer.json()["code"]


async def wrong_lines(client: AsyncClient, world: World, table: Any) -> list[str]:
    """The lines that are not true; ``!`` is any refusal of a right or a place."""
    wrong = []
    for method, path, body, expected in table:
        answer = await call(client, world, method, path, body)
        code = code_of(answer)
        true = answer.status_code in (403, 404) if expected == "!" else code == expected
        if not true:
            wrong.append(f"{method} {path} {body}: {answer.status_code} {code}, not {expected}")
    return wrong


async def test_a_token_bound_to_a_site_keeps_to_it(client: AsyncClient, world: World) -> None:
    await use_token(client, *SCOPES, site_id=world["lyon"])
    assert await wrong_lines(client, world, BOUND) == []


async def test_a_token_gives_no_right_that_it_has_not(client: AsyncClient, world: World) -> None:
    await use_token(client, "settings")
    assert await wrong_lines(client, world, SETTINGS_ALONE) == []


async def test_a_token_bound_to_a_site_lists_only_that_sites(
    client: AsyncClient, world: World
) -> None:
    await use_token(client, "settings", site_id=world["lyon"])
    people = (await client.get("/api/v1/users")).json()["items"]
    assert {person["id"] for person in people} == {world["boss"], world["hers"], world["both"]}
    tokens = (await client.get("/api/v1/tokens")).json()["items"]
    assert [token["site_id"] for token in tokens] == [world["lyon"]]
