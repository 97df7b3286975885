"""Categories and models."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.api import Call, get, post, put
from comptoir.inventory.errors import (
    AccessoryNotFound,
    CategoryNotFound,
    Changed,
    CoordinatorNeeded,
    ModelNotFound,
)
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import (
    CategoryView,
    ModelSummary,
    ModelView,
    SaveCategory,
    SaveModel,
)
from comptoir.inventory.services import catalogue as services
from comptoir.inventory.vouchers import bundles
from comptoir.inventory.vouchers.errors import VoucherKindNotFound

READERS = ("desk", "inventory")
WRITERS = ("inventory",)
TAG = "Catalogue"


class Categories(msgspec.Struct, frozen=True):
    """All categories, in their order."""

    items: list[CategoryView]


class Models(msgspec.Struct, frozen=True):
    """All models, by category and name."""

    items: list[ModelSummary]


@get("/categories", scopes=READERS, tag=TAG)
async def list_categories(call: Call) -> Categories:
    """List the categories.

    There are few: they come all at once.
    """
    return Categories(await catalogue.categories())


@post(
    "/categories",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded,),
    location="/categories/{id}",
)
async def create_category(call: Call, data: SaveCategory) -> CategoryView:
    """Add a category, after the others."""
    category_id = await services.create_category(call.actor, data, now=call.now)
    return await catalogue.category(category_id)


@get("/categories/{category_id:uuid}", scopes=READERS, tag=TAG, errors=(CategoryNotFound,))
async def read_category(call: Call, category_id: UUID) -> CategoryView:
    """Read a category."""
    return await catalogue.category(category_id)


@put(
    "/categories/{category_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(CategoryNotFound, CoordinatorNeeded, Changed),
)
async def edit_category(call: Call, category_id: UUID, data: SaveCategory) -> CategoryView:
    """Replace the names of a category, or take it out of use."""
    await services.edit_category(call.actor, category_id, data, version=call.version, now=call.now)
    return await catalogue.category(category_id)


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place up or down in the list."""

    to: Literal["up", "down"]


@post(
    "/categories/{category_id:uuid}/moves",
    scopes=WRITERS,
    tag=TAG,
    errors=(CategoryNotFound, CoordinatorNeeded),
)
async def move_category(call: Call, category_id: UUID, data: Move) -> CategoryView:
    """Let a category change places with the one above or below it."""
    await services.move_category(call.actor, category_id, up=data.to == "up", now=call.now)
    return await catalogue.category(category_id)


@get("/models", scopes=READERS, tag=TAG)
async def list_models(call: Call) -> Models:
    """List the models.

    There are some dozens: they come all at once.
    """
    return Models(await catalogue.models())


@post(
    "/models",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, CategoryNotFound),
    location="/models/{id}",
)
async def create_model(call: Call, data: SaveModel) -> ModelView:
    """Add a model, with what belongs to each of its items."""
    model_id = await services.create_model(call.actor, data, now=call.now)
    return await catalogue.model(model_id)


@get("/models/{model_id:uuid}", scopes=READERS, tag=TAG, errors=(ModelNotFound,))
async def read_model(call: Call, model_id: UUID) -> ModelView:
    """Read a model, with what belongs to each of its items."""
    return await catalogue.model(model_id)


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The kinds of vouchers that go with an item of a model, by their ids."""

    kinds: Annotated[list[UUID], msgspec.Meta(max_length=50)]


@get("/models/{model_id:uuid}/vouchers", scopes=READERS, tag=TAG, errors=(ModelNotFound,))
async def read_bundle(call: Call, model_id: UUID) -> Bundle:
    """Read which vouchers go with an item of a model."""
    return Bundle(await bundles.goes_with(model_id))


@post(
    "/models/{model_id:uuid}/vouchers",
    scopes=WRITERS,
    tag=TAG,
    errors=(ModelNotFound, VoucherKindNotFound, CoordinatorNeeded),
)
async def set_bundle(call: Call, model_id: UUID, data: Bundle) -> Bundle:
    """Say which vouchers go with an item of a model, such as the SIM card of a phone.

    When such an item is lent, the desk offers to give them. What was lent before stays as it is.
    """
    await bundles.set_bundle(call.actor, model_id, data.kinds, now=call.now)
    return Bundle(await bundles.goes_with(model_id))


@put(
    "/models/{model_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(ModelNotFound, CategoryNotFound, AccessoryNotFound, CoordinatorNeeded, Changed),
)
async def edit_model(call: Call, model_id: UUID, data: SaveModel) -> ModelView:
    """Replace a model and its accessories.

    An accessory that is there already is named by its `id`; those left out go.
    """
    await services.edit_model(call.actor, model_id, data, version=call.version, now=call.now)
    return await catalogue.model(model_id)


ROUTES = [
    list_categories,
    create_category,
    read_category,
    edit_category,
    move_category,
    list_models,
    create_model,
    read_model,
    edit_model,
    read_bundle,
    set_bundle,
]
