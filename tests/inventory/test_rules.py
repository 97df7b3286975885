"""The statuses of an item: the whole table, and what holds whatever happens."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from comptoir.inventory import errors
from comptoir.inventory.rules import (
    ItemAction,
    StatusRefusal,
    next_status,
    possible_actions,
)
from comptoir.inventory.statuses import ItemStatus

# Columns: available, on loan, in transit, to check, in repair, lost, stolen, retired.
TABLE = """
    lend               l . . . . . . .
    take_back          . a . . . . . .
    report_problem     c l t c r . . .
    set_aside          c . . . . . . .
    check              . . . a . . . .
    send_to_repair     r . . r . . . .
    return_from_repair . . . . c . . .
    mark_lost          x x x x x . x .
    mark_stolen        s s s s s s . .
    mark_found         . . . . . c c .
    send               t . . t . . . .
    receive            . . a . . . . .
    retire             z . . z z z z .
    restore            . . . . . . . c
"""
_LETTERS = dict(zip("altcrxsz", ItemStatus, strict=True))
CASES = [
    (ItemAction(line.split()[0]), status, _LETTERS.get(letter))
    for line in TABLE.strip().splitlines()
    for status, letter in zip(ItemStatus, line.split()[1:], strict=True)
]


@pytest.mark.parametrize(("action", "status", "expected"), CASES)
def test_the_table(action: ItemAction, status: ItemStatus, expected: ItemStatus | None) -> None:
    assert next_status(action, status) == (expected or StatusRefusal(action, status))
    assert (action in possible_actions(status)) == (expected is not None)


def test_the_table_names_every_action() -> None:
    assert {action for action, _, _ in CASES} == set(ItemAction)


@pytest.mark.parametrize("status", ItemStatus)
def test_a_refusal_has_a_code_and_a_sentence_for_each_status(status: ItemStatus) -> None:
    error = errors.ItemActionRefused(StatusRefusal(ItemAction.LEND, status))
    assert error.code == f"inventory.item-{status.value.replace('_', '-')}"
    assert error.message()


def test_an_item_with_a_problem_comes_back_to_be_checked() -> None:
    back = next_status(ItemAction.TAKE_BACK, ItemStatus.ON_LOAN, problems=True)
    assert back is ItemStatus.TO_CHECK


def test_an_item_that_was_set_aside_arrives_set_aside() -> None:
    arrived = next_status(ItemAction.RECEIVE, ItemStatus.IN_TRANSIT, arrives_as=ItemStatus.TO_CHECK)
    assert arrived is ItemStatus.TO_CHECK


@pytest.mark.parametrize(("action", "status", "expected"), CASES)
def test_a_problem_keeps_an_item_from_being_available_and_changes_nothing_else(
    action: ItemAction, status: ItemStatus, expected: ItemStatus | None
) -> None:
    with_problems = next_status(action, status, problems=True)
    if expected is ItemStatus.AVAILABLE and action is not ItemAction.CHECK:
        assert with_problems is ItemStatus.TO_CHECK
    else:
        assert with_problems == next_status(action, status)


NOT_TO_HAND = (ItemStatus.LOST, ItemStatus.STOLEN, ItemStatus.RETIRED)


class OneItem(RuleBasedStateMachine):
    """An item through anything people may do, beside what must hold of it at all times."""

    def __init__(self) -> None:
        super().__init__()
        self.status = ItemStatus.AVAILABLE
        self.arrives_as = ItemStatus.AVAILABLE
        self.problems = 0
        self.doubtful = False  # somebody has a reason to look at it before it is lent

    @rule(action=st.sampled_from(ItemAction))
    def act(self, action: ItemAction) -> None:
        after = next_status(
            action, self.status, problems=self.problems > 0, arrives_as=self.arrives_as
        )
        if isinstance(after, StatusRefusal):
            assert after == StatusRefusal(action, self.status)
            return
        if action is ItemAction.SEND:
            self.arrives_as = self.status
        if action is ItemAction.REPORT_PROBLEM:
            self.problems += 1
        if action is ItemAction.CHECK:
            self.problems, self.doubtful = 0, False
        if after in (ItemStatus.TO_CHECK, ItemStatus.IN_REPAIR, *NOT_TO_HAND):
            self.doubtful = True
        self.status = after

    @precondition(lambda self: self.status is ItemStatus.AVAILABLE)
    @rule()
    def lend_what_is_available(self) -> None:
        assert next_status(ItemAction.LEND, self.status) is ItemStatus.ON_LOAN

    @invariant()
    def nothing_with_a_problem_is_available(self) -> None:
        assert not (self.problems and self.status is ItemStatus.AVAILABLE)

    @invariant()
    def what_was_doubtful_is_lent_only_after_a_check(self) -> None:
        assert not (self.doubtful and self.status in (ItemStatus.AVAILABLE, ItemStatus.ON_LOAN))

    @invariant()
    def no_status_is_a_dead_end(self) -> None:
        assert possible_actions(self.status)


OneItem.TestCase.settings = settings(max_examples=200, stateful_step_count=30)
test_one_item = OneItem.TestCase
