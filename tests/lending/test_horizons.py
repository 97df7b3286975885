"""A door that is shut for longer than a lending rule reaches is warned of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.inventory.tables import Item
from comptoir.lending.closures.horizons import KIND, KeptTooLong
from comptoir.lending.due_dates import (
    WEEKS_AWAITED,
    DueMode,
    ShutStretch,
    due_at,
    horizon,
    new_shut_stretches,
    outlasts_horizon,
)
from comptoir.lending.tables import Policy
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import preview_hours
from comptoir.sites.exceptions.consequences import Consequence
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.lending.counter import Desk
from tests.lending.facts import TODAY
from tests.sites.calendars import WeeklyHours, closed_from, moments, office, weekly_hours

IN_A_YEAR = TODAY + timedelta(days=365)
#: Of a loan that begins on Monday, 7 December, at the office.
HORIZONS = [
    (DueMode.CALENDAR_DAYS, 14, date(2027, 1, 18)),
    (DueMode.CALENDAR_DAYS, 12, date(2027, 1, 16)),  # a Saturday, as it may be
    (DueMode.CALENDAR_DAYS_NEXT_OPEN, 12, date(2027, 1, 18)),
    (DueMode.SAME_WEEKDAY, 10, date(2027, 1, 18)),
    (DueMode.OPEN_DAYS, 14, date(2027, 1, 22)),
]


@pytest.mark.parametrize(("mode", "length", "last"), HORIZONS)
def test_horizon_of_a_rule_is_four_weeks_after_its_due_date(
    mode: DueMode, length: int, last: date
) -> None:
    assert horizon(length, mode, TODAY, office()) == last


@pytest.mark.parametrize(("mode", "length", "last"), HORIZONS)
def test_shut_until_the_horizon_is_not_too_long_and_a_day_more_is(
    mode: DueMode, length: int, last: date
) -> None:
    def too_long(opens: date | None) -> bool:
        return outlasts_horizon(length, mode, ShutStretch(TODAY, opens), office())

    assert not too_long(last)
    assert too_long(last + timedelta(days=1))
    assert too_long(None)


def test_what_is_used_on_site_has_no_horizon() -> None:
    assert horizon(2, DueMode.ON_SITE, TODAY, office()) is None
    assert not outlasts_horizon(2, DueMode.ON_SITE, ShutStretch(TODAY, None), office())


@given(
    st.integers(1, 60),
    st.sampled_from([mode for mode in DueMode if mode is not DueMode.ON_SITE]),
    moments(),
    weekly_hours(least_days=1),
)
def test_loan_made_now_is_due_in_its_horizon(
    length: int, mode: DueMode, start: datetime, calendar: WeeklyHours
) -> None:
    due, day = due_at(length, mode, start, calendar), calendar.local_date(start)
    last = horizon(length, mode, day, calendar)
    assert isinstance(due, datetime)
    assert last is not None
    assert last - calendar.local_date(due) == timedelta(weeks=WEEKS_AWAITED)


def test_only_what_is_shut_anew_and_for_more_than_four_weeks_is_looked_at() -> None:
    before = office()
    long = closed_from(date(2027, 1, 4), date(2027, 2, 5))
    [found] = new_shut_stretches(before, long, first=TODAY, last=IN_A_YEAR)
    assert found == ShutStretch(date(2027, 1, 1), date(2027, 2, 8))
    short = closed_from(date(2027, 1, 4), date(2027, 1, 28))
    assert new_shut_stretches(before, short, first=TODAY, last=IN_A_YEAR) == []
    assert new_shut_stretches(long, long, first=TODAY, last=IN_A_YEAR) == []
    never = WeeklyHours(before.zone)
    assert new_shut_stretches(before, never, first=TODAY, last=IN_A_YEAR) == [
        ShutStretch(TODAY, None)
    ]


def test_stretch_that_has_begun_counts_from_the_day_before_it() -> None:
    long = closed_from(date(2026, 12, 3), date(2027, 1, 8))
    [found] = new_shut_stretches(office(), long, first=TODAY, last=IN_A_YEAR)
    assert found == ShutStretch(date(2026, 12, 2), date(2027, 1, 11))


def test_only_the_stretch_around_the_days_in_question_is_looked_at() -> None:
    long = closed_from(date(2027, 1, 4), date(2027, 2, 5))
    stretch = ShutStretch(date(2027, 1, 1), date(2027, 2, 8))
    inside, after = date(2027, 1, 20), date(2027, 2, 8)
    assert new_shut_stretches(office(), long, first=inside, last=inside) == [stretch]
    assert new_shut_stretches(office(), long, first=after, last=IN_A_YEAR) == []


# In the previews

FIRST = date(2026, 12, 1)


async def look(
    desk: Desk, now: datetime, last: date, kind: ExceptionKind = ExceptionKind.CLOSED
) -> Consequence | None:
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    command = AnnounceException((desk.site.id,), FIRST, last, kind)
    found = await preview_exception(actor, command, now=now)
    return next((each for each in found.consequences if each.kind == KIND), None)


@pytest.mark.parametrize(
    ("mode", "last_day"),
    [
        # Lent on Monday, 30 November for a week: due on 7 December (open days: on the 9th),
        # and four weeks more are 4 January (6 January).
        ("calendar_days", date(2027, 1, 3)),
        ("calendar_days_next_open", date(2027, 1, 3)),
        ("same_weekday", date(2027, 1, 3)),
        ("open_days", date(2027, 1, 5)),
    ],
)
async def test_closure_beyond_the_horizon_of_each_mode_is_warned_of(
    desk: Desk, now: datetime, mode: str, last_day: date
) -> None:

    await Policy.update({Policy.mode: mode, Policy.length: 7}, force=True)
    assert await look(desk, now, last_day) is None
    with use_language("en"):
        found = await look(desk, now, last_day + timedelta(days=1))
    assert found is not None
    assert found.count == 1
    assert isinstance(found.data, list)
    [kept] = found.data
    assert isinstance(kept, KeptTooLong)
    assert kept.first == FIRST
    assert "Comptoir de Fribourg would be shut from 1 December 2026" in found.text


async def test_closure_in_the_horizon_or_of_special_hours_is_not(desk: Desk, now: datetime) -> None:
    assert await look(desk, now, FIRST + timedelta(days=40)) is None
    assert await look(desk, now, FIRST + timedelta(days=200), ExceptionKind.AS_USUAL) is None


@pytest.mark.parametrize("why", ["elsewhere", "retired"])
async def test_rules_for_what_a_site_does_not_have_are_not_its(
    desk: Desk, now: datetime, why: str
) -> None:
    long = FIRST + timedelta(days=90)
    assert await look(desk, now, long) is not None
    values: dict[Any, Any] = {Item.status: "retired"}
    if why == "elsewhere":
        values = {Item.home_site: (await make.site()).id}
    await Item.update(values, force=True)
    assert await look(desk, now, long) is None


async def test_long_closure_is_announced_all_the_same(desk: Desk, now: datetime) -> None:
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    last = FIRST + timedelta(days=90)
    command = AnnounceException((desk.site.id,), FIRST, last, ExceptionKind.CLOSED)
    seen = (await preview_exception(actor, command, now=now)).seen
    command = AnnounceException((desk.site.id,), FIRST, last, ExceptionKind.CLOSED, seen=seen)
    assert (await announce_exception(actor, command, now=now)).ids


@pytest.mark.parametrize(
    ("hours", "kept"),
    [
        ("Mo-Fr 09:00-17:00; Jul-Aug off", date(2027, 7, 1)),
        ("Mo-Fr 09:00-17:00; Jul off", None),
        ("Mo 09:00-17:00", None),
        ("", date(2026, 11, 25)),
    ],
)
async def test_hours_with_a_long_break_are_warned_of(
    desk: Desk, now: datetime, hours: str, kept: date | None
) -> None:
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    with use_language("en"):
        found = (await preview_hours(actor, desk.site.id, hours, now=now)).consequences
    data = [each.data for each in found if each.kind == KIND]
    firsts = [each.first for stretches in data for each in stretches]  # type: ignore[attr-defined]
    assert firsts == ([kept] if kept else [])
