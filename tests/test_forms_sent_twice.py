"""A form that makes something, sent by a double click without JavaScript, makes one of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.tables import ApiToken
from comptoir.core.principal import Role
from comptoir.inventory.tables import Category, Item, Model
from comptoir.inventory.vouchers.tables import VoucherKind
from comptoir.lending.tables import BorrowerGroup
from comptoir.sites.skills.tables import Competence
from comptoir.sites.tables import Organisation, Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")

FORMS: list[tuple[str, str, Any, dict[str, str]]] = [
    ("/settings/groups/new", "/settings/groups/new", BorrowerGroup, {"name_fr": "Familles"}),
    ("/settings/categories/new", "/settings/categories/new", Category, {"name_fr": "Câbles"}),
    ("/settings/models/new", "/settings/models/new", Model, {"name": "A15", "imei_count": "0"}),
    (
        "/settings/voucher-kinds/new",
        "/settings/voucher-kinds/new",
        VoucherKind,
        {"name_fr": "Carte SIM", "medium": "sim", "time_zone": "Europe/Zurich", "currency": "CHF"},
    ),
    (
        "/settings/organisations/new",
        "/settings/organisations/new",
        Organisation,
        {"name": "Association", "return_to": "Rue 1"},
    ),
    ("/settings/sites/new", "/settings/sites/new", Site, {"name": "Guichet", "city": "Bulle"}),
    ("/settings/tokens/new", "/settings/tokens", ApiToken, {"name": "Door", "scopes": "desk"}),
    ("/settings/competences/new", "/settings/competences/new", Competence, {"name_fr": "Excel"}),
    ("/items/new", "/items/new", Item, {"currency": "CHF"}),
    ("/items/several", "/items/several", Item, {"currency": "CHF", "numbers": "-", "save": "yes"}),
]


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await sign_in(client, await factories.user(role=Role.ADMIN))
        yield client


async def filled(client: AsyncClient, path: str, data: dict[str, str]) -> dict[str, str]:
    """The fields of a form as a browser sends them."""
    [form] = re.findall(r'name="form" value="([^"]+)"', (await client.get(path)).text)
    chosen = {
        "category": str((await factories.category("Laptop")).id),
        "organisation": str((await factories.organisation(name="Elsewhere")).id),
        "model": str((await factories.model()).id),
        "home_site": str((await factories.site()).id),
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "language": "fr",
    }
    return {**chosen, **data, "form": form}


@pytest.mark.parametrize(("path", "action", "table", "data"), FORMS)
async def test_sent_at_the_same_moment_it_makes_one(
    client: AsyncClient, path: str, action: str, table: Any, data: dict[str, str]
) -> None:
    body = await filled(client, path, data)
    before = await table.count()
    answers = await asyncio.gather(*(client.post(action, data=body) for _ in range(4)))
    assert {each.status_code for each in answers} <= {200, 201, 303}
    assert len({each.headers.get("location") for each in answers}) == 1
    assert await table.count() == before + 1


async def test_a_form_that_was_changed_makes_another(client: AsyncClient) -> None:
    body = await filled(client, "/settings/groups/new", {"name_fr": "Familles"})
    await client.post("/settings/groups/new", data=body)
    await client.post("/settings/groups/new", data=body | {"name_fr": "Écoles"})
    assert await BorrowerGroup.count() == 2


async def test_a_token_is_shown_once(client: AsyncClient) -> None:
    body = await filled(client, "/settings/tokens/new", {"name": "Door", "scopes": "desk"})
    first, second = [await client.post("/settings/tokens", data=body) for _ in range(2)]
    assert "comptoir_" in first.text
    assert "comptoir_" not in second.text
    assert "was sent twice" in second.text


@pytest.mark.parametrize(
    ("path", "first", "second", "field"),
    [
        ("/settings/groups", {"name_fr": "Réfugiés"}, {"name_fr": " REFUGIES"}, "name_fr"),
        ("/settings/categories", {"name_de": "Kabel"}, {"name_de": "kabel"}, "name_de"),
        (
            "/settings/organisations",
            {"name": "Le Pont", "return_to": "1"},
            {"name": "le pont", "return_to": "2"},
            "name",
        ),
        ("/settings/sites", {"name": "Café Bulle"}, {"name": "Cafe\u0301 bulle"}, "name"),
    ],
)
async def test_a_name_that_is_taken_is_refused_near_its_field(
    client: AsyncClient, path: str, first: dict[str, str], second: dict[str, str], field: str
) -> None:
    async def send(data: dict[str, str]) -> Response:
        more = {"city": "Bulle"} if "sites" in path else {}
        return await client.post(
            f"{path}/new", data=await filled(client, f"{path}/new", data | more)
        )

    assert (await send(first)).status_code == 303
    refused = await send(second)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text


async def test_a_category_that_is_out_of_use_keeps_no_name(client: AsyncClient) -> None:
    await factories.category("Cables")
    await Category.update({Category.active: False}, force=True)
    body = await filled(client, "/settings/categories/new", {"name_en": "Cables"})
    assert (await client.post("/settings/categories/new", data=body)).status_code == 303


async def test_renaming_meets_others_and_not_itself(client: AsyncClient) -> None:
    await factories.group("Schools")
    group = await factories.group("Families")
    path = f"/settings/groups/{group.id}"
    assert (
        await client.post(path, data={"version": "1", "name_en": "families"})
    ).status_code == 303
    assert (await client.post(path, data={"version": "2", "name_en": "SCHOOLS"})).status_code == 422
