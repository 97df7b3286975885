"""Days and hours as people say them in a text message."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from comptoir.core.i18n import LANGUAGES
from comptoir.notifications.date_words import (
    date_words,
    day_words,
    hours_words,
    moment_words,
    opening_words,
)
from comptoir.notifications.gsm7 import is_gsm7
from comptoir.sites.opening_hours import Span
from tests.sites.calendars import ZURICH, WeeklyHours, at, closed_from, office

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "fr", "de", "it", "en"),
    [
        (0, "aujourd'hui", "heute", "oggi", "today"),
        (1, "demain", "morgen", "domani", "tomorrow"),
        (3, "vendredi", "Freitag", "venerdì", "Friday"),
        (6, "lundi", "Montag", "lunedì", "Monday"),
        (7, "mardi 1er décembre", "Dienstag, 1. Dezember", "martedì 1 dicembre", None),
        (-1, "lundi 23 novembre", "Montag, 23. November", "lunedì 23 novembre", None),
        (252, "mardi 3 aout", "Dienstag, 3. August", "martedì 3 agosto", "Tuesday 3 August"),
    ],
)
def test_a_day(days: int, fr: str, de: str, it: str, en: str | None) -> None:
    day = TUESDAY + timedelta(days=days)
    for language, said in (("fr", fr), ("de", de), ("it", it), ("en", en)):
        if said is not None:
            assert day_words(day, TUESDAY, language) == said


@pytest.mark.parametrize(
    ("days", "fr", "de", "en"),
    [
        (0, "aujourd'hui mardi 24 novembre", "heute Dienstag, 24. November", "today Tuesday 24"),
        (1, "demain mercredi 25 novembre", "morgen Mittwoch, 25. November", "tomorrow Wednesday"),
        (3, "vendredi 27 novembre", "Freitag, 27. November", "Friday 27 November"),
        (7, "mardi 1er décembre", "Dienstag, 1. Dezember", "Tuesday 1 December"),
    ],
)
def test_a_date_is_true_whenever_it_is_read_again(days: int, fr: str, de: str, en: str) -> None:
    day = TUESDAY + timedelta(days=days)
    assert date_words(day, TUESDAY, "fr") == fr
    assert date_words(day, TUESDAY, "de") == de
    assert date_words(day, TUESDAY, "en").startswith(en)


@pytest.mark.parametrize(
    ("day", "clock", "fr", "de", "it", "en"),
    [
        (24, time(17), "aujourd'hui 17h", "heute 17 Uhr", "oggi alle 17", "today 17:00"),
        (
            25,
            time(9, 5),
            "demain mercredi 9h05",
            "morgen Mittwoch 9.05 Uhr",
            "domani mercoledì alle 9.05",
            "tomorrow Wednesday 9:05",
        ),
        (
            27,
            time(17, 30),
            "vendredi 17h30",
            "Freitag 17.30 Uhr",
            "venerdì alle 17.30",
            "Friday 17:30",
        ),
        (28, time(1), "samedi 1h", "Samstag 1 Uhr", "sabato all'1", "Saturday 1:00"),
    ],
)
def test_a_moment(day: int, clock: time, fr: str, de: str, it: str, en: str) -> None:
    moment = at(date(2026, 11, day), clock)
    for language, said in (("fr", fr), ("de", de), ("it", it), ("en", en)):
        words = moment_words(moment, ZURICH, language, now=at(TUESDAY, time(8)))
        assert words == said


def test_a_date_and_a_time() -> None:
    moment, now = at(date(2027, 3, 1), time(17)), at(TUESDAY, time(8))
    assert moment_words(moment, ZURICH, "fr", now=now) == "lundi 1er mars 17h"
    assert moment_words(moment, ZURICH, "de", now=now) == "Montag, 1. März, 17 Uhr"


def test_a_day_is_that_of_the_place() -> None:
    before_midnight_in_utc = datetime.fromisoformat("2026-11-24T23:30:00+00:00")
    words = moment_words(
        before_midnight_in_utc, ZURICH, "fr", now=before_midnight_in_utc - timedelta(hours=2)
    )
    assert words == "demain mercredi 0h30"


@pytest.mark.parametrize(
    ("now", "fr"),
    [
        (time(8), "aujourd'hui 9h-12h et 14h-18h"),
        (time(10), "aujourd'hui 9h-12h et 14h-18h"),
        (time(11, 45), "aujourd'hui 14h-18h"),  # nobody gets there in a quarter of an hour
        (time(17, 45), "demain 9h-12h et 14h-18h"),
    ],
)
def test_when_one_can_come_next(now: time, fr: str) -> None:
    assert opening_words(office(), "fr", now=at(TUESDAY, now)) == fr


def test_it_is_said_in_each_language() -> None:
    now = at(TUESDAY, time(19))
    assert opening_words(office(), "de", now=now) == "morgen 9-12 und 14-18 Uhr"
    assert opening_words(office(), "it", now=now) == "domani ore 9-12 e 14-18"
    assert opening_words(office(), "en", now=now) == "tomorrow 9:00-12:00 and 14:00-18:00"
    assert hours_words(office(), "fr", now=now, days=2) == (
        "demain 9h-12h et 14h-18h, jeudi 9h-12h et 14h-18h"
    )


def test_after_a_long_closure_it_has_its_date() -> None:
    shut = closed_from(date(2026, 11, 24), date(2026, 12, 31))
    now = at(TUESDAY, time(19))
    assert opening_words(shut, "fr", now=now) == "vendredi 1er janvier 9h-12h et 14h-18h"
    assert opening_words(shut, "de", now=now) == "Freitag, 1. Januar, 9-12 und 14-18 Uhr"


def test_hours_until_midnight_and_halves() -> None:
    night = WeeklyHours(ZURICH, (Span(2, 18 * 60 + 30, 24 * 60),))
    now = at(TUESDAY, time(19))
    said = {language: opening_words(night, language, now=now) for language in LANGUAGES}
    assert said == {
        "fr": "demain 18h30-24h",
        "de": "morgen 18.30-24 Uhr",
        "it": "domani ore 18.30-24",
        "en": "tomorrow 18:30-24:00",
    }


def test_a_place_that_never_opens_says_nothing() -> None:
    assert opening_words(WeeklyHours(ZURICH), "fr", now=at(TUESDAY, time(8))) == ""
    assert hours_words(WeeklyHours(ZURICH), "fr", now=at(TUESDAY, time(8))) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_day_of_the_year_doubles_the_price(language: str) -> None:
    days = (TUESDAY + timedelta(days=number) for number in range(366))
    assert all(is_gsm7(day_words(day, TUESDAY, language)) for day in days)
