"""Ten thousand codes from a file: looked at, taken in, and the same rows copied by plain SQL."""

from __future__ import annotations

import time

from comptoir.core import clock, db, migrations, vault
from comptoir.core.principal import SYSTEM
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers import imports
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


async def measured(url: str) -> tuple[float, float, float]:
    """Seconds of the preview, of the import, and of its rows by plain SQL."""
    db.connect(url)
    vault.use(Vault([VOUCHER_KEY]))
    await migrations.migrate()
    site, kind = await make.site(), await make.voucher_kind(medium="wifi")
    command, now = TakeIn(kind=kind.id, site=site.id), clock.now()
    lines = (f"{number:05}-{number * 7919 % 100_000:05}" for number in range(CODES))
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
    await db.disconnect()
    if (found.count, found.wrong) != (CODES, 0):
        raise RuntimeError(f"{found.count} {found.wrong}")
    return looked - begun, done - looked, floor


async def _each(statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        await db.execute(statement)
