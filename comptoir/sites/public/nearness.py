"""Which places are near a postcode, without a map of all postcodes.

Postcodes of Switzerland and France are given out by area, and where each area is stands in
``areas``. Within an area, the more figures two postcodes begin with in common, the nearer they
are, as a rule: the site of the reader's area whose postcode is most like the reader's stands for
where the reader is, else the area does. From there, distances are measured. A site without
coordinates is taken to be in the middle of those of its area whose postcodes are most like its
own, else where its area is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

from comptoir.sites.public.areas import AREAS, Point, area_of

_POSTCODE = re.compile(r"[0-9]{4,5}")
#: The same as people write it: before the town, or behind the country.
_WRITTEN = re.compile(r"(?:(?:CH|FR?)\s*-?\s*)?([0-9]{4,5})(?:[\s,]+\D*)?", re.IGNORECASE)
_EARTH_KM = 6371.0


class Located(Protocol):
    """Something with a postcode, and perhaps coordinates in degrees (WGS 84)."""

    @property
    def postcode(self) -> str: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


P = TypeVar("P", bound=Located)


def read_postcode(text: str) -> str:
    """The postcode in what somebody wrote, such as ``CH-1700 Fribourg``; else the text itself."""
    written = _WRITTEN.fullmatch(text)
    return written[1] if written else text


def is_postcode(text: str) -> bool:
    """True for four figures (Switzerland) or five (France)."""
    return _POSTCODE.fullmatch(text) is not None


def is_known(postcode: str) -> bool:
    """True if postcodes of Switzerland or France begin like this one: where it is, is known."""
    return is_postcode(postcode) and area_of(postcode) in AREAS


def nearest_first(postcode: str, places: Sequence[P]) -> list[P]:
    """Places in the order of how near they seem; those that seem equal keep theirs."""
    alike = sorted(places, key=lambda place: _unlikeness(postcode, place.postcode))
    near = (place for place in alike if area_of(postcode) == area_of(place.postcode))
    start = next((point for place in near if (point := _point(place))), None)
    start = start or AREAS.get(area_of(postcode))
    if start is None:
        return alike
    middles = _middles(places)
    measured: list[tuple[float, P]] = []
    lost: list[P] = []
    for place in alike:
        if point := _point(place) or _estimate(place.postcode, middles):
            measured.append((_kilometres(start, point), place))
        else:
            lost.append(place)
    measured.sort(key=lambda pair: pair[0])
    return [place for _, place in measured] + lost


def _unlikeness(one: str, other: str) -> tuple[bool, int, int]:
    """Small for postcodes of the same country that begin alike."""
    if len(one) != len(other) or not is_postcode(other):
        return True, 0, 0
    alike = next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))
    return False, -alike, abs(int(one) - int(other))


def _middles(places: Sequence[Located]) -> Mapping[tuple[int, str], Point]:
    """For each beginning of a postcode, the middle of the places whose postcodes begin so.

    A postcode's length tells its country.
    """
    found: defaultdict[tuple[int, str], list[Point]] = defaultdict(list)
    for place in places:
        if (point := _point(place)) and is_postcode(place.postcode):
            for figures in range(1, len(place.postcode) + 1):
                found[len(place.postcode), place.postcode[:figures]].append(point)
    return {
        beginning: (
            sum(latitude for latitude, _ in points) / len(points),
            sum(longitude for _, longitude in points) / len(points),
        )
        for beginning, points in found.items()
    }


def _estimate(postcode: str, middles: Mapping[tuple[int, str], Point]) -> Point | None:
    """Where a postcode may be: amid those of its area that are most like it, or in the area."""
    area = area_of(postcode)
    least = len(area.partition(":")[2])
    beginnings = (postcode[:figures] for figures in range(len(postcode), least - 1, -1))
    found = (middle for each in beginnings if (middle := middles.get((len(postcode), each))))
    return next(found, None) or AREAS.get(area)


def _point(place: Located) -> Point | None:
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _kilometres(one: Point, other: Point) -> float:
    """As the crow flies (haversine)."""
    (lat_1, lon_1), (lat_2, lon_2) = (
        (radians(latitude), radians(longitude)) for latitude, longitude in (one, other)
    )
    across = sin((lat_2 - lat_1) / 2) ** 2
    across += cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(across))
