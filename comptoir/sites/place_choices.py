"""What the form of a site offers: countries by name, and the time zones in use."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

from comptoir.core.i18n import current_language
from comptoir.sites.validation import time_zones

#: The countries of the programme's sites and their neighbours (ISO 3166).
COUNTRIES = ("CH", "FR", "DE", "IT", "AT", "LI", "LU", "BE")

Options = list[tuple[str, str]]


def countries() -> Options:
    """The countries, as the reader calls them."""
    names = Locale(current_language()).territories
    return [(code, names[code]) for code in COUNTRIES]


def zones(chosen: str = "") -> tuple[Options, Options]:
    """Time zones as options: those of the countries above, then all others.

    Old names and fixed offsets (``Etc/GMT+7``) are left out, but for the one that a site has.
    """
    near, far = _zones()
    if chosen in time_zones() and chosen not in (*near, *far):
        far = (*far, chosen)
    return [(zone, zone) for zone in near], [(zone, zone) for zone in far]


@cache
def _zones() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones that CLDR knows as places, of the countries offered and of all others."""
    places = get_global("zone_territories")
    known = sorted(zone for zone in time_zones() if zone in places and not zone.startswith("Etc/"))
    near = {zone: None for code in COUNTRIES for zone in get_global("territory_zones")[code]}
    return (
        tuple(zone for zone in near if zone in known),
        tuple(zone for zone in known if zone not in near),
    )
