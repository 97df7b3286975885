"""The first outcome of an attempt to lend or take back, kept and told again.

A refusal is an outcome too: a retry of a refused scan is refused again, even
where the reason has gone since.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from comptoir.core import audit, db, idempotency
from comptoir.core.idempotency import Attempt, Outcome
from comptoir.core.principal import Principal
from comptoir.lending.refusals import Refusal

View = TypeVar("View")

_REFUSED = 409


async def first(
    actor: Principal, attempt: Attempt | None, row: db.Row | None, view: type[View]
) -> View | Refusal | None:
    """What the attempt was answered before; None where it is new.

    ``row`` is what ``facts`` read, which found the outcome too; where it found
    no row, the outcome is looked for by itself.

    Raises:
        IdempotencyKeyReused: the attempt's key came with another request before.
    """
    if attempt is None:
        return None
    if row is None:
        kept = await idempotency.find(actor, attempt)
    elif row["outcome"] is not None:
        found = {name: row[name] for name in ("fingerprint", "outcome")}
        kept = idempotency.recorded({**found, "status": row["first_status"]}, attempt)
    else:
        kept = None
    if kept is None:
        return None
    return refusal_of(kept) or msgspec.json.decode(kept.body, type=view)


def refusal_of(outcome: Outcome) -> Refusal | None:
    """The refusal that an outcome keeps; None where it keeps something done."""
    if outcome.status != _REFUSED:
        return None
    kept = msgspec.json.decode(outcome.body, type=Refusal)
    data = {
        name: date.fromisoformat(str(value)) if name.endswith("_until") else value
        for name, value in kept.data.items()
    }
    return Refusal(kept.code, data)


def remember(
    actor: Principal, attempt: Attempt | None, view: object, *, now: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The write that keeps a view as the attempt's outcome; none without an attempt."""
    if attempt is None:
        return []
    outcome = Outcome(status=201, body=msgspec.json.encode(view).decode())
    return [(idempotency.INSERT, idempotency.values(actor, attempt, outcome, now=now))]


def remember_refusal(
    actor: Principal, attempt: Attempt | None, refusal: Refusal, *, now: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The write that keeps a refusal as the attempt's outcome; none without an attempt."""
    if attempt is None:
        return []
    outcome = Outcome(status=_REFUSED, body=msgspec.json.encode(refusal).decode())
    return [(idempotency.INSERT, idempotency.values(actor, attempt, outcome, now=now))]


async def record_refusal(
    actor: Principal,
    attempt: Attempt | None,
    refusal: Refusal,
    row: db.Row | None,
    *,
    now: datetime,
) -> None:
    """Write down that a scan was refused, and why, inside the transaction that decided it.

    ``row`` is what ``facts`` read, or None where a code was unknown.
    """
    row = row or {}
    trail = audit.values(
        actor,
        "scan.refused",
        "item",
        row.get("item_id"),
        now=now,
        related=(row.get("borrower_id"),),
        site_id=row.get("site_id"),
        changes={"code": str(refusal.code)},
    )
    await db.write((audit.INSERT, trail), *remember_refusal(actor, attempt, refusal, now=now))


async def record_unread(
    actor: Principal,
    attempt: Attempt | None,
    refusal: Refusal,
    *,
    item_id: UUID | None = None,
    site_id: UUID | None,
    now: datetime,
) -> None:
    """``record_refusal`` for a scan that reached no service: a transaction of its own."""
    try:
        async with db.transaction():
            row = {"item_id": item_id, "site_id": site_id}
            await record_refusal(actor, attempt, refusal, row, now=now)
    except db.IntegrityErrors as error:
        # Sent twice at once: the other one has recorded this refusal.
        if not db.violated_constraint(error).startswith("core_idempotency"):
            raise
