"""What goes into a scan at the desk, and what comes out of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from comptoir.core.idempotency import Attempt
from comptoir.lending.loans.schemas import CheckInView, LoanView
from comptoir.lending.refusals import Refusal
from comptoir.lending.scans import WaitingItem
from comptoir.lending.vouchers.schemas import IssueView, ReservationView
from comptoir.lending.vouchers.showing import ShownIssue
from comptoir.lending.vouchers.to_take import CardToTake


class DeskScan(msgspec.Struct, frozen=True, kw_only=True):
    """One scan: its text, and how the desk stood when it was made.

    ``sets_aside``: a SIM card is to be set aside for the visitor, not given.
    """

    text: str
    site_id: UUID
    visit_id: UUID | None = None
    waiting: tuple[WaitingItem, ...] = ()
    sets_aside: bool = False
    attempt: Attempt | None = None


class StepKind(StrEnum):
    """What one step at the desk did; the screen has a sentence and a sound for each."""

    LENT = "lent"
    RETURNED = "returned"
    FOUND = "found"
    OPENED = "opened"
    AWAITING = "awaiting"
    RENEWED = "renewed"
    UNDONE = "undone"
    SET_ASIDE = "set_aside"
    BROUGHT = "brought"
    SENT = "sent"
    READY = "ready"
    REFUSED = "refused"
    IGNORED = "ignored"
    SEARCHED = "searched"
    UNSIGNED = "unsigned"
    LEFT_UNSIGNED = "left_unsigned"
    SIGNED = "signed"
    PERSON_CHANGED = "person_changed"
    TOLD = "told"
    GIVEN = "given"
    CAME_BACK = "came_back"
    IN_USE = "in_use"
    RESERVED = "reserved"
    RELEASED = "released"
    SMS_SENT = "sms_sent"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, with what the screen needs to tell of it.

    ``item`` is a code; ``problem`` is the report that a tap made or solved, ``came_from`` the
    loan that the item came back from; ``borrower_id``
    is who left, signed, or was told of a due date, where that is what is said, or whose visit is
    to be opened for what was refused.
    ``agreement`` is the one that was signed, ``text`` its number. ``issue`` is a voucher that was
    given, ``shown`` its code where the screen is to show it,
    and ``asks_more`` says that it has a code or a PIN that can be asked for. ``sent`` is the issue
    whose code was to be sent to ``number``: it can be shown or printed instead.
    ``stays_here`` says that no message leaves the program. ``card`` is the
    SIM card to look for, where nobody has it in the hand. ``reservation`` is a voucher that was
    set aside.
    """

    kind: StepKind
    item: str = ""
    loan: LoanView | None = None
    check_in: CheckInView | None = None
    refusal: Refusal | None = None
    problem: UUID | None = None
    came_from: UUID | None = None
    borrower_id: UUID | None = None
    agreement: UUID | None = None
    issue: IssueView | None = None
    shown: ShownIssue | None = None
    asks_more: bool = False
    sent: UUID | None = None
    card: CardToTake | None = None
    number: str = ""
    stays_here: bool = False
    reservation: ReservationView | None = None
    text: str = ""


class DeskResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk stands after a scan, and what the scan did."""

    visit_id: UUID | None
    steps: tuple[Step, ...] = ()
    waiting: tuple[WaitingItem, ...] = ()
    at: datetime
