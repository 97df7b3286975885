"""The pages of categories and models over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory.queries import catalogue
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        user = await factories.user(role=Role.COORDINATOR, site_id=site.id, language="en")
        await sign_in(client, user, site_id=site.id)
        yield client


async def test_a_category_is_added_changed_and_moved(client: AsyncClient) -> None:
    for name in ("Ordinateur", "Téléphone"):
        answer = await client.post("/settings/categories/new", data={"name_fr": name})
        assert answer.status_code == 303
    first, second = await catalogue.categories()
    path = f"/settings/categories/{second.id}"
    assert (await client.get(path)).status_code == 200
    data = {"name_fr": "Téléphone", "name_de": "Telefon", "version": "1", "active": "yes"}
    assert (await client.post(path, data=data)).status_code == 303
    assert (await client.post(path, data=data)).status_code == 412
    await client.post(f"{path}/move", data={"to": "up"})
    assert [view.id for view in await catalogue.categories()] == [second.id, first.id]
    assert "Telefon" not in (await client.get("/settings/categories")).text  # read in English


async def test_a_category_without_a_name_is_refused_near_its_field(client: AsyncClient) -> None:
    answer = await client.post("/settings/categories/new", data={})
    assert answer.status_code == 422
    assert 'id="name_fr-error"' in answer.text


async def test_a_model_is_added_with_accessories_row_by_row(client: AsyncClient) -> None:
    category = await factories.category()
    data = {
        "category": str(category.id),
        "name": "Galaxy A15",
        "imei_count": "2",
        "active": "yes",
        "accessory_0_fr": "Chargeur",
    }
    page = await client.post("/settings/models/new", data=data | {"more": "yes"})
    assert 'name="accessory_1_fr"' in page.text
    wrong = await client.post("/settings/models/new", data=data | {"accessory_0_de": "x" * 121})
    assert 'id="accessory_0_de-error"' in wrong.text
    answer = await client.post("/settings/models/new", data=data | {"accessory_1_fr": "Étui"})
    assert answer.status_code == 303
    [model] = await catalogue.models()
    view = await catalogue.model(model.id)
    assert [each.names["fr"] for each in view.accessories] == ["Chargeur", "Étui"]

    path = f"/settings/models/{model.id}"
    kept = {"accessory_0_id": str(view.accessories[1].id), "accessory_0_fr": "Étui"}
    answer = await client.post(
        path,
        data={
            "category": str(category.id),
            "name": "A15",
            "imei_count": "2",
            "version": "1",
            **kept,
        },
    )
    assert answer.status_code == 303
    changed = await catalogue.model(model.id)
    assert (changed.name, changed.active, len(changed.accessories)) == ("A15", False, 1)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "X"}, "category"),
        ({"name": ""}, "name"),
        ({"name": "X", "imei_count": "7"}, "imei_count"),
    ],
)
async def test_a_wrong_model_is_refused_near_its_field(
    client: AsyncClient, data: dict[str, str], field: str
) -> None:
    if field != "category":
        data["category"] = str((await factories.category()).id)
    answer = await client.post("/settings/models/new", data={"imei_count": "0", **data})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


async def test_reception_may_not_see_the_catalogue(client: AsyncClient, site: Site) -> None:
    user = await factories.user(role=Role.RECEPTION, site_id=site.id)
    await sign_in(client, user, site_id=site.id)
    for path in ("categories", "categories/new", "models", "models/new"):
        assert (await client.get(f"/settings/{path}")).status_code == 403


async def test_what_does_not_exist_is_not_found(client: AsyncClient) -> None:
    for kind in ("categories", "models"):
        assert (await client.get(f"/settings/{kind}/{new_id()}")).status_code == 404
