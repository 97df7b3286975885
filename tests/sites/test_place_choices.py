"""What the form of a site offers."""

from __future__ import annotations

from comptoir.core.i18n import use_language
from comptoir.sites.place_choices import COUNTRIES, countries, zones


def test_countries_have_names_in_the_readers_language() -> None:
    with use_language("fr"):
        assert countries()[:2] == [("CH", "Suisse"), ("FR", "France")]
    with use_language("de"):
        assert [code for code, _ in countries()] == list(COUNTRIES)


def test_zones_of_these_countries_come_first_and_each_once() -> None:
    near, far = zones("Europe/Zurich")
    assert near[:2] == [("Europe/Zurich", "Europe/Zurich"), ("Europe/Paris", "Europe/Paris")]
    offered = [zone for zone, _ in near + far]
    assert len(offered) == len(set(offered))
    assert "Africa/Dakar" in offered
    assert not [zone for zone in offered if zone.startswith("Etc/") or zone == "US/Alaska"]


def test_the_zone_that_a_site_has_stays_offered() -> None:
    assert ("Etc/GMT+7", "Etc/GMT+7") in zones("Etc/GMT+7")[1]
    assert ("Nowhere", "Nowhere") not in zones("Nowhere")[1]
