"""The stock of a million vouchers: the page of what lies where, and a funder's year."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from comptoir.core import db, migrations
from comptoir.core.principal import SYSTEM
from comptoir.inventory.vouchers.funding import FundingWanted, funding_report
from comptoir.inventory.vouchers.overview import stock_of
from comptoir.inventory.vouchers.sealing import Secret, sealer
from tests import factories as make
from tests.keys import use_voucher_key

VOUCHERS = 1_000_000
SITES, KINDS, FUNDERS = 20, 5, 4
_NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
_TURNS = 3

#: A third lies in drawers, a third was given in the last two years, a third was used.
_FILL = """
WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < :last)
INSERT INTO inventory_voucher (id, kind, batch, site, status, sealed, key, hint, void_reason,
                               issued_at, activated_at, created_at, version)
SELECT {new_id}, :kind, :batch, :site,
       CASE n % 3 WHEN 0 THEN 'available' WHEN 1 THEN 'issued' ELSE 'activated' END,
       {nothing}, :key, '', '',
       CASE WHEN n % 3 > 0 THEN {day} END, CASE WHEN n % 3 = 2 THEN {day} END, {now}, 1
FROM series
"""
#: The least that any report of a funder's year must do: meet each of the rows once.
_FLOOR = """
SELECT COUNT(*) AS number, SUM(batch.cost_cents) AS cents
FROM inventory_voucher_batch batch JOIN inventory_voucher voucher ON voucher.batch = batch.id
WHERE batch.funder = :funder AND voucher.issued_at >= :since
"""


async def measured(url: str) -> tuple[float, float, float]:
    """Seconds of the page of the stock, of a funder's year, and of the floor of the latter."""
    db.connect(url)
    use_voucher_key()
    await migrations.migrate()
    await _fill()
    stock = await _median(lambda: stock_of(SYSTEM, now=_NOW))
    wanted = FundingWanted("Funder 0", 2026)
    year = await _median(lambda: funding_report(SYSTEM, wanted, now=_NOW))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    floor = await _median(lambda: db.fetch(_FLOOR, funder="Funder 0", since=since))
    await db.disconnect()
    return stock, year, floor


async def _median(ask: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(_TURNS):
        begun = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


async def _fill() -> None:
    sites = [(await make.site(name=f"Place {number}")).id for number in range(SITES)]
    kinds = [await make.voucher_kind() for _ in range(KINDS)]
    sealed = (await sealer(now=_NOW)).seal(Secret(code="none"), voucher_id=sites[0])
    for site in sites:
        for number, kind in enumerate(kinds):
            batch = await make.voucher_batch(
                kind, site_id=site, funder=f"Funder {number % FUNDERS}"
            )
            await _add(kind.id, batch.id, site, sealed.key)
    await db.execute("ANALYZE")


async def _add(kind: UUID, batch: UUID, site: UUID, key: str) -> None:
    sql = db.choose(
        sqlite=_FILL.format(
            new_id="lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || "
            "hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(6)))",
            nothing="x'00'",
            day="datetime('2026-11-24 14:00', '-' || (n % 700) || ' days') || '+00:00'",
            now="datetime('2026-11-24 14:00') || '+00:00'",
        ),
        postgres=_FILL.format(
            new_id="gen_random_uuid()",
            nothing="'\\x00'::bytea",
            day="TIMESTAMPTZ '2026-11-24 14:00Z' - (n % 700) * INTERVAL '1 day'",
            now="TIMESTAMPTZ '2026-11-24 14:00Z'",
        ),
    )
    each = VOUCHERS // (SITES * KINDS)
    await db.execute(sql, last=each - 1, kind=kind, batch=batch, site=site, key=key)
