"""Published sites as open data needs them, whatever the format."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.sites import queries
from comptoir.sites.public_holidays import holiday_region
from comptoir.sites.schemas import SiteView

#: What is planned at a site, or set of its messages, is in its trail too, and changes
#: nothing that is told of it.
_KEPT = """
SELECT site.id, site.anct_id, site.pivot, site.created_at,
       (SELECT MAX(event.at) FROM core_audit_event event
        WHERE event.subject_id = site.id
          AND event.action LIKE 'site.%') AS "changed_at [TIMESTAMPTZ]"
FROM sites_site site WHERE site.published AND site.active
"""


class OpenPlace(msgspec.Struct, frozen=True):
    """A published site. ``updated`` is the day at the site on which it was last changed
    or its hours were confirmed.

    ``anct_id`` and ``pivot`` (SIRET or RNA) are empty where the site did not come from a
    file of the ANCT.
    """

    site: SiteView
    url: str
    updated: date
    anct_id: str = ""
    pivot: str = ""

    @property
    def phone(self) -> str:
        """The number in E.164; empty where there is none."""
        return self.site.phone or self.site.organisation.phone

    @property
    def email(self) -> str:
        """Where one writes to; empty where there is nothing."""
        return self.site.email or self.site.organisation.email

    @property
    def regular_hours(self) -> str:
        """The hours as an OpenStreetMap expression. Empty: nobody has said.

        A site is closed on the public holidays of its region unless its hours say
        otherwise; in the expression that has to be written.
        """
        hours, region = self.site.opening_hours, holiday_region(self.site.country, self.site.region)
        return f"{hours}; PH off" if hours and region and "PH" not in hours else hours


async def open_places(base_url: str) -> list[OpenPlace]:
    """Every published site, by name; two statements, however many there are."""
    kept = {row["id"]: row for row in await db.fetch(_KEPT)}
    return [
        _open_place(site, kept[site.id], base_url)
        for site in await queries.sites()
        if site.id in kept
    ]


def _open_place(site: SiteView, row: db.Row, base_url: str) -> OpenPlace:
    changed: datetime = row["changed_at"] or row["created_at"]
    return OpenPlace(
        site=site,
        url=f"{base_url}/places/{site.slug}",
        updated=localtime(changed, site.time_zone).date(),
        anct_id=row["anct_id"],
        pivot=row["pivot"],
    )
