"""Kinds of vouchers: what there is to give. They are the same for all sites."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.errors import Changed
from comptoir.inventory.names import clean_names, refuse_taken, write_names
from comptoir.inventory.permissions import need_catalogue
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.schemas import KindView, SaveKind
from comptoir.inventory.vouchers.tables import VoucherKind
from comptoir.inventory.vouchers.validation import cleaned_kind, kind_errors


async def add_kind(actor: Principal, command: SaveKind, *, now: datetime) -> UUID:
    """Add a kind after the others; give its id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        Invalid: a field is wrong, or another kind in use has the name.
    """
    need_catalogue(actor)
    command = _checked(command)
    kind_id = new_id()
    async with db.transaction():
        await _refuse_taken(command)
        row = await db.fetch_one("SELECT MAX(position) AS last FROM inventory_voucher_kind")
        last = row["last"] if row else None
        position = 0 if last is None else last + 1
        values = _values(command)
        await VoucherKind(id=kind_id, position=position, created_at=now, **values).save()
        await audit.record(
            actor,
            "voucher.kind_added",
            "voucher_kind",
            kind_id,
            now=now,
            changes=audit.difference({}, _shown(command)),
        )
    return kind_id


async def change_kind(
    actor: Principal, kind_id: UUID, command: SaveKind, *, version: int, now: datetime
) -> None:
    """Change a kind that was read at ``version``.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        VoucherKindNotFound: there is none.
        Invalid: as for ``add_kind``, or it would be another medium though some were taken in.
        Changed: somebody changed it since.
    """
    need_catalogue(actor)
    command = _checked(command)
    async with db.transaction():
        before = await queries.kind(kind_id)
        if before.fixed and command.medium is not before.medium:
            raise Invalid([_medium_fixed()])
        if clean_names(command.names) != before.names or (command.active and not before.active):
            await _refuse_taken(command, but=kind_id)
        changed = (
            await VoucherKind.update(_values(command) | {"version": version + 1})
            .where((VoucherKind.id == kind_id) & (VoucherKind.version == version))
            .returning(VoucherKind.id)
        )
        if not changed:
            raise Changed
        await audit.record(
            actor,
            "voucher.kind_changed",
            "voucher_kind",
            kind_id,
            now=now,
            changes=audit.difference(_shown(before), _shown(command)),
        )


def _checked(command: SaveKind) -> SaveKind:
    command = cleaned_kind(command)
    errors = kind_errors(command)
    if errors:
        raise Invalid(errors)
    return command


def _medium_fixed() -> FieldError:
    message = _("Some were taken in already, so this cannot change. Add another kind.")
    return FieldError("medium", "inventory.medium-fixed", message)


async def _refuse_taken(command: SaveKind, *, but: UUID | None = None) -> None:
    await db.take_turns("inventory.voucher_kind names")
    known = await queries.kinds()
    refuse_taken(command.names, (each.names for each in known if each.active and each.id != but))


def _values(command: SaveKind) -> dict[Any, Any]:
    """The columns of a kind."""
    return _shown(command) | {
        "names": write_names(command.names),
        "instructions": msgspec.json.encode(command.instructions).decode(),
    }


def _shown(kind: SaveKind | KindView) -> dict[str, Any]:
    """What the audit row keeps of a kind: all that can be changed."""
    values = {name: getattr(kind, name) for name in SaveKind.__struct_fields__}
    chosen = {"medium": kind.medium.value, "wifi_code": kind.wifi_code.value}
    return values | chosen | {"names": clean_names(kind.names)}
