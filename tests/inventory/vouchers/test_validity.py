"""Until when a voucher is good, at the operator's midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.inventory.vouchers.validity import end_of_day, expires_at, today_at

ZURICH = ZoneInfo("Europe/Zurich")
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def test_the_day_of_activation_is_not_counted() -> None:
    activated = datetime(2026, 3, 1, 9, 0, tzinfo=ZURICH)
    assert expires_at(activated, 30, "Europe/Zurich") == datetime(2026, 4, 1, tzinfo=ZURICH)


def test_the_day_is_the_operators() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # 1 July in Zurich
    assert expires_at(late, 1, "Europe/Zurich") == datetime(2026, 7, 3, tzinfo=ZURICH)
    assert expires_at(late, 1, "Europe/London") == datetime(
        2026, 7, 2, tzinfo=ZoneInfo("Europe/London")
    )
    assert today_at(late, "Europe/Zurich") == date(2026, 7, 1)


def test_some_do_not_expire_by_themselves() -> None:
    assert expires_at(datetime(2026, 3, 1, tzinfo=UTC), None, "Europe/Zurich") is None


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_a_day_ends_at_midnight_whatever_the_clock_does_in_it(day: date) -> None:
    ends = end_of_day(day, "Europe/Zurich")
    assert (ends.hour, ends.minute, ends.date()) == (0, 0, day + timedelta(days=1))


@given(
    st.integers(0, 20 * 365 * 24 * 60).map(lambda each: EPOCH + timedelta(minutes=each)),
    st.integers(0, 400),
    st.sampled_from(["Europe/Zurich", "Europe/Paris", "America/Nuuk", "Asia/Kathmandu"]),
)
def test_it_holds_for_at_least_the_days_it_says_and_less_than_one_more(
    activated: datetime, days: int, zone: str
) -> None:
    ends = expires_at(activated, days, zone)
    assert ends is not None
    local, end = activated.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    assert (end.hour, end.minute) == (0, 0)
    assert end.date() - local.date() == timedelta(days=days + 1)
