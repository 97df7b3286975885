"""A site that there is none of is not found, and no date is too far away to be answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.accounts.tables import ApiToken
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import codes, sign_in, use_token
from tests.lending.counter import Desk

SITE_NOT_FOUND = "sites.site-not-found"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("items/{item}/arrivals", {"site": "{site}"}, SITE_NOT_FOUND),
        ("items/{item}/finds", {"site": "{site}"}, SITE_NOT_FOUND),
        ("check-ins", {"item": "{item}", "site": "{site}"}, SITE_NOT_FOUND),
        ("check-outs", {"item": "{item}", "borrower": "{card}", "site": "{site}"}, SITE_NOT_FOUND),
        ("borrowers", {"name": "Nadia", "language": "fr", "site": "{site}"}, SITE_NOT_FOUND),
        (
            "users",
            {"login": "x", "name": "X", "role": "reception", "site": "{site}"},
            SITE_NOT_FOUND,
        ),
        (
            "tokens",
            {"name": "X", "scopes": ["desk"], "site": "{site}"},
            "accounts.place-not-yours",
        ),
    ],
)
async def test_a_site_that_is_none_is_not_found(
    desk: Desk, client: AsyncClient, path: str, body: dict[str, Any], code: str
) -> None:
    names = {"item": desk.item.code, "card": desk.card.code, "site": str(new_id())}

    def filled(value: Any) -> Any:
        return value.format(**names) if isinstance(value, str) else value

    await use_token(client, *SCOPES)
    answer = await client.post(
        f"/api/v1/{filled(path)}",
        json={field: filled(value) for field, value in body.items()},
        headers={"Idempotency-Key": str(new_id())},
    )
    assert (answer.status_code, codes(answer)[0]) == (404, code)
    assert await ApiToken.count() == 1


@pytest.mark.parametrize("path", ["/staff/invite", "/staff/add"])
async def test_a_form_with_a_site_that_is_none_is_not_found(client: AsyncClient, path: str) -> None:
    boss = await make.user(role=Role.ADMIN)
    await sign_in(client, boss)
    form = {"login": "nadia", "name": "Nadia", "role": "reception", "site": str(new_id())}
    assert (await client.post(path, data=form)).status_code == 404


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"])
async def test_a_token_ends_within_ten_years(client: AsyncClient, end: str) -> None:
    await use_token(client, *SCOPES)
    body = {"name": "X", "scopes": ["desk"], "expires_at": end}
    answer = await client.post("/api/v1/tokens", json=body)
    assert (answer.status_code, codes(answer)[1]) == (422, "accounts.token-too-long")


@pytest.mark.parametrize("end", ["9999-12-31", "2199-01-01"])
async def test_a_token_made_by_page_ends_within_ten_years(client: AsyncClient, end: str) -> None:
    await sign_in(client, await make.user(role=Role.ADMIN))
    form = {"name": "X", "scopes": ["desk"], "expires_at": end}
    assert (await client.post("/settings/tokens", data=form)).status_code == 422


async def test_a_token_of_before_that_never_ends_spoils_no_list(client: AsyncClient) -> None:
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    values: dict[str, Any] = {
        "name": "Far",
        "token_hash": "x",
        "scopes": "desk",
        "created_at": clock.now(),
    }
    await ApiToken(**values, expires_at=far).save()
    await sign_in(client, await make.user(role=Role.ADMIN))
    assert "Far" in (await client.get("/settings/tokens")).text
