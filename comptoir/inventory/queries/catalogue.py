"""Reads of categories and models. There are few of both, so they are read whole."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.inventory.errors import CategoryNotFound, ModelNotFound
from comptoir.inventory.names import read_names
from comptoir.inventory.schemas import AccessoryView, CategoryView, ModelSummary, ModelView

_CATEGORIES = """
SELECT category.id, category.names, category.position, category.active, category.version,
       (SELECT COUNT(*) FROM inventory_model model WHERE model.category = category.id) AS models
FROM inventory_category category
"""
MODEL_COLUMNS = """
    model.id AS model_id, model.category, category.names AS category_names, model.manufacturer,
    model.name AS model_name, model.short_name, model.imei_count, model.active AS model_active
"""
_MODELS = f"""
SELECT {MODEL_COLUMNS}, model.version
FROM inventory_model model JOIN inventory_category category ON category.id = model.category
"""


async def categories(*, active_only: bool = False) -> list[CategoryView]:
    """Categories in their order."""
    where = "WHERE category.active" if active_only else ""
    rows = await db.fetch(f"{_CATEGORIES} {where} ORDER BY category.position, category.id")
    return [_category(row) for row in rows]


async def category(category_id: UUID) -> CategoryView:
    """One category.

    Raises:
        CategoryNotFound: there is none.
    """
    row = await db.fetch_one(f"{_CATEGORIES} WHERE category.id = :id", id=category_id)
    if row is None:
        raise CategoryNotFound
    return _category(row)


async def models(*, active_only: bool = False) -> list[ModelSummary]:
    """Models by category, then by manufacturer and name."""
    where = "WHERE model.active" if active_only else ""
    rows = await db.fetch(
        f"{_MODELS} {where} ORDER BY category.position, category.id, "
        "model.manufacturer, model.name, model.id"
    )
    return [model_summary(row) for row in rows]


async def model(model_id: UUID) -> ModelView:
    """One model with its accessories.

    Raises:
        ModelNotFound: there is none.
    """
    row = await db.fetch_one(f"{_MODELS} WHERE model.id = :id", id=model_id)
    if row is None:
        raise ModelNotFound
    summary = model_summary(row)
    return ModelView(
        **{name: getattr(summary, name) for name in ModelSummary.__struct_fields__},
        accessories=await accessories(model_id),
        version=row["version"],
    )


async def accessories(model_id: UUID) -> tuple[AccessoryView, ...]:
    """What belongs to each item of a model, in order."""
    rows = await db.fetch(
        "SELECT id, names FROM inventory_accessory WHERE model = :model ORDER BY position, id",
        model=model_id,
    )
    return tuple(AccessoryView(row["id"], read_names(row["names"])) for row in rows)


def model_summary(row: db.Row) -> ModelSummary:
    """The model of a row with ``MODEL_COLUMNS``."""
    return ModelSummary(
        id=row["model_id"],
        category=row["category"],
        category_names=read_names(row["category_names"]),
        manufacturer=row["manufacturer"],
        name=row["model_name"],
        short_name=row["short_name"],
        imei_count=row["imei_count"],
        active=row["model_active"],
    )


def _category(row: db.Row) -> CategoryView:
    return CategoryView(
        id=row["id"],
        names=read_names(row["names"]),
        position=row["position"],
        active=row["active"],
        version=row["version"],
        models=row["models"],
    )
