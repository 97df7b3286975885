"""Each rule of lending says no when it should, and in the written order."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta
from itertools import combinations

import pytest
from msgspec.structs import replace

from comptoir.inventory.rules import ItemAction, next_status
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.lending.due_dates import DueMode
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import (
    CheckOutFacts,
    PolicyFacts,
    check_out_due,
    refuse_item,
)
from tests.lending.facts import (
    ANNA,
    BORROWER,
    BRUNO,
    CHECK_OUT,
    DUE_IN_TWO_WEEKS,
    FREE_ITEM,
    NOW,
    POLICY,
    TODAY,
    lent_to,
    refuse_check_out,
)
from tests.sites.calendars import ZURICH, WeeklyHours, at

YESTERDAY = TODAY - timedelta(days=1)
DAMAGED, MISSING = ProblemKind.DAMAGED, ProblemKind.MISSING


def check_out(**borrower: object) -> Refusal | None:
    """The answer for a borrower of whom this is known."""
    facts = replace(CHECK_OUT, borrower=replace(BORROWER, **borrower))
    return refuse_check_out(facts, now=NOW)


def test_everything_in_order_is_lent_until_the_due_time() -> None:
    assert refuse_check_out(CHECK_OUT, now=NOW) is None
    assert check_out_due(CHECK_OUT, now=NOW) == DUE_IN_TWO_WEEKS


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ItemStatus.RETIRED, RefusalCode.ITEM_RETIRED),
        (ItemStatus.LOST, RefusalCode.ITEM_LOST),
        (ItemStatus.STOLEN, RefusalCode.ITEM_STOLEN),
        (ItemStatus.IN_REPAIR, RefusalCode.ITEM_IN_REPAIR),
        (ItemStatus.TO_CHECK, RefusalCode.ITEM_TO_CHECK),
        (ItemStatus.IN_TRANSIT, RefusalCode.ITEM_IN_TRANSIT),
    ],
)
def test_item_in_a_status_other_than_available_is_refused(
    status: ItemStatus, code: RefusalCode
) -> None:
    facts = replace(CHECK_OUT, item=replace(FREE_ITEM, status=status))
    assert refuse_check_out(facts, now=NOW) == Refusal(code)
    # A loan left open does not hide it.
    assert refuse_item(lent_to(ANNA, status=status), ANNA) == Refusal(code)


def test_what_is_in_transit_is_refused_with_where_from_and_where_to() -> None:
    item = replace(FREE_ITEM, status=ItemStatus.IN_TRANSIT, way=("Fribourg", "Lyon"))
    expected = Refusal(RefusalCode.ITEM_IN_TRANSIT, {"from": "Fribourg", "to": "Lyon"})
    assert refuse_item(item) == expected
    assert refuse_check_out(replace(CHECK_OUT, item=item), now=NOW) == expected


def test_every_status_that_is_not_about_a_loan_is_decided() -> None:
    lendable = {
        status for status in ItemStatus if refuse_item(replace(FREE_ITEM, status=status)) is None
    }
    # On loan without a loan is a status left behind: the loan decides.
    assert lendable == {ItemStatus.AVAILABLE, ItemStatus.ON_LOAN}


@pytest.mark.parametrize("status", ItemStatus)
def test_what_is_lent_agrees_with_the_table_of_statuses(status: ItemStatus) -> None:
    item = lent_to(BRUNO) if status is ItemStatus.ON_LOAN else replace(FREE_ITEM, status=status)
    by_table = next_status(ItemAction.LEND, status) is ItemStatus.ON_LOAN
    assert (refuse_item(item) is None) == by_table


def test_item_on_loan_is_refused() -> None:
    facts = replace(CHECK_OUT, item=lent_to(BRUNO))
    assert refuse_check_out(facts, now=NOW) == Refusal(RefusalCode.ITEM_ON_LOAN)
    assert refuse_item(lent_to(BRUNO)) == Refusal(RefusalCode.ITEM_ON_LOAN)


def test_item_on_loan_to_the_same_borrower_is_refused_as_theirs() -> None:
    facts = replace(CHECK_OUT, item=lent_to(ANNA))
    assert refuse_check_out(facts, now=NOW) == Refusal(RefusalCode.ITEM_ALREADY_THEIRS)


def test_item_with_an_open_loan_is_refused_whatever_its_status_says() -> None:
    item = lent_to(BRUNO, status=ItemStatus.AVAILABLE)
    assert refuse_item(item) == Refusal(RefusalCode.ITEM_ON_LOAN)


@pytest.mark.parametrize(
    ("problems", "code"),
    [
        ({DAMAGED}, RefusalCode.ITEM_DAMAGED),
        ({MISSING}, RefusalCode.ITEM_INCOMPLETE),
        ({DAMAGED, MISSING}, RefusalCode.ITEM_DAMAGED),
    ],
)
def test_item_with_an_open_problem_is_refused(
    problems: set[ProblemKind], code: RefusalCode
) -> None:
    facts = replace(CHECK_OUT, item=replace(FREE_ITEM, problems=frozenset(problems)))
    assert refuse_check_out(facts, now=NOW) == Refusal(code)


def test_category_without_a_policy_for_the_group_is_refused() -> None:
    facts = replace(CHECK_OUT, policy=None)
    assert refuse_check_out(facts, now=NOW) == Refusal(RefusalCode.NO_POLICY)


def test_borrower_suspended_until_further_notice_is_refused() -> None:
    assert check_out(suspended_at=NOW - timedelta(days=900)) == Refusal(
        RefusalCode.BORROWER_SUSPENDED
    )


@pytest.mark.parametrize("left", [timedelta(seconds=1), timedelta(days=30)])
def test_borrower_suspended_until_later_is_refused_with_the_date(left: timedelta) -> None:
    until = NOW + left
    assert check_out(suspended_at=NOW - timedelta(days=1), suspended_until=until) == Refusal(
        RefusalCode.BORROWER_SUSPENDED, {"suspended_until": until.astimezone(ZURICH).date()}
    )


def test_the_end_of_a_suspension_is_told_as_the_day_at_the_site() -> None:
    until = at(date(2026, 12, 11), time(0)).astimezone(UTC)
    assert until.date() == date(2026, 12, 10)
    refusal = check_out(suspended_at=NOW, suspended_until=until)
    assert refusal is not None
    assert refusal.data == {"suspended_until": date(2026, 12, 11)}


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=1), timedelta(days=30)])
def test_a_lapsed_suspension_is_no_block(ago: timedelta) -> None:
    assert check_out(suspended_at=NOW - timedelta(days=60), suspended_until=NOW - ago) is None


def test_an_end_without_a_suspension_is_no_block() -> None:
    assert check_out(suspended_until=NOW + timedelta(days=30)) is None


def test_borrower_no_longer_eligible_is_refused_with_the_date() -> None:
    assert check_out(eligible_until=YESTERDAY) == Refusal(
        RefusalCode.BORROWER_INELIGIBLE, {"eligible_until": YESTERDAY}
    )


def test_the_last_day_of_eligibility_is_a_day_of_it() -> None:
    assert check_out(eligible_until=TODAY) is None


def test_eligibility_ends_at_midnight_at_the_site() -> None:
    facts = replace(CHECK_OUT, borrower=replace(BORROWER, eligible_until=TODAY))
    tomorrow = TODAY + timedelta(days=1)
    before = refuse_check_out(facts, now=at(tomorrow, time(0)) - timedelta(seconds=1))
    after = refuse_check_out(facts, now=at(tomorrow, time(0)))
    assert before == Refusal(RefusalCode.ELIGIBILITY_ENDING, {"eligible_until": TODAY})
    assert after == Refusal(RefusalCode.BORROWER_INELIGIBLE, {"eligible_until": TODAY})


def test_eligibility_caps_the_due_date() -> None:
    facts = replace(CHECK_OUT, borrower=replace(BORROWER, eligible_until=date(2026, 12, 13)))
    assert check_out_due(facts, now=NOW) == at(date(2026, 12, 11), time(18))


@pytest.mark.parametrize(
    ("limit", "loans", "refused"),
    [(None, 99, False), (2, 1, False), (2, 2, True), (2, 3, True), (0, 0, True)],
)
def test_limit_per_person_is_how_many_one_may_have(
    limit: int | None, loans: int, refused: bool
) -> None:
    facts = replace(
        CHECK_OUT,
        borrower=replace(BORROWER, own_loans=loans),
        policy=replace(POLICY, limit_person=limit),
    )
    expected = Refusal(RefusalCode.PERSON_LIMIT_REACHED, {"limit": limit}) if refused else None
    assert refuse_check_out(facts, now=NOW) == expected


@pytest.mark.parametrize(
    ("limit", "own", "household", "refused"),
    [
        (None, 1, 99, False),
        (3, 0, 2, False),
        (3, 0, 3, True),
        (3, 1, 4, True),
        # without a household, a person is one
        (1, 0, None, False),
        (1, 1, None, True),
    ],
)
def test_limit_per_household_counts_everybody_in_it(
    limit: int | None, own: int, household: int | None, refused: bool
) -> None:
    facts = replace(
        CHECK_OUT,
        borrower=replace(BORROWER, own_loans=own, household_loans=household),
        policy=replace(POLICY, limit_household=limit),
    )
    expected = Refusal(RefusalCode.HOUSEHOLD_LIMIT_REACHED, {"limit": limit}) if refused else None
    assert refuse_check_out(facts, now=NOW) == expected


def test_a_site_that_never_opens_is_refused() -> None:
    facts = replace(CHECK_OUT, calendar=WeeklyHours(ZURICH))
    assert refuse_check_out(facts, now=NOW) == Refusal(RefusalCode.SITE_NEVER_OPEN)


def test_an_on_site_loan_after_closing_is_refused() -> None:
    facts = replace(CHECK_OUT, policy=PolicyFacts(mode=DueMode.ON_SITE, length=2))
    assert check_out_due(facts, now=NOW) == at(TODAY, time(12))
    after_closing = at(TODAY, time(19))
    assert refuse_check_out(facts, now=after_closing) == Refusal(RefusalCode.SITE_CLOSED_TODAY)


#: Facts that break each rule alone, in the order in which the rules are asked.
ITEM_BREAKS: list[tuple[RefusalCode, dict[str, object]]] = [
    (RefusalCode.ITEM_TO_CHECK, {"status": ItemStatus.TO_CHECK}),
    (RefusalCode.ITEM_ALREADY_THEIRS, {"loan": lent_to(ANNA).loan}),
    (RefusalCode.ITEM_DAMAGED, {"problems": frozenset({DAMAGED})}),
    (RefusalCode.ITEM_INCOMPLETE, {"problems": frozenset({MISSING})}),
]
BORROWER_BREAKS: list[tuple[RefusalCode, dict[str, object]]] = [
    (RefusalCode.BORROWER_SUSPENDED, {"suspended_at": NOW}),
    (RefusalCode.BORROWER_INELIGIBLE, {"eligible_until": YESTERDAY}),
    (RefusalCode.PERSON_LIMIT_REACHED, {"own_loans": 2}),
    (RefusalCode.HOUSEHOLD_LIMIT_REACHED, {"household_loans": 3}),
]
CHECK_OUT_BREAKS = [
    *((code, "item", change) for code, change in ITEM_BREAKS),
    (RefusalCode.NO_POLICY, "policy", {}),
    *((code, "borrower", change) for code, change in BORROWER_BREAKS),
    (RefusalCode.SITE_NEVER_OPEN, "calendar", {}),
]
LIMITED = replace(POLICY, limit_person=2, limit_household=3)


def broken(facts: CheckOutFacts, part: str, change: dict[str, object]) -> CheckOutFacts:
    match part:
        case "item":
            return replace(facts, item=replace(facts.item, **change))
        case "borrower":
            return replace(facts, borrower=replace(facts.borrower, **change))
        case "policy":
            return replace(facts, policy=None)
        case _:
            return replace(facts, calendar=WeeklyHours(ZURICH))


@pytest.mark.parametrize("rule", CHECK_OUT_BREAKS, ids=lambda rule: rule[0])
def test_each_rule_of_check_out_refuses_alone(
    rule: tuple[RefusalCode, str, dict[str, object]],
) -> None:
    code, part, change = rule
    facts = broken(replace(CHECK_OUT, policy=LIMITED), part, change)
    refusal = refuse_check_out(facts, now=NOW)
    assert refusal is not None
    assert refusal.code is code


@pytest.mark.parametrize(
    ("earlier", "later"),
    list(combinations(CHECK_OUT_BREAKS, 2)),
    ids=lambda rule: rule[0].removeprefix("lending."),
)
def test_of_two_broken_rules_of_check_out_the_earlier_answers(
    earlier: tuple[RefusalCode, str, dict[str, object]],
    later: tuple[RefusalCode, str, dict[str, object]],
) -> None:
    facts = replace(CHECK_OUT, policy=LIMITED)
    for _, part, change in (later, earlier):
        facts = broken(facts, part, change)
    refusal = refuse_check_out(facts, now=NOW)
    assert refusal is not None
    assert refusal.code is earlier[0]
