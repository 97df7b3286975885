"""Whether the hours of a site are still right: asked of its staff every six months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.sites import queries
from comptoir.sites.errors import HoursUnknown

#: Half a year.
GOOD_FOR = timedelta(days=183)


async def hours_to_confirm(site_id: UUID, *, now: datetime) -> bool:
    """True if a site has hours that nobody has confirmed for six months before ``now`` (UTC)."""
    return site_id in await to_confirm([site_id], now=now)


async def to_confirm(site_ids: Sequence[UUID], *, now: datetime) -> set[UUID]:
    """Those of these sites that have such hours."""
    rows = await db.fetch(
        "SELECT id, hours_confirmed_on, time_zone FROM sites_site "
        "WHERE id IN :ids AND opening_hours <> ''",
        ids=[*site_ids],
    )
    return {
        row["id"]
        for row in rows
        if row["hours_confirmed_on"] is None
        or row["hours_confirmed_on"] + GOOD_FOR <= localtime(now, row["time_zone"]).date()
    }


async def confirm_hours(actor: Principal, site_id: UUID, *, now: datetime) -> None:
    """Say that the hours of a site are still right, on the date that ``now`` (UTC) is there.

    Whoever works there may: they stand at the door.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        HoursUnknown: nobody has said when it is open.
    """
    async with db.transaction():
        site = await queries.site(site_id, actor)
        if not site.opening_hours:
            raise HoursUnknown
        today = localtime(now, site.time_zone).date()
        await db.execute(
            "UPDATE sites_site SET hours_confirmed_on = :today WHERE id = :id",
            today=today,
            id=site_id,
        )
        await audit.record(
            actor,
            "site.hours_confirmed",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes={"hours_confirmed_on": [site.hours_confirmed_on, today]},
        )
