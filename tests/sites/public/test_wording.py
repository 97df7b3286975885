"""What the public reads of a door: never closed where nobody has said so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from comptoir.core.i18n import use_language
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import DayState
from comptoir.sites.public.wording import day_text, listed, periods_ahead, status_line

ZONE = ZoneInfo("Europe/Zurich")
#: A Wednesday, eleven o'clock in Fribourg.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


def calendar(hours: str, *exceptions: DayException, region: str = "") -> SiteCalendar:
    return SiteCalendar(ZONE, Hours.of(hours) if hours else None, exceptions, region)


def closed(first: date, last: date, reason: str) -> DayException:
    return DayException(first, last, ExceptionKind.CLOSED, reason=reason)


@pytest.mark.parametrize(
    ("hours", "state", "now", "following"),
    [
        ("Mo-Fr 09:00-12:00", DayState.OPEN, "Open now, until 12:00", ""),
        ("Mo-Fr 14:00-18:00", DayState.CLOSED, "Closed now", "Opens at 14:00."),
        ("Th 09:00-12:00", DayState.CLOSED, "Closed now", "Opens tomorrow at 09:00."),
        ("Mo 09:00-12:00", DayState.CLOSED, "Closed now", "Opens on Monday 30 November at 09:00."),
        ("We unknown", DayState.BY_APPOINTMENT, "By appointment", "Ask before you come."),
        ("24/7", DayState.OPEN, "Open now", ""),
        (
            'Mo 09:00-12:00, We 10:00-12:00 open "Workshop"',
            DayState.SERVICE,
            "Until 12:00 for this only: Workshop",
            "Opens on Monday 30 November at 09:00.",
        ),
        ("", DayState.UNKNOWN, "Opening hours not known", "Ask before you come."),
    ],
)
def test_now(hours: str, state: DayState, now: str, following: str) -> None:
    with use_language("en"):
        line = status_line(calendar(hours), NOW)
    assert (line.state, line.now, line.following) == (state, now, following)


def test_an_exception_says_why_the_door_is_shut() -> None:
    shut = calendar("Mo-Fr 09:00-12:00", closed(TODAY, TODAY, "Boiler broken"))
    with use_language("en"):
        line = status_line(shut, NOW)
        day = day_text(shut, TODAY)
    assert (line.state, line.reason) == (DayState.CLOSED, "Boiler broken")
    assert line.following == "Opens tomorrow at 09:00."
    assert (day.name, day.hours, day.reason) == ("Wednesday 25 November", "closed", "Boiler broken")


def test_a_holiday_is_named_in_the_readers_language() -> None:
    christmas = date(2026, 12, 25)
    with use_language("de"):
        day = day_text(calendar("Mo-Fr 09:00-12:00", region="CH-FR"), christmas)
    assert (day.name, day.hours) == ("Freitag, 25. Dezember", "geschlossen")
    assert day.reason == "Weihnachten"


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        ("", "not known, ask before you come"),
        ("We unknown", "by appointment"),
        ("We 10:00-12:00 unknown", "10:00–12:00 by appointment"),
        ('We 10:00-12:00 open "Workshop"', "for this only:"),
        ("Mo 10:00-12:00", "closed"),
    ],
)
def test_only_a_closed_day_reads_closed(hours: str, text: str) -> None:
    with use_language("en"):
        assert day_text(calendar(hours), TODAY).hours == text


def test_a_day_tells_its_services_with_their_own_hours() -> None:
    both = calendar('Mo-Fr 09:00-12:00, We 14:00-16:00 open "Workshop"')
    assert day_text(both, TODAY).services == (("Workshop", "14:00–16:00"),)


def test_days_alike_are_told_together() -> None:
    winter = closed(date(2026, 12, 21), date(2027, 1, 2), "Winter break")
    with use_language("en"):
        [period] = periods_ahead(calendar("Mo-Fr 09:00-12:00", winter), TODAY, date(2027, 1, 31))
    assert period.name == "Monday 21 December to Saturday 2 January"
    assert (period.hours, period.reason) == ("closed", "Winter break")


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    new_year = closed(date(2027, 1, 1), date(2027, 1, 2), "Fermé")
    with use_language("fr"):
        shut = calendar("Tu 09:00-12:00", new_year)
        assert day_text(shut, date(2026, 12, 1)).name == "Mardi 1er décembre"
        assert status_line(shut, NOW).following == "Ouvre mardi 1er décembre à 09:00."
        [period] = periods_ahead(shut, date(2026, 12, 26), date(2027, 1, 10))
        assert period.name == "Vendredi 1er janvier au samedi 2 janvier"


def test_names_in_a_line_are_written_as_the_language_writes_them() -> None:
    with use_language("fr"):
        assert listed(["Français", "Allemand"]) == "Français, allemand"
    with use_language("de"):
        assert listed(["Französisch", "Deutsch"]) == "Französisch, Deutsch"
    assert listed([]) == ""
