"""Public holidays of the Swiss cantons and of France.

A region is ``CH-`` with a canton's code, ``FR``, or ``FR-`` with the code of a département
whose holidays differ from the rest of France. The days come from the library
``holidays``, by way of a file that ``tools/public_holidays.py`` writes.

Some holidays hold in a part of a region only: a site says which of these it keeps. Their codes
follow the region, apart by blanks, as in ``CH-FR all-saints-day corpus-christi``; a leading minus
is for one that the region keeps and the site does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from comptoir.core.i18n import lazy as _l
from comptoir.sites.slugs import plain

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
    "Saint Leodegar's Day": _l("Saint Leodegar's Day"),
    "Saint Maurice's Day": _l("Saint Maurice's Day"),
    "Saint Nicholas of Flüe": _l("Saint Nicholas of Flüe"),
    "Saint Stephen's Day": _l("Saint Stephen's Day"),
    "Saints Peter and Paul": _l("Saints Peter and Paul"),
    "Victor Schoelcher Day": _l("Victor Schoelcher Day"),
    "Victory Day": _l("Victory Day"),
}


#: Which part of a region keeps a holiday; what is not among these is the name of a place.
PARTS = {
    "catholic": _l("in Catholic communes"),
    "protestant": _l("in Protestant communes"),
    "church": _l("in communes with a Protestant church"),
    "district": _l("in some districts"),
    "commune": _l("in some communes"),
    "custom": _l("by custom, not by law"),
}


class LocalHoliday(msgspec.Struct, frozen=True):
    """A holiday that a part of a region keeps: ``where``, as in ``PARTS``.

    ``name`` is one of ``NAMES``. A ``usual`` one is kept unless a site says otherwise.
    """

    code: str
    name: str
    where: str
    usual: bool


class _Holidays(msgspec.Struct, frozen=True):
    years: tuple[int, int]
    regions: dict[str, dict[str, str | list[date]]]
    local: dict[str, dict[str, str]]
    local_days: dict[str, str | list[date]]


@cache
def known_years() -> range:
    """The years whose holidays are known; outside them there seem to be none."""
    first, last = _file().years
    return range(first, last + 1)


@cache
def regions() -> frozenset[str]:
    """Every region that the file knows."""
    return frozenset(_file().regions)


def holiday_region(country: str, region: str, chosen: Iterable[str] = ()) -> str:
    """Where to look the holidays up of a place; empty: none are known.

    ``region`` is its canton or département, ``chosen`` what it says of local holidays. What
    does not speak of a holiday of the region is left out.
    """
    exact = f"{country}-{region}"
    found = exact if exact in regions() else country if country in regions() else ""
    said = {f"-{each.code}" if each.usual else each.code for each in local_holidays(found)}
    return " ".join([found, *sorted(said & set(chosen))]) if found else ""


@cache
def local_holidays(region: str) -> tuple[LocalHoliday, ...]:
    """The holidays that a part of a region keeps, in the order of the file."""
    return tuple(
        LocalHoliday(plain(name), name, where, name in _file().regions[region])
        for name, where in _file().local.get(region, {}).items()
    )


def is_kept(holiday: LocalHoliday, chosen: Iterable[str]) -> bool:
    """Whether a site that has said so keeps a local holiday."""
    return f"-{holiday.code}" not in chosen if holiday.usual else holiday.code in chosen


@lru_cache(maxsize=256)
def public_holidays(region: str) -> Mapping[date, str]:
    """Every known holiday of ``holiday_region``, with its name as in ``NAMES``; none elsewhere."""
    region, *chosen = region.split(" ")
    named = dict(_file().regions.get(region, {}))
    for each in local_holidays(region):
        if not is_kept(each, chosen):
            named.pop(each.name, None)
        elif not each.usual:
            named[each.name] = _file().local_days[each.name]
    found: dict[date, str] = {}
    for name, days in named.items():
        found |= dict.fromkeys(_dates(days), name)
    return found


@lru_cache(maxsize=64)
def local_days(name: str) -> tuple[date, ...]:
    """Every known date of a local holiday, by its name."""
    return tuple(_dates(_file().local_days[name]))


def _dates(days: str | list[date]) -> list[date]:
    if isinstance(days, str):
        return [date.fromisoformat(f"{year}-{days}") for year in known_years()]
    return days


@cache
def _file() -> _Holidays:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Holidays)
