"""Counting who comes in, and the yearly report.

A count has no audit row: who counted, and at what minute, would measure the staff.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.sites import queries
from comptoir.sites.schemas import SiteView
from comptoir.sites.visits.disclosure import told_month, told_sums
from comptoir.sites.visits.schemas import (
    CountVisit,
    MonthOfVisits,
    Reason,
    VisitsReport,
    VisitsToday,
)

_ONE_MORE = """
INSERT INTO sites_visit_tally (id, site, day, reason, visits)
VALUES (:id, :site_id, :day, :reason, 1)
ON CONFLICT (site, day, reason) DO UPDATE SET visits = sites_visit_tally.visits + 1
"""
_ONE_LESS = """
UPDATE sites_visit_tally SET visits = visits - 1
WHERE site = :site_id AND day = :day AND reason = :reason AND visits > 0
"""


async def count_visit(
    actor: Principal, site_id: UUID, command: CountVisit, *, now: datetime
) -> VisitsToday:
    """One more came, on the date that ``now`` (UTC) is at the site.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
    """
    site = await queries.site(site_id, actor)
    await db.execute(_ONE_MORE, id=new_id(), **_values(site, command, now))
    return await visits_today(actor, site_id, now=now)


async def take_back_visit(
    actor: Principal, site_id: UUID, command: CountVisit, *, now: datetime
) -> VisitsToday:
    """One less came today, never fewer than none.

    Raises:
        SiteNotFound: as for ``count_visit``.
    """
    site = await queries.site(site_id, actor)
    await db.execute(_ONE_LESS, **_values(site, command, now))
    return await visits_today(actor, site_id, now=now)


async def visits_today(actor: Principal, site_id: UUID, *, now: datetime) -> VisitsToday:
    """What was counted today, for those who count.

    Raises:
        SiteNotFound: as for ``count_visit``.
    """
    site = await queries.site(site_id, actor)
    rows = await db.fetch(
        "SELECT reason, visits FROM sites_visit_tally WHERE site = :site_id AND day = :day",
        site_id=site_id,
        day=_today(site, now),
    )
    reasons = {Reason(row["reason"]): row["visits"] for row in rows if row["visits"]}
    return VisitsToday(sum(reasons.values()), reasons)


async def visits_of_year(
    actor: Principal, site_id: UUID, year: int, *, now: datetime
) -> VisitsReport:
    """The months of a year that are over ``now`` (UTC) at a site, by reason.

    The numbers that are too small to tell are left out. Of a month that goes on nothing is told,
    nor are the sums of a year that does: whoever read them each day, or each month, would find
    the few of one day or month by subtraction.

    Raises:
        SiteNotFound: there is none, as far as the actor may know.
    """
    today = _today(await queries.site(site_id, actor), now)
    over = [month for month in range(1, 13) if (year, month) < (today.year, today.month)]
    rows = await db.fetch(
        "SELECT day, reason, visits FROM sites_visit_tally "
        "WHERE site = :site_id AND day BETWEEN :first AND :last",
        site_id=site_id,
        first=date(year, 1, 1),
        last=date(year, 12, 31),
    )
    columns = list(Reason)
    numbers = [[0] * len(columns) for _ in range(12)]
    for row in rows:
        if row["day"].month in over:
            numbers[row["day"].month - 1][columns.index(Reason(row["reason"]))] += row["visits"]
    reports = [
        MonthOfVisits(month, total, dict(zip(columns, cells, strict=True)))
        for month in over
        for *cells, total in [told_month(numbers[month - 1])]
    ]
    *sums, total = told_sums(numbers) if len(over) == 12 else [None] * (len(columns) + 1)
    return VisitsReport(reports, total=total, reasons=dict(zip(columns, sums, strict=True)))


def _values(site: SiteView, command: CountVisit, now: datetime) -> dict[str, object]:
    return {"site_id": site.id, "day": _today(site, now), "reason": command.reason.value}


def _today(site: SiteView, now: datetime) -> date:
    return localtime(now, site.time_zone).date()
