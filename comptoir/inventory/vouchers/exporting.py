"""Vouchers of a batch for a file: without their codes, or with them once that is written down.

A file with codes is made from the trail: first each code that will be in it gets its row there,
as if it were shown, and the export one of its own; then those are read and opened. So no code is
in a file that the trail does not have, and a form that is sent again gets none.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.accounts import fresh, throttle
from comptoir.core.accounts.errors import PasswordAgainNeeded, TooManyAttempts
from comptoir.core.principal import Principal
from comptoir.core.vault import Unreadable
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.errors import (
    CodeInExplanation,
    ExportOver,
    ExportUnexplained,
    NothingToExport,
    RevealedTooOften,
    explanation_of,
)
from comptoir.inventory.vouchers.events import VouchersRevealed
from comptoir.inventory.vouchers.permissions import need_export, of_coordinated_sites
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.sealing import Secret, fold, unseal
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus

#: Vouchers that are read, opened and written at once.
AT_ONCE = 1000
#: Exports of a batch that its pages name.
_LATEST = 5
_DIGITS = re.compile(r"[0-9]+")
_YEAR = re.compile(r"20[0-9]{2}")

#: Runs what is done once; for a form that came before it gives the outcome of the first time.
Once = Callable[[Callable[[], Awaitable[UUID]]], Awaitable[UUID]]

_OF_EXPORT = """
SELECT subject_id AS id FROM core_audit_event
WHERE related_a_id = :export AND action = 'voucher.revealed' ORDER BY subject_id
"""
_EXPORTS = """
SELECT at, changes FROM core_audit_event
WHERE subject_id = :batch AND action = 'voucher.batch_exported' ORDER BY id DESC LIMIT :limit
"""
_VOUCHERS = """
SELECT voucher.id, voucher.status, voucher.hint, voucher.activate_by, voucher.issued_at,
       voucher.activated_at, voucher.expires_at, voucher.ended_at, voucher.key, voucher.sealed,
       voucher.site, kind.medium, site.name AS site_name, site.time_zone
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
JOIN sites_site site ON site.id = voucher.site
WHERE voucher.id IN :ids ORDER BY voucher.id
"""


class ExportFilter(msgspec.Struct, frozen=True):
    """Which vouchers: those of a batch, in a status or in any."""

    batch: UUID
    status: VoucherStatus | None = None


class ExportCodes(ExportFilter, frozen=True, kw_only=True):
    """Write codes into a file, with PIN and PUK or without, and say what for."""

    pins: bool = False
    explanation: str = ""


class Exported(msgspec.Struct, frozen=True):
    """That codes of a batch were exported: when (UTC), how many, and what for."""

    at: datetime
    codes: int
    pins: bool
    explanation: str


class ExportLine(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher in a file; ``shown`` is None where its code is not. Moments are in UTC."""

    hint: str
    status: VoucherStatus
    site_name: str
    time_zone: str
    activate_by: date | None
    issued_at: datetime | None
    activated_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    shown: Shown | None


async def vouchers_masked(
    actor: Principal, wanted: ExportFilter
) -> AsyncIterator[list[ExportLine]]:
    """Those at the sites that the actor coordinates, without their codes, some at a time.

    Raises:
        VoucherBatchNotFound: there is none that the actor may know of.
        CoordinatorNeeded: the actor is no coordinator.
    """
    await _need_batch(actor, wanted.batch)
    return _lines(await _ids(actor, wanted), None)


async def count_codes(actor: Principal, wanted: ExportFilter) -> int:
    """How many vouchers a file of codes would have.

    Raises:
        VoucherBatchNotFound, CoordinatorNeeded: see ``vouchers_masked``.
    """
    await _need_batch(actor, wanted.batch)
    found, values = _wanted(actor, wanted)
    [row] = await db.fetch(f"SELECT COUNT(*) AS number {found}", **values)
    number: int = row["number"]
    return number


async def needs_password(actor: Principal, *, now: datetime) -> bool:
    """Whether the password is to be typed for an export, as for a code."""
    try:
        await fresh.need_fresh(actor, "", now=now)
    except PasswordAgainNeeded:
        return True
    return False


async def latest_exports(batch_id: UUID) -> list[Exported]:
    """When codes of a batch were exported last; not by whom."""
    rows = await db.fetch(_EXPORTS, batch=batch_id, limit=_LATEST)
    return [_exported(row) for row in rows]


async def export_codes(
    actor: Principal, command: ExportCodes, *, password: str = "", once: Once, now: datetime
) -> AsyncIterator[list[ExportLine]]:
    """Vouchers with their codes, some at a time, once all of them are written down.

    A code that cannot be read is in no file.

    Raises:
        VoucherBatchNotFound, CoordinatorNeeded: see ``vouchers_masked``.
        ExportUnexplained, ExplanationTooLong, CodeInExplanation: what it is for.
        PasswordAgainNeeded, CurrentPasswordWrong, TooManyAttempts: see ``fresh.need_fresh``.
        RevealedTooOften: the actor saw many codes in a short time.
        NothingToExport: there is none.
        ExportOver: the form made a file before; each file is written down and counted.
        vault.KeyMissing: the process was not given a key.
    """
    await _need_batch(actor, command.batch)
    command = msgspec.structs.replace(command, explanation=explanation_of(command.explanation))
    if not command.explanation:
        raise ExportUnexplained
    await fresh.need_fresh(actor, password, now=now)
    written: list[UUID] = []

    async def write() -> UUID:
        written.append(await _write_down(actor, command, now=now))
        return written[0]

    export = await once(write)
    if not written:
        raise ExportOver
    ids = [each["id"] for each in await db.fetch(_OF_EXPORT, export=export)]
    return _lines(ids, lambda voucher: _shown(voucher, pins=command.pins))


async def _write_down(actor: Principal, command: ExportCodes, *, now: datetime) -> UUID:
    """Write an export into the trail, with a row for each code as if it was shown; its id."""
    number, shown = await count_codes(actor, command), throttle.vouchers_shown(actor.id)
    if not number:
        raise NothingToExport
    try:
        # As many as may be shown without waiting, at most: the next export has to wait.
        await throttle.begin([shown], times=min(number, shown.free), now=now)
    except TooManyAttempts as waiting:
        raise RevealedTooOften(waiting.retry_after) from None
    async with db.transaction():
        view = await queries.batch(actor, command.batch)
        row = audit.values(
            actor, "voucher.batch_exported", "voucher_batch", view.id, now=now, site_id=view.site.id
        )
        export: UUID = row["audit_id"]
        ids = await _ids(actor, command)
        codes = 0
        for first in range(0, len(ids), AT_ONCE):
            codes += await _reveal(actor, ids[first : first + AT_ONCE], command, export, now=now)
        if not codes:
            raise NothingToExport
        said = {"codes": codes, "pins": command.pins, "explanation": command.explanation}
        if command.status:
            said["status"] = command.status
        changes = {name: [None, value] for name, value in said.items()}
        await audit.record_many([row | {"changes": msgspec.json.encode(changes).decode()}])
    return export


async def _reveal(
    actor: Principal, ids: Sequence[UUID], command: ExportCodes, export: UUID, *, now: datetime
) -> int:
    """Write down that the codes of these were seen; of how many there is one."""
    rows, more = [], []
    # Held to the end: their batch is not taken out while they are written down.
    for voucher in await db.fetch(_VOUCHERS + db.for_share("voucher"), ids=[*ids]):
        secret = _opened(voucher)
        if secret is None:
            continue
        if _tells(command.explanation, secret):
            raise CodeInExplanation
        if Shown.of(secret, pins=command.pins).tells_more(Medium(voucher["medium"])):
            more.append(voucher["id"])
        rows.append(
            audit.values(
                actor,
                "voucher.revealed",
                "voucher",
                voucher["id"],
                now=now,
                related=(export,),
                site_id=voucher["site"],
                changes={"file": [None, True]},
            )
        )
    await audit.record_many(rows)
    if more:
        await events.publish(VouchersRevealed(tuple(more), now))
    return len(rows)


def _opened(voucher: db.Row) -> Secret | None:
    """What is sealed of a voucher; None: its code is lost, or what is kept was altered."""
    try:
        secret = unseal(voucher)
    except Unreadable:
        return None
    return secret if secret.code else None


def _tells(explanation: str, secret: Secret) -> bool:
    """Whether an explanation has the code, PIN or PUK of a voucher in it.

    Among the PINs of many cards are the four digits of most dates: one is looked for as a number
    by itself, and not where it reads as a year.
    """
    said = fold(explanation)
    if any(part and fold(part) in said for part in (secret.code, secret.puk)):
        return True
    return secret.pin in _DIGITS.findall(explanation) and not _YEAR.fullmatch(secret.pin)


def _shown(voucher: db.Row, *, pins: bool) -> Shown | None:
    """What a file tells of a voucher."""
    secret = _opened(voucher)
    return Shown.of(secret, pins=pins) if secret else None


async def _need_batch(actor: Principal, batch_id: UUID) -> None:
    await queries.batch(actor, batch_id)
    need_export(actor)


async def _ids(actor: Principal, wanted: ExportFilter) -> list[UUID]:
    found, values = _wanted(actor, wanted)
    rows = await db.fetch(f"SELECT voucher.id {found} ORDER BY voucher.id", **values)
    return [row["id"] for row in rows]


def _wanted(actor: Principal, wanted: ExportFilter) -> tuple[str, dict[str, Any]]:
    """Where the vouchers are, from ``FROM`` on, and its values."""
    own, values = of_coordinated_sites(actor, "voucher.site")
    conditions = ["voucher.batch = :batch", own]
    if wanted.status:
        conditions.append("voucher.status = :status")
        values["status"] = wanted.status
    where = " AND ".join(conditions)
    return f"FROM inventory_voucher voucher WHERE {where}", values | {"batch": wanted.batch}


async def _lines(
    ids: Sequence[UUID], opened: Callable[[db.Row], Shown | None] | None
) -> AsyncIterator[list[ExportLine]]:
    for first in range(0, len(ids), AT_ONCE):
        rows = await db.fetch(_VOUCHERS, ids=[*ids[first : first + AT_ONCE]])
        yield [
            msgspec.convert(row | {"shown": opened(row) if opened else None}, ExportLine)
            for row in rows
        ]


def _exported(row: db.Row) -> Exported:
    changes = msgspec.json.decode(row["changes"])
    said = {name: changes[name][1] for name in ("codes", "pins", "explanation")}
    return Exported(row["at"], **said)
