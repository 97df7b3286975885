"""The public holidays that the program knows are those of the library they came from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import holidays
import pytest

from comptoir.sites.public_holidays import (
    NAMES,
    holiday_region,
    known_years,
    public_holidays,
    regions,
)
from tools import public_holidays as tool


@pytest.mark.parametrize("region", sorted(regions()))
def test_the_file_is_what_the_library_says(region: str) -> None:
    country, _, subdivision = region.partition("-")
    code = subdivision if country == "CH" else tool.FRANCE[region]
    found = holidays.country_holidays(
        country, subdiv=code, years=list(known_years()), observed=False
    )
    assert set(public_holidays(region)) == set(found)


def test_the_file_reaches_five_years_ahead() -> None:
    assert datetime.now(UTC).year + 5 in known_years()


def test_every_name_can_be_translated() -> None:
    names = {name for region in regions() for name in public_holidays(region).values()}
    assert names == set(NAMES)


def test_alsace_and_moselle_keep_good_friday_and_the_rest_of_france_does_not() -> None:
    good_friday = date(2027, 3, 26)
    assert all(good_friday in public_holidays(holiday_region("FR", code)) for code in ("57", "67"))
    assert good_friday not in public_holidays(holiday_region("FR", "69"))


def test_place_without_canton_or_outside_has_no_known_holidays() -> None:
    assert holiday_region("CH", "") == holiday_region("DE", "BE") == ""
    assert public_holidays("") == {}
