"""Which places come first for a postcode."""

from __future__ import annotations

import msgspec
import pytest

from comptoir.sites.public.areas import AREAS
from comptoir.sites.public.nearness import is_known, is_postcode, nearest_first, read_postcode


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


def test_within_an_area_figures_in_common_count_before_the_number() -> None:
    places = [Spot("Below", "1709", 46.70, 7.05), Spot("Beside", "1719", 46.85, 7.20)]
    assert names("1710", places) == ["Beside", "Below"]


def test_without_coordinates_a_place_is_amid_those_of_like_postcodes() -> None:
    assert names("1700", ALL) == ["Fribourg", "Bulle", "Bern", "Lausanne", "Lyon", "Paris"]
    assert names("1700", [LYON, Spot("Marly", "1723"), LAUSANNE, FRIBOURG])[:2] == [
        "Fribourg",
        "Marly",
    ]


@pytest.mark.parametrize(
    "postcode",
    [
        "1201",
        "3011",
        "8001",
        "6900",
        "4001",
        "9490",
        "2502",
        "75001",
        "13001",
        "38000",
        "69003",
        "20200",
        "97400",
        "98000",
        "01000",
    ],
)
def test_where_a_real_postcode_is_is_known(postcode: str) -> None:
    assert is_known(postcode)


@pytest.mark.parametrize("postcode", ["9999", "0999", "5800", "96000", "00100", "97999", "Bulle"])
def test_what_no_postcode_begins_with_is_not(postcode: str) -> None:
    assert not is_known(postcode)


def test_each_area_is_where_its_country_is() -> None:
    swiss = [point for area, point in AREAS.items() if area.startswith("4:")]
    assert len(swiss) == 83
    assert all(45.8 <= north <= 47.8 and 5.9 <= east <= 10.5 for north, east in swiss)
    french = [point for area, point in AREAS.items() if area.startswith("5:") and len(area) == 4]
    assert len(french) == 95
    assert all(41 <= north <= 51.1 and -5.2 <= east <= 9.6 for north, east in french)


@pytest.mark.parametrize(
    ("postcode", "order"),
    [
        ("1201", ["Lausanne", "Lyon"]),
        ("3011", ["Bern", "Fribourg"]),
        ("8001", ["Bern", "Fribourg"]),
        ("6900", ["Bern", "Fribourg"]),
        ("38000", ["Lyon", "Lausanne"]),
        ("13001", ["Lyon", "Lausanne"]),
        ("75001", ["Paris", "Lausanne"]),
        ("97400", ["Bern", "Paris"]),
    ],
)
def test_where_there_is_no_place_the_order_is_by_distance(postcode: str, order: list[str]) -> None:
    found = names(postcode, ALL)
    assert [name for name in found if name in order] == order


def test_without_coordinates_a_place_is_where_its_area_is() -> None:
    assert names("38000", [Spot("Paris", "75011"), Spot("Grenoble", "38100")])[0] == "Grenoble"
    assert names("67000", [Spot("Lyon", "69003"), Spot("Basel", "4001")])[0] == "Basel"


def test_the_reader_is_taken_to_be_at_the_site_with_the_likest_postcode() -> None:
    assert names("1020", ALL)[:3] == ["Lausanne", "Bulle", "Fribourg"]


def test_without_coordinates_postcodes_decide() -> None:
    bare = [Spot(place.name, place.postcode) for place in ALL]
    assert names("1630", bare)[:3] == ["Bulle", "Fribourg", "Lausanne"]
    assert names("75001", bare)[:2] == ["Paris", "Lyon"]


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
