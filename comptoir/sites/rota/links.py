"""Private addresses of a rota as a calendar: made, renewed, and read by other programs.

An address holds a secret and nothing else; only its hash is kept. Making a new one
makes the one before worthless.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.accounts import credentials
from comptoir.core.clock import localtime
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import use_language
from comptoir.core.ical import Event, calendar_file
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.sites import queries as sites
from comptoir.sites.rota import queries
from comptoir.sites.rota.errors import LinkNotFound, NotYours
from comptoir.sites.rota.forgetting import KEPT_FOR
from comptoir.sites.rota.occurrences import Presence, Shift, absent, occurrences, presences
from comptoir.sites.rota.schemas import LinksView
from comptoir.sites.rota.shifts import need_editor
from comptoir.sites.schemas import SiteView

#: What a calendar tells of: twelve weeks ahead, and one's own also of the week before.
BEFORE, AHEAD = KEPT_FOR, timedelta(days=84)

_RENEW = """
INSERT INTO sites_calendar_link (id, {owner}, token_hash, created_at)
VALUES (:id, :owner, :hash, :now)
ON CONFLICT ({owner}) WHERE {owner} IS NOT NULL
DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at
"""


def path_of(token: str) -> str:
    """The path of a calendar; it names nobody."""
    return f"/rota/links/{token}/rota.ics"


async def links(actor: Principal, site_id: UUID) -> LinksView:
    """When the actor's own link and that of a site were made.

    Raises:
        SiteNotFound: the actor does not work there.
    """
    await sites.site(site_id, actor)
    rows = await db.fetch(
        "SELECT user_id, created_at FROM sites_calendar_link WHERE user_id = :user OR site = :site",
        user=actor.id,
        site=site_id,
    )
    made = {row["user_id"] is not None: row["created_at"] for row in rows}
    return LinksView(own=made.get(True), site=made.get(False))


async def renew_own_link(actor: Principal, *, now: datetime) -> str:
    """Make the address of one's own shifts anew; give its secret, for this once.

    Raises:
        NotYours: a program has no shifts.
    """
    if actor.kind != "user" or actor.id is None:
        raise NotYours
    async with db.transaction():
        token = await _renew("user_id", actor.id, now=now)
        await audit.record(actor, "rota.link_renewed", "user", actor.id, now=now)
    return token


async def renew_site_link(actor: Principal, site_id: UUID, *, now: datetime) -> str:
    """Make the address of a site's rota anew; give its secret, for this once.

    Raises:
        SiteNotFound: the actor does not work at the site.
        SitesForbidden: the actor is no coordinator there.
    """
    await need_editor(actor, site_id)
    async with db.transaction():
        token = await _renew("site", site_id, now=now)
        await audit.record(actor, "rota.link_renewed", "site", site_id, now=now, site_id=site_id)
    return token


async def calendar_of(token: str, *, now: datetime) -> bytes:
    """The calendar behind an address.

    Raises:
        LinkNotFound: it was renewed, or its person or site is out of use.
    """
    row = await db.fetch_one(
        """
        SELECT link.user_id, person.language, site.id AS site
        FROM sites_calendar_link link
        LEFT JOIN core_user person ON person.id = link.user_id AND person.active = :yes
        LEFT JOIN sites_site site ON site.id = link.site AND site.active = :yes
        WHERE link.token_hash = :hash AND (person.id IS NOT NULL OR site.id IS NOT NULL)
        """,
        hash=credentials.token_hash(token),
        yes=True,
    )
    if row is None:
        raise LinkNotFound
    if row["site"] is None:
        return await _of_person(row["user_id"], row["language"], now=now)
    return await _of_site(row["site"], now=now)


async def _renew(column: str, owner: UUID, *, now: datetime) -> str:
    token = credentials.new_token()
    await db.execute(
        _RENEW.format(owner=column),
        id=new_id(),
        owner=owner,
        hash=credentials.token_hash(token),
        now=now,
    )
    return token


async def _of_person(person: UUID, language: str, *, now: datetime) -> bytes:
    places = {site.id: site for site in await sites.sites()}
    found = await _planned([person], (now - BEFORE).date(), now=now)
    events = [
        _event(shift, presence, number, places[shift.site].name, _address(places[shift.site]))
        for shift, number, presence in found
        if shift.site in places
    ]
    with use_language(language):
        return calendar_file(_("My shifts"), events, now=now)


async def _of_site(site_id: UUID, *, now: datetime) -> bytes:
    site = await sites.site(site_id)
    team = {person.id: person.name for person in await queries.team(site_id)}
    today = localtime(now, site.time_zone).date()
    found = await _planned(list(team), today, now=now)
    events = [
        _event(shift, presence, number, team[shift.person])
        for shift, number, presence in found
        if shift.site == site_id
    ]
    return calendar_file(site.name, events, now=now)


async def _planned(
    people: list[UUID], first: date, *, now: datetime
) -> list[tuple[Shift, str, Presence]]:
    """What is left of people's shifts by their absences, each with what it is known by."""
    last = (now + AHEAD).date()
    away = queries.as_absences(await queries.absences_of(people, *queries.around(first, last)))
    found = []
    for each in occurrences(await queries.shifts_of(people, first, last), first, last):
        gone = absent(away, *queries.around(each.day, each.day), each.shift.zone)
        for number, presence in enumerate(presences([each], gone)):
            found.append((each.shift, f"{each.day:%Y%m%d}-{number}", presence))
    return found


def _event(
    shift: Shift, presence: Presence, number: str, summary: str, location: str = ""
) -> Event:
    return Event(
        uid=f"{shift.id}-{number}@comptoir",
        starts=presence.interval.opens,
        ends=presence.interval.closes,
        summary=summary,
        location=location,
    )


def _address(site: SiteView) -> str:
    return ", ".join(filter(None, (site.street, f"{site.postcode} {site.city}".strip())))
