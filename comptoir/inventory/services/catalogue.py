"""Categories and models: what kinds of things there are. They are the same for all sites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.errors import AccessoryNotFound, CategoryNotFound, Changed
from comptoir.inventory.names import clean_names, names_errors, refuse_taken, write_names
from comptoir.inventory.permissions import need_catalogue
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import (
    AccessoryView,
    ModelView,
    SaveAccessory,
    SaveCategory,
    SaveModel,
)
from comptoir.inventory.tables import Accessory, Category, Model
from comptoir.inventory.validation import LONGEST_SHORT_NAME, cleaned_model, model_errors


async def create_category(actor: Principal, command: SaveCategory, *, now: datetime) -> UUID:
    """Add a category after the others; give its id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        Invalid: it has no name, one too long, or one that another in use has.
    """
    need_catalogue(actor)
    _refuse_names(command)
    category_id = new_id()
    async with db.transaction():
        await _refuse_taken(command)
        row = await db.fetch_one("SELECT MAX(position) AS last FROM inventory_category")
        last = row["last"] if row else None
        await Category(
            id=category_id,
            names=write_names(command.names),
            active=command.active,
            position=0 if last is None else last + 1,
        ).save()
        await audit.record(
            actor,
            "category.created",
            "category",
            category_id,
            now=now,
            changes=audit.difference({}, _category_values(command)),
        )
    return category_id


async def edit_category(
    actor: Principal, category_id: UUID, command: SaveCategory, *, version: int, now: datetime
) -> None:
    """Change a category that was read at ``version``.

    Raises:
        CoordinatorNeeded, Invalid: as for ``create_category``.
        CategoryNotFound: there is none.
        Changed: somebody changed it since.
    """
    need_catalogue(actor)
    _refuse_names(command)
    async with db.transaction():
        before = await catalogue.category(category_id)
        if clean_names(command.names) != before.names:
            await _refuse_taken(command, but=category_id)
        await _update(
            Category,
            category_id,
            version,
            {"names": write_names(command.names), "active": command.active},
        )
        known = {"names": before.names, "active": before.active}
        await audit.record(
            actor,
            "category.edited",
            "category",
            category_id,
            now=now,
            changes=audit.difference(known, _category_values(command)),
        )


async def move_category(actor: Principal, category_id: UUID, *, up: bool, now: datetime) -> None:
    """Let a category change places with its neighbour, where there is one.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        CategoryNotFound: there is none.
    """
    need_catalogue(actor)
    async with db.transaction():
        order = [view.id for view in await catalogue.categories()]
        if category_id not in order:
            raise CategoryNotFound
        place = order.index(category_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, each in enumerate(order):
            await Category.update({Category.position: position}).where(Category.id == each)
        await audit.record(
            actor,
            "category.moved",
            "category",
            category_id,
            now=now,
            changes={"position": [place, other]},
        )


async def create_model(actor: Principal, command: SaveModel, *, now: datetime) -> UUID:
    """Add a model with its accessories; give its id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        CategoryNotFound: there is no such category.
        Invalid: a field is wrong.
    """
    need_catalogue(actor)
    values = _model_values(command)
    model_id = new_id()
    async with db.transaction():
        await catalogue.category(command.category)
        await Model(id=model_id, created_at=now, **values).save()
        await _save_accessories(model_id, (), command.accessories)
        await audit.record(
            actor,
            "model.created",
            "model",
            model_id,
            now=now,
            changes=audit.difference({}, _shown(values, command.accessories)),
        )
    return model_id


async def edit_model(
    actor: Principal, model_id: UUID, command: SaveModel, *, version: int, now: datetime
) -> None:
    """Change a model that was read at ``version``, and its accessories.

    Raises:
        CoordinatorNeeded, CategoryNotFound, Invalid: as for ``create_model``.
        ModelNotFound: there is none.
        AccessoryNotFound: an accessory's id is not one of this model.
        Changed: somebody changed it since.
    """
    need_catalogue(actor)
    values = _model_values(command)
    async with db.transaction():
        before = await catalogue.model(model_id)
        await catalogue.category(command.category)
        await _update(Model, model_id, version, values)
        await _save_accessories(model_id, before.accessories, command.accessories)
        known = _shown(_stored(before), before.accessories)
        await audit.record(
            actor,
            "model.edited",
            "model",
            model_id,
            now=now,
            changes=audit.difference(known, _shown(values, command.accessories)),
        )


async def _save_accessories(
    model_id: UUID, before: Sequence[AccessoryView], after: Sequence[SaveAccessory]
) -> None:
    kept = {accessory.id for accessory in after if accessory.id}
    if kept - {accessory.id for accessory in before}:
        raise AccessoryNotFound
    gone = [accessory.id for accessory in before if accessory.id not in kept]
    if gone:
        await Accessory.delete().where(Accessory.id.is_in(gone))
    for position, accessory in enumerate(after):
        names = write_names(accessory.names)
        if accessory.id is None:
            await Accessory(model=model_id, names=names, position=position).save()
        else:
            await Accessory.update({"names": names, "position": position}).where(
                Accessory.id == accessory.id
            )


def _model_values(command: SaveModel) -> dict[str, Any]:
    command = cleaned_model(command)
    errors = model_errors(command)
    if errors:
        raise Invalid(errors)
    return {
        "category": command.category,
        "manufacturer": command.manufacturer,
        "name": command.name,
        "short_name": command.short_name or command.name[:LONGEST_SHORT_NAME],
        "imei_count": command.imei_count,
        "active": command.active,
    }


def _stored(model: ModelView) -> dict[str, Any]:
    return {
        "category": model.category,
        "manufacturer": model.manufacturer,
        "name": model.name,
        "short_name": model.short_name,
        "imei_count": model.imei_count,
        "active": model.active,
    }


def _shown(
    values: dict[str, Any], accessories: Sequence[AccessoryView] | Sequence[SaveAccessory]
) -> dict[str, Any]:
    """What the audit row keeps of a model."""
    return values | {
        "category": str(values["category"]),
        "accessories": [clean_names(accessory.names) for accessory in accessories],
    }


def _category_values(command: SaveCategory) -> dict[str, Any]:
    return {"names": clean_names(command.names), "active": command.active}


def _refuse_names(command: SaveCategory) -> None:
    if errors := names_errors(command.names, "names"):
        raise Invalid(errors)


async def _refuse_taken(command: SaveCategory, *, but: UUID | None = None) -> None:
    await db.take_turns("inventory.category names")
    known = await catalogue.categories()
    refuse_taken(command.names, (each.names for each in known if each.active and each.id != but))


async def _update(
    table: type[Category] | type[Model], row_id: UUID, version: int, values: dict[Any, Any]
) -> None:
    changed = (
        await table.update(values | {"version": version + 1})
        .where((table.id == row_id) & (table.version == version))
        .returning(table.id)
    )
    if not changed:
        raise Changed
