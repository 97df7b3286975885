"""What is written by itself."""

from __future__ import annotations

from datetime import timedelta

from comptoir.core.i18n import lazy as _l
from comptoir.core.jobs import Job, Turn
from comptoir.notifications.clocks import put_right
from comptoir.notifications.gateways.configuration import channels_of
from comptoir.notifications.reminders.sweep import sweep


async def _remind(turn: Turn) -> None:
    await put_right(now=turn.now)
    await sweep(
        now=turn.now,
        base_url=turn.settings.base_url,
        stopping=turn.stopping,
        channels=channels_of(turn.settings),
    )


REMINDING = Job(
    "notifications.remind",
    _l("Write reminders"),
    every=timedelta(minutes=10),
    longest=timedelta(minutes=9),
    run=_remind,
)
