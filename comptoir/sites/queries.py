"""Reads of places and of when they are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.core.web.forms import id_or_none
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.errors import OrganisationNotFound, PlaceNotFound, SiteNotFound
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.weeks import open_spans, usual_week
from comptoir.sites.schemas import OrganisationView, SiteName, SiteView
from comptoir.sites.slugs import SLUG, plain

_SITES = """
SELECT site.id, slug.slug, site.name, site.short_name, site.street, site.postcode, site.city,
       site.country, site.region, site.local_holidays, site.time_zone, site.language,
       site.phone, site.email,
       site.opening_hours, site.hours_confirmed_on, site.version, site.kind, site.transport,
       site.wheelchair, site.offers, site.audiences, site.cost, site.languages,
       site.visits, site.workstations, site.latitude, site.longitude, site.published,
       site.shows_stock,
       site.organisation, organisation.name AS organisation_name, organisation.return_to,
       organisation.phone AS organisation_phone, organisation.email AS organisation_email,
       organisation.website, organisation.version AS organisation_version
FROM sites_site site
JOIN sites_organisation organisation ON organisation.id = site.organisation
JOIN sites_slug slug ON slug.site = site.id AND slug.latest
"""
_PUBLISHED = f"{_SITES} WHERE site.published AND site.active AND"


async def site_names() -> list[SiteName]:
    """Every active site by name: what choices offer. Sites are no secret, their rows are."""
    rows = await db.fetch("SELECT id, name FROM sites_site WHERE active ORDER BY name")
    return [SiteName(row["id"], row["name"]) for row in rows]


async def names_for(actor: Principal) -> list[SiteName]:
    """The active sites whose rows the actor may see, by name."""
    return [site for site in await site_names() if actor.sees_site(site.id)]


async def public_names() -> list[SiteName]:
    """The sites that the public knows, by name."""
    rows = await db.fetch(
        "SELECT id, name FROM sites_site WHERE active AND published ORDER BY name, id"
    )
    return [SiteName(row["id"], row["name"]) for row in rows]


async def others_are_public(than: UUID | None = None) -> bool:
    """True if the public knows a site, other than this one."""
    other, values = ("AND id <> :than", {"than": than}) if than else ("", {})
    rows = f"SELECT 1 FROM sites_site WHERE active AND published {other} LIMIT 1"
    return bool(await db.fetch(rows, **values))


async def sites() -> list[SiteView]:
    """Every active site, by name."""
    rows = await db.fetch(f"{_SITES} WHERE site.active ORDER BY site.name, site.id")
    return [_site(row) for row in rows]


async def sites_with_ids(ids: Sequence[UUID]) -> list[SiteView]:
    """Sites in the order of their ids, also those that are not in use any more."""
    rows = await db.fetch(f"{_SITES} WHERE site.id IN :ids", ids=[*ids])
    found = {row["id"]: _site(row) for row in rows}
    return [found[each] for each in ids if each in found]


class SitePlace(msgspec.Struct, frozen=True):
    """Where a site stands in a list by name."""

    name: str
    id: UUID


async def sites_of(actor: Principal, *, after: SitePlace | None, limit: int) -> list[SiteView]:
    """Some of the active sites that the actor works at, by name."""
    own, values = of_own_sites(actor, "site.id")
    conditions = ["site.active", own]
    if after:
        conditions.append("(site.name, site.id) > (:name, CAST(:after AS uuid))")
        values |= {"name": after.name, "after": after.id}
    return await _page(conditions, values | {"limit": limit})


class Sought(msgspec.Struct, frozen=True):
    """Which sites are listed: those with ``words`` in the name or the town; empty: all.

    ``after`` is the last site of the page before.
    """

    words: str = ""
    unpublished: bool = False
    after: UUID | None = None


async def coordinated_sites(actor: Principal, sought: Sought, *, limit: int) -> list[SiteView]:
    """A page of the active sites that the actor coordinates, by name."""
    conditions, values = ["site.active"], dict[str, Any](limit=limit)
    if not actor.has_role_everywhere(Role.COORDINATOR):
        conditions.append("site.id IN :ids")
        values["ids"] = [each for each in actor.site_ids if actor.has_role(Role.COORDINATOR, each)]
    if sought.words:
        conditions.append(
            f"(slug.slug LIKE :words {db.ESCAPE_LIKE} OR LOWER(site.city) LIKE :city "
            f"{db.ESCAPE_LIKE})"
        )
        values |= {
            "words": db.containing(plain(sought.words) or sought.words),
            "city": db.containing(sought.words.lower()),
        }
    if sought.unpublished:
        conditions.append("NOT site.published")
    if sought.after:
        conditions.append(
            "(site.name, site.id) > (SELECT name, id FROM sites_site WHERE id = :after)"
        )
        values["after"] = sought.after
    return await _page(conditions, values)


async def _page(conditions: list[str], values: dict[str, Any]) -> list[SiteView]:
    rows = await db.fetch(
        f"{_SITES} WHERE {' AND '.join(conditions)} ORDER BY site.name, site.id LIMIT :limit",
        **values,
    )
    return [_site(row) for row in rows]


async def site(site_id: UUID, actor: Principal | None = None) -> SiteView:
    """One site; to the public (None) every site is known.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
    """
    row = await db.fetch_one(f"{_SITES} WHERE site.id = :id", id=site_id)
    if row is None or not (actor is None or actor.sees_site(site_id)):
        raise SiteNotFound
    return _site(row)


async def need_in_sight(actor: Principal, site_id: UUID | None) -> None:
    """Ask whether the actor may see rows of the site that a filter names; None names none.

    An empty list would say that there is nothing, and all rows that the filter held.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    if site_id is None or site_id in actor.site_ids:
        return
    if not actor.all_sites:
        raise SiteNotFound
    await need_site(site_id)


def of_own_sites(actor: Principal, *columns: str) -> tuple[str, dict[str, Any]]:
    """The condition that one of these columns holds a site of the actor's, and its values."""
    if actor.all_sites:
        return "1 = 1", {}
    either = " OR ".join(f"{column} IN :own_sites" for column in columns)
    return f"({either})", {"own_sites": sorted(actor.site_ids)}


async def published_site(address: str) -> SiteView:
    """The site with this slug, or that had it, or has this id, if everybody may see its page.

    Raises:
        PlaceNotFound: there is none, or it is not published.
    """
    row, site_id = None, id_or_none(address)
    if SLUG.fullmatch(address):
        by_slug = "site.id = (SELECT site FROM sites_slug WHERE slug = :slug)"
        row = await db.fetch_one(f"{_PUBLISHED} {by_slug}", slug=address)
    if row is None and site_id:
        row = await db.fetch_one(f"{_PUBLISHED} site.id = :id", id=site_id)
    if row is None:
        raise PlaceNotFound
    return _site(row)


async def need_site(site_id: UUID) -> None:
    """Let only sites pass that there are.

    Raises:
        SiteNotFound: there is none.
    """
    if not await db.fetch("SELECT 1 FROM sites_site WHERE id = :id", id=site_id):
        raise SiteNotFound


async def site_calendar(site_id: UUID) -> SiteCalendar:
    """When a site is open: what due dates rest on. Exceptions come without their reasons.

    Raises:
        SiteNotFound: there is none.
    """
    found = await calendars.calendar(site_id)
    if found is None:
        raise SiteNotFound
    return found


async def organisations() -> list[OrganisationView]:
    """Every organisation, by name."""
    rows = await db.fetch(
        "SELECT id, name, return_to, phone, email, website, version "
        "FROM sites_organisation ORDER BY name"
    )
    return [OrganisationView(**row) for row in rows]


async def organisation(organisation_id: UUID) -> OrganisationView:
    """One organisation.

    Raises:
        OrganisationNotFound: there is none.
    """
    for view in await organisations():
        if view.id == organisation_id:
            return view
    raise OrganisationNotFound


def _site(row: db.Row) -> SiteView:
    return SiteView(
        id=row["id"],
        organisation=OrganisationView(
            id=row["organisation"],
            name=row["organisation_name"],
            return_to=row["return_to"],
            phone=row["organisation_phone"],
            email=row["organisation_email"],
            website=row["website"],
            version=row["organisation_version"],
        ),
        slug=row["slug"],
        name=row["name"],
        short_name=row["short_name"],
        street=row["street"],
        postcode=row["postcode"],
        city=row["city"],
        country=row["country"],
        region=row["region"],
        local_holidays=tuple(row["local_holidays"].split()),
        time_zone=row["time_zone"],
        language=row["language"],
        phone=row["phone"],
        email=row["email"],
        opening_hours=row["opening_hours"],
        hours=open_spans(usual_week(Hours.of(row["opening_hours"]))),
        hours_confirmed_on=row["hours_confirmed_on"],
        version=row["version"],
        kind=row["kind"],
        transport=row["transport"],
        wheelchair=row["wheelchair"],
        offers=tuple(row["offers"].split()),
        audiences=tuple(row["audiences"].split()),
        cost=row["cost"],
        languages=tuple(row["languages"].split()),
        visits=row["visits"],
        workstations=row["workstations"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        published=bool(row["published"]),
        shows_stock=bool(row["shows_stock"]),
    )
