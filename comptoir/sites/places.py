"""Sites as everybody may see them: where they are, and when the door is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from comptoir.sites.exceptions import queries
from comptoir.sites.expressions.weeks import week_at
from comptoir.sites.hours import (
    DayAhead,
    DayLine,
    ServiceLine,
    day_lines,
    days_ahead,
    service_lines,
)
from comptoir.sites.schemas import SiteView


class PublicPlace(msgspec.Struct, frozen=True):
    """What everybody may know of a site: where it is and when its door is open.

    ``week`` is that of the season; empty: nobody has said. ``today`` is told where
    today is not as the week says, ``ahead`` are the days after it.
    """

    name: str
    street: str
    town: str
    phone: str
    week: list[DayLine]
    services: list[ServiceLine]
    today: DayAhead | None
    ahead: list[DayAhead]


async def public_places(sites: Sequence[SiteView], *, now: datetime) -> list[PublicPlace]:
    """Sites for a page that everybody can read, each with the weeks ahead."""
    calendars = await queries.public_calendars(sites, since=now.date() - timedelta(days=1))
    places = []
    for site, calendar in zip(sites, calendars, strict=True):
        today, hours = calendar.local_date(now), calendar.hours
        different = days_ahead(calendar, today=today)
        places.append(
            PublicPlace(
                name=site.name,
                street=site.street,
                town=f"{site.postcode} {site.city}".strip(),
                phone=site.phone or site.organisation.phone,
                week=day_lines(week_at(hours, today), today=today) if hours else [],
                services=service_lines(hours) if hours else [],
                today=next((each for each in different if each.day == today), None),
                ahead=[each for each in different if each.day != today],
            )
        )
    return places
