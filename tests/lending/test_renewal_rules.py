"""Each rule of renewing says no when it should, and in the written order."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import combinations

import pytest
from msgspec.structs import replace

from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.due_dates import DueMode
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import (
    BorrowerFacts,
    PolicyFacts,
    renewal_due,
)
from tests.lending.facts import (
    ANNA,
    CHECK_OUT,
    NOW,
    POLICY,
    RENEWAL,
    TODAY,
    refuse_check_out,
    refuse_renewal,
)
from tests.sites.calendars import ZURICH, WeeklyHours, at

YESTERDAY = TODAY - timedelta(days=1)


def renew(**changes: object) -> Refusal | None:
    """The answer for a loan of which this is known."""
    return refuse_renewal(replace(RENEWAL, **changes), now=NOW)


def test_everything_in_order_is_renewed_from_the_due_date() -> None:
    assert renew() is None
    assert renewal_due(RENEWAL, now=NOW) == at(date(2026, 12, 21), time(18))


def test_a_renewal_of_no_stated_length_is_as_long_as_the_loan() -> None:
    facts = replace(RENEWAL, policy=replace(POLICY, renewal_length=0))
    assert renewal_due(facts, now=NOW) == at(date(2026, 12, 28), time(18))


def test_an_overdue_loan_is_renewed_from_today() -> None:
    facts = replace(RENEWAL, due_at=at(date(2026, 11, 30), time(18)))
    assert renewal_due(facts, now=NOW) == at(date(2026, 12, 14), time(18))


def test_loan_brought_back_is_not_renewed() -> None:
    assert renew(returned=True) == Refusal(RefusalCode.LOAN_RETURNED)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ItemStatus.LOST, RefusalCode.ITEM_LOST),
        (ItemStatus.STOLEN, RefusalCode.ITEM_STOLEN),
        (ItemStatus.ON_LOAN, None),
    ],
)
def test_loan_of_a_lost_item_is_not_renewed(status: ItemStatus, code: RefusalCode | None) -> None:
    assert renew(item_status=status) == (Refusal(code) if code else None)


def test_loan_without_a_policy_any_more_is_not_renewed() -> None:
    assert renew(policy=None) == Refusal(RefusalCode.NO_POLICY)


@pytest.mark.parametrize(("used", "refused"), [(0, False), (1, False), (2, True), (3, True)])
def test_loan_is_renewed_as_often_as_the_policy_says(used: int, refused: bool) -> None:
    expected = Refusal(RefusalCode.RENEWALS_USED, {"limit": 2}) if refused else None
    assert renew(renewals_used=used) == expected


def test_a_policy_grants_no_renewal_unless_it_says_so() -> None:
    policy = PolicyFacts(mode=DueMode.CALENDAR_DAYS, length=14)
    assert renew(policy=policy) == Refusal(RefusalCode.RENEWALS_USED, {"limit": 0})


def test_suspended_borrower_does_not_renew() -> None:
    borrower = BorrowerFacts(id=ANNA, suspended_at=NOW)
    assert renew(borrower=borrower) == Refusal(RefusalCode.BORROWER_SUSPENDED)


def test_borrower_whose_suspension_lapsed_renews() -> None:
    assert renew(borrower=BorrowerFacts(id=ANNA, suspended_at=NOW, suspended_until=NOW)) is None


def test_ineligible_borrower_does_not_renew() -> None:
    assert renew(borrower=BorrowerFacts(id=ANNA, eligible_until=YESTERDAY)) == Refusal(
        RefusalCode.BORROWER_INELIGIBLE, {"eligible_until": YESTERDAY}
    )


def test_a_renewal_that_eligibility_leaves_no_room_for_is_refused() -> None:
    until = date(2026, 12, 14)
    assert renew(borrower=BorrowerFacts(id=ANNA, eligible_until=until)) == Refusal(
        RefusalCode.ELIGIBILITY_ENDING, {"eligible_until": until}
    )


def test_limits_do_not_stop_a_renewal() -> None:
    assert (
        renew(
            borrower=BorrowerFacts(id=ANNA, own_loans=5, household_loans=9),
            policy=replace(POLICY, limit_person=1, limit_household=1),
        )
        is None
    )


RENEWAL_BREAKS: list[tuple[RefusalCode, dict[str, object]]] = [
    (RefusalCode.LOAN_RETURNED, {"returned": True}),
    (RefusalCode.ITEM_LOST, {"item_status": ItemStatus.LOST}),
    (RefusalCode.NO_POLICY, {"policy": None}),
    (RefusalCode.RENEWALS_USED, {"renewals_used": 2}),
    (RefusalCode.BORROWER_SUSPENDED, {"borrower": BorrowerFacts(id=ANNA, suspended_at=NOW)}),
    (RefusalCode.SITE_NEVER_OPEN, {"calendar": WeeklyHours(ZURICH)}),
]


@pytest.mark.parametrize(
    ("earlier", "later"),
    list(combinations(RENEWAL_BREAKS, 2)),
    ids=lambda rule: rule[0].removeprefix("lending."),
)
def test_of_two_broken_rules_of_renewal_the_earlier_answers(
    earlier: tuple[RefusalCode, dict[str, object]],
    later: tuple[RefusalCode, dict[str, object]],
) -> None:
    refusal = renew(**{**later[1], **earlier[1]})
    assert refusal is not None
    assert refusal.code is earlier[0]


def test_renewing_asks_the_borrower_in_the_order_of_check_out() -> None:
    """Suspended before ineligible."""
    both = BorrowerFacts(id=ANNA, suspended_at=NOW, eligible_until=YESTERDAY)
    answers: list[Refusal | None] = []
    for borrower in (both, replace(both, suspended_at=None)):
        answers += [
            renew(borrower=borrower),
            refuse_check_out(replace(CHECK_OUT, borrower=borrower), now=NOW),
        ]
    assert [answer and answer.code for answer in answers] == [
        RefusalCode.BORROWER_SUSPENDED,
        RefusalCode.BORROWER_SUSPENDED,
        RefusalCode.BORROWER_INELIGIBLE,
        RefusalCode.BORROWER_INELIGIBLE,
    ]
