"""What decides about a day: an exception, a public holiday, the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar, collision
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import ONE_DAY, DaySource, DayState, Span, Times
from comptoir.sites.public_holidays import public_holidays
from tests.sites.calendars import ZURICH, WeeklyHours, at, office, weekly_hours

ASCENSION = date(2027, 5, 6)  # a Thursday
CLOSED, OPEN, AS_USUAL = ExceptionKind.CLOSED, ExceptionKind.OPEN, ExceptionKind.AS_USUAL
MORNING = (Times(9 * 60, 11 * 60),)


def exception(
    first: date,
    last: date | None = None,
    kind: ExceptionKind = CLOSED,
    *,
    yearly: bool = False,
) -> DayException:
    hours = MORNING if kind is OPEN else ()
    return DayException(first, last or first, kind, hours, "Panne", yearly)


def fribourg(*exceptions: DayException) -> SiteCalendar:
    return SiteCalendar(ZURICH, office().hours(), exceptions, "CH-FR")


def test_an_ordinary_day_has_the_hours_of_its_week() -> None:
    day = fribourg().on(ASCENSION - ONE_DAY)
    assert day.source is DaySource.WEEK
    assert day.intervals == office().intervals(ASCENSION - ONE_DAY)


def test_public_holiday_is_closed_and_says_its_name() -> None:
    day = fribourg().on(ASCENSION)
    assert (day.intervals, day.source, day.reason) == ((), DaySource.HOLIDAY, "Ascension Day")


def test_a_canton_keeps_its_own_holidays_only() -> None:
    genevan_fast = date(2026, 9, 10)
    geneva = SiteCalendar(ZURICH, office().hours(), (), "CH-GE")
    assert not geneva.is_open_day(genevan_fast)
    assert fribourg().is_open_day(genevan_fast)


def test_site_without_a_region_knows_no_holidays() -> None:
    assert SiteCalendar(ZURICH, office().hours()).is_open_day(ASCENSION)


def test_exception_beats_the_week_and_gives_its_reason() -> None:
    day = fribourg(exception(date(2027, 5, 3))).on(date(2027, 5, 3))
    assert (day.intervals, day.source, day.reason) == ((), DaySource.EXCEPTION, "Panne")


def test_exception_beats_a_holiday() -> None:
    calendar = fribourg(exception(ASCENSION, kind=OPEN))
    assert calendar.intervals(ASCENSION) == WeeklyHours(
        ZURICH, (Span(3, 9 * 60, 11 * 60),)
    ).intervals(ASCENSION)


def test_holiday_may_be_worked_as_usual() -> None:
    calendar = fribourg(exception(ASCENSION, kind=AS_USUAL))
    assert calendar.intervals(ASCENSION) == office().intervals(ASCENSION)


def test_site_may_open_on_a_day_that_its_week_leaves_shut() -> None:
    sunday = date(2027, 5, 9)
    assert fribourg(exception(sunday, kind=OPEN)).is_open_day(sunday)


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2026, 12, 23), False),
        (date(2026, 12, 24), True),
        (date(2027, 1, 2), True),
        (date(2027, 1, 3), False),
        (date(2030, 12, 23), False),
        (date(2030, 12, 24), True),
        (date(2031, 1, 2), True),
        (date(2031, 1, 3), False),
        (date(2026, 1, 1), False),  # before its first year
    ],
)
def test_yearly_exception_comes_back_over_new_year(day: date, covered: bool) -> None:
    holidays = exception(date(2026, 12, 24), date(2027, 1, 2), yearly=True)
    assert holidays.covers(day) is covered


def test_29_february_is_the_28th_where_there_is_none() -> None:
    leap_day = exception(date(2028, 2, 29), yearly=True)
    assert leap_day.covers(date(2029, 2, 28))
    assert not leap_day.covers(date(2032, 2, 28))
    assert leap_day.covers(date(2032, 2, 29))


@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.integers(0, 400),
    st.booleans(),
    st.sampled_from([2023, 2024, 2027, 2028, 2031, 2032, 9999]),
)
def test_days_of_a_year_are_those_that_it_covers(
    first: date, more: int, yearly: bool, year: int
) -> None:
    days = exception(first, first + min(more, 364 if yearly else 400) * ONE_DAY, yearly=yearly)
    january, december = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    whole = [date.fromordinal(number) for number in range(january, december + 1)]
    found = set(days.days_in(year))
    assert found == {day for day in whole if days.covers(day)}


def test_exception_of_a_certain_year_beats_the_yearly_one() -> None:
    day = date(2028, 12, 24)
    calendar = fribourg(
        exception(date(2026, 12, 24), yearly=True),
        exception(day, kind=OPEN),
    )
    assert calendar.is_open_day(day)
    assert not calendar.is_open_day(date(2027, 12, 24))


def test_two_exceptions_about_one_day_collide() -> None:
    there = exception(date(2027, 5, 3), date(2027, 5, 5))
    assert collision([there], exception(date(2027, 5, 5))) == there
    assert collision([there], exception(date(2027, 5, 6))) is None


def test_yearly_and_single_exceptions_may_meet() -> None:
    every_year = exception(date(2026, 12, 24), yearly=True)
    assert collision([every_year], exception(date(2027, 12, 24))) is None
    assert collision([every_year], exception(date(2026, 12, 24))) is None
    assert collision([exception(date(2026, 12, 24))], every_year) is None


def test_two_yearly_exceptions_collide_in_whatever_year_they_began() -> None:
    every_year = exception(date(2026, 12, 30), date(2027, 1, 2), yearly=True)
    assert collision([every_year], exception(date(2030, 1, 2), yearly=True))
    assert not collision([every_year], exception(date(2030, 1, 3), yearly=True))


def test_two_yearly_exceptions_collide_on_the_last_day_of_a_leap_year() -> None:
    every_year = exception(date(2026, 12, 31), yearly=True)
    assert collision([every_year], exception(date(2027, 12, 31), yearly=True))


DAYS = st.dates(date(2026, 12, 1), date(2028, 3, 31))


@st.composite
def exceptions(draw: st.DrawFn) -> tuple[DayException, ...]:
    """Some exceptions that do not collide, as the program keeps them."""
    kept: list[DayException] = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(DAYS)
        new = exception(
            first,
            first + timedelta(days=draw(st.integers(0, 20))),
            draw(st.sampled_from(ExceptionKind)),
            yearly=draw(st.booleans()),
        )
        if collision(kept, new) is None:
            kept.append(new)
    return tuple(kept)


def hours_said_plainly(
    day: date, week: WeeklyHours, kept: Sequence[DayException], region: str
) -> tuple[str, Sequence[Span]]:
    """The precedence as one would say it, each rule a sentence."""
    spans: Sequence[Span] = [span for span in week.spans if span.weekday == day.weekday()]
    source = "week"
    if day in public_holidays(region):
        source, spans = "holiday", []
    usual = [span for span in week.spans if span.weekday == day.weekday()]
    for yearly in (True, False):
        for each in kept:
            if each.yearly == yearly and names_day(each, day):
                source = "exception"
                spans = {
                    CLOSED: [],
                    OPEN: [Span(day.weekday(), 9 * 60, 11 * 60)],
                    AS_USUAL: usual,
                }[each.kind]
    return source, spans


def names_day(each: DayException, day: date) -> bool:
    """Walk through the days of an exception, and of its returns, one by one."""
    length = (each.last_day - each.first_day).days
    if not each.yearly:
        return day in [each.first_day + number * ONE_DAY for number in range(length + 1)]
    same = [each.first_day + number * ONE_DAY for number in range(length + 1)]
    if day in same:
        return True
    ends = [(shifted(each.first_day, year), shifted(each.last_day, year)) for year in range(1, 4)]
    return any(first <= day <= last for first, last in ends)


def shifted(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        following = date(day.year + years, 3, 1)
        return following - ONE_DAY
    return date(day.year + years, day.month, day.day)


@given(weekly_hours(), exceptions(), st.sampled_from(["CH-FR", "CH-TI", "FR-67", ""]), DAYS)
def test_each_day_follows_the_precedence(
    week: WeeklyHours, kept: tuple[DayException, ...], region: str, day: date
) -> None:
    source, spans = hours_said_plainly(day, week, kept, region)
    found = SiteCalendar(week.zone, week.hours(), kept, region).on(day)
    assert found.source == source
    assert found.intervals == WeeklyHours(week.zone, tuple(spans)).intervals(day)


def of(text: str, *exceptions: DayException, region: str = "") -> SiteCalendar:
    return SiteCalendar(ZURICH, Hours.of(text) if text else None, exceptions, region)


SUMMER = "Mo-Fr 09:00-17:00; Jul-Aug Mo-Fr 08:00-12:00"
NATIONAL_DAY = date(2030, 8, 1)  # a Thursday, in the season


@pytest.mark.parametrize(
    ("day", "exceptions", "source", "closes"),
    [
        (date(2030, 6, 28), (), DaySource.WEEK, 17),
        (date(2030, 7, 31), (), DaySource.SEASON, 12),
        (NATIONAL_DAY, (), DaySource.HOLIDAY, None),
        (NATIONAL_DAY, (exception(NATIONAL_DAY, kind=OPEN),), DaySource.EXCEPTION, 11),
        (NATIONAL_DAY, (exception(NATIONAL_DAY, kind=AS_USUAL),), DaySource.EXCEPTION, 12),
        (date(2030, 7, 31), (exception(date(2030, 7, 31)),), DaySource.EXCEPTION, None),
    ],
)
def test_exception_beats_holiday_beats_season_beats_week(
    day: date, exceptions: tuple[DayException, ...], source: DaySource, closes: int | None
) -> None:
    calendar = of(SUMMER, *exceptions, region="CH-FR")
    assert calendar.on(day).source is source
    assert calendar.closing_of(day) == (at(day, time(closes)) if closes else None)


def test_holiday_has_hours_where_the_expression_names_it() -> None:
    calendar = of("Mo-Fr 09:00-17:00; PH 10:00-12:00", region="CH-FR")
    assert calendar.closing_of(ASCENSION) == at(ASCENSION, time(12))
    assert calendar.on(ASCENSION).source is DaySource.HOLIDAY
    assert calendar.closing_of(ASCENSION - ONE_DAY) == at(ASCENSION - ONE_DAY, time(17))


def test_hours_that_nobody_has_said_are_unknown_and_not_closed() -> None:
    silent = of("")
    assert silent.on(ASCENSION).state is DayState.UNKNOWN
    assert silent.status(at(ASCENSION, time(10))).state is DayState.UNKNOWN
    assert of("", region="CH-FR").on(ASCENSION).state is DayState.CLOSED
    usual = of("", exception(ASCENSION, kind=AS_USUAL))
    assert usual.on(ASCENSION).state is DayState.UNKNOWN


def test_by_appointment_is_neither_open_nor_closed() -> None:
    calendar = of('Mo 09:00-12:00, Tu 14:00-17:00 unknown "sur rendez-vous"')
    tuesday = date(2027, 5, 4)
    assert calendar.on(tuesday).state is DayState.BY_APPOINTMENT
    assert not calendar.is_open_day(tuesday)
    [stretch] = calendar.on(tuesday).stated()
    assert (stretch.state, stretch.note) == (DayState.BY_APPOINTMENT, "sur rendez-vous")
    status = calendar.status(at(tuesday, time(15)))
    assert (status.state, status.until) == (DayState.BY_APPOINTMENT, at(tuesday, time(17)))
    assert status.opens == at(date(2027, 5, 10), time(9))


def test_service_is_not_the_open_door() -> None:
    calendar = of('Mo 09:00-12:00, We 14:00-16:00 open "Atelier"')
    wednesday = date(2027, 5, 5)
    assert calendar.on(wednesday).state is DayState.SERVICE
    assert not calendar.is_open(at(wednesday, time(15)))
    assert calendar.status(at(wednesday, time(15))).reason == "Atelier"


def test_status_says_until_when_and_why() -> None:
    calendar = of("Mo-Fr 09:00-12:00,12:00-17:00; Jul-Aug off", exception(date(2027, 5, 4)))
    monday, tuesday = date(2027, 5, 3), date(2027, 5, 4)
    status = calendar.status(at(monday, time(10)))
    assert (status.state, status.until) == (DayState.OPEN, at(monday, time(17)))
    status = calendar.status(at(tuesday, time(10)))
    assert (status.state, status.source, status.reason) == (
        DayState.CLOSED,
        DaySource.EXCEPTION,
        "Panne",
    )
    assert status.opens == at(date(2027, 5, 5), time(9))
    assert calendar.status(at(date(2027, 7, 5), time(10))).source is DaySource.SEASON


def test_night_belongs_to_its_evening_and_is_open_until_it_ends() -> None:
    calendar = of("Fr 20:00-02:00")
    friday, saturday = date(2027, 5, 7), date(2027, 5, 8)
    assert calendar.is_open(at(saturday, time(1, 59)))
    assert not calendar.is_open(at(saturday, time(2)))
    assert not calendar.is_open_day(saturday)
    assert calendar.next_closing(at(friday, time(23))) == at(saturday, time(2))
    assert calendar.status(at(saturday, time(1))).state is DayState.OPEN
    assert calendar.last_open(at(saturday, time(12))) == at(saturday, time(2))


def test_hours_that_follow_on_over_midnight_are_one() -> None:
    calendar = of("Fr 20:00-24:00; Sa 00:00-03:00")
    assert calendar.next_closing(at(date(2027, 5, 7), time(21))) == at(date(2027, 5, 8), time(3))
    assert of("24/7").next_closing(at(date(2027, 5, 7), time(21))) is None
