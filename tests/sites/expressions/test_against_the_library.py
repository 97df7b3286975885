"""Our reading of expressions beside opening-hours-py, which others read them with.

It is no part of the program (see the decision on opening hours): here it is the oracle, so
that a site's hours mean the same to whoever takes them from our exports.
"""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import Effect
from comptoir.sites.expressions.reading import read
from comptoir.sites.expressions.writing import write
from comptoir.sites.opening_hours import END_OF_DAY, ONE_DAY
from comptoir.sites.week_plan import HoursPlan
from tests.sites.test_week_plan import plans

EXPRESSIONS = [
    "Mo-Fr 09:00-12:00,14:00-17:00; Sa 10:00-12:00",
    "Mo-Fr 09:00-17:00; Jul-Aug Mo-Fr 08:00-12:00; Dec 20-Jan 05 off",
    "Mo-Fr 09:00-17:00, Mo 12:00-13:00 off; We off",
    "Jan,Mar-Apr Mo,Sa-Su 10:00-12:00; Feb 10-Feb 29 10:00-11:00",
    "week 01-53/2 Tu 10:00-12:00, week 10-20 We 10:00-12:00",
    "Sa[1] 09:00-12:00, Mo[-1] 09:00-10:00, Tu[2,4] 09:00-10:00",
    'Mo 09:00-12:00, Tu unknown "sur rendez-vous", We 14:00-16:00 open "Atelier"',
    "Fr 20:00-02:00, Sa 10:00-12:00, Su 22:00-24:00",
    "24/7",
    "Feb 29 10:00-12:00; Mo 08:00-09:00",
    "Mo-Fr 09:00-17:00; PH off",
]


def theirs(text: str, first: date, days: int) -> list[str]:
    """The state of each minute, by the library."""
    start = datetime.combine(first, time())
    known = OpeningHours(text, auto_country=False, auto_timezone=False)
    found = []
    for begins, ends, state, _note in known.intervals(start, start + days * ONE_DAY):
        minutes = (ends.replace(tzinfo=None) - begins.replace(tzinfo=None)).total_seconds() / 60
        found += [str(state)] * int(minutes)
    return found


def ours(text: str, first: date, days: int) -> list[str]:
    """The same by our own; there a service is open too."""
    hours = Hours.of(text)
    found = ["closed"] * ((days + 2) * END_OF_DAY)
    for number in range(days + 1):
        for effect in (Effect.OPEN, Effect.BY_APPOINTMENT, Effect.SERVICE):
            for piece in hours.on(first + (number - 1) * ONE_DAY).pieces:
                if piece.effect is effect:
                    state = "unknown" if effect is Effect.BY_APPOINTMENT else "open"
                    from_, to = (number * END_OF_DAY + edge for edge in (piece.opens, piece.closes))
                    found[from_:to] = [state] * (to - from_)
    return found[END_OF_DAY : (days + 1) * END_OF_DAY]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_two_years_are_the_same_to_the_library(text: str) -> None:
    assert ours(text, date(2027, 1, 1), 731) == theirs(text, date(2027, 1, 1), 731)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_we_write_means_the_same_to_the_library(text: str) -> None:
    written = write(read(text).rules)
    assert theirs(written, date(2027, 1, 1), 400) == theirs(text, date(2027, 1, 1), 400)


@settings(max_examples=50)
@given(plans(), st.dates(date(2026, 1, 1), date(2029, 1, 1)))
def test_what_the_grid_makes_means_the_same_to_the_library(plan: HoursPlan, day: date) -> None:
    text = plan.expression("en")
    if text:
        assert ours(text, day, 8) == theirs(text, day, 8)
