"""What limits all sending: a switch, a budget for the month, a pace for each gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from comptoir.core import db
from comptoir.notifications.gateways.protocol import Gateway

#: A bucket holds what a gateway may be given in so many seconds, and one message at least.
BUCKET_SECONDS = 1.0

_READ = "SELECT paused_at, budget, currency, version FROM notifications_sending sending"
_MAKE = """
INSERT INTO notifications_sending (id, currency, version) VALUES (1, 'CHF', 0)
ON CONFLICT (id) DO NOTHING
"""
_SPENT = """
SELECT COALESCE(SUM(cost), 0) AS spent FROM notifications_message
WHERE sent_at >= :since AND cost > 0
"""
_PACE = "SELECT tokens, counted_at FROM notifications_gateway_pace WHERE name = :name"
_SET_PACE = """
INSERT INTO notifications_gateway_pace (name, tokens, counted_at) VALUES (:name, :tokens, :now)
ON CONFLICT (name) DO UPDATE SET tokens = excluded.tokens, counted_at = excluded.counted_at
"""


class SendingState(msgspec.Struct, frozen=True):
    """The switch and the budget. ``budget`` is in ten-thousandths of ``currency``."""

    paused_at: datetime | None = None
    budget: int | None = None
    currency: str = "CHF"
    version: int = 0


async def read_sending() -> SendingState:
    """What is decided about all sending."""
    row = await db.fetch_one(_READ)
    return SendingState(**row) if row else SendingState()


async def lock_sending() -> SendingState:
    """The same, and nobody else decides or claims until the transaction ends."""
    row = await db.fetch_one(_READ + db.for_update("sending"))
    if row is None:
        await db.execute(_MAKE)
        row = await db.fetch_one(_READ + db.for_update("sending"))
    assert row is not None  # noqa: S101 – it was made above, by us or by another
    return SendingState(**row)


async def spent(*, now: datetime) -> int:
    """What messages of this calendar month (UTC) cost, in ten-thousandths.

    Amounts in several currencies are added as they are, so that the budget holds for all:
    nothing here knows a rate.
    """
    row = await db.fetch_one(_SPENT, since=month_of(now))
    return int(row["spent"]) if row else 0


async def money_left(sending: SendingState, *, now: datetime) -> int | None:
    """How much may still be spent this month; None where there is no limit."""
    if sending.budget is None:
        return None
    return sending.budget - await spent(now=now)


def month_of(now: datetime) -> datetime:
    """When the calendar month of a moment began (UTC)."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


async def take_tokens(gateway: Gateway, wanted: int, *, now: datetime) -> tuple[int, datetime]:
    """How many of ``wanted`` messages a gateway may get now, and when the next may follow."""
    row = await db.fetch_one(_PACE, name=gateway.name)
    most = max(1.0, gateway.terms.per_second * BUCKET_SECONDS)
    tokens = most
    if row:
        # A clock that was put back gives nothing, and takes nothing away.
        passed = max(0.0, (now - row["counted_at"]).total_seconds())
        tokens = min(most, row["tokens"] + passed * gateway.terms.per_second)
    allowed = min(wanted, int(tokens))
    tokens -= allowed
    await db.execute(_SET_PACE, name=gateway.name, tokens=tokens, now=now)
    lacking = max(0.0, 1 - tokens)
    return allowed, now + timedelta(seconds=lacking / gateway.terms.per_second)
