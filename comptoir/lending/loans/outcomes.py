"""The first outcome of an attempt to lend or take back, kept and told again.

A refusal is an outcome too: a retry of a refused scan is refused again, even
where the reason has gone since.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from comptoir.core import audit, db, idempotency
from comptoir.core.idempotency import Attempt, Outcome
from comptoir.core.principal import Principal
from comptoir.lending.errors import LendingRefused
from comptoir.lending.refusals import Refusal

View = TypeVar("View")

_REFUSED = 409


def decode(outcome: Outcome, view: type[View], refused: type[LendingRefused]) -> View:
    """The view that was answered first.

    Raises:
        LendingRefused: as ``refused``, where the first answer was a refusal.
    """
    if outcome.status == _REFUSED:
        raise refused(_refusal(outcome.body))
    return msgspec.json.decode(outcome.body, type=view)


def first_of(
    row: db.Row, attempt: Attempt | None, view: type[View], refused: type[LendingRefused]
) -> View | None:
    """What the attempt was answered before, from the columns of ``facts``; None at first."""
    if attempt is None or row["outcome"] is None:
        return None
    found = {
        "fingerprint": row["fingerprint"],
        "status": row["first_status"],
        "outcome": row["outcome"],
    }
    return decode(idempotency.recorded(found, attempt), view, refused)


def remember(
    actor: Principal, attempt: Attempt | None, view: object, *, now: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The write that keeps a view as the attempt's outcome; none without an attempt."""
    if attempt is None:
        return []
    outcome = Outcome(status=201, body=msgspec.json.encode(view).decode())
    return [(idempotency.INSERT, idempotency.values(actor, attempt, outcome, now=now))]


async def record_refusal(
    actor: Principal,
    attempt: Attempt | None,
    refusal: Refusal,
    row: db.Row | None,
    *,
    now: datetime,
) -> None:
    """Write down that a scan was refused, and why, in a transaction of its own.

    ``row`` is what ``facts`` read, or None where a code was unknown.
    """
    row = row or {}
    async with db.transaction():
        await audit.record(
            actor,
            "scan.refused",
            "item",
            row.get("item_id"),
            now=now,
            related=(row.get("borrower_id"),),
            site_id=row.get("site_id"),
            changes={"code": str(refusal.code)},
        )
        if attempt is not None and await idempotency.find(actor, attempt) is None:
            body = msgspec.json.encode(refusal).decode()
            outcome = Outcome(status=_REFUSED, body=body)
            await idempotency.remember(actor, attempt, outcome, now=now)


def _refusal(body: str) -> Refusal:
    kept = msgspec.json.decode(body, type=Refusal)
    data = {
        name: date.fromisoformat(str(value)) if name.endswith("_until") else value
        for name, value in kept.data.items()
    }
    return Refusal(kept.code, data)
