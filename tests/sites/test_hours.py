"""Weekly hours as people read them."""

from __future__ import annotations

from datetime import date

from comptoir.core.i18n import use_language
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.weeks import usual_week
from comptoir.sites.hours import DayLine, day_lines

WEEK = usual_week(Hours.of("Mo-Fr 09:00-12:00, Tu 13:30-17:00"))


def test_neighbouring_days_with_equal_hours_share_a_line() -> None:
    with use_language("en"):
        assert day_lines(WEEK) == [
            DayLine("Monday", "09:00–12:00"),
            DayLine("Tuesday", "09:00–12:00 and 13:30–17:00"),
            DayLine("Wednesday to Friday", "09:00–12:00"),
            DayLine("Saturday to Sunday", ""),
        ]


def test_today_stands_alone() -> None:
    with use_language("en"):
        lines = day_lines(WEEK, today=date(2026, 11, 26))
    assert [(line.days, line.today) for line in lines] == [
        ("Monday", False),
        ("Tuesday", False),
        ("Wednesday", False),
        ("Thursday", True),
        ("Friday", False),
        ("Saturday to Sunday", False),
    ]
