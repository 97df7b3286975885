"""The public holidays that the program knows are those of the library they came from."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

import holidays
import pytest

from comptoir.sites.public_holidays import (
    NAMES,
    holiday_region,
    is_kept,
    known_years,
    local_days,
    local_holidays,
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
    few = tool.NARROWER.get(region, set())
    english = holidays.country_holidays(
        country, subdiv=code, years=list(known_years()), observed=False, language="en_US"
    )
    kept = {day for day, names in english.items() if not set(names.split("; ")) <= few}
    assert set(public_holidays(region)) == set(found) & kept


def test_the_file_reaches_five_years_ahead() -> None:
    assert datetime.now(UTC).year + 5 in known_years()


def test_every_name_can_be_translated() -> None:
    names = {name for region in regions() for name in public_holidays(region).values()}
    local = {each.name for region in regions() for each in local_holidays(region)}
    assert names | local == set(NAMES)


def test_alsace_and_moselle_keep_good_friday_and_the_rest_of_france_does_not() -> None:
    good_friday = date(2027, 3, 26)
    assert all(good_friday in public_holidays(holiday_region("FR", code)) for code in ("57", "67"))
    assert good_friday not in public_holidays(holiday_region("FR", "69"))


def test_place_without_canton_or_outside_has_no_known_holidays() -> None:
    assert holiday_region("CH", "") == holiday_region("DE", "BE") == ""
    assert public_holidays("") == {}


CANTONS = sorted(each for each in regions() if each.startswith("CH-"))


def of_the_library(canton: str, *categories: str) -> dict[str, set[date]]:
    """The days of a canton by their English names, as the library has them."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    days = holidays.country_holidays(
        "CH",
        subdiv=canton.removeprefix("CH-"),
        years=list(known_years()),
        language="en_US",
        observed=False,
        categories=categories,
    )
    for day, names in days.items():
        for name in names.split("; "):
            found[name].add(day)
    return found


def test_the_days_of_local_holidays_are_those_that_the_library_has_in_some_canton() -> None:
    known: defaultdict[str, set[date]] = defaultdict(set)
    for canton in CANTONS:
        for name, days in of_the_library(canton, "public", "optional").items():
            known[name] |= days
    names = {each.name for region in regions() for each in local_holidays(region)}
    assert {name: known[name] for name in names - set(tool.OWN_DAYS)} == {
        name: set(local_days(name)) for name in names - set(tool.OWN_DAYS)
    }
    assert not set(tool.OWN_DAYS) & set(known), "the library knows it by now"


@pytest.mark.parametrize("canton", CANTONS)
def test_what_the_library_calls_optional_can_be_chosen(canton: str) -> None:
    offered = {each.name for each in local_holidays(canton)}
    assert set(of_the_library(canton, "optional")) <= offered


def test_a_site_in_fribourg_keeps_what_its_commune_does() -> None:
    corpus_christi, assumption = date(2027, 5, 27), date(2027, 8, 15)
    canton = holiday_region("CH", "FR")
    catholic = holiday_region("CH", "FR", ("corpus-christi",))
    assert corpus_christi not in public_holidays(canton)
    assert public_holidays(catholic)[corpus_christi] == "Corpus Christi"
    assert date(2028, 6, 15) in public_holidays(catholic), "the year after, by itself"
    assert assumption not in public_holidays(catholic)


def test_a_commune_without_a_protestant_church_works_on_good_friday() -> None:
    good_friday, christmas = date(2027, 3, 26), date(2027, 12, 25)
    without = public_holidays(holiday_region("FR", "67", ("-good-friday",)))
    assert good_friday not in without
    assert christmas in without


def test_what_is_not_of_the_region_is_left_out() -> None:
    assert holiday_region("CH", "VD", ("corpus-christi", "-good-friday", "Ω")) == "CH-VD"
    assert holiday_region("", "", ("corpus-christi",)) == ""
    chosen = ("saint-berchtold-s-day", "corpus-christi", "-corpus-christi")
    assert holiday_region("CH", "FR", chosen) == "CH-FR corpus-christi saint-berchtold-s-day"


def test_all_that_is_taken_makes_all_days_holidays() -> None:
    for region in regions():
        country, _, part = region.partition("-")
        codes = [each.code for each in local_holidays(region) if not each.usual]
        taken = holiday_region(country, part, codes)
        assert all(is_kept(each, codes) for each in local_holidays(region))
        for each in local_holidays(region):
            # Easter Monday and the like may fall on another holiday, which then has the name.
            assert set(local_days(each.name)) <= set(public_holidays(taken))
