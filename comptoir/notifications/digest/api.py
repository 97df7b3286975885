"""The week, for other programs."""

from __future__ import annotations

import msgspec

from comptoir.core.api import Call, get
from comptoir.notifications.digest.counting import SiteWeek, weeks_for

TAG = "Messages"


class Weeks(msgspec.Struct, frozen=True):
    """What waits at each site."""

    items: list[SiteWeek]


@get("/this-week", scopes=("settings",), tag=TAG)
async def read_week(call: Call) -> Weeks:
    """Count what waits at each site now, such as late loans and people to call."""
    return Weeks(await weeks_for(call.actor, now=call.now))


ROUTES = [read_week]
