"""Which places are near a postcode, without a map of all postcodes.

Postcodes of Switzerland and France are given out by area: the more figures two of them
begin with in common, the nearer they are, as a rule. So the site whose postcode is most
like the reader's stands for where the reader is; from there, distances are measured. A site
without coordinates is taken to be in the middle of those whose postcodes are most like its
own; where there are none of its country, it comes last.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

_POSTCODE = re.compile(r"[0-9]{4,5}")
#: The same as people write it: before the town, or behind the country.
_WRITTEN = re.compile(r"(?:(?:CH|FR?)\s*-?\s*)?([0-9]{4,5})(?:[\s,]+\D*)?", re.IGNORECASE)
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
#: Latitude and longitude, in degrees.
Point = tuple[float, float]


def read_postcode(text: str) -> str:
    """The postcode in what somebody wrote, such as ``CH-1700 Fribourg``; else the text itself."""
    written = _WRITTEN.fullmatch(text)
    return written[1] if written else text


def is_postcode(text: str) -> bool:
    """True for four figures (Switzerland) or five (France)."""
    return _POSTCODE.fullmatch(text) is not None


def is_near_any(postcode: str, places: Sequence[Located]) -> bool:
    """True if some place is in the area of a postcode, so that the order means something."""
    return is_postcode(postcode) and any(
        _is_same_area(postcode, place.postcode) for place in places
    )


def nearest_first(postcode: str, places: Sequence[P]) -> list[P]:
    """Places in the order of how near they seem; those that seem equal keep theirs."""
    alike = sorted(places, key=lambda place: _unlikeness(postcode, place.postcode))
    near = (place for place in alike if _is_same_area(postcode, place.postcode))
    start = next((point for place in near if (point := _point(place))), None)
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


def _is_same_area(one: str, other: str) -> bool:
    is_elsewhere, alike, _ = _unlikeness(one, other)
    return not is_elsewhere and -alike >= _SAME_AREA


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
    """Where a postcode may be: the middle of those that are most like it."""
    beginnings = (postcode[:figures] for figures in range(len(postcode), 0, -1))
    return next(
        (middle for each in beginnings if (middle := middles.get((len(postcode), each)))), None
    )


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
