"""Cantons and départements by name."""

from __future__ import annotations

import pytest

from comptoir.core.i18n import use_language
from comptoir.sites import public_holidays
from comptoir.sites.regions import (
    CANTONS,
    DEPARTEMENTS,
    canton_options,
    is_region,
    region_kind,
    region_name,
    region_options,
    region_sign,
)
from comptoir.sites.validation import departement


def test_the_cantons_are_those_whose_holidays_are_known() -> None:
    known = {each for each in public_holidays.regions() if each.startswith("CH-")}
    assert {f"CH-{canton}" for canton in CANTONS} == known
    assert {code for code, _ in canton_options()} == set(CANTONS)


def test_every_departement_has_a_name_and_is_one() -> None:
    assert set(DEPARTEMENTS) >= {f"{number:02}" for number in range(1, 96)}
    assert all(is_region("FR", code) for code in DEPARTEMENTS)
    for postcode in ("01000", "20090", "75011", "97400"):
        assert departement(postcode) in DEPARTEMENTS


@pytest.mark.parametrize(
    ("country", "region", "name", "sign"),
    [
        ("CH", "FR", "Freiburg (FR)", "FR"),
        ("FR", "69", "Rhône (69)", "Rhône"),
        ("FR", "99", "99", "99"),
        ("CH", "", "", ""),
        ("DE", "", "", ""),
    ],
)
def test_a_region_is_told_as_the_reader_knows_it(
    country: str, region: str, name: str, sign: str
) -> None:
    with use_language("de"):
        assert region_name(country, region) == name
        assert region_sign(country, region) == sign


def test_regions_are_called_what_they_are_and_come_by_name() -> None:
    with use_language("en"):
        assert region_kind(["CH", "CH"]) == "Canton"
        assert region_kind(["FR"]) == "Département"
        assert region_kind(["CH", "FR"]) == "Canton or département"
        names = [name for _, name in region_options(["FR-38", "CH-GE", "FR-01"])]
        assert names == ["Ain (01)", "Geneva (GE)", "Isère (38)"]
