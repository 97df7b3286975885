"""Believable data to try the program with: ``comptoir demo``.

The same in every demo but for the ids, and relative to the day it is made:
nothing in it is a real person, address or device.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from comptoir.core import audit, db
from comptoir.core.keys import Keyring
from comptoir.core.principal import SYSTEM
from comptoir.demo import given, history, messages, people, places, rota, things, vouchers
from comptoir.demo.places import LOGINS, PASSWORD
from comptoir.inventory.vouchers.expiring import expire

_SEED = 514
_MADE = "demo.made"


async def fill(keys: Keyring, *, now: datetime) -> None:
    """Write the demo into an empty, migrated database; it ends at ``now``.

    ``keys`` are those of the installation: PINs are hashed with them.
    """
    random = Random(_SEED)  # noqa: S311 – believable, not unguessable
    start = now - timedelta(days=history.DAYS + 10)
    sites = await places.open_places(keys, now=start)
    await rota.plan(sites, start=start, now=now)
    categories, stock = await things.bring_in(sites, random, now=start)
    groups = await people.write_policies(categories)
    borrowers = await people.register(sites, groups, random, today=now.date(), now=start)
    kinds = await vouchers.fill_drawers(sites, now=now)
    await given.set_rules(kinds, groups, now=start)
    besides = [*given.plan(sites, kinds, borrowers, now=now), *messages.plan(now=now)]
    await history.play(sites, stock, borrowers, random, besides, now=now)
    await people.suspend(borrowers, now=now)
    await expire(now=now)
    await messages.report(now=now)
    await audit.record(SYSTEM, _MADE, "demo", None, now=now)


async def is_made() -> bool:
    """True if the database was filled by ``fill``."""
    return (
        await db.fetch_one(
            "SELECT id FROM core_audit_event WHERE action = :made LIMIT 1", made=_MADE
        )
        is not None
    )


async def is_empty() -> bool:
    """True if nobody has begun to work with the database."""
    row = await db.fetch_one(
        "SELECT (SELECT COUNT(*) FROM core_user) + (SELECT COUNT(*) FROM sites_organisation) "
        "+ (SELECT COUNT(*) FROM sites_site) AS rows"
    )
    return row is None or row["rows"] == 0


__all__ = ["LOGINS", "PASSWORD", "fill", "is_empty", "is_made"]
