"""A year of many sites' calendars: from the columns of their rows to each day's hours."""

from __future__ import annotations

import time
from datetime import date

from comptoir.core import db
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.opening_hours import ONE_DAY

SITES = 200
_YEAR = [date(2027, 1, 1) + number * ONE_DAY for number in range(365)]
_PLACES = [
    ("Europe/Zurich", "CH", "FR"),
    ("Europe/Zurich", "CH", "TI"),
    ("Europe/Paris", "FR", "69"),
    ("Europe/Paris", "FR", "67"),
]


def rows() -> list[db.Row]:
    """Sites as the database gives them; no two have the same hours."""
    made = []
    for number in range(SITES):
        zone, country, region = _PLACES[number % len(_PLACES)]
        late = f"{17 + number % 5}:{number % 60:02}"
        made.append(
            {
                "time_zone": zone,
                "country": country,
                "region": region,
                "local_holidays": "assumption-day all-saints-day" if region == "FR" else "",
                "opening_hours": (
                    f"Mo-We,Fr 09:00-12:00,13:30-{late}; Th 09:00-12:00,13:30-20:00; "
                    f"Jul-Aug Mo-Fr 08:00-12:00, Sa[1] 10:{number // 4:02}-12:00, "
                    'Sep-Jun We 14:00-16:00 open "Atelier", Tu 18:30-20:00 unknown "RDV"'
                ),
                "exceptions": (
                    f"2027-03-{number % 28 + 1:02} 2027-03-{number % 28 + 1:02} closed once ;"
                    "2026-12-24 2027-01-02 closed yearly ;2027-05-08 2027-05-08 open once 540-720"
                ),
            }
        )
    return made


def measured() -> tuple[float, float]:
    """Seconds of processor time for a year of all sites, at first and with what is kept by then.

    Nothing is waited for: on a machine that is busy with other things, the clock tells of those.
    """
    sites = rows()
    return _timed(sites), _timed(sites)


def _timed(sites: list[db.Row]) -> float:
    begun = time.process_time()
    for row in sites:
        _year(calendars.calendar_of(row))
    return time.process_time() - begun


def _year(calendar: SiteCalendar) -> int:
    return sum(bool(calendar.on(day).intervals) for day in _YEAR)
