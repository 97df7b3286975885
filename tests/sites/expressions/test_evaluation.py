"""What an expression says of a day."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.sites.expressions.evaluation import Hours, Piece
from comptoir.sites.expressions.model import Effect
from comptoir.sites.opening_hours import ONE_DAY

MONDAY = date(2027, 2, 22)


def day(text: str, at: date, *, holiday: bool = False) -> list[tuple[float, float, str]]:
    """Hours from and to, and what they are."""
    plan = Hours.of(text).on(at, holiday=holiday)
    return [(piece.opens / 60, piece.closes / 60, piece.effect.value) for piece in plan.pieces]


def test_each_weekday_has_its_hours() -> None:
    text = "Mo-Fr 09:00-12:00,14:00-17:00; Sa 10:00-12:00"
    assert day(text, MONDAY) == [(9, 12, "open"), (14, 17, "open")]
    assert day(text, MONDAY + 5 * ONE_DAY) == [(10, 12, "open")]
    assert day(text, MONDAY + 6 * ONE_DAY) == []


def test_season_beats_the_week_on_its_days_alone() -> None:
    text = "Mo-Fr 09:00-17:00; Jul-Aug Mo-Fr 08:00-12:00"
    hours = Hours.of(text)
    for at, expected in ((date(2027, 6, 30), False), (date(2027, 7, 1), True)):
        assert hours.on(at).is_seasonal is expected
    assert day(text, date(2027, 8, 31)) == [(8, 12, "open")]
    assert day(text, date(2027, 9, 1)) == [(9, 17, "open")]


def test_season_that_shuts_the_door_says_why() -> None:
    plan = Hours.of('Mo-Fr 09:00-17:00; Jul-Aug off "vacances"').on(date(2027, 7, 5))
    assert (plan.pieces, plan.is_seasonal, plan.note) == ((), True, "vacances")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (date(2026, 12, 19), False),
        (date(2026, 12, 20), True),
        (date(2027, 1, 5), True),
        (date(2027, 1, 6), False),
    ],
)
def test_season_may_run_over_new_year(at: date, is_open: bool) -> None:
    assert bool(day("Dec 20-Jan 05 10:00-12:00", at)) is is_open


@pytest.mark.parametrize(
    ("text", "at", "is_open"),
    [
        ("Feb 29 10:00-12:00", date(2028, 2, 29), True),
        ("Feb 29 10:00-12:00", date(2027, 2, 28), False),
        ("Feb 29 10:00-12:00", date(2027, 3, 1), False),
        ("Feb 10-Feb 29 10:00-12:00", date(2027, 2, 28), True),
        ("Feb 29-Mar 02 10:00-12:00", date(2027, 2, 28), False),
        ("Feb 29-Mar 02 10:00-12:00", date(2027, 3, 1), True),
        ("Feb 10:00-12:00", date(2028, 2, 29), True),
    ],
)
def test_leap_day(text: str, at: date, is_open: bool) -> None:
    assert bool(day(text, at)) is is_open


def test_weekdays_by_their_place_in_the_month() -> None:
    first = [date(2027, 5, number) for number in (3, 10, 17, 24, 31)]
    assert [bool(day("Mo[1] 10:00-12:00", at)) for at in first] == [True, *[False] * 4]
    assert [bool(day("Mo[-1] 10:00-12:00", at)) for at in first] == [*[False] * 4, True]
    assert [bool(day("Mo[-2,5] 10:00-12:00", at)) for at in first] == [*[False] * 3, True, True]


def test_every_second_week() -> None:
    odd = "week 01-53/2 Mo 10:00-12:00"
    assert not day(odd, MONDAY)  # week 8
    assert day(odd, MONDAY + 7 * ONE_DAY)


def test_comma_adds_and_semicolon_replaces() -> None:
    assert day("Mo 09:00-12:00, Mo 14:00-17:00", MONDAY) == [(9, 12, "open"), (14, 17, "open")]
    assert day("Mo 09:00-12:00; Mo 14:00-17:00", MONDAY) == [(14, 17, "open")]
    assert day("Mo 09:00-17:00, Mo 12:00-13:00 off", MONDAY) == [(9, 12, "open"), (13, 17, "open")]


def test_hours_that_follow_on_are_one() -> None:
    assert day("Mo 09:00-12:00,12:00-14:00", MONDAY) == [(9, 14, "open")]


def test_by_appointment_is_neither_open_nor_closed() -> None:
    text = 'Mo 09:00-12:00, Mo 14:00-17:00 unknown "sur rendez-vous"'
    assert day(text, MONDAY) == [(9, 12, "open"), (14, 17, "by-appointment")]
    assert day("Mo unknown", MONDAY) == [(0, 24, "by-appointment")]


def test_service_stands_beside_the_door() -> None:
    plan = Hours.of('Mo 09:00-17:00, Mo 14:00-16:00 open "Atelier"').on(MONDAY)
    assert plan.pieces == (
        Piece(540, 1020, Effect.OPEN),
        Piece(840, 960, Effect.SERVICE, "Atelier"),
    )


def test_holiday_is_worked_only_where_the_hours_name_it() -> None:
    assert day("Mo-Fr 09:00-17:00", MONDAY, holiday=True) == []
    assert day("Mo-Fr 09:00-17:00; PH off", MONDAY, holiday=True) == []
    assert day("Mo-Fr 09:00-17:00; PH 10:00-12:00", MONDAY, holiday=True) == [(10, 12, "open")]
    assert day("Mo-Fr 09:00-17:00; PH 10:00-12:00", MONDAY) == [(9, 17, "open")]
    assert day("PH,Mo 09:00-17:00", MONDAY, holiday=True) == [(9, 17, "open")]


def test_hours_of_a_night_belong_to_its_evening() -> None:
    text = "Fr 20:00-02:00, Sa 10:00-12:00"
    assert day(text, MONDAY + 4 * ONE_DAY) == [(20, 26, "open")]
    assert day(text, MONDAY + 5 * ONE_DAY) == [(10, 12, "open")]
