"""When the door is open: plain weeks, clock changes, sites that never open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comptoir.sites.opening_hours import (
    END_OF_DAY,
    SEARCH_DAYS,
    Interval,
    Span,
    SpanProblemCode,
    first_moment,
    span_problems,
)
from tests.sites.calendars import ZURICH, WeeklyHours, at, moments, office, weekly_hours

MONDAY = date(2026, 12, 7)
SATURDAY, SUNDAY = date(2026, 12, 12), date(2026, 12, 13)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # both Sundays


def on_sundays(opens: int, closes: int) -> WeeklyHours:
    return WeeklyHours(ZURICH, (Span(6, opens, closes),))


def test_a_day_has_its_intervals_in_utc() -> None:
    assert office().intervals(MONDAY) == (
        Interval(datetime(2026, 12, 7, 8, tzinfo=UTC), datetime(2026, 12, 7, 11, tzinfo=UTC)),
        Interval(datetime(2026, 12, 7, 13, tzinfo=UTC), datetime(2026, 12, 7, 17, tzinfo=UTC)),
    )
    assert all(
        moment.tzinfo is UTC
        for interval in office().intervals(MONDAY)
        for moment in (interval.opens, interval.closes)
    )


def test_spans_given_out_of_order_come_in_order() -> None:
    spans = office().spans
    assert WeeklyHours(ZURICH, spans[::-1]).intervals(MONDAY) == office().intervals(MONDAY)


def test_summer_and_winter_hours_are_the_same_by_the_clock_on_the_wall() -> None:
    assert office().closing_of(date(2027, 3, 26)) == datetime(2027, 3, 26, 17, tzinfo=UTC)
    assert office().closing_of(date(2027, 3, 29)) == datetime(2027, 3, 29, 16, tzinfo=UTC)
    assert office().closing_of(date(2027, 11, 1)) == datetime(2027, 11, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (time(8, 59), False),
        (time(9), True),
        (time(11, 59), True),
        (time(12), False),
        (time(13, 59), False),
        (time(14), True),
        (time(17, 59, 59), True),
        (time(18), False),
    ],
)
def test_open_from_the_opening_to_just_before_the_closing(clock: time, expected: bool) -> None:
    assert office().is_open(at(MONDAY, clock)) is expected


def test_the_site_has_its_own_date() -> None:
    assert office().local_date(datetime(2026, 12, 6, 23, 30, tzinfo=UTC)) == MONDAY


def test_a_closed_day_has_no_closing() -> None:
    assert office().closing_of(SUNDAY) is None
    assert not office().is_open_day(SUNDAY)


def test_a_half_day_is_an_open_day() -> None:
    half = WeeklyHours(ZURICH, (Span(0, 9 * 60, 12 * 60),))
    assert half.is_open_day(MONDAY)
    assert half.closing_of(MONDAY) == at(MONDAY, time(12))


def test_next_opening_is_after_the_break_then_tomorrow_then_monday() -> None:
    calendar = office()
    friday = date(2026, 12, 11)
    assert calendar.next_opening(at(MONDAY, time(8))) == at(MONDAY, time(9))
    assert calendar.next_opening(at(MONDAY, time(9))) == at(MONDAY, time(14))
    assert calendar.next_opening(at(MONDAY, time(14))) == at(date(2026, 12, 8), time(9))
    assert calendar.next_opening(at(friday, time(18))) == at(date(2026, 12, 14), time(9))


def test_last_open_is_now_while_open_and_else_the_closing_before() -> None:
    calendar = office()
    assert calendar.last_open(at(MONDAY, time(10))) == at(MONDAY, time(10))
    assert calendar.last_open(at(MONDAY, time(9))) == at(MONDAY, time(9))
    assert calendar.last_open(at(MONDAY, time(13))) == at(MONDAY, time(12))
    assert calendar.last_open(at(MONDAY, time(8))) == at(date(2026, 12, 4), time(18))


def test_open_days_include_both_ends_and_skip_closed_ones() -> None:
    assert list(office().open_days(date(2026, 12, 11), date(2026, 12, 15))) == [
        date(2026, 12, 11),
        date(2026, 12, 14),
        date(2026, 12, 15),
    ]
    assert list(office().open_days(MONDAY, MONDAY - timedelta(days=1))) == []


def test_open_day_from_and_until_keep_an_open_day_and_leave_a_closed_one() -> None:
    calendar = office()
    assert calendar.open_day_from(MONDAY) == MONDAY == calendar.open_day_until(MONDAY)
    assert calendar.open_day_from(SATURDAY) == date(2026, 12, 14)
    assert calendar.open_day_until(SUNDAY) == date(2026, 12, 11)


def test_a_site_that_never_opens_gives_none() -> None:
    never = WeeklyHours(ZURICH)
    now = at(MONDAY, time(10))
    assert never.next_opening(now) is None
    assert never.last_open(now) is None
    assert never.open_day_from(MONDAY) is None
    assert never.open_day_until(MONDAY) is None
    assert never.closing_of(MONDAY) is None
    assert not never.is_open(now)
    assert list(never.open_days(MONDAY, MONDAY + timedelta(days=60))) == []


def test_a_search_ends_after_search_days() -> None:
    asked: list[date] = []

    class Watched(WeeklyHours):
        def intervals(self, day: date) -> tuple[Interval, ...]:
            asked.append(day)
            return ()

    def search(question: Callable[[Watched], object]) -> None:
        asked.clear()
        assert question(Watched(ZURICH)) is None
        assert len(asked) == SEARCH_DAYS + 1

    search(lambda calendar: calendar.next_opening(at(MONDAY, time(10))))
    search(lambda calendar: calendar.last_open(at(MONDAY, time(10))))
    search(lambda calendar: calendar.open_day_from(MONDAY))
    search(lambda calendar: calendar.open_day_until(MONDAY))


def test_a_span_may_last_to_midnight() -> None:
    late = WeeklyHours(ZURICH, (Span(0, 20 * 60, END_OF_DAY),))
    assert late.closing_of(MONDAY) == at(date(2026, 12, 8), time(0))
    assert late.is_open(at(MONDAY, time(23, 59, 59)))
    assert not late.is_open(at(date(2026, 12, 8), time(0)))


def test_a_site_may_never_close() -> None:
    always = WeeklyHours(ZURICH, tuple(Span(day, 0, END_OF_DAY) for day in range(7)))
    for day, hours in ((MONDAY, 24), (SPRING, 23), (AUTUMN, 25)):
        (interval,) = always.intervals(day)
        assert interval.closes - interval.opens == timedelta(hours=hours)


def test_a_span_over_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    night = on_sundays(1 * 60, 5 * 60)
    for day, hours in ((SPRING, 3), (AUTUMN, 5), (SUNDAY, 4)):
        (interval,) = night.intervals(day)
        assert interval.closes - interval.opens == timedelta(hours=hours)


def test_a_span_inside_the_skipped_hour_does_not_take_place() -> None:
    skipped = on_sundays(2 * 60 + 10, 2 * 60 + 50)
    assert skipped.intervals(SPRING) == ()
    assert not skipped.is_open_day(SPRING)
    assert skipped.is_open_day(SUNDAY)


def test_a_time_in_the_skipped_hour_is_the_moment_of_the_change() -> None:
    change = datetime(2027, 3, 28, 1, tzinfo=UTC)
    for minutes in (2 * 60, 2 * 60 + 1, 2 * 60 + 30, 2 * 60 + 59, 3 * 60):
        assert first_moment(SPRING, minutes, ZURICH) == change


def test_a_time_in_the_repeated_hour_is_the_first_of_the_two() -> None:
    assert first_moment(AUTUMN, 150, ZURICH) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_day_that_a_zone_skipped_is_closed() -> None:
    apia = WeeklyHours(ZoneInfo("Pacific/Apia"), (Span(4, 9 * 60, 17 * 60),))
    assert not apia.is_open_day(date(2011, 12, 30))  # Samoa went from the 29th to the 31st
    assert apia.is_open_day(date(2012, 1, 6))


def test_midnight_in_a_skipped_hour_is_the_moment_of_the_change() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # skips from 0:00 to 1:00 on 2027-04-30
    change = date(2027, 4, 30)
    assert first_moment(change, 0, cairo) == first_moment(change, 60, cairo)
    assert first_moment(change - timedelta(days=1), END_OF_DAY, cairo) == first_moment(
        change, 0, cairo
    )


@given(weekly_hours(), moments())
def test_intervals_are_in_order_apart_and_of_their_day(
    calendar: WeeklyHours, moment: datetime
) -> None:
    day = calendar.local_date(moment)
    edges = [
        edge for interval in calendar.intervals(day) for edge in (interval.opens, interval.closes)
    ]
    assert edges == sorted(edges)
    assert all(interval.opens < interval.closes for interval in calendar.intervals(day))
    start = first_moment(day, 0, calendar.zone)
    end = first_moment(day, END_OF_DAY, calendar.zone)
    assert all(start <= edge <= end for edge in edges)


@given(weekly_hours(), moments())
def test_open_agrees_with_the_clock_on_the_wall(calendar: WeeklyHours, moment: datetime) -> None:
    local = moment.astimezone(calendar.zone)
    # The repeated hour has two readings; its own tests are above.
    assume(local.utcoffset() == (moment - timedelta(hours=3)).astimezone(calendar.zone).utcoffset())
    minutes = local.hour * 60 + local.minute
    by_the_wall = any(
        span.weekday == local.weekday() and span.opens <= minutes < span.closes
        for span in calendar.spans
    )
    assert calendar.is_open(moment) is by_the_wall


@given(weekly_hours(), moments())
def test_next_opening_and_last_open_enclose_the_moment(
    calendar: WeeklyHours, moment: datetime
) -> None:
    opening, last = calendar.next_opening(moment), calendar.last_open(moment)
    assert (opening is None) is (not calendar.spans)
    if opening is not None:
        assert opening > moment
        assert calendar.is_open(opening)
    if last is not None:
        assert last <= moment
        following = calendar.next_opening(last)
        assert last == moment or following is None or following > moment
    if calendar.is_open(moment):
        assert last == moment


def test_sound_spans_have_no_problem() -> None:
    assert span_problems(office().spans) == []
    morning, afternoon = Span(0, 9 * 60, 12 * 60), Span(0, 12 * 60, END_OF_DAY)
    assert span_problems([morning, afternoon]) == span_problems([afternoon, morning]) == []
    assert span_problems([Span(0, 9 * 60, 12 * 60), Span(1, 9 * 60, 12 * 60)]) == []


@pytest.mark.parametrize(
    ("span", "code"),
    [
        (Span(0, 12 * 60, 9 * 60), SpanProblemCode.ENDS_BEFORE_START),
        (Span(0, 9 * 60, 9 * 60), SpanProblemCode.ENDS_BEFORE_START),
        (Span(0, -1, 9 * 60), SpanProblemCode.OUTSIDE_DAY),
        (Span(0, 9 * 60, END_OF_DAY + 60), SpanProblemCode.OUTSIDE_DAY),
    ],
)
def test_an_impossible_span_is_a_problem(span: Span, code: SpanProblemCode) -> None:
    (problem,) = span_problems([span])
    assert (problem.code, problem.index, problem.other) == (code, 0, None)


@pytest.mark.parametrize(
    "later",
    [
        Span(0, 11 * 60, 13 * 60),
        Span(0, 8 * 60, 10 * 60),
        Span(0, 9 * 60, 12 * 60),
        Span(0, 10 * 60, 11 * 60),
        Span(0, 8 * 60, END_OF_DAY),
        Span(0, 0, END_OF_DAY),
    ],
)
def test_spans_that_overlap_are_a_problem(later: Span) -> None:
    (problem,) = span_problems([Span(1, 9 * 60, 12 * 60), Span(0, 9 * 60, 12 * 60), later])
    assert (problem.code, problem.index, problem.other) == (SpanProblemCode.OVERLAP, 2, 1)


def test_problems_come_in_the_order_of_the_spans() -> None:
    spans = [
        Span(0, 9 * 60, 12 * 60),
        Span(0, 10 * 60, 13 * 60),
        Span(0, 18 * 60, 14 * 60),
        Span(5, -1, 12 * 60),
    ]
    assert [problem.index for problem in span_problems(spans)] == [1, 2, 3]


def test_hours_with_a_problem_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"sites\.span-ends-before-start"):
        WeeklyHours(ZURICH, (Span(0, 12 * 60, 9 * 60),))


minutes = st.integers(-1, END_OF_DAY + 1)


@given(st.lists(st.builds(Span, st.integers(0, 2), minutes, minutes), max_size=5))
def test_hours_can_be_made_exactly_if_they_have_no_problem(spans: list[Span]) -> None:
    if span_problems(spans):
        with pytest.raises(ValueError):
            WeeklyHours(ZURICH, tuple(spans))
    else:
        assert WeeklyHours(ZURICH, tuple(spans)).spans == tuple(spans)
