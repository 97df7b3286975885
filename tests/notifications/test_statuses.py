"""What is known of a message only grows, in whatever order it is told."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.statuses import FINAL, Status, later

STATUSES = st.sampled_from(Status)
REPORTS = st.lists(STATUSES, min_size=1, max_size=8)


@given(reports=REPORTS, data=st.data())
def test_the_order_of_reports_changes_nothing(reports: list[Status], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(reports))
    assert reduce(later, reports) is reduce(later, shuffled)


@given(known=STATUSES, reports=REPORTS)
def test_a_report_heard_twice_changes_nothing(known: Status, reports: list[Status]) -> None:
    once = reduce(later, reports, known)
    assert reduce(later, [*reports, *reports], known) is once


@given(known=STATUSES, told=STATUSES)
def test_nothing_known_is_forgotten(known: Status, told: Status) -> None:
    after = later(known, told)
    assert after in (known, told)
    assert later(after, known) is after


def test_the_order_is_that_of_a_life() -> None:
    assert list(Status) == [
        Status.QUEUED,
        Status.SENDING,
        Status.UNKNOWN,
        Status.ACCEPTED,
        Status.DROPPED,
        Status.FAILED,
        Status.DELIVERED,
    ]


def test_an_accepted_message_that_fails_has_failed() -> None:
    assert all(later(Status.ACCEPTED, final) is final for final in FINAL)
