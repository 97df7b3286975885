"""Whatever is named over the API: what cannot be seen is not kept, and a name says something."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.accounts.identity import SCOPES
from tests import factories
from tests.http_client import client_of, use_token

#: Turns the writing around, is not seen, is no text, or controls a terminal.
ODD = "\ufeff\u202eAb\u200bri\x1b \x7f\x80\r\n\uffffdu \u3164Pont\u2066"
KEPT = "Abri du Pont"
UNSEEN = "\u200b\u202e\u3164"


async def bodies() -> dict[str, dict[str, Any]]:
    """What makes one of each kind of thing that has a name."""
    site, category = await factories.site(), await factories.category()
    return {
        "organisations": {"name": "", "return_to": "Rue 1, Fribourg"},
        "sites": {"name": "", "city": "Fribourg", "organisation": str(site.organisation)},
        "categories": {"names": {"fr": ""}},
        "groups": {"names": {"fr": ""}},
        "competences": {"names": {"fr": ""}},
        "models": {"name": "", "category": str(category.id)},
        "users": {"name": "", "login": "b.sow", "role": "reception", "site": str(site.id)},
        "tokens": {"name": "", "scopes": ["desk"]},
    }


def named(body: dict[str, Any], name: str) -> dict[str, Any]:
    return body | ({"names": {"fr": name}} if "names" in body else {"name": name})


@pytest.fixture
async def client(database: Any) -> Any:
    async with client_of() as client:
        await use_token(client, *SCOPES)
        yield client


KINDS = (
    "organisations",
    "sites",
    "categories",
    "groups",
    "competences",
    "models",
    "users",
    "tokens",
)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_is_kept_as_it_can_be_seen(client: AsyncClient, kind: str) -> None:
    made = await client.post(f"/api/v1/{kind}", json=named((await bodies())[kind], ODD))
    assert made.status_code == 201, made.text
    listed = (await client.get(f"/api/v1/{kind}")).json()["items"]
    names = [each.get("name") or each["names"].get("fr") for each in listed]
    assert KEPT in names


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_that_nobody_sees_is_none(client: AsyncClient, kind: str) -> None:
    answer = await client.post(f"/api/v1/{kind}", json=named((await bodies())[kind], UNSEEN))
    assert answer.status_code == 422, answer.text
    assert "name" in answer.json()["errors"][0]["field"]


async def test_the_texts_of_an_item_are_kept_as_they_can_be_seen(client: AsyncClient) -> None:
    model, site = await factories.model(), await factories.site()
    body = {
        "model": str(model.id),
        "home_site": str(site.id),
        "serial": "pf\u200b-1\x1b2",
        "funder": ODD,
        "notes": "one\r\ntwo\u202e",
    }
    code = (await client.post("/api/v1/items", json=body)).json()["code"]
    item = (await client.get(f"/api/v1/items/{code}")).json()
    assert (item["serial"], item["funder"], item["notes"]) == ("PF-1 2", KEPT, "one\ntwo")


async def test_a_user_name_holds_nothing_unseen(client: AsyncClient) -> None:
    body = (await bodies())["users"] | {"name": "Binta", "login": "b\u3164sow"}
    answer = await client.post("/api/v1/users", json=body)
    assert answer.json()["errors"][0]["code"] == "accounts.login-unfit"
