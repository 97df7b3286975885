"""Weekly hours as people read them."""

from __future__ import annotations

from datetime import date

from comptoir.core.i18n import use_language
from comptoir.core.web.formats import format_day_of_year
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.weeks import usual_week
from comptoir.sites.hours import DayLine, ServiceLine, day_lines, describe_hours

WEEK = usual_week(Hours.of("Mo-Fr 09:00-12:00, Tu 13:30-17:00"))


def test_neighbouring_days_with_equal_hours_share_a_line() -> None:
    with use_language("en"):
        assert day_lines(WEEK) == [
            DayLine("Monday", "09:00–12:00"),
            DayLine("Tuesday", "09:00–12:00 and 13:30–17:00"),
            DayLine("Wednesday to Friday", "09:00–12:00"),
            DayLine("Saturday and Sunday", ""),
        ]


def test_hours_are_read_with_their_seasons_services_and_appointments() -> None:
    hours = Hours.of(
        'Mo-Fr 09:00-12:00, Tu 14:00-16:00 unknown "sur rendez-vous"; '
        "Jul-Aug off; Jul-Aug Mo 08:00-10:00; Dec 24-Jan 03 off, "
        'Sep-Jun We 14:00-16:00 open "Atelier", Sa[1] 10:00-12:00 open "Réparation"'
    )
    with use_language("fr"):
        text = describe_hours(hours)
    assert text.week[1] == DayLine("Mardi", "09:00–12:00 et 14:00–16:00 sur rendez-vous")
    assert [season.dates for season in text.seasons] == [
        "Juillet à août",
        "24 décembre – 3 janvier",
    ]
    assert text.seasons[0].week == [
        DayLine("Lundi", "08:00–10:00"),
        DayLine("Mardi à dimanche", ""),
    ]
    assert text.services == [
        ServiceLine("Atelier", "mercredi 14:00–16:00 (septembre à juin)"),
        ServiceLine("Réparation", "premier samedi du mois 10:00–12:00"),
    ]


def test_two_days_with_equal_hours_are_joined_by_and() -> None:
    week = usual_week(Hours.of("Mo-Tu 09:00-12:00"))
    with use_language("fr"):
        assert [line.days for line in day_lines(week)] == ["Lundi et mardi", "Mercredi à dimanche"]


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    with use_language("fr"):
        assert format_day_of_year(date(2026, 12, 1)) == "mardi 1er décembre"
