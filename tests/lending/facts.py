"""Facts for tests: all of them say yes, and each test changes what it is about."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.due_dates import DueMode
from comptoir.lending.refusals import Refusal
from comptoir.lending.rules import (
    BorrowerFacts,
    CheckOutFacts,
    ItemFacts,
    LoanFacts,
    PolicyFacts,
    RenewalFacts,
    check_out_due,
    renewal_due,
)
from tests.sites.calendars import at, office

ANNA, BRUNO = UUID(int=1), UUID(int=2)
LAPTOP, PHONE, LOAN = UUID(int=11), UUID(int=12), UUID(int=21)
HERE, ELSEWHERE = UUID(int=31), UUID(int=32)

#: Monday, ten o'clock in Fribourg.
TODAY = date(2026, 12, 7)
NOW = at(TODAY, time(10))
LAST_WEEK = at(date(2026, 12, 1), time(10))
DUE_IN_TWO_WEEKS = at(date(2026, 12, 21), time(18))

FREE_ITEM = ItemFacts(id=LAPTOP, status=ItemStatus.AVAILABLE, home_site_id=HERE)
BORROWER = BorrowerFacts(id=ANNA)
POLICY = PolicyFacts(mode=DueMode.CALENDAR_DAYS, length=14, renewals=2, renewal_length=7)

CHECK_OUT = CheckOutFacts(item=FREE_ITEM, borrower=BORROWER, policy=POLICY, calendar=office())
RENEWAL = RenewalFacts(
    returned=False,
    item_status=ItemStatus.ON_LOAN,
    renewals_used=0,
    due_at=at(date(2026, 12, 14), time(18)),
    borrower=BORROWER,
    policy=POLICY,
    calendar=office(),
)


def lent_to(
    borrower_id: UUID,
    *,
    since: datetime = LAST_WEEK,
    status: ItemStatus = ItemStatus.ON_LOAN,
    home_site_id: UUID = HERE,
) -> ItemFacts:
    """The laptop, on loan to somebody."""
    loan = LoanFacts(id=LOAN, borrower_id=borrower_id, checked_out_at=since)
    return ItemFacts(id=LAPTOP, status=status, home_site_id=home_site_id, loan=loan)


def refuse_check_out(facts: CheckOutFacts, *, now: datetime) -> Refusal | None:
    """Why this borrower cannot have this item now; None if they can."""
    due = check_out_due(facts, now=now)
    return due if isinstance(due, Refusal) else None


def refuse_renewal(facts: RenewalFacts, *, now: datetime) -> Refusal | None:
    """Why this loan cannot be renewed now; None if it can."""
    due = renewal_due(facts, now=now)
    return due if isinstance(due, Refusal) else None
