"""Registering and changing borrowers: one function per use case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.phones import read_phone
from comptoir.core.principal import Principal, Role
from comptoir.lending import search
from comptoir.lending.borrowers.errors import (
    BorrowerChanged,
    BorrowerRegisteredBefore,
    SuspensionForbidden,
)
from comptoir.lending.borrowers.indexing import Findable, index_borrowers, reindex_borrower
from comptoir.lending.borrowers.place import Place, place_of
from comptoir.lending.borrowers.schemas import SaveBorrower
from comptoir.lending.borrowers.validation import borrower_errors, cleaned
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.errors import NoSiteChosen
from comptoir.lending.policies.groups import default_group, group_exists
from comptoir.lending.tables import Borrower, BorrowerSite
from comptoir.lending.vouchers.releasing import release_all

#: Fields of which the audit trail says that they changed, never to what.
PERSONAL = frozenset(
    {"name", "phone", "email", "address", "referrer", "counsellor", "note", "eligible_until"}
)


async def register_borrower(
    actor: Principal,
    command: SaveBorrower,
    *,
    now: datetime,
    borrower_id: UUID | None = None,
) -> UUID:
    """Add a borrower, known at the actor's site; give their id.

    A form that was sent twice carries the same ``borrower_id``: the second gives the first's.

    Raises:
        Invalid: a field is wrong.
        NoSiteChosen: the actor has not said at which site they work.
        BorrowerRegisteredBefore: something else stands in the form by now.
        BorrowerNotFound: the id is of somebody whom the actor may not know of.
    """
    if actor.site_id is None:
        raise NoSiteChosen
    wanted = borrower_id or new_id()
    try:
        return await _register(actor, actor.site_id, command, wanted, now)
    except db.IntegrityErrors:  # the other of two clicks was faster: now it can be read
        return await _register(actor, actor.site_id, command, wanted, now)


async def _register(
    actor: Principal, site_id: UUID, command: SaveBorrower, borrower_id: UUID, now: datetime
) -> UUID:
    async with db.transaction():
        place = await place_of(actor)
        values = await _values(command, place, now)
        if await Borrower.exists().where(Borrower.id == borrower_id):
            before = await find_visible(actor, borrower_id)
            if audit.difference(_shown(before), _shown(values)):
                raise BorrowerRegisteredBefore(borrower_id)
            return borrower_id
        await Borrower(id=borrower_id, created_at=now, **values).save()
        await BorrowerSite(borrower=borrower_id, site=site_id).save()
        await index_borrowers([Findable(borrower_id, values["sort_name"], values["phone"])])
        await audit.record(
            actor,
            "borrower.registered",
            "borrower",
            borrower_id,
            now=now,
            changes=audit.difference({}, _shown(values), personal=PERSONAL),
        )
    return borrower_id


async def edit_borrower(
    actor: Principal,
    borrower_id: UUID,
    command: SaveBorrower,
    *,
    version: int,
    now: datetime,
) -> None:
    """Change a borrower who was read at ``version``.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        Invalid: a field is wrong.
        BorrowerChanged: somebody changed them since.
    """
    async with db.transaction():
        before = await find_visible(actor, borrower_id, lock=True)
        place = await place_of(actor, borrower_id)
        values = await _values(command, place, now, before=before)
        if before["version"] != version:
            raise BorrowerChanged
        changes = audit.difference(_shown(before), _shown(values), personal=PERSONAL)
        if not changes:
            return
        await _update(borrower_id, values)
        if {"name", "phone"} & set(changes):
            await reindex_borrower(Findable(borrower_id, values["sort_name"], values["phone"]))
        await audit.record(
            actor, "borrower.edited", "borrower", borrower_id, now=now, changes=changes
        )


async def suspend_borrower(
    actor: Principal, borrower_id: UUID, *, may_borrow_from: date | None, now: datetime
) -> None:
    """Let somebody borrow nothing before a day at the site; None: until it is lifted.

    What they have, they may bring back. Suspending again changes the day. What is set aside for
    them is free again.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        SuspensionForbidden: the actor is no coordinator of one of their sites.
        Invalid: the day is not later than today.
    """
    async with db.transaction():
        await find_visible(actor, borrower_id, lock=True)
        await _need_coordinator(actor, borrower_id)
        place = await place_of(actor, borrower_id)
        if may_borrow_from is not None and may_borrow_from <= place.today(now):
            raise Invalid([_not_later()])
        until = place.midnight(may_borrow_from) if may_borrow_from else None
        await _update(borrower_id, {"suspended_at": now, "suspended_until": until})
        await audit.record(
            actor,
            "borrower.suspended",
            "borrower",
            borrower_id,
            now=now,
            changes={"may_borrow_from": [None, may_borrow_from]},
        )
        await release_all(actor, borrower_id, now=now)


async def lift_suspension(actor: Principal, borrower_id: UUID, *, now: datetime) -> None:
    """Let somebody borrow again at once. Whoever is not suspended stays as they are.

    Raises:
        BorrowerNotFound, SuspensionForbidden: as for ``suspend_borrower``.
    """
    async with db.transaction():
        before = await find_visible(actor, borrower_id, lock=True)
        await _need_coordinator(actor, borrower_id)
        if before["suspended_at"] is None:
            return
        await _update(borrower_id, {"suspended_at": None, "suspended_until": None})
        await audit.record(actor, "borrower.suspension_lifted", "borrower", borrower_id, now=now)


async def _values(
    command: SaveBorrower, place: Place, now: datetime, *, before: db.Row | None = None
) -> dict[str, Any]:
    """The columns of a borrower.

    Raises:
        Invalid: a field is wrong.
    """
    command = cleaned(command)
    errors = borrower_errors(
        command,
        region=place.country,
        today=place.today(now),
        eligible_before=before["eligible_until"] if before else None,
    )
    if command.group is not None and not await group_exists(command.group):
        errors.append(
            FieldError("group", "lending.group-unknown", _("Choose a group from the list."))
        )
    if errors:
        raise Invalid(errors)
    values = msgspec.structs.asdict(command)
    group = values.pop("group") or (before["borrower_group"] if before else await default_group())
    return values | {
        "sort_name": search.sort_name(command.name),
        "phone": read_phone(command.phone, place.country) or "",
        "contact_kind": command.contact_kind.value,
        "borrower_group": group,
    }


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """The fields that the audit trail speaks of."""
    fields = (*SaveBorrower.__struct_fields__, "borrower_group")
    shown = {name: values[name] for name in fields if name in values}
    return shown | {"borrower_group": str(values["borrower_group"])}


async def _update(borrower_id: UUID, values: dict[str, Any]) -> None:
    """Write columns of a borrower whose row is locked."""
    new: dict[Any, Any] = {**values, Borrower.version: Borrower.version + 1}
    await Borrower.update(new).where(Borrower.id == borrower_id)


async def _need_coordinator(actor: Principal, borrower_id: UUID) -> None:
    rows = await db.fetch(
        "SELECT site FROM lending_borrower_site WHERE borrower = :id", id=borrower_id
    )
    if not any(actor.has_role(Role.COORDINATOR, row["site"]) for row in rows):
        raise SuspensionForbidden


def _not_later() -> FieldError:
    return FieldError(
        "may_borrow_from",
        "lending.date-in-the-past",
        _("Choose a day after today, or leave it empty."),
    )
