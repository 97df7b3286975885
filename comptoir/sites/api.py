"""Places, for other programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Page, PageQuery, decode_cursor, get, page_of, post, put
from comptoir.sites import changing_hours, queries, services
from comptoir.sites.chosen import today_at
from comptoir.sites.confirming import confirm_hours
from comptoir.sites.errors import (
    HoursUnknown,
    OrganisationNotFound,
    PreviewOutdated,
    SiteChanged,
    SiteNotFound,
    SitesForbidden,
)
from comptoir.sites.local_holidays import (
    KeepHolidays,
    LocalHolidayView,
    keep_local_holidays,
    local_holidays_of,
)
from comptoir.sites.schemas import OrganisationView, SaveOrganisation, SaveSite, SetHours, SiteView

READERS = ("desk", "inventory", "borrowers", "settings")
WRITERS = ("settings",)
TAG = "Sites"


class EditQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was looked at before."""

    seen: Annotated[
        str,
        msgspec.Meta(description="The preview's, to change only where it is still true."),
    ] = ""


class Organisations(msgspec.Struct, frozen=True):
    """Organisations, by name."""

    items: list[OrganisationView]


class LocalHolidays(msgspec.Struct, frozen=True):
    """Holidays that a part of the canton or département keeps, by the next day.

    `version` is that of the site.
    """

    items: list[LocalHolidayView]
    version: int


@get("/sites", scopes=READERS, tag=TAG)
async def list_sites(call: Call, query: PageQuery) -> Page[SiteView]:
    """List the sites where the token acts, by name."""
    after = decode_cursor(query.cursor, queries.SitePlace)
    rows = await queries.sites_of(call.actor, after=after, limit=query.limit + 1)
    return page_of(rows, query.limit, key=lambda row: queries.SitePlace(row.name, row.id))


@post(
    "/sites",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(SitesForbidden, OrganisationNotFound),
    location="/sites/{id}",
)
async def create_site(call: Call, data: SaveSite) -> SiteView:
    """Add a site, without opening hours yet."""
    site_id = await services.create_site(call.actor, data, now=call.now)
    return await queries.site(site_id, call.actor)


@get("/sites/{site_id:uuid}", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def read_site(call: Call, site_id: UUID) -> SiteView:
    """Read a site, with its opening hours."""
    return await queries.site(site_id, call.actor)


@put(
    "/sites/{site_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden, OrganisationNotFound, SiteChanged, PreviewOutdated),
)
async def edit_site(call: Call, site_id: UUID, data: SaveSite, query: EditQuery) -> SiteView:
    """Replace what is known of a site, except its hours.

    Another time zone, or other public holidays, move what is due while the door is shut by
    them; see `POST /sites/{site_id}/preview`. Send the preview's `seen` to change only what
    was looked at.
    """
    await services.edit_site(
        call.actor, site_id, data, version=call.version, seen=query.seen, now=call.now
    )
    return await queries.site(site_id, call.actor)


@put(
    "/sites/{site_id:uuid}/hours",
    scopes=WRITERS,
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden, SiteChanged, PreviewOutdated),
)
async def set_hours(call: Call, site_id: UUID, data: SetHours) -> SiteView:
    """Replace the opening hours of a site.

    They are an expression as OpenStreetMap has them in its key `opening_hours`. `unknown`
    means by appointment; `open` with a text in quotes means that the door is open for that
    service only. `Jul-Aug off "Summer hours"` before the hours of these months names the
    season. Empty: nobody knows the hours. `If-Match` is the ETag of the site.

    What is due while the door is shut by them moves; see
    `POST /sites/{site_id}/hours/preview`. Send the preview's `seen` to set only what was
    looked at.
    """
    await changing_hours.set_hours(
        call.actor,
        site_id,
        data.opening_hours,
        version=call.version,
        seen=data.seen,
        now=call.now,
    )
    return await queries.site(site_id, call.actor)


@get(
    "/sites/{site_id:uuid}/local-holidays",
    scopes=READERS,
    tag=TAG,
    errors=(SiteNotFound,),
)
async def list_local_holidays(call: Call, site_id: UUID) -> LocalHolidays:
    """List the holidays that a part of the canton or département keeps, and which a site keeps.

    Those of the whole canton or département come by themselves; see
    `GET /sites/{site_id}/opening-hours`.
    """
    site = await queries.site(site_id, call.actor)
    items = local_holidays_of(site, today=today_at(site, now=call.now))
    return LocalHolidays(items, site.version)


@put(
    "/sites/{site_id:uuid}/local-holidays",
    scopes=WRITERS,
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden, SiteChanged, PreviewOutdated),
)
async def keep_holidays(call: Call, site_id: UUID, data: KeepHolidays) -> SiteView:
    """Say which local holidays a site keeps: it is closed then, every year.

    What is due then moves with it; see `POST /sites/{site_id}/local-holidays/preview`. Send
    the preview's `seen` to change only what was looked at.
    """
    await keep_local_holidays(call.actor, site_id, data, version=call.version, now=call.now)
    return await queries.site(site_id, call.actor)


@post(
    "/sites/{site_id:uuid}/hours/confirmations",
    scopes=("desk", "settings"),
    tag=TAG,
    errors=(SiteNotFound, HoursUnknown),
)
async def confirm_site_hours(call: Call, site_id: UUID) -> SiteView:
    """Say that the hours of a site are still right."""
    await confirm_hours(call.actor, site_id, now=call.now)
    return await queries.site(site_id)


@get("/organisations", scopes=READERS, tag=TAG)
async def list_organisations(call: Call) -> Organisations:
    """List the organisations, all at once."""
    return Organisations(await queries.organisations())


@post(
    "/organisations",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(SitesForbidden,),
    location="/organisations/{id}",
)
async def create_organisation(call: Call, data: SaveOrganisation) -> OrganisationView:
    """Add an organisation."""
    organisation_id = await services.create_organisation(call.actor, data, now=call.now)
    return await queries.organisation(organisation_id)


@get(
    "/organisations/{organisation_id:uuid}",
    scopes=READERS,
    tag=TAG,
    errors=(OrganisationNotFound,),
)
async def read_organisation(call: Call, organisation_id: UUID) -> OrganisationView:
    """Read an organisation."""
    return await queries.organisation(organisation_id)


@put(
    "/organisations/{organisation_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(OrganisationNotFound, SitesForbidden, SiteChanged),
)
async def edit_organisation(
    call: Call, organisation_id: UUID, data: SaveOrganisation
) -> OrganisationView:
    """Replace what is known of an organisation."""
    await services.edit_organisation(
        call.actor, organisation_id, data, version=call.version, now=call.now
    )
    return await queries.organisation(organisation_id)


ROUTES = [
    list_sites,
    create_site,
    read_site,
    edit_site,
    set_hours,
    confirm_site_hours,
    list_local_holidays,
    keep_holidays,
    list_organisations,
    create_organisation,
    read_organisation,
    edit_organisation,
]
