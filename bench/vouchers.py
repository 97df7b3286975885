"""Ten thousand codes from a file: looked at, taken in, and the same rows copied by plain SQL.

Then an operator's list says that they are in use: looked at, and confirmed.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import clock, db, migrations, vault
from comptoir.core.principal import SYSTEM
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers import imports
from comptoir.inventory.vouchers.activations import reading, services
from comptoir.inventory.vouchers.activations.reading import OperatorFile
from comptoir.inventory.vouchers.formats import FileFormat
from comptoir.inventory.vouchers.imports import VoucherFile
from comptoir.inventory.vouchers.schemas import TakeIn
from tests import factories as make
from tests.keys import VOUCHER_KEY

CODES = 10_000
#: One statement for each table: what the engine needs for the rows and their indexes alone.
_VOUCHERS = """
CREATE TABLE copied_vouchers AS SELECT * FROM inventory_voucher;
CREATE TABLE copied_marks AS SELECT * FROM inventory_voucher_mark;
DELETE FROM inventory_voucher_mark;
DELETE FROM inventory_voucher;
"""
_FLOOR = """
INSERT INTO inventory_voucher SELECT * FROM copied_vouchers;
INSERT INTO inventory_voucher_mark SELECT * FROM copied_marks;
"""


async def measured(url: str) -> tuple[float, ...]:
    """Seconds of the preview, of the import, of its rows by plain SQL, and as ``_activated``."""
    db.connect(url)
    vault.use(Vault([VOUCHER_KEY]))
    await migrations.migrate()
    site, kind = await make.site(), await make.voucher_kind(medium="wifi")
    command, now = TakeIn(kind=kind.id, site=site.id), clock.now()
    lines = [f"{number:05}-{number * 7919 % 100_000:05}" for number in range(CODES)]
    file = VoucherFile("\n".join(lines), FileFormat.UNIFI)
    begun = time.perf_counter()
    found = await imports.preview(SYSTEM, command, file, now=now)
    looked = time.perf_counter()
    await imports.import_vouchers(SYSTEM, command, file, now=now)
    done = time.perf_counter()
    await _each(_VOUCHERS)
    again = time.perf_counter()
    async with db.transaction():
        await _each(_FLOOR)
    floor = time.perf_counter() - again
    activated = await _activated(kind.id, lines, now)
    await db.disconnect()
    if (found.count, found.wrong) != (CODES, 0):
        raise RuntimeError(f"{found.count} {found.wrong}")
    return looked - begun, done - looked, floor, *activated


async def _activated(kind: UUID, codes: list[str], now: datetime) -> tuple[float, float]:
    """Seconds to look at an operator's list, each line with a moment of its own; to confirm it."""
    await db.execute(
        "UPDATE inventory_voucher SET status = 'issued', issued_at = :given",
        given=now - timedelta(days=20),
    )
    moments = [now - timedelta(minutes=number) for number in range(len(codes))]
    lines = [f"{code};{at:%d.%m.%Y %H:%M:%S}" for code, at in zip(codes, moments, strict=True)]
    begun = time.perf_counter()
    file = OperatorFile("\n".join(lines), {0: "code", 1: "day"})
    read = reading.read(file, "UTC")
    found = await services.preview(SYSTEM, kind, read.rows, now=now)
    looked = time.perf_counter()
    done = await services.confirm(SYSTEM, kind, read.rows, expected=found.token, now=now)
    if done != len(codes):
        raise RuntimeError(f"{done}")
    return looked - begun, time.perf_counter() - looked


async def _each(statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        await db.execute(statement)
