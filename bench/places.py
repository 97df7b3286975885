"""Many sites: which of a thousand are open now, over HTTP, and an import of ten thousand."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench.calendars import rows
from bench.programs import Client, serving
from comptoir.core import clock, db, migrations
from comptoir.core.principal import SYSTEM
from comptoir.sites.open_data import imports
from tests import factories as make
from tests.sites.open_data.files import file_of, row

SITES = 1_000
#: Rows of the file that is imported.
ROWS = 10_000
_TIMES = 20
_KEPT = ("time_zone", "country", "region", "opening_hours")


async def measured(url: str, folder: Path) -> tuple[float, float]:
    """Seconds of the first "open now" of a fresh worker, and of the median of the next."""
    db.connect(url)
    await migrations.migrate()
    await _fill()
    await db.disconnect()
    with serving(url, folder) as program:
        async with Client(program.port, "") as client:
            times = [await _ask(client) for _ in range(_TIMES + 1)]
    return times[0], statistics.median(times[1:])


async def imported(url: str) -> tuple[float, float]:
    """Seconds of the preview of a file of the ANCT, and of its import into an empty database."""
    db.connect(url)
    await migrations.migrate()
    owner, now = (await make.organisation()).id, clock.now()
    content = file_of(*(row(number, nom=f"Guichet {number}") for number in range(ROWS)))
    begun = time.perf_counter()
    found = await imports.preview(SYSTEM, owner, content, now=now)
    looked = time.perf_counter()
    done = await imports.import_sites(SYSTEM, owner, content, now=now)
    ended = time.perf_counter()
    await db.disconnect()
    if (found.new, done.imported) != (ROWS, ROWS):
        raise RuntimeError(f"{found} {done}")
    return looked - begun, ended - looked


async def _fill() -> None:
    owner = (await make.organisation()).id
    samples = rows()
    for number in range(SITES):
        sample = samples[number % len(samples)]
        values = {name: sample[name] for name in _KEPT}
        # No two have the same hours: what is kept for one helps no other.
        values["opening_hours"] += f", Dec 31 07:{number // 60:02}-08:{number % 60:02}"
        await make.site(organisation=owner, name=f"Place {number:04}", published=True, **values)


async def _ask(client: Client) -> float:
    begun = time.perf_counter()
    status, _ = await client.ask("GET", "/places?open=1")
    if status != 200:
        raise RuntimeError(f"the list answered {status}")
    return time.perf_counter() - begun
