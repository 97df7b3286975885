"""Whether a voucher is given: values alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from comptoir.core.ids import new_id
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.errors import sentence
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.rules import BorrowerFacts
from comptoir.lending.vouchers.rules import (
    Given,
    Giving,
    HeldIssue,
    HeldVoucher,
    Limits,
    day_aside,
    is_day_to_set_aside,
    passed_limit,
    refuse_giving,
    refuse_replacing,
    refuse_voucher,
    still_possible,
)
from comptoir.sites.opening_hours import Calendar, Interval

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ANYBODY = Giving(active=True, zone=ZoneInfo("Europe/Zurich"), without_borrower=True)
SOMEBODY = replace(
    ANYBODY,
    without_borrower=False,
    borrower=BorrowerFacts(new_id()),
    limits=Limits(person=1, household=2, period_days=30),
)


def code_of(facts: Giving) -> str | None:
    refusal = refuse_giving(facts, now=NOW)
    return refusal.code if refusal else None


def test_somebody_is_given_a_voucher_that_their_group_may_have() -> None:
    assert code_of(SOMEBODY) is None
    assert code_of(ANYBODY) is None


def test_each_reason_comes_before_those_after_it() -> None:
    """Everything is wrong at first; one thing after the other is put right."""
    facts = replace(
        SOMEBODY,
        active=False,
        limits=None,
        visit_is_theirs=False,
        borrower=BorrowerFacts(new_id(), eligible_until=date(2026, 11, 1), suspended_at=NOW),
        given=Given(own=(TODAY,), household=(TODAY, TODAY)),
    )
    found = []
    for change in (
        {},
        {"active": True},
        {"limits": SOMEBODY.limits},
        {"visit_is_theirs": True},
        {"borrower": BorrowerFacts(new_id(), eligible_until=date(2026, 11, 1))},
        {"borrower": BorrowerFacts(new_id())},
        {"given": Given(household=(TODAY, TODAY))},
        {"given": Given(household=(TODAY,))},
    ):
        facts = replace(facts, **change)
        found.append(code_of(facts))
    assert found == [
        RefusalCode.VOUCHER_KIND_ENDED,
        RefusalCode.VOUCHER_NO_POLICY,
        RefusalCode.VISIT_NOT_OPEN,
        RefusalCode.BORROWER_SUSPENDED,
        RefusalCode.BORROWER_INELIGIBLE,
        RefusalCode.VOUCHER_PERSON_LIMIT_REACHED,
        RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED,
        None,
    ]


def test_without_a_borrower_only_kinds_that_allow_it_are_given() -> None:
    asked = replace(ANYBODY, without_borrower=False)
    assert code_of(asked) == RefusalCode.VOUCHER_NEEDS_BORROWER
    assert code_of(replace(ANYBODY, active=False)) == RefusalCode.VOUCHER_KIND_ENDED


def test_a_reason_passes_the_limits_and_nothing_else() -> None:
    over = replace(SOMEBODY, given=Given(own=(TODAY,)), anyhow=True)
    assert code_of(over) is None
    assert code_of(replace(over, limits=None)) == RefusalCode.VOUCHER_NO_POLICY


def test_a_period_of_thirty_days_ends_the_day_that_is_told() -> None:
    limits, first = Limits(1, None, 30), TODAY
    given = Given(own=(first,))
    last_refused = first + timedelta(days=29)
    refusal = passed_limit(limits, given, last_refused)
    assert refusal
    assert refusal.data == {"limit": 1, "days": 30, "wait_until": date(2026, 12, 24)}
    assert passed_limit(limits, given, date(2026, 12, 24)) is None


def test_of_several_the_one_that_frees_a_place_is_told() -> None:
    """Two may be had, three were given (one with a reason): the second must be past."""
    days = (date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 9))
    refusal = passed_limit(Limits(2, None, 30), Given(own=days), TODAY)
    assert refusal
    assert refusal.data["wait_until"] == date(2026, 12, 5)


@for_all(
    st.lists(st.dates(date(2026, 10, 1), TODAY), max_size=8),
    st.integers(1, 5),
    st.integers(1, 60),
)
def test_the_day_told_is_the_first_on_which_it_is_possible(
    days: list[date], limit: int, period: int
) -> None:
    limits, given = Limits(limit, None, period), Given(own=tuple(days))
    refusal = passed_limit(limits, given, TODAY)
    assert (refusal is None) == (still_possible(limits, given, TODAY) != 0)
    if refusal:
        told = refusal.data["wait_until"]
        assert isinstance(told, date)
        assert passed_limit(limits, given, told) is None
        assert passed_limit(limits, given, told - timedelta(days=1)) is not None


def test_what_is_left_is_the_smaller_of_both_limits() -> None:
    given = Given(own=(TODAY,), household=(TODAY, TODAY))
    assert still_possible(Limits(3, 3, 30), given, TODAY) == 1
    assert still_possible(Limits(None, None, 30), given, TODAY) is None
    assert still_possible(Limits(None, 1, 30), given, TODAY) == 0


@pytest.mark.parametrize(
    ("voucher", "code"),
    [
        (HeldVoucher(VoucherStatus.AVAILABLE), None),
        (HeldVoucher(VoucherStatus.RESERVED), None),
        (HeldVoucher(VoucherStatus.ISSUED, place="Bulle"), RefusalCode.VOUCHER_ISSUED_ALREADY),
        (HeldVoucher(VoucherStatus.ACTIVATED), RefusalCode.VOUCHER_ISSUED_ALREADY),
        (HeldVoucher(VoucherStatus.ISSUED, in_visit=True), RefusalCode.VOUCHER_GIVEN_IN_VISIT),
        (HeldVoucher(VoucherStatus.VOID), RefusalCode.VOUCHER_VOID),
        (HeldVoucher(VoucherStatus.EXPIRED), RefusalCode.VOUCHER_EXPIRED),
        (HeldVoucher(VoucherStatus.IN_TRANSIT, place="Bulle"), RefusalCode.VOUCHER_IN_TRANSIT),
        (
            HeldVoucher(VoucherStatus.AVAILABLE, place="Bulle", is_past=True),
            RefusalCode.VOUCHER_ELSEWHERE,
        ),
        (
            HeldVoucher(VoucherStatus.AVAILABLE, is_past=True),
            RefusalCode.VOUCHER_TOO_LATE_TO_ACTIVATE,
        ),
        (HeldVoucher(VoucherStatus.RESERVED, reserved=True), RefusalCode.VOUCHER_RESERVED),
        (
            HeldVoucher(VoucherStatus.RESERVED, reserved=True, other_aside=True),
            RefusalCode.VOUCHER_RESERVED,
        ),
        (
            HeldVoucher(VoucherStatus.AVAILABLE, other_aside=True),
            RefusalCode.VOUCHER_OTHER_SET_ASIDE,
        ),
    ],
)
def test_the_voucher_in_the_hand_says_why_it_is_not_given(
    voucher: HeldVoucher, code: RefusalCode | None
) -> None:
    refusal = refuse_voucher(replace(voucher, activate_by=TODAY))
    assert (refusal.code if refusal else None) == code
    assert refusal is None or sentence(refusal)


def test_what_is_set_aside_counts_as_if_it_were_given() -> None:
    limits = Limits(2, 3, 30)
    one = Given(own=(TODAY,), household=(TODAY,), own_aside=1, all_aside=1)
    assert still_possible(limits, one, TODAY) == 0
    refused = passed_limit(limits, one, TODAY)
    assert refused is not None
    assert refused.code == RefusalCode.VOUCHER_SET_ASIDE_COUNTS
    assert refused.data == {"limit": 2, "days": 30}
    # What was given says from when on the next is possible: it is told first.
    both = Given(own=(TODAY, TODAY), household=(TODAY, TODAY), own_aside=1, all_aside=1)
    refused = passed_limit(limits, both, TODAY)
    assert refused is not None
    assert refused.code == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED
    mates = Given(household=(TODAY, TODAY), all_aside=1)
    refused = passed_limit(limits, mates, TODAY)
    assert refused is not None
    assert refused.data == {"limit": 3, "days": 30}
    assert passed_limit(limits, Given(own_aside=1, all_aside=2), TODAY) is None


class _Weekly(Calendar):
    """Open on these days of the week, Monday being 0."""

    zone = ZoneInfo("Europe/Zurich")

    def __init__(self, *days: int) -> None:
        self.days = days

    def intervals(self, day: date) -> tuple[Interval, ...]:
        if day.weekday() not in self.days:
            return ()
        opens = datetime(day.year, day.month, day.day, 9, tzinfo=self.zone)
        return (Interval(opens, opens + timedelta(hours=8)),)


@pytest.mark.parametrize(
    ("open_on", "chosen", "activate_by", "day"),
    [
        ((0, 1, 2, 3, 4), None, None, date(2026, 11, 27)),
        ((1,), None, None, date(2026, 12, 15)),
        ((), None, None, date(2026, 12, 1)),
        ((0, 1, 2, 3, 4), TODAY, None, TODAY),
        ((0, 1, 2, 3, 4), None, date(2026, 11, 25), date(2026, 11, 25)),
        ((0, 1, 2, 3, 4), date(2026, 12, 24), date(2026, 11, 25), date(2026, 11, 25)),
    ],
)
def test_a_voucher_lies_aside_until_a_day(
    open_on: tuple[int, ...], chosen: date | None, activate_by: date | None, day: date
) -> None:
    assert day_aside(chosen, activate_by, TODAY, _Weekly(*open_on)) == day


def test_a_day_in_the_past_or_far_away_is_none_to_set_aside() -> None:
    days = {-1: False, 0: True, 30: True, 31: False}
    found = {each: is_day_to_set_aside(TODAY + timedelta(each), TODAY) for each in days}
    assert found == days


def test_nobody_goes_on_from_a_replacement_but_a_coordinator() -> None:
    held = HeldIssue(VoucherStatus.ISSUED, replaces=True)
    refused = refuse_replacing(held, coordinator=False)
    assert refused is not None
    assert refused.code == RefusalCode.VOUCHER_REPLACED_BEFORE
    assert refuse_replacing(held, coordinator=True) is None
    first = HeldIssue(VoucherStatus.ISSUED)
    assert refuse_replacing(first, coordinator=False) is None
