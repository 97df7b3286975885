"""A site as everybody may see it, put together for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.sites import welcome
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.exceptions.queries import public_calendars
from comptoir.sites.hours import HoursText, describe_hours
from comptoir.sites.local_holidays import unsure_days
from comptoir.sites.opening_hours import ONE_DAY, DaySource, DayState
from comptoir.sites.photos.queries import photo_of
from comptoir.sites.photos.schemas import PhotoView
from comptoir.sites.public.wording import (
    DayText,
    Period,
    StatusLine,
    day_text,
    listed,
    periods_ahead,
    status_line,
)
from comptoir.sites.regions import region_kind, region_name
from comptoir.sites.schemas import SiteView
from comptoir.sites.skills.languages import language_names
from comptoir.sites.skills.queries import public_skills
from comptoir.sites.skills.schemas import PublicSkills

#: How many days are told one by one, and how far exceptions are told ahead, in days.
DAYS, AHEAD = 7, 90


class PublicPlace(msgspec.Struct, frozen=True):
    """Where a site is, and what its door does. ``town`` has the postcode.

    ``map_url`` is where somebody else's map shows the place; it may be empty.
    Unless ``is_known``, nobody has said anything of the ``days``: once is enough to say so.
    """

    site: SiteView
    calendar: SiteCalendar
    town: str
    phone: str
    map_url: str
    status: StatusLine
    days: list[DayText]
    is_known: bool
    ahead: list[Period]


class PlacePage(msgspec.Struct, frozen=True):
    """What a site's own page shows; ``hours`` is None where nobody has said any."""

    place: PublicPlace
    photo: PhotoView | None
    hours: HoursText | None
    offers: list[str]
    facts: list[tuple[str, str]]


async def place_page(site: SiteView, *, now: datetime) -> PlacePage:
    """A site's page as it is ``now``, in the reader's language."""
    [place] = await public_places([site], now=now)
    hours = place.calendar.hours
    return PlacePage(
        place=place,
        photo=await photo_of(site.id),
        hours=describe_hours(hours) if hours else None,
        offers=welcome.labels(site.offers, welcome.OFFERS),
        facts=_facts(site, (await public_skills([site.id]))[site.id]),
    )


async def public_places(sites: Sequence[SiteView], *, now: datetime) -> list[PublicPlace]:
    """Sites as they are ``now``, in the reader's language and in their order."""
    calendars = await public_calendars(sites, since=now.date() - timedelta(days=1))
    return [
        _place(site, calendar, now=now) for site, calendar in zip(sites, calendars, strict=True)
    ]


def _place(site: SiteView, calendar: SiteCalendar, *, now: datetime) -> PublicPlace:
    today, unsure = calendar.local_date(now), unsure_days(site)
    return PublicPlace(
        site=site,
        calendar=calendar,
        town=f"{site.postcode} {site.city}".strip(),
        phone=site.phone or site.organisation.phone,
        map_url=_map_url(site),
        status=status_line(calendar, now),
        days=[
            _perhaps_shut(day_text(calendar, day), unsure.get(day, ""), calendar)
            for day in (today + number * ONE_DAY for number in range(DAYS))
        ],
        is_known=any(
            calendar.on(today + number * ONE_DAY).state is not DayState.UNKNOWN
            for number in range(DAYS)
        ),
        ahead=periods_ahead(calendar, today + DAYS * ONE_DAY, today + AHEAD * ONE_DAY),
    )


def _perhaps_shut(text: DayText, holiday: str, calendar: SiteCalendar) -> DayText:
    """A day on which a part of the region is shut: what was announced for it alone is certain."""
    found = calendar.on(text.day)
    if not holiday or not found.intervals or found.source is DaySource.EXCEPTION:
        return text
    reason = _("%(holiday)s: perhaps closed, ask before you come", holiday=holiday)
    return msgspec.structs.replace(text, reason=reason)


def _facts(site: SiteView, skills: PublicSkills) -> list[tuple[str, str]]:
    """What else is known, each with its name; nothing of what nobody has said."""
    audiences = welcome.labels(site.audiences, welcome.AUDIENCES)
    languages = language_names({*site.languages, *skills.languages})
    competences = [localized(names) for names in skills.competences]
    facts = [
        (_("By public transport"), site.transport),
        (_("Wheelchair"), _label(site.wheelchair, welcome.WHEELCHAIR)),
        (_("Appointment"), _label(site.visits, welcome.VISITS)),
        (_("Cost"), _label(site.cost, welcome.COSTS)),
        (_("For whom"), listed(audiences)),
        (_("Languages spoken there"), listed(languages)),
        (_("Somebody there knows about"), ", ".join(competences)),
        (_("Computers to use on site"), str(site.workstations or "")),
        (_("Kind of place"), _label(site.kind, welcome.KINDS)),
        (region_kind([site.country]), region_name(site.country, site.region)),
    ]
    return [(name, text) for name, text in facts if text]


def _label(code: str, choices: Mapping[str, object]) -> str:
    return str(choices[code]) if code else ""


def _map_url(site: SiteView) -> str:
    if site.latitude is None or site.longitude is None:
        address = f"{site.street}, {site.postcode} {site.city}, {site.country}"
        search = urlencode({"query": address})
        return f"https://www.openstreetmap.org/search?{search}" if site.street else ""
    point = f"mlat={site.latitude}&mlon={site.longitude}"
    return f"https://www.openstreetmap.org/?{point}#map=17/{site.latitude}/{site.longitude}"
