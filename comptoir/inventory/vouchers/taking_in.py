"""Vouchers come in: sealed, marked, and counted in one transaction, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_line
from comptoir.core.principal import Principal
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.errors import (
    VoucherBatchNotFound,
    VoucherNotLast,
    VouchersInvalid,
)
from comptoir.inventory.vouchers.known import known_error, refuse_known
from comptoir.inventory.vouchers.schemas import MOST_AT_ONCE, KindView, TakeIn
from comptoir.inventory.vouchers.sealing import Sealed, Sealer, Secret, find_many, sealer
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.tables import VoucherBatch
from comptoir.inventory.vouchers.validation import batch_errors, cleaned_secret, secret_errors
from comptoir.sites import queries as sites

_VOUCHERS = """
INSERT INTO inventory_voucher (id, kind, batch, site, status, sealed, key, hint, activate_by,
                               void_reason, created_at, version)
VALUES (:id, :kind, :batch, :site, 'available', :sealed, :key, :hint, :activate_by, '',
        :created_at, 1)
"""
_MARKS = """
INSERT INTO inventory_voucher_mark (voucher, key, mark) VALUES (:voucher, :key, :mark)
"""
_LAST = """
SELECT id, status, version FROM inventory_voucher WHERE batch = :batch ORDER BY id DESC LIMIT 1
"""


async def take_in(actor: Principal, command: TakeIn, *, now: datetime) -> UUID:
    """Take a batch with its vouchers into the stock of a site; give its id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator of the site.
        SiteNotFound, VoucherKindNotFound: there is none such.
        VouchersInvalid: a field is wrong, or a code is here already. Those of a voucher begin
            with its place, such as ``vouchers[2].code``.
        VoucherKeyUnset: the program was given no key.
    """
    need_manager(actor, command.site)
    await sites.need_site(command.site)
    kind = await queries.kind(command.kind)
    cleaned = _cleaned(command)
    errors = errors_of_batch(cleaned, kind, now=now)
    secrets, wrong = checked(command.vouchers, kind)
    if errors or wrong:
        raise VouchersInvalid(errors + wrong)
    try:
        async with db.transaction():
            return await _insert_batch(actor, cleaned, kind, secrets, now=now)
    except db.IntegrityErrors:
        await refuse_known(actor, secrets)  # another desk brought in the same code at this moment
        raise


class Added(NamedTuple):
    """A voucher of a batch; ``again``: it was in it already, and was not added once more."""

    id: UUID
    again: bool


async def add_to_batch(
    actor: Principal, batch_id: UUID, voucher: Secret, *, now: datetime
) -> Added:
    """Add one voucher to a batch, as it is scanned; say which it is.

    A code that is in this batch already is not added again: it is the one that is there.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator of its site.
        VouchersInvalid: it is wrong, it is here already, or the batch is past its date.
        VoucherKeyUnset: the program was given no key.
    """
    view = await queries.batch(actor, batch_id)
    need_manager(actor, view.site.id)
    kind = await queries.kind(view.kind.id)
    [secret], wrong = checked([voucher], kind)
    if view.activate_by and view.activate_by < localtime(now, kind.time_zone).date():
        wrong.append(_past())
    if wrong:
        raise VouchersInvalid(_of_one(wrong))
    try:
        async with db.transaction():
            return await _insert_one(actor, batch_id, secret, now=now)
    except db.IntegrityErrors:
        async with db.transaction():  # another desk was faster: say so, or say that it is here
            return await _insert_one(actor, batch_id, secret, now=now)


async def take_out_last(
    actor: Principal, batch_id: UUID, voucher_id: UUID, *, now: datetime
) -> None:
    """Undo ``add_to_batch``: the voucher that was added last was never here.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator of its site.
        VoucherNotLast: it is not the last, or something has become of it since.
    """
    view = await queries.batch(actor, batch_id)
    need_manager(actor, view.site.id)
    async with db.transaction():
        batch = await _lock_batch(batch_id)
        last = await db.fetch_one(_LAST + db.for_update("inventory_voucher"), batch=batch_id)
        if (
            last is None
            or last["id"] != voucher_id
            or last["status"] != VoucherStatus.AVAILABLE
            or last["version"] != 1
        ):
            raise VoucherNotLast
        await db.execute("DELETE FROM inventory_voucher_mark WHERE voucher = :id", id=voucher_id)
        await db.execute("DELETE FROM inventory_voucher WHERE id = :id", id=voucher_id)
        await _count(actor, batch, -1, "voucher.entry_undone", now=now)


def place_of(field: str) -> tuple[int, str]:
    """The place and the field of an error of ``take_in`` such as ``vouchers[2].code``."""
    place, _dot, name = field.removeprefix("vouchers[").partition("].")
    return int(place), name


def _cleaned(command: TakeIn) -> TakeIn:
    return msgspec.structs.replace(
        command,
        funder=clean_line(command.funder),
        order_number=clean_line(command.order_number),
    )


def checked(
    vouchers: Sequence[Secret], kind: KindView, *, lines: Sequence[int] = ()
) -> tuple[list[Secret], list[FieldError]]:
    """The vouchers as they are kept, and what is wrong with them among themselves.

    Where they are from a file, ``lines`` are those that they stand in.
    """
    if len(vouchers) > MOST_AT_ONCE:
        message = _("Take in at most %(most)s at once. Make two batches.", most=MOST_AT_ONCE)
        return [], [FieldError("vouchers", "inventory.too-many-vouchers", message)]
    secrets = [cleaned_secret(each, kind.medium, kind.dial) for each in vouchers]
    errors: list[FieldError] = []
    first: dict[str, int] = {}
    for place, secret in enumerate(secrets):
        wrong = secret_errors(secret, kind.medium, kind.dial, kind.wifi_code)
        errors += [_at(place, each) for each in wrong]
        earlier = first.setdefault(secret.folded, place)
        if earlier != place and not wrong:
            errors.append(_at(place, _twice(earlier, lines)))
    return secrets, errors


def _at(place: int, error: FieldError) -> FieldError:
    return msgspec.structs.replace(error, field=f"vouchers[{place}].{error.field}")


def _of_one(errors: list[FieldError]) -> list[FieldError]:
    """Errors at the fields of the one voucher that there is."""
    return [
        msgspec.structs.replace(each, field=each.field.removeprefix("vouchers[0]."))
        for each in errors
    ]


def _twice(earlier: int, lines: Sequence[int]) -> FieldError:
    if lines:
        message = _("This code is there twice: it is also in line %(line)s.", line=lines[earlier])
    else:
        message = _("This code is there twice: it is also number %(number)s.", number=earlier + 1)
    return FieldError("code", "inventory.voucher-twice", message)


def errors_of_batch(command: TakeIn, kind: KindView, *, now: datetime) -> list[FieldError]:
    """What is wrong with a batch, its vouchers aside."""
    errors = batch_errors(command, today=localtime(now, kind.time_zone).date())
    return errors if kind.active else [*errors, _not_used()]


def _not_used() -> FieldError:
    message = _("This kind is not used any more. Choose another one.")
    return FieldError("kind", "inventory.kind-not-used", message)


def _past() -> FieldError:
    message = _("The date of this batch has passed: nobody can use these any more.")
    return FieldError("code", "inventory.batch-expired", message)


async def _insert_batch(
    actor: Principal, command: TakeIn, kind: KindView, secrets: list[Secret], *, now: datetime
) -> UUID:
    batch_id = new_id()
    own_price = command.cost_cents is not None
    known: dict[str, Any] = {
        "funder": command.funder,
        "order_number": command.order_number,
        "activate_by": command.activate_by,
        "cost_cents": command.cost_cents if own_price else kind.cost_cents,
        "currency": command.currency or kind.currency,
        "quantity": len(secrets),
    }
    seals = await sealer(now=now)
    await refuse_known(actor, secrets)
    batch = VoucherBatch(id=batch_id, kind=kind.id, site=command.site, received_at=now, **known)
    await batch.save()
    await _insert(
        seals, {**known, "id": batch_id, "kind": kind.id, "site": command.site}, secrets, now=now
    )
    day = command.activate_by.isoformat() if command.activate_by else None
    await audit.record(
        actor,
        "voucher.taken_in",
        "voucher_batch",
        batch_id,
        now=now,
        related=(kind.id,),
        site_id=command.site,
        changes=audit.difference({}, known | {"activate_by": day}),
    )
    return batch_id


async def _insert_one(actor: Principal, batch_id: UUID, secret: Secret, *, now: datetime) -> Added:
    batch = await _lock_batch(batch_id)
    seals = await sealer(now=now)
    if found := await find_many([secret]):
        if found[0]["batch"] == batch_id and found[0]["status"] == VoucherStatus.AVAILABLE:
            return Added(found[0]["id"], again=True)
        raise VouchersInvalid([await known_error(actor, found[0])])
    [made] = await _insert(seals, batch, [secret], now=now)
    await _count(actor, batch, 1, "voucher.added", now=now)
    return Added(made, again=False)


async def _insert(
    seals: Sealer, batch: dict[str, Any], secrets: Sequence[Secret], *, now: datetime
) -> list[UUID]:
    ids = [new_id() for _each in secrets]
    # In a thread: thousands take part of a second, in which others want to be answered.
    sealed = await asyncio.to_thread(_sealed, seals, ids, secrets)
    same = {
        "kind": batch["kind"],
        "batch": batch["id"],
        "site": batch["site"],
        "activate_by": batch["activate_by"],
        "created_at": now,
    }
    await db.insert_many(
        _VOUCHERS,
        [
            same | {"id": each, "sealed": made.sealed, "key": made.key, "hint": made.hint}
            for each, made in zip(ids, sealed, strict=True)
        ],
    )
    marks = [
        {"voucher": each, "key": key, "mark": mark}
        for each, made in zip(ids, sealed, strict=True)
        for key, mark in made.marks.items()
    ]
    # In one order for all: two who bring in the same codes otherwise wait for each other.
    await db.insert_many(_MARKS, sorted(marks, key=lambda row: str(row["mark"])))
    return ids


def _sealed(seals: Sealer, ids: Sequence[UUID], secrets: Sequence[Secret]) -> list[Sealed]:
    pairs = zip(ids, secrets, strict=True)
    return [seals.seal(secret, voucher_id=voucher_id) for voucher_id, secret in pairs]


async def _lock_batch(batch_id: UUID) -> db.Row:
    row = await db.fetch_one(
        "SELECT id, kind, site, activate_by, quantity, version FROM inventory_voucher_batch "
        "WHERE id = :id" + db.for_update("inventory_voucher_batch"),
        id=batch_id,
    )
    if row is None:
        raise VoucherBatchNotFound
    return row


async def _count(actor: Principal, batch: db.Row, more: int, action: str, *, now: datetime) -> None:
    """One more or one less in the batch, and the row that says so."""
    quantity = batch["quantity"] + more
    await db.execute(
        "UPDATE inventory_voucher_batch SET quantity = :quantity, version = :version "
        "WHERE id = :id",
        id=batch["id"],
        quantity=quantity,
        version=batch["version"] + 1,
    )
    await audit.record(
        actor,
        action,
        "voucher_batch",
        batch["id"],
        now=now,
        site_id=batch["site"],
        changes={"quantity": [batch["quantity"], quantity]},
    )
