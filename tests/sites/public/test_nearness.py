"""Which places come first for a postcode."""

from __future__ import annotations

import msgspec
import pytest

from comptoir.sites.public.nearness import is_near_any, is_postcode, nearest_first, read_postcode


class Spot(msgspec.Struct, frozen=True):
    """A place, by its name."""

    name: str
    postcode: str
    latitude: float | None = None
    longitude: float | None = None


FRIBOURG = Spot("Fribourg", "1700", 46.80, 7.15)
LAUSANNE = Spot("Lausanne", "1004", 46.52, 6.62)
BULLE = Spot("Bulle", "1630")
BERN = Spot("Bern", "3011", 46.95, 7.45)
LYON = Spot("Lyon", "69003", 45.76, 4.85)
PARIS = Spot("Paris", "75011")
ALL = [BERN, BULLE, FRIBOURG, LAUSANNE, LYON, PARIS]


def names(postcode: str, places: list[Spot]) -> list[str]:
    return [place.name for place in nearest_first(postcode, places)]


def test_the_same_postcode_comes_first_then_what_is_near_it_on_the_map() -> None:
    assert names("1700", [BERN, FRIBOURG, LAUSANNE, LYON]) == [
        "Fribourg",
        "Bern",
        "Lausanne",
        "Lyon",
    ]


def test_without_coordinates_a_place_is_amid_those_of_like_postcodes() -> None:
    assert names("1700", ALL) == ["Fribourg", "Bulle", "Bern", "Lausanne", "Lyon", "Paris"]
    assert names("1700", [LYON, Spot("Marly", "1723"), LAUSANNE, FRIBOURG])[:2] == [
        "Fribourg",
        "Marly",
    ]


def test_only_the_area_of_a_known_place_makes_an_order() -> None:
    assert is_near_any("1709", ALL)
    assert is_near_any("1635", ALL), "known by the postcode alone"
    assert not is_near_any("9999", ALL)
    assert not is_near_any("17000", ALL), "another country"


def test_the_reader_is_taken_to_be_at_the_site_with_the_likest_postcode() -> None:
    assert names("1020", ALL)[:3] == ["Lausanne", "Bulle", "Fribourg"]


def test_without_coordinates_postcodes_decide() -> None:
    bare = [Spot(place.name, place.postcode) for place in ALL]
    assert names("1630", bare)[:3] == ["Bulle", "Fribourg", "Lausanne"]
    assert names("75001", bare)[:2] == ["Paris", "Lyon"]


def test_a_postcode_far_from_every_site_measures_nothing() -> None:
    """Nobody in Zürich is taken to be in Bern for lack of a better place."""
    assert names("8001", ALL)[0] == "Bern"
    assert names("8001", ALL)[1:4] == ["Fribourg", "Bulle", "Lausanne"]


def test_places_without_coordinates_or_postcode_are_not_lost() -> None:
    nowhere = Spot("Nowhere", "")
    assert sorted(names("1700", [nowhere, *ALL])) == sorted(place.name for place in [nowhere, *ALL])


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("CH-1700", "1700"),
        ("ch 1700 Fribourg", "1700"),
        ("F-69003", "69003"),
        ("01000 Bourg-en-Bresse", "01000"),
        ("69003, Lyon 3e", "69003, Lyon 3e"),
        ("17000 1700", "17000 1700"),
        ("170000", "170000"),
        ("Fribourg", "Fribourg"),
    ],
)
def test_a_postcode_is_read_as_people_write_it(text: str, postcode: str) -> None:
    assert read_postcode(text) == postcode


@pytest.mark.parametrize("text", ["", "170", "CH-1700", "١٧٠٠", "170000", "17 00"])
def test_what_is_no_postcode(text: str) -> None:
    assert not is_postcode(text)
