"""Whether a voucher is given: facts in, a refusal or nothing out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from comptoir.inventory.vouchers.statuses import VoidReason, VoucherStatus
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import BorrowerFacts, refuse_borrower
from comptoir.sites.opening_hours import ONE_DAY, Calendar

#: As many days as a period of a policy has at most.
LONGEST_PERIOD = 366
#: Set aside until the end of so many open days of the site from tomorrow, unless one says a day.
OPEN_DAYS_ASIDE = 3
#: Where the site has no open day before it, in days of the calendar.
DAYS_ASIDE = 7
#: The last day to choose, from today: what lies aside for longer is missing for somebody else.
LONGEST_ASIDE = timedelta(days=30)


class Limits(msgspec.Struct, frozen=True):
    """What a policy grants in ``period_days`` calendar days; a limit of None is no limit."""

    person: int | None
    household: int | None
    period_days: int


class Given(msgspec.Struct, frozen=True):
    """The days, at the site, on which vouchers of the kind were given.

    ``household`` has those of the person too, and of whoever they lived with when these were
    given; a person who lives with nobody is a household of one. ``own_aside`` and ``all_aside``
    are how many are set aside now, for the person, and for them and those they live with: each
    counts as if it were given today.
    """

    own: tuple[date, ...] = ()
    household: tuple[date, ...] = ()
    own_aside: int = 0
    all_aside: int = 0


class HeldVoucher(msgspec.Struct, frozen=True):
    """The voucher in the hand, that was scanned.

    ``place`` is the name of its site, if it is not this one. ``reserved``: for somebody else.
    ``in_visit``: this person was given it in this very visit. ``other_aside``: another one of
    the kind is set aside for this person here.
    """

    status: VoucherStatus
    place: str = ""
    is_past: bool = False
    activate_by: date | None = None
    reserved: bool = False
    in_visit: bool = False
    other_aside: bool = False


class HeldIssue(msgspec.Struct, frozen=True):
    """A voucher that somebody was given.

    ``ended``: it came back, or another took its place. ``shown``: its secret was seen, which
    for a SIM card is more than what stands on the card (``showing``).
    ``replaces``: it was itself given for one that did not work.
    """

    status: VoucherStatus
    shown: bool = False
    ended: bool = False
    replaces: bool = False


class Giving(msgspec.Struct, frozen=True):
    """What decides whether somebody is given a voucher.

    ``borrower`` of None is somebody who is not asked who they are. ``limits`` is None where no
    policy lets their group have the kind. ``anyhow``: a reason was given to pass the limit.
    """

    active: bool
    zone: ZoneInfo
    without_borrower: bool = False
    borrower: BorrowerFacts | None = None
    limits: Limits | None = None
    given: Given = Given()
    visit_is_theirs: bool = True
    anyhow: bool = False


def refuse_giving(facts: Giving, *, now: datetime) -> Refusal | None:
    """Why nobody, or not this person, is given a voucher of the kind.

    In this order: not given any more, a borrower is needed, no policy, a visit that is over or
    not theirs, borrower suspended, no longer eligible, limit of the person, limit of the
    household. A reason passes the two limits, and nothing else.
    """
    if not facts.active:
        return Refusal(RefusalCode.VOUCHER_KIND_ENDED)
    if facts.borrower is None:
        return None if facts.without_borrower else Refusal(RefusalCode.VOUCHER_NEEDS_BORROWER)
    if facts.limits is None:
        return Refusal(RefusalCode.VOUCHER_NO_POLICY)
    if not facts.visit_is_theirs:
        return Refusal(RefusalCode.VISIT_NOT_OPEN)
    today = now.astimezone(facts.zone).date()
    if refusal := refuse_borrower(facts.borrower, facts.zone, now):
        return refusal
    return None if facts.anyhow else passed_limit(facts.limits, facts.given, today)


def refuse_voucher(voucher: HeldVoucher) -> Refusal | None:
    """Why this very voucher is given to nobody, or not to this person.

    In this order: given already, in this visit or before, void, expired, on its way, at another
    site, too late to activate, set aside for another person, another set aside for this one.
    """
    match voucher.status:
        case VoucherStatus.ISSUED | VoucherStatus.ACTIVATED:
            code = RefusalCode.VOUCHER_ISSUED_ALREADY
            return Refusal(RefusalCode.VOUCHER_GIVEN_IN_VISIT if voucher.in_visit else code)
        case VoucherStatus.VOID:
            return Refusal(RefusalCode.VOUCHER_VOID)
        case VoucherStatus.EXPIRED:
            return Refusal(RefusalCode.VOUCHER_EXPIRED)
        case VoucherStatus.IN_TRANSIT:
            return Refusal(RefusalCode.VOUCHER_IN_TRANSIT)
    if voucher.place:
        return Refusal(RefusalCode.VOUCHER_ELSEWHERE, {"site": voucher.place})
    if voucher.is_past:
        return Refusal(
            RefusalCode.VOUCHER_TOO_LATE_TO_ACTIVATE, {"activate_until": voucher.activate_by}
        )
    if voucher.reserved:
        return Refusal(RefusalCode.VOUCHER_RESERVED)
    return Refusal(RefusalCode.VOUCHER_OTHER_SET_ASIDE) if voucher.other_aside else None


def day_aside(day: date | None, activate_by: date | None, today: date, calendar: Calendar) -> date:
    """The last day on which a voucher lies aside: the one that was chosen, or the usual one.

    Never after the last day to activate it. Days are those of the site.
    """
    chosen = day or _usual_day_aside(today, calendar)
    return chosen if activate_by is None else min(chosen, activate_by)


def is_day_to_set_aside(day: date, today: date) -> bool:
    """Whether a voucher may be set aside until the end of a day."""
    return today <= day <= today + LONGEST_ASIDE


def _usual_day_aside(today: date, calendar: Calendar) -> date:
    day: date | None = today
    for _ in range(OPEN_DAYS_ASIDE):
        day = calendar.open_day_from(day + ONE_DAY) if day else None
    return day or today + DAYS_ASIDE * ONE_DAY


def refuse_taking_back(held: HeldIssue) -> Refusal | None:
    """Why a voucher cannot come back: nobody has it, it is in use, its secret was seen."""
    if held.ended or held.status not in _HELD:
        return Refusal(RefusalCode.VOUCHER_NOT_HELD)
    if held.status is VoucherStatus.ACTIVATED:
        return Refusal(RefusalCode.VOUCHER_IN_USE)
    if held.shown:
        return Refusal(RefusalCode.VOUCHER_OPENED)
    return None


def refuse_replacing(held: HeldIssue, *, coordinator: bool) -> Refusal | None:
    """Why no other voucher takes the place of one, in this order.

    Nobody has it, or its time is over; it was itself given for another, and only a
    coordinator goes on from there: else one person could empty the drawer.
    """
    if held.ended or held.status not in _HELD:
        return Refusal(RefusalCode.VOUCHER_NOT_HELD)
    if held.replaces and not coordinator:
        return Refusal(RefusalCode.VOUCHER_REPLACED_BEFORE)
    return None


_HELD = (VoucherStatus.ISSUED, VoucherStatus.ACTIVATED)


def counts(status: VoucherStatus, void_reason: str) -> bool:
    """Whether what somebody was given counts to limits: all but what did not work.

    What was used up, lost or called back was given all the same.
    """
    return not (status is VoucherStatus.VOID and void_reason == VoidReason.FAULTY)


def passed_limit(limits: Limits, given: Given, today: date) -> Refusal | None:
    """Why somebody may have no more: the limit of the person, then that of the household.

    Last comes what is set aside for them, where that reaches a limit that was not reached yet.
    """
    return (
        _passed(limits.person, given.own, limits, today, RefusalCode.VOUCHER_PERSON_LIMIT_REACHED)
        or _passed(
            limits.household,
            given.household,
            limits,
            today,
            RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED,
        )
        or _passed_with_aside(limits, given, today)
    )


def still_possible(limits: Limits, given: Given, today: date) -> int | None:
    """How many more somebody may have today; None is no limit."""
    left = _left(limits, given, today)
    return max(0, min(each for _, each in left)) if left else None


def _left(limits: Limits, given: Given, today: date) -> list[tuple[int, int]]:
    """Each limit that there is, with how many are left of it beside what is set aside."""
    counted = (
        (limits.person, given.own, given.own_aside),
        (limits.household, given.household, given.all_aside),
    )
    return [
        (limit, limit - len(_counted(days, limits, today)) - aside)
        for limit, days, aside in counted
        if limit is not None
    ]


def _passed_with_aside(limits: Limits, given: Given, today: date) -> Refusal | None:
    for limit, left in _left(limits, given, today):
        if left <= 0:
            data: dict[str, object] = {"limit": limit, "days": limits.period_days}
            return Refusal(RefusalCode.VOUCHER_SET_ASIDE_COUNTS, data)
    return None


def _counted(days: Iterable[date], limits: Limits, today: date) -> list[date]:
    """Those of the period that ends today. One of 30 days begins 29 days ago."""
    return sorted(day for day in days if day > today - timedelta(days=limits.period_days))


def _passed(
    limit: int | None, days: Iterable[date], limits: Limits, today: date, code: RefusalCode
) -> Refusal | None:
    counted = _counted(days, limits, today)
    if limit is None or len(counted) < limit:
        return None
    again = counted[len(counted) - limit] + timedelta(days=limits.period_days)
    return Refusal(code, {"limit": limit, "days": limits.period_days, "wait_until": again})
