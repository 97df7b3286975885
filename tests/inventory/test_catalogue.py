"""Categories and models: who keeps them, what is refused, what is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.errors import Invalid
from comptoir.core.i18n import localized, use_language
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import (
    AccessoryNotFound,
    CategoryNotFound,
    Changed,
    CoordinatorNeeded,
    ModelNotFound,
)
from comptoir.inventory.names import full_name
from comptoir.inventory.queries import catalogue as queries
from comptoir.inventory.schemas import SaveAccessory, SaveCategory, SaveModel
from comptoir.inventory.services import catalogue
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def actor(database: Any) -> Principal:
    return await factories.principal(Role.COORDINATOR, (await factories.site()).id)


def model_command(category: UUID, **values: Any) -> SaveModel:
    return SaveModel(**{"category": category, "name": "Galaxy A15", **values})


async def test_a_category_is_added_after_the_others_and_changed(
    actor: Principal, now: datetime
) -> None:
    ids = [
        await catalogue.create_category(actor, SaveCategory({"fr": f" {name} "}), now=now)
        for name in ("Portable", "Téléphone")
    ]
    await catalogue.edit_category(
        actor, ids[0], SaveCategory({"fr": "Ordinateur", "de": ""}, False), version=1, now=now
    )
    first, second = await queries.categories()
    assert [first.id, second.id] == ids
    assert (first.names, first.active, first.version) == ({"fr": "Ordinateur"}, False, 2)
    assert second.names == {"fr": "Téléphone"}
    assert [view.id for view in await queries.categories(active_only=True)] == [ids[1]]
    (_, entry), _ = await audit.timeline(ids[0])
    assert entry.action == "category.edited"


async def test_categories_change_places(actor: Principal, now: datetime) -> None:
    ids = [
        await catalogue.create_category(actor, SaveCategory({"fr": name}), now=now)
        for name in "ABC"
    ]
    await catalogue.move_category(actor, ids[2], up=True, now=now)
    await catalogue.move_category(actor, ids[2], up=True, now=now)
    await catalogue.move_category(actor, ids[2], up=True, now=now)  # at the top: stays
    assert [view.id for view in await queries.categories()] == [ids[2], ids[0], ids[1]]


@pytest.mark.parametrize("names", [{}, {"fr": " "}, {"es": "Portátil"}, {"fr": "x" * 121}])
async def test_a_category_needs_a_name(
    actor: Principal, now: datetime, names: dict[str, str]
) -> None:
    with pytest.raises(Invalid):
        await catalogue.create_category(actor, SaveCategory(names), now=now)


async def test_a_model_is_added_with_its_accessories(actor: Principal, now: datetime) -> None:
    category = await factories.category("Phone")
    command = model_command(
        category.id,
        manufacturer="Samsung",
        imei_count=2,
        accessories=(SaveAccessory({"fr": "Chargeur"}), SaveAccessory({"fr": "Étui"})),
    )
    model_id = await catalogue.create_model(actor, command, now=now)
    model = await queries.model(model_id)
    assert (model.full_name, model.short_name) == ("Samsung Galaxy A15", "Galaxy A15")
    assert [each.names["fr"] for each in model.accessories] == ["Chargeur", "Étui"]
    [(_, entry)] = await audit.timeline(model_id)
    assert entry.changes["accessories"][1] == [{"fr": "Chargeur"}, {"fr": "Étui"}]


async def test_a_models_accessories_are_kept_renamed_dropped_and_added(
    actor: Principal, now: datetime
) -> None:
    row = await factories.model(accessories=("Charger", "Bag", "Mouse"))
    charger, _, mouse = (await queries.model(row.id)).accessories
    command = model_command(
        row.category,
        accessories=(
            SaveAccessory({"en": "Wireless mouse"}, mouse.id),
            SaveAccessory({"en": "Charger"}, charger.id),
            SaveAccessory({"en": "Cable"}),
        ),
    )
    await catalogue.edit_model(actor, row.id, command, version=1, now=now)
    first, second, third = (await queries.model(row.id)).accessories
    assert (first.id, second.id) == (mouse.id, charger.id)
    assert [each.names["en"] for each in (first, second, third)] == [
        "Wireless mouse",
        "Charger",
        "Cable",
    ]


async def test_a_model_changed_by_somebody_else_is_not_overwritten(
    actor: Principal, now: datetime
) -> None:
    row = await factories.model()
    command = model_command(row.category)
    await catalogue.edit_model(actor, row.id, command, version=1, now=now)
    with pytest.raises(Changed):
        await catalogue.edit_model(actor, row.id, command, version=1, now=now)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": " "}, "name", "inventory.name-missing"),
        ({"name": "x" * 121}, "name", "inventory.text-too-long"),
        ({"short_name": "x" * 31}, "short_name", "inventory.text-too-long"),
        ({"imei_count": 3}, "imei_count", "inventory.imei-count-invalid"),
        (
            {"accessories": (SaveAccessory({"fr": ""}),)},
            "accessories[0].names",
            "inventory.name-missing",
        ),
        (
            {"accessories": (SaveAccessory({"fr": "x"}),) * 21},
            "accessories",
            "inventory.too-many-accessories",
        ),
    ],
)
async def test_a_wrong_field_of_a_model_is_named(
    actor: Principal, now: datetime, values: dict[str, Any], field: str, code: str
) -> None:
    category = await factories.category()
    with pytest.raises(Invalid) as raised:
        await catalogue.create_model(actor, model_command(category.id, **values), now=now)
    assert [(each.field, each.code) for each in raised.value.errors] == [(field, code)]


async def test_what_does_not_exist_is_not_found(actor: Principal, now: datetime) -> None:
    with pytest.raises(CategoryNotFound):
        await catalogue.create_model(actor, model_command(new_id()), now=now)
    row = await factories.model()
    with pytest.raises(ModelNotFound):
        await catalogue.edit_model(actor, new_id(), model_command(row.category), version=1, now=now)
    stray = model_command(row.category, accessories=(SaveAccessory({"fr": "x"}, new_id()),))
    with pytest.raises(AccessoryNotFound):
        await catalogue.edit_model(actor, row.id, stray, version=1, now=now)


async def test_reception_keeps_no_catalogue(actor: Principal, now: datetime) -> None:
    desk = await factories.principal(Role.RECEPTION, (await factories.site()).id)
    category = await factories.category()
    with pytest.raises(CoordinatorNeeded):
        await catalogue.create_category(desk, SaveCategory({"fr": "x"}), now=now)
    with pytest.raises(CoordinatorNeeded):
        await catalogue.create_model(desk, model_command(category.id), now=now)


def test_a_name_is_shown_in_the_readers_language_or_the_first_there_is() -> None:
    names = {"fr": "Chargeur", "it": "Caricatore"}
    with use_language("it"):
        assert localized(names) == "Caricatore"
    with use_language("de"):
        assert localized(names) == "Chargeur"
    assert localized(names, "it") == "Caricatore"
    assert localized({}) == ""


@pytest.mark.parametrize(
    ("manufacturer", "name", "said"),
    [
        ("Samsung", "Galaxy A15", "Samsung Galaxy A15"),
        ("Fairphone", "Fairphone 4", "Fairphone 4"),
        ("HP", "hp ProBook", "hp ProBook"),
        ("Bra", "Bravia", "Bra Bravia"),
        ("", "Desk fan", "Desk fan"),
    ],
)
def test_a_maker_is_not_said_twice(manufacturer: str, name: str, said: str) -> None:
    assert full_name(manufacturer, name) == said
