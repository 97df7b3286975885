"""Published sites, found by what somebody looks for: one statement, however many there are."""

from __future__ import annotations

from datetime import datetime

import msgspec

from comptoir.core import db
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.public.nearness import is_known, is_postcode, nearest_first

PAGE_SIZE = 20

_BY_OFFER = "' ' || site.offers || ' ' LIKE :offer"
_BY_LANGUAGE = """
(' ' || site.languages || ' ' LIKE :spoken OR EXISTS (
    SELECT 1 FROM sites_staff_member member
    JOIN sites_staff_skill skill ON skill.user_id = member.user_id
    JOIN core_user person ON person.id = member.user_id
    WHERE member.site = site.id AND skill.language = :language
      AND skill.shown = :yes AND person.active = :yes
))
"""
_BY_WHEELCHAIR = "site.wheelchair IN ('yes', 'limited')"


class Search(msgspec.Struct, frozen=True):
    """What somebody looks for; empty: anything. ``page`` counts from 1.

    ``region`` is a canton or département as in ``regions``: ``CH-FR``.
    """

    offer: str = ""
    language: str = ""
    wheelchair: bool = False
    open_now: bool = False
    postcode: str = ""
    region: str = ""
    page: int = 1


class Listed(msgspec.Struct, frozen=True):
    """A site in the list; ``kept`` is its row.

    Its calendar, which has exceptions without their reasons, is made for who asks: of
    thousands of sites a page shows twenty.
    """

    slug: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    region: str
    wheelchair: str
    latitude: float | None
    longitude: float | None
    kept: db.Row

    @property
    def calendar(self) -> SiteCalendar:
        """When its door is open."""
        return calendars.calendar_of(self.kept)


class Found(msgspec.Struct, frozen=True):
    """A page of the sites that were found, and how many there are of either.

    ``regions`` are those in which there is something of what was looked for. ``is_near``:
    it is known where the postcode is, so that the order tells of distances.
    """

    places: list[Listed]
    regions: frozenset[str]
    total: int
    page: int
    pages: int
    is_near: bool = False


async def find(search: Search, *, now: datetime) -> Found:
    """Published sites by name, or the nearest first where a postcode is given."""
    conditions = ["site.published = :yes", "site.active = :yes"]
    if search.offer:
        conditions.append(_BY_OFFER)
    if search.language:
        conditions.append(_BY_LANGUAGE)
    if search.wheelchair:
        conditions.append(_BY_WHEELCHAIR)
    rows = await db.fetch(
        f"""
        SELECT slug.slug, site.name, site.street, site.postcode, site.city, site.wheelchair,
               site.latitude, site.longitude, {calendars.COLUMNS}
        FROM sites_site site JOIN sites_slug slug ON slug.site = site.id AND slug.latest
        WHERE {" AND ".join(conditions)} ORDER BY site.name, site.id
        """,
        yes=True,
        offer=f"% {search.offer} %",
        spoken=f"% {search.language} %",
        language=search.language,
    )
    found = [_listed(row) for row in rows]
    regions = frozenset(f"{place.country}-{place.region}" for place in found if place.region)
    if search.region:
        found = [place for place in found if f"{place.country}-{place.region}" == search.region]
    if search.open_now:
        found = [place for place in found if place.calendar.is_open(now)]
    if is_postcode(search.postcode):
        found = nearest_first(search.postcode, found)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(search.page, 1), pages)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Found(shown, regions, len(found), page, pages, is_known(search.postcode))


def _listed(row: db.Row) -> Listed:
    return Listed(
        slug=row["slug"],
        name=row["name"],
        street=row["street"],
        postcode=row["postcode"],
        city=row["city"],
        country=row["country"],
        region=row["region"],
        wheelchair=row["wheelchair"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        kept=row,
    )
