"""When somebody is told that vouchers expire: pure, and over any month."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.ids import new_id
from comptoir.inventory.vouchers.validity import end_of_day
from comptoir.notifications.endings.rules import End, HeldVoucher, due_endings
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.rules import Place, place_at
from comptoir.sites.calendar import SiteCalendar
from tests.sites.calendars import ZURICH, office
from tests.sites.calendars import at as moment

SITE = UUID(int=1)
FRIDAY = date(2026, 10, 9)
CALENDAR = SiteCalendar(ZURICH, office().hours(), (), "FR")


def held(last_day: date = FRIDAY, **values: Any) -> HeldVoucher:
    usual: dict[str, Any] = {
        "issue_id": new_id(),
        "site_id": SITE,
        "end": End.USED,
        "last_day": last_day,
        "ends_at": end_of_day(last_day, "Europe/Zurich"),
        "since": moment(date(2026, 9, 9), time(10)),
        "days": 3,
    }
    return HeldVoucher(**usual | values)


def due(
    some: list[HeldVoucher], now: datetime, last_text: datetime | None = None
) -> list[tuple[HeldVoucher, ...]]:
    sites = {SITE: place_at(CALENDAR, SendingHours(), now=now)}
    return due_endings(some, sites, last_text=last_text, now=now)


@pytest.mark.parametrize(
    ("day", "hour", "is_told"),
    [
        (5, 20, False),
        (6, 7, False),  # it is night
        (6, 8, True),
        (8, 12, True),  # nothing ran for two days
        (9, 19, True),
        (9, 21, False),
        (10, 8, False),  # it has ended
    ],
)
def test_from_three_days_before_until_it_ends(day: int, hour: int, is_told: bool) -> None:
    one = held()
    found = due([one], moment(date(2026, 10, day), time(hour)))
    assert found == ([(one,)] if is_told else [])


def test_the_days_are_counted_from_the_last_one_by_the_clock_of_the_site() -> None:
    night = moment(FRIDAY - timedelta(days=3), time(0))
    awake = {SITE: Place(ZURICH, None, may_write=True)}
    assert due_endings([held()], awake, last_text=None, now=night)
    before = night - timedelta(microseconds=1)
    assert not due_endings([held()], awake, last_text=None, now=before)


def test_nothing_is_said_where_nobody_wants_it_said() -> None:
    assert not due([held(days=None)], moment(date(2026, 10, 6), time(10)))


def test_nothing_is_said_of_what_was_begun_in_the_last_days() -> None:
    begun = moment(FRIDAY - timedelta(days=3), time(9))
    now = moment(FRIDAY - timedelta(days=1), time(9))
    assert not due([held(since=begun)], now)
    assert due([held(since=begun - timedelta(days=1))], now)


def test_those_of_a_day_are_one_text_and_others_wait() -> None:
    now = moment(date(2026, 10, 6), time(10))
    friday, other, thursday = held(), held(), held(FRIDAY - timedelta(days=1))
    assert due([friday, thursday, other], now) == [(thursday,)]
    [text] = due([friday, other], now)
    assert set(text) == {friday, other}


def test_after_a_reminder_of_today_it_waits_if_it_can() -> None:
    one = held()
    now = moment(date(2026, 10, 6), time(10))
    assert not due([one], now, last_text=now - timedelta(hours=1))
    assert due([one], now, last_text=now - timedelta(days=1))
    last = moment(FRIDAY, time(10))
    assert due([one], last, last_text=last - timedelta(hours=1))
    # On Sunday no message arrives, and then it is over.
    sunday = held(date(2026, 10, 11))
    saturday = moment(date(2026, 10, 10), time(10))
    assert due([sunday], saturday, last_text=saturday - timedelta(hours=1))


STEP = timedelta(hours=3)
ZONES = ["Europe/Zurich", "Europe/Paris", "Australia/Lord_Howe", "America/Nuuk"]


class Month:
    """One person's vouchers, when each is taken away, and when anything ran at all."""

    def __init__(
        self,
        calendar: SiteCalendar,
        vouchers: list[HeldVoucher],
        gone: dict[UUID, datetime],
        reminders: set[date],
        ticks: list[datetime],
    ) -> None:
        self.calendar, self.vouchers, self.gone = calendar, vouchers, gone
        self.reminders, self.ticks = reminders, ticks
        self.texts: list[tuple[datetime, tuple[HeldVoucher, ...]]] = []

    def __repr__(self) -> str:
        return f"{self.vouchers} {self.gone} {self.texts}"

    def play(self) -> Month:
        """Sweep at each tick, and keep what was sent as the database would."""
        told: set[UUID] = set()
        last: datetime | None = None
        for now in self.ticks:
            here = now.astimezone(self.calendar.zone)
            if here.date() in self.reminders and here.hour >= 8:
                last = max(now, last or now)
            out = [
                each
                for each in self.vouchers
                if each.issue_id not in told and self.gone[each.issue_id] > now
            ]
            sites = {SITE: place_at(self.calendar, SendingHours(), now=now)}
            for text in due_endings(out, sites, last_text=last, now=now):
                self.texts.append((now, text))
                told |= {each.issue_id for each in text}
                last = now
        return self


@st.composite
def months(draw: st.DrawFn) -> Month:
    first = draw(st.sampled_from([date(2026, 3, 16), date(2026, 10, 12), date(2026, 11, 16)]))
    zone = draw(st.sampled_from(ZONES))
    operator = draw(st.sampled_from(ZONES))
    start = datetime.combine(first, time(), UTC)
    vouchers, gone = [], {}
    for day, days, age, taken in draw(
        st.lists(
            st.tuples(
                st.integers(0, 20),
                st.sampled_from([None, 1, 3, 7]),
                st.integers(0, 30),
                st.integers(0, 60),
            ),
            min_size=1,
            max_size=5,
        )
    ):
        last_day = first + timedelta(days=day)
        ends_at = end_of_day(last_day, operator)
        one = held(
            last_day, ends_at=ends_at, days=days, since=ends_at - timedelta(days=age, hours=9)
        )
        vouchers.append(one)
        gone[one.issue_id] = start + timedelta(days=taken, hours=5)
    down = draw(st.lists(st.tuples(st.integers(0, 180), st.integers(1, 40)), max_size=2))
    ticks = [
        start + number * STEP
        for number in range(8 * 24)
        if not any(begin <= number < begin + length for begin, length in down)
    ]
    reminders = {first + timedelta(days=day) for day in draw(st.sets(st.integers(0, 24)))}
    calendar = SiteCalendar(ZoneInfo(zone), office().hours(), (), "FR")
    return Month(calendar, vouchers, gone, reminders, ticks).play()


@settings(max_examples=80)
@given(months())
def test_each_is_told_once_at_most_in_daytime_and_never_after_it_ended(month: Month) -> None:
    counts = Counter(each.issue_id for _now, text in month.texts for each in text)
    assert set(counts.values()) <= {1}
    for now, text in month.texts:
        assert len({each.last_day for each in text}) == 1
        local = now.astimezone(month.calendar.zone)
        assert 8 <= local.hour < 20
        assert local.weekday() != 6
        for each in text:
            assert each.days is not None
            assert now < each.ends_at
            assert now < month.gone[each.issue_id]
            assert (each.last_day - local.date()).days <= each.days


@settings(max_examples=80)
@given(months())
def test_nobody_is_left_untold_who_could_be_told(month: Month) -> None:
    """Whoever is not told had no moment for it: whatever was waited for came in time."""
    told = {each.issue_id for _now, text in month.texts for each in text}
    for each in month.vouchers:
        if each.issue_id in told or each.days is None:
            continue
        begins = datetime.combine(
            each.last_day - timedelta(days=each.days), time(), month.calendar.zone
        )
        if each.since >= begins:
            continue
        until = min(each.ends_at, month.gone[each.issue_id])
        times = [
            now
            for now in month.ticks
            if begins <= now < until and place_at(month.calendar, SendingHours(), now=now).may_write
        ]
        # It waited for tomorrow, and was taken away, or nothing ran.
        assert all(
            place_at(month.calendar, SendingHours(), now=now).again < each.ends_at  # type: ignore[operator]
            for now in times
        )
