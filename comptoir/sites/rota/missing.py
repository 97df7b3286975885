"""Whether somebody is still missing when a shift is about to be written."""

from __future__ import annotations

from comptoir.core.principal import Principal
from comptoir.sites.opening_hours import ONE_DAY, Interval
from comptoir.sites.rota.occurrences import Occurrence, Shift, without
from comptoir.sites.rota.week import rota


async def is_missing(actor: Principal, new: Shift, *, throughout: bool) -> bool:
    """Whether somebody is missing whom the person of a shift could be.

    For all the time of its first day, or ``throughout`` being False, for some of it. The
    site is locked. What is lacking after midnight belongs to the day before.
    """
    asked = Occurrence(new, new.first_day).interval
    found = await rota(actor, new.site, new.first_day - ONE_DAY, new.first_day)
    return any(
        _covers(free, asked, throughout=throughout)
        for day in found.days
        for gap in day.gaps
        for helper in gap.helpers
        if helper.person == new.person
        for free in helper.free
    )


def _covers(free: Interval, asked: Interval, *, throughout: bool) -> bool:
    left = without([asked], [free])
    return left == [] if throughout else left != [asked]
