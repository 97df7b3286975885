"""What is thrown away once nobody needs it: when the program starts, and once a day.

Every server process does it: deleting twice does no harm, and none of them has
to be the one that does.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from comptoir.core import clock, idempotency
from comptoir.core.accounts import invitations, sessions, throttle
from comptoir.core.logging import without_values
from comptoir.sites.rota.forgetting import forget as forget_rota

#: For how long a repeated call gets its first outcome. Outcomes say who borrowed what.
OUTCOMES_KEPT_FOR = timedelta(days=30)
EVERY = timedelta(days=1)

log = structlog.get_logger("comptoir.housekeeping")


async def tidy(*, now: datetime) -> None:
    """Delete sessions, failed sign-ins, links, outcomes and plans whose time is over."""
    await sessions.forget(now=now)
    await throttle.forget(now=now)
    await invitations.forget(now=now)
    await idempotency.forget(before=now - OUTCOMES_KEPT_FOR)
    await forget_rota(now=now)


async def keep_tidy() -> None:
    """Tidy up now and every day, until cancelled. What fails is logged, and tried the next day."""
    while True:
        try:
            await tidy(now=clock.now())
        except Exception as error:
            log.error("housekeeping failed", **without_values(error))
        await asyncio.sleep(EVERY.total_seconds())
