"""Which places are near a postcode, without a map of all postcodes.

Postcodes of Switzerland and France are given out by area: the more figures two of them
begin with in common, the nearer they are, as a rule. So the site whose postcode is most
like the reader's stands for where the reader is; from there, distances are measured where
sites have coordinates. Sites without come after, in the order of their postcodes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

_POSTCODE = re.compile(r"[0-9]{4,5}")
_EARTH_KM = 6371.0

#: Figures that two postcodes must begin with for one to stand for the other: an area in
#: Switzerland, a département in France.
_SAME_AREA = 2


class Located(Protocol):
    """Something with a postcode, and perhaps coordinates in degrees (WGS 84)."""

    @property
    def postcode(self) -> str: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


P = TypeVar("P", bound=Located)


def is_postcode(text: str) -> bool:
    """True for four figures (Switzerland) or five (France)."""
    return _POSTCODE.fullmatch(text) is not None


def nearest_first(postcode: str, places: Sequence[P]) -> list[P]:
    """Places in the order of how near they seem; those that seem equal keep theirs."""
    alike = sorted(places, key=lambda place: _unlikeness(postcode, place.postcode))
    start = next((point for place in alike if (point := _point_near(postcode, place))), None)
    if start is None:
        return alike
    measured = [(place, point) for place in alike if (point := _point(place))]
    measured.sort(key=lambda pair: _kilometres(start, pair[1]))
    return [place for place, _ in measured] + [place for place in alike if not _point(place)]


def _unlikeness(one: str, other: str) -> tuple[bool, int, int]:
    """Small for postcodes of the same country that begin alike."""
    if len(one) != len(other) or not is_postcode(other):
        return True, 0, 0
    alike = next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))
    return False, -alike, abs(int(one) - int(other))


def _point_near(postcode: str, place: Located) -> tuple[float, float] | None:
    is_elsewhere, alike, _ = _unlikeness(postcode, place.postcode)
    return None if is_elsewhere or -alike < _SAME_AREA else _point(place)


def _point(place: Located) -> tuple[float, float] | None:
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """As the crow flies (haversine)."""
    (lat_1, lon_1), (lat_2, lon_2) = (
        (radians(latitude), radians(longitude)) for latitude, longitude in (one, other)
    )
    across = sin((lat_2 - lat_1) / 2) ** 2
    across += cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(across))
