"""Access tokens: made once by an administrator, listed, revoked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.accounts import tokens
from comptoir.core.accounts.errors import RoleMissing
from comptoir.core.accounts.tables import ApiToken
from comptoir.core.accounts.token_errors import TokenNotFound, TokenUnfit
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.core.tables import AuditEvent
from tests import factories
from tests.http_client import sign_in


def command(**values: Any) -> tokens.CreateToken:
    return tokens.CreateToken(**{"name": "Statistics", "scopes": ("read",), **values})


async def test_a_token_is_shown_once_and_stored_as_a_hash(database: Any, now: datetime) -> None:
    token = (await tokens.create_token(SYSTEM, command(), now=now)).token
    assert token.startswith("comptoir_")
    assert token not in str(await ApiToken.select())
    listed = await tokens.list_tokens(SYSTEM, now=now)
    assert [(each.name, each.scopes, each.expired) for each in listed] == [
        ("Statistics", ("read",), False)
    ]
    audited = await AuditEvent.select(AuditEvent.action, AuditEvent.changes)
    assert audited == [{"action": "token.created", "changes": '{"scopes":[null,["read"]]}'}]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "  "}, "accounts.token-name-missing"),
        ({"name": "x" * 81}, "accounts.token-name-missing"),
        ({"scopes": ()}, "accounts.token-scope-unknown"),
        ({"scopes": ("desk", "everything")}, "accounts.token-scope-unknown"),
        ({"expires_at": timedelta(0)}, "accounts.token-expired"),
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(
    database: Any, now: datetime, values: dict[str, Any], code: str
) -> None:
    if "expires_at" in values:
        values = {"expires_at": now + values["expires_at"]}
    with pytest.raises(TokenUnfit) as refused:
        await tokens.create_token(SYSTEM, command(**values), now=now)
    assert refused.value.errors[0].code == code


async def test_only_administrators_see_to_tokens(database: Any, now: datetime) -> None:
    coordinator = await factories.principal(Role.COORDINATOR)
    with pytest.raises(RoleMissing):
        await tokens.create_token(coordinator, command(), now=now)
    with pytest.raises(RoleMissing):
        await tokens.list_tokens(coordinator, now=now)
    with pytest.raises(RoleMissing):
        await tokens.revoke_token(coordinator, new_id(), now=now)


async def test_a_token_is_revoked_once(database: Any, now: datetime) -> None:
    await tokens.create_token(SYSTEM, command(), now=now)
    [listed] = await tokens.list_tokens(SYSTEM, now=now)
    await tokens.revoke_token(SYSTEM, listed.id, now=now)
    assert await tokens.list_tokens(SYSTEM, now=now) == []
    with pytest.raises(TokenNotFound):
        await tokens.revoke_token(SYSTEM, listed.id, now=now)


async def test_a_token_with_one_right_is_made_by_pages(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    made = await client.post("/settings/tokens", data={"name": "Statistics", "scopes": "read"})
    assert made.is_success
    [row] = await ApiToken.select()
    assert row["scopes"] == "read"


async def test_an_administrator_makes_and_revokes_a_token_by_pages(client: AsyncClient) -> None:
    site = await factories.site()
    await sign_in(client, await factories.user(role=Role.ADMIN))
    assert (await client.get("/settings/tokens/new")).status_code == 200
    wrong = await client.post("/settings/tokens", data={"name": "", "expires_at": "31.12.2030"})
    assert wrong.status_code == 422
    made = await client.post(
        "/settings/tokens",
        data={
            "name": "Statistics",
            "scopes": ["read", "desk"],
            "site": str(site.id),
            "expires_at": "2030-12-31",
        },
    )
    match = re.search(r'value="(comptoir_[\w-]{43})"', made.text)
    assert match is not None
    listed = await client.get("/settings/tokens")
    assert "Statistics" in listed.text
    assert match[1] not in listed.text
    api = await client.get("/healthz")
    assert api.status_code == 200
    row = await ApiToken.select().first()
    assert row is not None
    assert (row["scopes"], row["site_id"]) == ("desk read", site.id)
    assert row["expires_at"].isoformat() == "2030-12-31T23:00:00+00:00"
    answer = await client.post(f"/settings/tokens/{row['id']}/revoke")
    assert answer.headers["location"] == "/settings/tokens"
    assert "There is no access token" in (await client.get("/settings/tokens")).text
