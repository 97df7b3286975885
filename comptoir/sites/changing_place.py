"""A site elsewhere, or said to be: what another time zone, or other holidays, do to its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from comptoir.core.idempotency import fingerprint
from comptoir.sites.calendar import Place, PlaceChange
from comptoir.sites.exceptions.consequences import Consequence
from comptoir.sites.public_holidays import holiday_region
from comptoir.sites.schemas import SiteView


def place_of(site: SiteView) -> Place:
    """Where a site is, for its calendar."""
    region = holiday_region(site.country, site.region, site.local_holidays)
    return Place(site.time_zone, region)


def place_change(site: SiteView, values: Mapping[str, Any]) -> PlaceChange | None:
    """What these columns change of where a site is; None: its days stay as they are."""
    before = place_of(site)
    region = holiday_region(values["country"], values["region"], site.local_holidays)
    after = Place(values["time_zone"], region)
    return None if before == after else PlaceChange(before, after)


def seen_of_place(
    site_id: UUID, change: PlaceChange | None, found: Sequence[Consequence] = ()
) -> str:
    """A text that differs when the change does, or what hangs on it."""
    states = [f"{each.kind} {each.state}" for each in found]
    places = (change.before, change.after) if change else ()
    parts = [part for place in places for part in (place.zone, place.holidays)]
    return fingerprint(str(site_id), *parts, *states)
