"""A site for search engines: JSON-LD in the words of schema.org.

``openingHoursSpecification`` is the week that holds today; every day up to ``SPECIAL_DAYS``
ahead that is not like it is in ``specialOpeningHoursSpecification``, days that are alike and
follow each other as one. There, ``opens`` and ``closes`` at 00:00 say that the door stays shut.
By appointment has no word in schema.org: such days carry a ``description`` and no hours. Of a
week that nobody knows nothing is said, but what is announced is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from comptoir.core.i18n import gettext as _
from comptoir.sites.calendar import DayHours, SiteCalendar
from comptoir.sites.expressions.evaluation import DayPlan, Piece
from comptoir.sites.expressions.model import Effect
from comptoir.sites.expressions.weeks import Week, week_at
from comptoir.sites.hours import day_reason
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY, DayState
from comptoir.sites.public.views import PlacePage

SPECIAL_DAYS = 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Node = dict[str, Any]


def linked_data(page: PlacePage, *, url: str, today: date) -> Node:
    """The JSON-LD of a site's page at ``url``; ``today`` is the date at the site."""
    place, photo = page.place, page.photo
    site = place.site
    node: Node = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": url,
        "url": url,
        "name": site.name,
        "address": _without_empty(
            {
                "@type": "PostalAddress",
                "streetAddress": site.street,
                "postalCode": site.postcode,
                "addressLocality": site.city,
                "addressRegion": site.region,
                "addressCountry": site.country,
            }
        ),
        "telephone": place.phone,
        "email": site.email,
        "knowsLanguage": list(site.languages),
        "parentOrganization": {"@type": "Organization", "name": site.organisation.name},
    }
    if photo:
        node["image"] = f"{url}/photo.webp?v={photo.tag}"
    if site.latitude is not None:
        node["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": site.latitude,
            "longitude": site.longitude,
        }
    calendar = place.calendar
    week = week_at(calendar.hours, today) if calendar.hours else None
    node["openingHoursSpecification"] = _normal(week) if week else []
    node["specialOpeningHoursSpecification"] = _special(calendar, week, today)
    return _without_empty(node)


def _normal(week: Week) -> list[Node]:
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": f"https://schema.org/{name}", **times}
        for name, plan in zip(WEEKDAYS, week, strict=True)
        for times in map(_times, _door(plan))
    ]


def _special(calendar: SiteCalendar, week: Week | None, today: date) -> list[Node]:
    runs: list[tuple[date, date, list[Node]]] = []
    for day in (today + number * ONE_DAY for number in range(SPECIAL_DAYS + 1)):
        hours = calendar.on(day)
        if not hours.is_known:
            continue
        said = _said(hours)
        if runs and runs[-1][1:] == (day - ONE_DAY, said):
            runs[-1] = (runs[-1][0], day, said)
        elif week is None or _door(hours.plan) != _door(week[day.weekday()]):
            runs.append((day, day, said))
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": first.isoformat(),
            "validThrough": last.isoformat(),
            **stretch,
        }
        for first, last, said in runs
        for stretch in said
    ]


def _said(hours: DayHours) -> list[Node]:
    """What is said of a day: its hours, each with the reason if there is one."""
    reason = day_reason(hours)
    if door := _door(hours.plan):
        stretches = [_times(piece) for piece in door]
    elif hours.state is DayState.BY_APPOINTMENT:
        stretches, reason = [{}], reason or _("by appointment")
    else:
        stretches = [{"opens": "00:00", "closes": "00:00"}]
    named = {"description": reason} if reason else {}
    return [{**times, **named} for times in stretches]


def _door(plan: DayPlan) -> Sequence[Piece]:
    return [piece for piece in plan.pieces if piece.effect is Effect.OPEN]


def _times(piece: Piece) -> Node:
    """Hours on a clock of 24 hours; what ends before it begins goes past midnight."""
    return {"opens": _clock(piece.opens), "closes": _clock(piece.closes, ends=True)}


def _clock(minutes: int, *, ends: bool = False) -> str:
    if ends and minutes == END_OF_DAY:
        return "23:59"  # 00:00 would say that it ends as it begins
    hours, minutes = divmod(minutes % END_OF_DAY, 60)
    return f"{hours:02}:{minutes:02}"


def _without_empty(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in ("", [])}
