"""A closure that touches many loans: its preview, its announcement, and taking it back."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID

from bench.data import bulk, codes_for, insert_items
from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending import routes
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from tests import factories as make

LOANS = 5_000
BORROWERS = 3_000


async def measured() -> tuple[float, float, float]:
    """Seconds of a preview, of the announcement after it, and of its withdrawal."""
    if not routes.ROUTES:  # imported for what listens to announcements
        raise LookupError("lending mounts nothing")
    now = clock.now()
    site = await make.site()
    actor = await make.principal(Role.COORDINATOR, site.id)
    day = now.date() + timedelta(days=16 - now.date().weekday())  # a Wednesday
    await _loans(site.id, datetime.combine(day, now.time(), now.tzinfo).replace(hour=12), now)
    command = AnnounceException((site.id,), day, day, ExceptionKind.CLOSED)

    begun = time.perf_counter()
    preview = await preview_exception(actor, command, now=now)
    looked = time.perf_counter()
    [hanging] = preview.consequences
    if hanging.count != LOANS:
        raise LookupError(f"{hanging.count} loans would move")
    command = AnnounceException((site.id,), day, day, ExceptionKind.CLOSED, seen=preview.seen)
    announced = await announce_exception(actor, command, now=now)
    moved = time.perf_counter()
    await withdraw_exception(actor, announced.ids[0], now=now)
    return looked - begun, moved - looked, time.perf_counter() - moved


async def _loans(site: UUID, due: datetime, now: datetime) -> None:
    """Loans of one kind of thing, each due at the same moment, some people with two."""
    category = await make.category()
    model = await make.model(category=category.id)
    policy = await make.policy(category_id=category.id)
    group = await make.group()
    items = list(zip((new_id() for _ in range(LOANS)), codes_for(LOANS), strict=True))
    await insert_items(items, model.id, site)
    people = [new_id() for _ in range(BORROWERS)]
    blank = [""] * 6
    await bulk(
        "lending_borrower",
        "id name sort_name borrower_group language contact_kind "
        "phone email address referrer counsellor note created_at version",
        (
            (key, f"Person {number}", f"person {number}", group.id, "fr", "none", *blank, now, 1)
            for number, key in enumerate(people)
        ),
    )
    await bulk(
        "lending_loan",
        "id item borrower category site return_site policy checked_out_at due_at renewals version",
        (
            (new_id(), item, person, category.id, site, site, policy.id, now, due, 0, 1)
            for (item, _), person in zip(items, cycle(people), strict=False)
        ),
    )
    await db.execute("ANALYZE")
