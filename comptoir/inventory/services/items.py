"""What an item is: bringing one or several in, and correcting what is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory import codes, terms
from comptoir.inventory.errors import Changed
from comptoir.inventory.free_codes import free_codes
from comptoir.inventory.imei import read_imei
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.queries import catalogue, items
from comptoir.inventory.queries.clashes import Clash, find_clashes
from comptoir.inventory.schemas import (
    CreateSeveral,
    ItemBasics,
    ModelView,
    Numbers,
    NumberTaken,
    SaveItem,
)
from comptoir.inventory.services.steps import lock_item
from comptoir.inventory.tables import Item, ItemTerm
from comptoir.inventory.validation import (
    basics_errors,
    clean_serial,
    cleaned_basics,
    number_errors,
)
from comptoir.sites import queries as sites

#: Changed in the audit trail by name only: free text may speak of a person.
_PERSONAL = frozenset({"notes"})


async def create_item(actor: Principal, command: SaveItem, *, now: datetime) -> str:
    """Bring in one item, present at its home; give its code.

    Raises:
        CoordinatorNeeded: the actor is no coordinator of the site.
        ModelNotFound, SiteNotFound: there is none such.
        Invalid: a field is wrong, or another item has one of the numbers.
    """
    numbers = Numbers(command.serial, command.imeis)
    return (await _create(actor, command, [numbers], several=False, now=now))[0]


async def create_several(actor: Principal, command: CreateSeveral, *, now: datetime) -> list[str]:
    """Bring in several items of one model, or none; give their codes in order.

    Raises:
        CoordinatorNeeded, ModelNotFound, SiteNotFound: as for ``create_item``.
        Invalid: a field is wrong. Those of an item's numbers begin with its place,
            such as ``numbers[2]``.
    """
    return await _create(actor, command, command.numbers, several=True, now=now)


async def _create(
    actor: Principal,
    command: ItemBasics,
    numbers: Sequence[Numbers],
    *,
    several: bool,
    now: datetime,
) -> list[str]:
    need_manager(actor, command.home_site)
    command = cleaned_basics(command)
    errors = basics_errors(command)
    try:
        async with db.transaction():
            await sites.site(command.home_site)
            model = await catalogue.model(command.model)
            cleaned, number_problems = await check_numbers(actor, model, numbers)
            errors += _in_list(number_problems) if several else number_problems[0]
            if errors:
                raise Invalid(errors)
            return await _insert(actor, command, cleaned, now=now)
    except db.IntegrityErrors:
        # Another desk brought in the same number between our look and our write.
        _, number_problems = await check_numbers(actor, model, numbers)
        errors = _in_list(number_problems) if several else number_problems[0]
        if not errors:
            raise
        raise Invalid(errors) from None


async def edit_item(
    actor: Principal, code: str, command: SaveItem, *, version: int, now: datetime
) -> None:
    """Correct what is known of an item that was read at ``version``.

    Its status is for ``actions`` and for lending.

    Raises:
        ItemNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator of one of its sites, or of
            the one that is to be its home; sending it there is for everybody.
        ModelNotFound, SiteNotFound: there is none such.
        Invalid: a field is wrong, or another item has one of the numbers.
        Changed: somebody changed it since.
    """
    command = cleaned_basics(command)
    numbers = Numbers(command.serial, command.imeis)
    try:
        async with db.transaction():
            row = await lock_item(actor, code)
            need_manager(actor, row["home_site"], row["present_site"])
            await sites.site(command.home_site)
            if command.home_site != row["home_site"]:
                need_manager(actor, command.home_site)
            model = await catalogue.model(command.model)
            [cleaned], [problems] = await check_numbers(actor, model, [numbers], but=row["id"])
            errors = basics_errors(command) + problems
            if errors:
                raise Invalid(errors)
            if row["version"] != version:
                raise Changed
            await _update(actor, row, command, cleaned, now=now)
    except db.IntegrityErrors:
        _, [problems] = await check_numbers(actor, model, [numbers], but=row["id"])
        if not problems:
            raise
        raise Invalid(problems) from None


async def check_numbers(
    actor: Principal,
    model: ModelView,
    numbers: Sequence[Numbers],
    *,
    but: UUID | None = None,
) -> tuple[list[Numbers], list[list[FieldError]]]:
    """The numbers as they are kept, and what is wrong with each item's.

    A number may be on one item only: neither on another of the list, nor on
    one of the database other than ``but``.
    """
    cleaned = [_clean(each) for each in numbers]
    problems = [number_errors(each.serial, each.imeis, model.imei_count) for each in numbers]
    clashes = await find_clashes(actor, model.id, cleaned, but=but)
    seen: dict[str, int] = {}
    for place, each in enumerate(cleaned):
        if problems[place]:
            continue
        for field, number in _numbered(each):
            if number in seen:
                problems[place].append(_twice(field, number, seen[number]))
            elif clash := clashes.get(number):
                problems[place].append(_taken(field, number, clash))
            seen.setdefault(number, place)
    return cleaned, problems


def _numbered(numbers: Numbers) -> list[tuple[str, str]]:
    """The numbers that are there, each with the field it was entered in."""
    fields = [("serial", numbers.serial)]
    fields += [(f"imeis[{place}]", imei) for place, imei in enumerate(numbers.imeis)]
    return [(field, number) for field, number in fields if number]


def _clean(numbers: Numbers) -> Numbers:
    imeis = tuple(read_imei(text) or "" for text in numbers.imeis)
    return Numbers(clean_serial(numbers.serial), imeis)


def _twice(field: str, number: str, place: int) -> FieldError:
    return FieldError(
        field,
        "inventory.number-twice",
        _("%(number)s is on line %(line)s already.", number=number, line=place + 1),
    )


def _taken(field: str, number: str, clash: Clash) -> NumberTaken:
    if clash.code is None:
        message = _("%(number)s belongs to an item of another site.", number=number)
    else:
        message = _(
            "%(number)s belongs to item %(code)s already.",
            number=number,
            code=codes.display(clash.code),
        )
    return NumberTaken(field, f"inventory.{clash.kind}-taken", message, item=clash.code)


def _in_list(problems: list[list[FieldError]]) -> list[FieldError]:
    """Errors of the items of a list, each with its place in front."""
    return [
        msgspec.structs.replace(error, field=f"numbers[{place}].{error.field}")
        for place, errors in enumerate(problems)
        for error in errors
    ]


async def _insert(
    actor: Principal, command: ItemBasics, numbers: Sequence[Numbers], *, now: datetime
) -> list[str]:
    new_codes = await free_codes(len(numbers))
    rows, words = [], []
    for code, each in zip(new_codes, numbers, strict=True):
        values = _values(command, each)
        row = Item(id=new_id(), code=code, present_site=command.home_site, created_at=now, **values)
        rows.append(row)
        words += _terms(row.id, code, each, command.notes)
        await audit.record(
            actor,
            "item.created",
            "item",
            row.id,
            now=now,
            site_id=command.home_site,
            changes=audit.difference({}, _shown(values), personal=_PERSONAL),
        )
    await Item.insert(*rows)
    await ItemTerm.insert(*words)
    return new_codes


async def _update(
    actor: Principal, row: db.Row, command: SaveItem, numbers: Numbers, *, now: datetime
) -> None:
    item = await items.item(actor, row["code"])
    values = _values(command, numbers)
    before = {
        "model": item.model.id,
        "serial": item.serial,
        **_imei_columns(item.imeis),
        "condition": item.condition,
        "home_site": item.home_site.id,
        "funder": item.funder,
        "purchased_on": item.purchased_on,
        "price_cents": item.price_cents,
        "currency": item.currency,
        "notes": item.notes,
    }
    changes = audit.difference(_shown(before), _shown(values), personal=_PERSONAL)
    if not changes:
        return
    await Item.update(values | {"version": row["version"] + 1}).where(Item.id == row["id"])
    await ItemTerm.delete().where(ItemTerm.item == row["id"])
    await ItemTerm.insert(*_terms(row["id"], row["code"], numbers, command.notes))
    await audit.record(
        actor,
        "item.edited",
        "item",
        row["id"],
        now=now,
        site_id=item.present_site.id,
        changes=changes,
    )


def _values(command: ItemBasics, numbers: Numbers) -> dict[Any, Any]:
    return {
        "model": command.model,
        "serial": numbers.serial,
        **_imei_columns(numbers.imeis),
        "condition": command.condition.value,
        "home_site": command.home_site,
        "funder": command.funder,
        "purchased_on": command.purchased_on,
        "price_cents": command.price_cents,
        "currency": command.currency,
        "notes": command.notes,
    }


def _imei_columns(imeis: Sequence[str]) -> dict[str, str]:
    first, second = (*filter(None, imeis), "", "")[:2]
    return {"imei_1": first, "imei_2": second}


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """What the audit row keeps of an item: whatever is filled in."""
    shown = {
        name: str(value) if name in ("model", "home_site", "purchased_on") and value else value
        for name, value in values.items()
    }
    if values["price_cents"] is None:
        del shown["currency"]
    return {name: value for name, value in shown.items() if value not in (None, "")}


def _terms(item_id: UUID, code: str, numbers: Numbers, notes: str) -> list[ItemTerm]:
    found = terms.terms(code=code, serial=numbers.serial, imeis=numbers.imeis, notes=notes)
    return [ItemTerm(item=item_id, kind=kind, term=term) for kind, term in found]
