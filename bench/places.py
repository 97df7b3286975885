"""The public list over a thousand sites, over HTTP: which of them are open now."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench.calendars import rows
from bench.programs import Client, serving
from comptoir.core import db, migrations
from tests import factories as make

SITES = 1_000
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
