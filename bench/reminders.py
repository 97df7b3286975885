"""A sweep over many open loans, beside the same rows written by plain SQL."""

from __future__ import annotations

import time
from datetime import timedelta

from bench.data import bulk, codes_for, insert_items
from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.notifications.reminders.sweep import sweep
from tests import factories as make

LOANS = 100_000
MESSAGES = 10_000


async def measured() -> tuple[float, float, float]:
    """Seconds of a sweep that writes, of the next one, and of its rows by plain SQL."""
    now = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    if now.weekday() == 6:  # nothing is written on a Sunday
        now -= timedelta(days=1)
    site = await make.site(phone="+41265550110")
    category = await make.category()
    model = await make.model(category=category.id)
    policy = await make.policy(category_id=category.id)
    group = await make.group()
    items = [(new_id(), code) for code in codes_for(LOANS)]
    await insert_items(items, model.id, site.id)
    people = [new_id() for _ in range(LOANS)]
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
    lent, soon, later = (now + timedelta(days=days) for days in (-20, 2, 30))
    await bulk(
        "lending_loan",
        "id item borrower category site return_site policy checked_out_at due_at renewals version",
        (
            (
                new_id(),
                item,
                person,
                category.id,
                site.id,
                site.id,
                policy.id,
                lent,
                soon if number < MESSAGES else later,
                0,
                1,
            )
            for number, ((item, _), person) in enumerate(zip(items, people, strict=True))
        ),
    )
    await db.execute("ANALYZE")
    begun = time.perf_counter()
    written = await sweep(now=now)
    swept = time.perf_counter()
    if written != MESSAGES:
        raise LookupError(f"{written} messages were written")
    await sweep(now=now + timedelta(minutes=10))
    again = time.perf_counter()
    return swept - begun, again - swept, await _floor()


async def _floor() -> float:
    """The same rows once more, a transaction for each message, without reading anything."""
    messages = await db.fetch("SELECT * FROM notifications_message")
    levels = await db.fetch(
        "SELECT loan, level, due_at, at, message FROM notifications_loan_message"
    )
    told = await db.fetch("SELECT * FROM core_audit_event WHERE action = 'message.written'")
    for table in ("notifications_loan_message", "notifications_message"):
        await db.execute(f"DELETE FROM {table}")
    by_message = {row["message"]: row for row in levels}
    begun = time.perf_counter()
    for message, event in zip(messages, told, strict=True):
        async with db.transaction():
            await _insert("notifications_message", message)
            await _insert("notifications_loan_message", by_message[message["id"]])
            await _insert("core_audit_event", {**event, "id": new_id()})
    return time.perf_counter() - begun


async def _insert(table: str, row: db.Row) -> None:
    values = ", ".join(f":{name}" for name in row)
    await db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})", **row)
