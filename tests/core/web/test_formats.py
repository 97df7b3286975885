"""Dates, money and codes in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from comptoir.core import clock
from comptoir.core.i18n import use_language
from comptoir.core.web import formats

NOON = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "mardi 24 novembre 2026"),
        ("de", "Dienstag, 24. November 2026"),
        ("it", "martedì 24 novembre 2026"),
        ("en", "Tuesday, 24 November 2026"),
    ],
)
def test_day_is_written_as_the_reader_writes_it(language: str, text: str) -> None:
    with use_language(language):
        assert formats.format_day(date(2026, 11, 24)) == text


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    with use_language("fr"):
        assert formats.format_day(date(2026, 12, 1)) == "mardi 1er décembre 2026"
        assert formats.format_day(date(2026, 12, 11)) == "vendredi 11 décembre 2026"
        assert formats.format_day(date(2026, 12, 1), "short") == "01/12/2026"
        assert formats.format_month_day(date(2026, 12, 1)) == "1er décembre"
        assert formats.format_weekday(date(2026, 12, 1)) == "mardi 1er"
        assert formats.format_days(date(2026, 12, 1), date(2026, 12, 11)) == "1er–11 déc. 2026"
        across = formats.format_days(date(2026, 11, 25), date(2026, 12, 1))
        assert across.endswith("1er déc. 2026")
    with use_language("it"):
        assert formats.format_month_day(date(2026, 12, 1)) == "1 dicembre"


def test_moment_is_told_on_the_clock_of_the_site() -> None:
    with use_language("en"):
        assert formats.format_moment(NOON, "Europe/Zurich") == "24 Nov 2026 at 13:05"
        assert formats.format_moment(NOON, "UTC") == "24 Nov 2026 at 12:05"


def test_summer_time_is_followed() -> None:
    july = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    local = clock.localtime(july, "Europe/Zurich")
    assert (local.date(), local.hour) == (date(2026, 7, 2), 0)
    with use_language("fr"):
        assert formats.format_clock(local) == "00:30"


def test_money_keeps_its_currency() -> None:
    with use_language("fr"):
        assert formats.format_money(Decimal("1234.5"), "EUR") == "1\u202f234,50\xa0€"
    with use_language("en"):
        assert formats.format_money(Decimal("1234.5")) == "CHF1,234.50"
        assert formats.format_number(100_000) == "100,000"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 27), "in 3 days"),
        (date(2026, 11, 23), "1 day late"),
        (date(2026, 11, 22), "2 days late"),
    ],
)
def test_due_day_is_told_from_today(day: date, text: str) -> None:
    with use_language("en"):
        assert formats.relative_day(day, date(2026, 11, 24)) == text


def test_tag_code_is_shown_in_two_halves() -> None:
    assert formats.tag_code("BCDFGHJK") == "BCDF-GHJK"


def test_the_text_of_an_esim_breaks_between_its_parts() -> None:
    assert formats.breaks_between_parts("LPA:1$a.ch$K-<1>") == (
        "LPA:1$<wbr>a.<wbr>ch$<wbr>K-&lt;1&gt;"
    )
    assert formats.breaks_between_parts("end.") == "end."
