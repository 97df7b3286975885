"""Whether something may be lent or renewed: facts in, a refusal or a due time out.

The first rule that says no is the answer, in the order written down at each
function: what is wrong with the thing in the hand comes before what is wrong
with a policy, and that before what concerns the person.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from comptoir.inventory.statuses import GONE, ItemStatus, ProblemKind
from comptoir.lending.due_dates import DueMode, due_at, elsewhere_due_at, renewed_due_at
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.sites.opening_hours import Calendar

#: A visit begun so long ago is over, though nobody said so: a desk left alone
#: must not lend to whoever was there last.
VISIT_TIME = timedelta(hours=1)


class Signature(StrEnum):
    """How a policy wants the agreement signed."""

    NONE = "none"
    PAPER = "paper"
    SCREEN = "screen"


class ReturnChoice(StrEnum):
    """Where a thing is to be brought back, seen from the desk that lends it.

    ``not_public``: the site is not in use any more, or has no page where people could
    read its address and hours.
    """

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    NOT_PUBLIC = "not_public"


class LoanEnding(StrEnum):
    """How an open loan ends because of what the inventory says of its item."""

    RETURNED = "returned"
    WRITTEN_OFF = "written_off"


class LoanFacts(msgspec.Struct, frozen=True):
    """The open loan of an item."""

    id: UUID
    borrower_id: UUID
    checked_out_at: datetime


class ItemFacts(msgspec.Struct, frozen=True):
    """One item. Whether it is on loan is for its open ``loan`` to say, not its status.

    ``problems`` are the unresolved ones. ``way`` names the sites that an item in transit
    left and goes to.
    """

    id: UUID
    status: ItemStatus
    home_site_id: UUID
    loan: LoanFacts | None = None
    problems: frozenset[ProblemKind] = frozenset()
    way: tuple[str, str] | None = None


class BorrowerFacts(msgspec.Struct, frozen=True):
    """One borrower, and how much of the category in question is with them.

    ``eligible_until`` is the last day on which they may borrow; None: no end.
    A suspension without ``suspended_until`` lasts until somebody ends it.
    ``household_loans`` include the borrower's own; None: no household is known,
    and a person is a household of one.
    """

    id: UUID
    eligible_until: date | None = None
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    own_loans: int = 0
    household_loans: int | None = None


class VisitFacts(msgspec.Struct, frozen=True):
    """One visit: whose, at which site, and since when."""

    borrower_id: UUID
    site_id: UUID
    opened_at: datetime
    closed_at: datetime | None = None


class PolicyFacts(msgspec.Struct, frozen=True):
    """What a policy grants. Lengths are those of ``due_at``; a limit of None is no limit.

    A ``renewal_length`` of 0 means as long as the loan.
    """

    mode: DueMode
    length: int
    renewals: int = 0
    renewal_length: int = 0
    limit_person: int | None = None
    limit_household: int | None = None
    signature: Signature = Signature.NONE
    returns_elsewhere: bool = True


class CheckOutFacts(msgspec.Struct, frozen=True):
    """What decides a check-out. ``policy`` is None where none covers category and group.

    ``calendar`` is that of the site where the item is to be brought back. ``visit_is_theirs``
    is False where the loan would belong to a visit that ``is_visit_of`` says no to.
    """

    item: ItemFacts
    borrower: BorrowerFacts
    policy: PolicyFacts | None
    calendar: Calendar
    return_choice: ReturnChoice = ReturnChoice.HERE
    visit_is_theirs: bool = True


class RenewalFacts(msgspec.Struct, frozen=True):
    """What decides a renewal. ``renewals_used`` counts those of this loan."""

    returned: bool
    item_status: ItemStatus
    renewals_used: int
    due_at: datetime
    borrower: BorrowerFacts
    policy: PolicyFacts | None
    calendar: Calendar


def loan_ending(status: ItemStatus) -> LoanEnding | None:
    """How the open loan of an item ends that has this status now; None: it stays open.

    While nobody knows where the item is, whoever borrowed it answers for it: the
    loan stays open, counts, and is not renewed. It is written off where the item
    is given up, and over where the item is in the house.
    """
    if status is ItemStatus.ON_LOAN or status in GONE:
        return None
    return LoanEnding.WRITTEN_OFF if status is ItemStatus.RETIRED else LoanEnding.RETURNED


def refuse_item(item: ItemFacts, borrower_id: UUID | None = None) -> Refusal | None:
    """Why the item itself cannot be lent; ``borrower_id`` says to whom it would be.

    In this order: retired, lost, stolen, in repair, to check, in transit (a
    status excludes the others), on loan to this borrower, on loan to another,
    damaged, incomplete.
    """
    if item.status in _REFUSED_STATUSES:
        way: dict[str, object] = {"from": item.way[0], "to": item.way[1]} if item.way else {}
        return Refusal(_REFUSED_STATUSES[item.status], way)
    if item.loan and item.loan.borrower_id == borrower_id:
        return Refusal(RefusalCode.ITEM_ALREADY_THEIRS)
    if item.loan:
        return Refusal(RefusalCode.ITEM_ON_LOAN)
    if ProblemKind.DAMAGED in item.problems:
        return Refusal(RefusalCode.ITEM_DAMAGED)
    if ProblemKind.MISSING in item.problems:
        return Refusal(RefusalCode.ITEM_INCOMPLETE)
    return None


def check_out_due(facts: CheckOutFacts, *, now: datetime) -> datetime | Refusal:
    """When a loan made now would be due, in UTC, or why it cannot be made.

    In this order: the item (see ``refuse_item``), no policy, a visit that is over or not this
    borrower's, the site of the return (see ``refuse_return_site``), borrower suspended, no
    longer eligible, limit of the person, limit of the household, no due date possible (see
    ``due_at``). Being late with something else is no reason.
    """
    borrower, policy = facts.borrower, facts.policy
    if refusal := refuse_item(facts.item, borrower.id):
        return refusal
    if policy is None:
        return Refusal(RefusalCode.NO_POLICY)
    if not facts.visit_is_theirs:
        return Refusal(RefusalCode.VISIT_NOT_OPEN)
    return (
        refuse_return_site(facts.return_choice, policy)
        or refuse_borrower(borrower, facts.calendar.zone, now)
        or refuse_limits(borrower, policy)
        or due_at(policy.length, policy.mode, now, facts.calendar, borrower.eligible_until)
    )


def is_visit_of(
    visit: VisitFacts | None, borrower_id: UUID, site_id: UUID, *, now: datetime
) -> bool:
    """Whether this is a visit of the borrower at the site that is not over."""
    return (
        visit is not None
        and (visit.borrower_id, visit.site_id) == (borrower_id, site_id)
        and visit.closed_at is None
        and now - visit.opened_at < VISIT_TIME
    )


def refuse_return_site(choice: ReturnChoice, policy: PolicyFacts) -> Refusal | None:
    """Why a thing cannot be lent to be brought back there.

    In this order: no such site, for use on site, not allowed by the policy, not public.
    The site that lends is never refused.
    """
    if choice is ReturnChoice.HERE:
        return None
    if choice is ReturnChoice.UNKNOWN:
        return Refusal(RefusalCode.RETURN_SITE_UNKNOWN)
    if policy.mode is DueMode.ON_SITE:
        return Refusal(RefusalCode.RETURN_SITE_FOR_USE_HERE)
    if not policy.returns_elsewhere:
        return Refusal(RefusalCode.RETURN_SITE_NOT_ALLOWED)
    if choice is ReturnChoice.NOT_PUBLIC:
        return Refusal(RefusalCode.RETURN_SITE_NOT_PUBLIC)
    return None


class ElsewhereFacts(msgspec.Struct, frozen=True):
    """What decides whether a loan may be brought back to another site, and until when.

    ``policy`` is the one that lent it; of one that was removed nothing is left to say no.
    ``before`` is the calendar of the site that was agreed, ``calendar`` that of the other.
    """

    returned: bool
    due_at: datetime
    eligible_until: date | None
    policy: PolicyFacts | None
    choice: ReturnChoice
    before: Calendar
    calendar: Calendar


_ANY_POLICY = PolicyFacts(DueMode.CALENDAR_DAYS_NEXT_OPEN, 1)


def elsewhere_due(facts: ElsewhereFacts, *, now: datetime) -> datetime | Refusal:
    """When a loan is due that is to be brought back to another site, or why it cannot be.

    In this order: brought back already, the site (see ``refuse_return_site``), no open day
    there (see ``elsewhere_due_at``).
    """
    if facts.returned:
        return Refusal(RefusalCode.LOAN_RETURNED)
    policy = facts.policy or _ANY_POLICY
    return refuse_return_site(facts.choice, policy) or elsewhere_due_at(
        policy.mode,
        facts.due_at,
        facts.before,
        facts.calendar,
        facts.eligible_until,
        now=now,
    )


def expected_elsewhere(
    here: UUID, *, lent_at: UUID, return_site: UUID, returns_elsewhere: bool
) -> UUID | None:
    """The site where a thing brought back ``here`` should have gone; None: it may come here.

    It may always come to the site that lent it, and to the one that was agreed.
    """
    if returns_elsewhere or here in (lent_at, return_site):
        return None
    return return_site


def send_on(here: UUID, *, home: UUID, expected: UUID | None) -> UUID | None:
    """Where to send a thing that came back ``here``; None: it stays.

    To where it was expected (``expected_elsewhere``), else home. What is at home stays.
    """
    return None if here == home else expected or home


def renewal_due(facts: RenewalFacts, *, now: datetime) -> datetime | Refusal:
    """When a loan renewed now would be due, in UTC, or why it cannot be renewed.

    In this order: brought back, item lost, item stolen, no policy any more, no
    renewal left, borrower suspended, no longer eligible, no later due date
    possible (see ``renewed_due_at``). Limits do not count, as the borrower has the
    item already.
    """
    borrower, policy = facts.borrower, facts.policy
    if facts.returned:
        return Refusal(RefusalCode.LOAN_RETURNED)
    if facts.item_status in GONE:
        return Refusal(_REFUSED_STATUSES[facts.item_status])
    if policy is None:
        return Refusal(RefusalCode.NO_POLICY)
    if facts.renewals_used >= policy.renewals:
        return Refusal(RefusalCode.RENEWALS_USED, {"limit": policy.renewals})
    return refuse_borrower(borrower, facts.calendar.zone, now) or renewed_due_at(
        policy.renewal_length or policy.length,
        policy.mode,
        facts.due_at,
        facts.calendar,
        borrower.eligible_until,
        now=now,
    )


def is_cut_short(due: datetime, facts: CheckOutFacts | RenewalFacts, *, now: datetime) -> bool:
    """Whether a loan would be due later than ``due``, if the borrower might borrow for longer."""
    borrower = facts.borrower
    if borrower.eligible_until is None:
        return False
    facts = replace(facts, borrower=replace(borrower, eligible_until=None))
    if isinstance(facts, CheckOutFacts):
        return due != check_out_due(facts, now=now)
    return due != renewal_due(facts, now=now)


def refuse_limits(borrower: BorrowerFacts, policy: PolicyFacts) -> Refusal | None:
    """Why the borrower may have no more: the limit of the person, then of the household."""
    limit = policy.limit_person
    if limit is not None and borrower.own_loans >= limit:
        return Refusal(RefusalCode.PERSON_LIMIT_REACHED, {"limit": limit})
    limit = policy.limit_household
    household_loans = borrower.household_loans
    if household_loans is None:
        household_loans = borrower.own_loans
    if limit is not None and household_loans >= limit:
        return Refusal(RefusalCode.HOUSEHOLD_LIMIT_REACHED, {"limit": limit})
    return None


_REFUSED_STATUSES = {
    ItemStatus.RETIRED: RefusalCode.ITEM_RETIRED,
    ItemStatus.LOST: RefusalCode.ITEM_LOST,
    ItemStatus.STOLEN: RefusalCode.ITEM_STOLEN,
    ItemStatus.IN_REPAIR: RefusalCode.ITEM_IN_REPAIR,
    ItemStatus.TO_CHECK: RefusalCode.ITEM_TO_CHECK,
    ItemStatus.IN_TRANSIT: RefusalCode.ITEM_IN_TRANSIT,
}


def refuse_borrower(borrower: BorrowerFacts, zone: ZoneInfo, now: datetime) -> Refusal | None:
    """Why the person may have nothing now: suspended, or no longer eligible; by the site's days."""
    if borrower.suspended_at:
        until = borrower.suspended_until
        if until is None:
            return Refusal(RefusalCode.BORROWER_SUSPENDED)
        if now < until:
            until_day = until.astimezone(zone).date()
            return Refusal(RefusalCode.BORROWER_SUSPENDED, {"suspended_until": until_day})
    if borrower.eligible_until and borrower.eligible_until < now.astimezone(zone).date():
        return Refusal(RefusalCode.BORROWER_INELIGIBLE, {"eligible_until": borrower.eligible_until})
    return None
