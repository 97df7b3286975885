"""Public holidays of the Swiss cantons and of France.

A region is ``CH-`` with a canton's code, ``FR``, or ``FR-`` with the code of a département
whose holidays differ from the rest of France. The days come from the library
``holidays``, by way of a file that ``tools/public_holidays.py`` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from comptoir.core.i18n import lazy as _l

_FILE = Path(__file__).with_name("public_holidays.json")

#: What the file calls them, for the translations; ``tests/sites`` holds the two together.
NAMES = {
    "Abolition of Slavery": _l("Abolition of Slavery"),
    "All Saints' Day": _l("All Saints' Day"),
    "Armistice Day": _l("Armistice Day"),
    "Ascension Day": _l("Ascension Day"),
    "Assumption Day": _l("Assumption Day"),
    "Battle of Naefels Victory Day": _l("Battle of Naefels Victory Day"),
    "Christmas Day": _l("Christmas Day"),
    "Corpus Christi": _l("Corpus Christi"),
    "Easter Monday": _l("Easter Monday"),
    "Epiphany": _l("Epiphany"),
    "Genevan Fast": _l("Genevan Fast"),
    "Good Friday": _l("Good Friday"),
    "Immaculate Conception": _l("Immaculate Conception"),
    "Independence Day": _l("Independence Day"),
    "Labor Day": _l("Labour Day"),
    "Mi-Careme": _l("Mid-Lent"),
    "National Day": _l("National Day"),
    "New Year's Day": _l("New Year's Day"),
    "Pentecost Monday": _l("Whit Monday"),
    "Prayer Monday": _l("Federal Fast Monday"),
    "Republic Day": _l("Republic Day"),
    "Restoration Day": _l("Restoration of the Republic"),
    "Saint Berchtold's Day": _l("Saint Berchtold's Day"),
    "Saint Joseph's Day": _l("Saint Joseph's Day"),
    "Saint Nicholas of Flüe": _l("Saint Nicholas of Flüe"),
    "Saint Stephen's Day": _l("Saint Stephen's Day"),
    "Saints Peter and Paul": _l("Saints Peter and Paul"),
    "Victor Schoelcher Day": _l("Victor Schoelcher Day"),
    "Victory Day": _l("Victory Day"),
}


class _Holidays(msgspec.Struct, frozen=True):
    years: tuple[int, int]
    regions: dict[str, dict[str, str | list[date]]]


@cache
def known_years() -> range:
    """The years whose holidays are known; outside them there seem to be none."""
    first, last = _file().years
    return range(first, last + 1)


@cache
def regions() -> frozenset[str]:
    """Every region that the file knows."""
    return frozenset(_file().regions)


def holiday_region(country: str, region: str) -> str:
    """Where to look the holidays up of a canton or département; empty: none are known."""
    exact = f"{country}-{region}"
    if exact in regions():
        return exact
    return country if country in regions() else ""


@cache
def public_holidays(region: str) -> Mapping[date, str]:
    """Every known holiday of a region, with its name as in ``NAMES``; none elsewhere."""
    found: dict[date, str] = {}
    for name, days in _file().regions.get(region, {}).items():
        if isinstance(days, str):
            days = [date.fromisoformat(f"{year}-{days}") for year in known_years()]
        found |= dict.fromkeys(days, name)
    return found


@cache
def _file() -> _Holidays:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Holidays)
