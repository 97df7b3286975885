"""A sweep over many vouchers that people have, of which some expire soon."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from bench.data import bulk
from comptoir.core import clock, db, migrations
from comptoir.core.ids import new_id
from comptoir.notifications.reminders.sweep import sweep
from tests import factories as make
from tests.keys import use_voucher_key

VOUCHERS = 100_000
MESSAGES = 10_000


async def measured(url: str) -> tuple[float, float]:
    """Seconds of a sweep that writes, and of the next one."""
    db.connect(url)
    use_voucher_key()
    await migrations.migrate()
    now = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    if now.weekday() == 6:  # nothing is written on a Sunday
        now -= timedelta(days=1)
    await _fill(now)
    begun = time.perf_counter()
    written = await sweep(now=now)
    swept = time.perf_counter()
    await sweep(now=now + timedelta(minutes=10))
    again = time.perf_counter()
    await db.disconnect()
    if written != MESSAGES:
        raise LookupError(f"{written} messages were written")
    return swept - begun, again - swept


async def _fill(now: datetime) -> None:
    """Each person has one, in use; those of which people are to be told expire in two days."""
    site = await make.site(phone="+41265550110")
    kind = await make.voucher_kind()
    batch = await make.voucher_batch(kind, site_id=site.id)
    group = await make.group()
    sealed = await make.voucher(batch)
    people = [new_id() for _ in range(VOUCHERS)]
    vouchers = [new_id() for _ in range(VOUCHERS)]
    blank = [""] * 5
    await bulk(
        "lending_borrower",
        "id name sort_name borrower_group language contact_kind phone "
        "email address referrer counsellor note created_at version",
        (
            (key, "Person", "person", group.id, "fr", "phone", f"+4179{number:07}", *blank, now, 1)
            for number, key in enumerate(people)
        ),
    )
    lent, soon, later = (now + timedelta(days=days) for days in (-20, 2, 10))
    await bulk(
        "inventory_voucher",
        "id kind batch site status sealed key hint activate_by issued_at activated_at expires_at "
        "void_reason created_at version",
        (
            (
                key,
                kind.id,
                batch.id,
                site.id,
                "activated",
                sealed.sealed,
                sealed.key,
                "",
                batch.activate_by,
                lent,
                lent,
                soon if number < MESSAGES else later,
                "",
                lent,
                3,
            )
            for number, key in enumerate(vouchers)
        ),
    )
    await bulk(
        "lending_voucher_issue",
        "id voucher kind borrower site override_reason issued_at",
        (
            (new_id(), voucher, kind.id, person, site.id, "", lent)
            for voucher, person in zip(vouchers, people, strict=True)
        ),
    )
    await db.execute("ANALYZE")
