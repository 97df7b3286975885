"""The tally at the door, for other programs: a counter with a button, a yearly report."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, get, post
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.visits import services
from comptoir.sites.visits.schemas import CountVisit, VisitsReport

TAG = "Visits"
PATH = "/sites/{site_id:uuid}/visits"


class VisitsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which year."""

    year: Annotated[
        int, msgspec.Meta(ge=2000, le=2100, description="The year to tell of.", examples=[2026])
    ]


@post(PATH, scopes=("desk",), tag=TAG, status=204, errors=(SiteNotFound,))
async def count_visit(call: Call, site_id: UUID, data: CountVisit) -> None:
    """Count somebody who comes in. No name, no time: one more for the day and the reason.

    How many there are is not answered: of one day they may be too few to tell.
    """
    await services.count_visit(call.actor, site_id, data, now=call.now)


@post(f"{PATH}/take-back", scopes=("desk",), tag=TAG, status=204, errors=(SiteNotFound,))
async def take_back_visit(call: Call, site_id: UUID, data: CountVisit) -> None:
    """Count one less today, after a slip of the finger; never fewer than none."""
    await services.take_back_visit(call.actor, site_id, data, now=call.now)


@get(PATH, scopes=("desk", "settings"), tag=TAG, errors=(SiteNotFound,))
async def read_visits(call: Call, site_id: UUID, query: VisitsQuery) -> VisitsReport:
    """Read a year of visits, by month and reason, as far as its months are over.

    A number from 1 to 4 is null, and so are others from which it could be computed. What is told
    of a month never changes; the sums of a year are null until the year is over.
    """
    return await services.visits_of_year(call.actor, site_id, query.year, now=call.now)


ROUTES = [count_visit, take_back_visit, read_visits]
