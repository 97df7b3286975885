"""What is thrown away once nobody needs it: once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import idempotency
from comptoir.core.accounts import invitations, sessions, throttle
from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs import Job, Turn
from comptoir.lending.vouchers.forgetting import forget_shares
from comptoir.sites.rota.forgetting import forget as forget_rota

#: For how long a repeated call gets its first outcome. Outcomes say who borrowed what.
OUTCOMES_KEPT_FOR = timedelta(days=30)


async def tidy(*, now: datetime) -> None:
    """Delete sessions, failed sign-ins, links, outcomes, plans and shares whose time is over."""
    await sessions.forget(now=now)
    await throttle.forget(now=now)
    await invitations.forget(now=now)
    await idempotency.forget(before=now - OUTCOMES_KEPT_FOR)
    await forget_rota(now=now)
    await forget_shares(now=now)


async def _run(turn: Turn) -> None:
    await tidy(now=turn.now)


TIDYING = Job(
    "housekeeping",
    _l("Delete what nobody needs any more"),
    every=timedelta(days=1),
    longest=timedelta(minutes=30),
    run=_run,
)
