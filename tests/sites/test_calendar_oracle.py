"""The calendar beside a slow and obvious one, which looks at each minute by itself.

The oracle walks through time in UTC, minute by minute, reads the clock on the wall of each,
and asks the rules whether the door is open at that date and time. Nothing is computed with
intervals, offsets or midnights. In the hour that a clock change repeats, the calendar opens at
the first of two equal times and closes at the first: what the oracle says there is asked of
the edges only where a clock shows them once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar, collision
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import DateRange, MonthDay
from comptoir.sites.opening_hours import AFTERNOON, END_OF_DAY, NIGHT_ENDS, ONE_DAY, Times
from comptoir.sites.public_holidays import public_holidays
from comptoir.sites.week_plan import GridSpan, HoursPlan, SeasonPlan

ZURICH, LORD_HOWE = ZoneInfo("Europe/Zurich"), ZoneInfo("Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)

#: Days around the changes of the clocks: by an hour, and by half an hour; a leap day; New Year.
DAYS = [
    (ZURICH, date(2027, 3, 28)),
    (ZURICH, date(2027, 10, 31)),
    (LORD_HOWE, date(2027, 4, 4)),
    (LORD_HOWE, date(2027, 10, 3)),
    (ZoneInfo("Asia/Kolkata"), date(2028, 2, 29)),
    (ZURICH, date(2027, 12, 31)),
]


class Oracle:
    """What the grid, the exceptions and the holidays say, each rule a sentence."""

    def __init__(
        self, plan: HoursPlan, exceptions: tuple[DayException, ...], region: str, zone: ZoneInfo
    ) -> None:
        self.plan, self.exceptions, self.region, self.zone = plan, exceptions, region, zone

    def spans_of(self, day: date) -> list[Times]:
        """The hours that begin on a day: exception > holiday > season > week."""
        usual = self.plan.spans
        for season in self.plan.seasons:
            if day in season.dates:
                usual = season.spans
        hours = [Times(each.opens, each.closes) for each in usual if each.weekday == day.weekday()]
        for yearly in (False, True):
            for each in self.exceptions:
                if each.yearly is yearly and each.covers(day):
                    if each.kind is ExceptionKind.AS_USUAL:
                        return hours
                    return list(each.hours)
        return [] if day in public_holidays(self.region) else hours

    def is_open(self, moment: datetime) -> bool:
        """True if the clock on the wall is within hours of its day, or of the evening before."""
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(
            each.opens <= minute + later < each.closes
            for later, day in ((0, local.date()), (END_OF_DAY, local.date() - ONE_DAY))
            for each in self.spans_of(day)
        )

    def opening_after(self, moment: datetime, days: int) -> datetime | None:
        """The first minute after a closed one at which it is open."""
        for number in range(1, days * END_OF_DAY):
            at = moment + number * MINUTE
            if self.is_open(at) and not self.is_open(at - MINUTE):
                return at
        return None


@st.composite
def weeks(draw: st.DrawFn) -> tuple[GridSpan, ...]:
    """Hours with gaps between them, some past midnight, and never on the hour alone."""
    spans = []
    for weekday in draw(st.sets(st.integers(0, 6))):
        edges = sorted(
            draw(st.sets(st.integers(NIGHT_ENDS - END_OF_DAY + 1, END_OF_DAY), max_size=4))
        )
        pairs = [list(pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
        if pairs and pairs[-1][0] >= AFTERNOON and draw(st.booleans()):
            pairs[-1][1] = draw(st.integers(END_OF_DAY + 1, NIGHT_ENDS))
        spans += [GridSpan(weekday, opens, closes) for opens, closes in pairs]
    return tuple(sorted(spans))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[SiteCalendar, Oracle, date]:
    """A calendar, its oracle, and a day around which something happens to the clocks."""
    zone, day = draw(st.sampled_from(DAYS))
    seasons: tuple[SeasonPlan, ...] = ()
    if draw(st.booleans()):
        first, last = (day + draw(st.integers(-3, 3)) * ONE_DAY for _ in range(2))
        dates = DateRange(MonthDay(first.month, first.day), MonthDay(last.month, last.day))
        seasons = (SeasonPlan(dates, draw(weeks())),)
    plan = HoursPlan(draw(weeks()), seasons)
    kept: list[DayException] = []
    for _ in range(draw(st.integers(0, 3))):
        first = day + draw(st.integers(-3, 3)) * ONE_DAY
        kind = draw(st.sampled_from(ExceptionKind))
        hours = (Times(613, 741), Times(1201, 1511)) if kind is ExceptionKind.OPEN else ()
        new = DayException(
            first, first + draw(st.integers(0, 2)) * ONE_DAY, kind, hours, "", draw(st.booleans())
        )
        if collision(kept, new) is None:
            kept.append(new)
    region = draw(st.sampled_from(["CH-FR", "FR-67", ""]))
    text = plan.expression("en")
    calendar = SiteCalendar(zone, Hours.of(text) if text else Hours(()), tuple(kept), region)
    return calendar, Oracle(plan, tuple(kept), region, zone), day


def shown_once(moment: datetime, zone: ZoneInfo) -> bool:
    """True if no clock change is near that makes one time of the wall two moments."""
    return all(
        (moment + timedelta(hours=hours)).astimezone(zone).utcoffset()
        == moment.astimezone(zone).utcoffset()
        for hours in (-2, 2)
    )


@settings(max_examples=60)
@given(calendars())
def test_each_minute_is_as_the_oracle_says(found: tuple[SiteCalendar, Oracle, date]) -> None:
    calendar, oracle, day = found
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - ONE_DAY
    for number in range(0, 3 * END_OF_DAY, 7):
        at = start + number * MINUTE
        if shown_once(at, calendar.zone):
            assert calendar.is_open(at) is oracle.is_open(at), at


@settings(max_examples=25)
@given(calendars(), st.integers(0, END_OF_DAY))
def test_next_opening_and_closing_are_the_first_that_the_oracle_meets(
    found: tuple[SiteCalendar, Oracle, date], minute: int
) -> None:
    calendar, oracle, day = found
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - ONE_DAY + minute * MINUTE
    opening = oracle.opening_after(at, days=4)
    if opening and shown_once(opening, calendar.zone) and shown_once(at, calendar.zone):
        assert calendar.next_opening(at) == opening
    if oracle.is_open(at) and shown_once(at, calendar.zone):
        closing = next(
            at + later * MINUTE
            for later in range(1, 3 * END_OF_DAY)
            if not oracle.is_open(at + later * MINUTE)
        )
        if shown_once(closing, calendar.zone):
            assert calendar.next_closing(at) == closing


@settings(max_examples=60)
@given(calendars())
def test_open_days_are_those_on_which_hours_begin(
    found: tuple[SiteCalendar, Oracle, date],
) -> None:
    calendar, oracle, day = found
    first, last = day - 4 * ONE_DAY, day + 4 * ONE_DAY
    expected = [
        each for each in (first + number * ONE_DAY for number in range(9)) if oracle.spans_of(each)
    ]
    # A clock change may swallow short hours: then the day is closed.
    swallowed = {each for each in expected if not calendar.intervals(each)}
    assert list(calendar.open_days(first, last)) == [
        each for each in expected if each not in swallowed
    ]
    assert swallowed <= {day}


@pytest.mark.parametrize(("zone", "hours"), [(ZURICH, 1.0), (LORD_HOWE, 0.5)])
def test_night_over_a_clock_change_is_longer_or_shorter(zone: ZoneInfo, hours: float) -> None:
    nights = SiteCalendar(zone, Hours.of("Sa 20:00-06:00"))
    lengths = {
        (interval.closes - interval.opens) / timedelta(hours=1)
        for day in (date(2027, 1, 2) + 7 * week * ONE_DAY for week in range(52))
        for interval in nights.intervals(day)
    }
    assert lengths == {10 - hours, 10.0, 10 + hours}
