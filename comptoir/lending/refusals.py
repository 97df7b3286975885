"""Why lending says no: a stable code, and the data its sentence needs.

Rules return a ``Refusal``; ``errors.py`` has the sentence for each code.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class RefusalCode(StrEnum):
    """Part of the API: a code keeps its meaning, and is never used for another."""

    # The item
    ITEM_RETIRED = "lending.item-retired"
    ITEM_LOST = "lending.item-lost"
    ITEM_STOLEN = "lending.item-stolen"
    ITEM_IN_REPAIR = "lending.item-in-repair"
    ITEM_TO_CHECK = "lending.item-to-check"
    ITEM_IN_TRANSIT = "lending.item-in-transit"
    ITEM_ALREADY_THEIRS = "lending.item-already-theirs"
    ITEM_ON_LOAN = "lending.item-on-loan"
    ITEM_DAMAGED = "lending.item-damaged"
    ITEM_INCOMPLETE = "lending.item-incomplete"
    ITEM_NOT_ON_LOAN = "lending.item-not-on-loan"

    # The policy and the borrower
    NO_POLICY = "lending.no-policy"
    VISIT_NOT_OPEN = "lending.visit-not-open"
    RETURN_SITE_UNKNOWN = "lending.return-site-unknown"
    RETURN_SITE_FOR_USE_HERE = "lending.return-site-for-use-here"
    RETURN_SITE_NOT_ALLOWED = "lending.return-site-not-allowed"
    RETURN_SITE_NOT_PUBLIC = "lending.return-site-not-public"
    BORROWER_SUSPENDED = "lending.borrower-suspended"
    BORROWER_INELIGIBLE = "lending.borrower-ineligible"
    PERSON_LIMIT_REACHED = "lending.person-limit-reached"
    HOUSEHOLD_LIMIT_REACHED = "lending.household-limit-reached"

    # Renewals
    LOAN_RETURNED = "lending.loan-returned"
    RENEWALS_USED = "lending.renewals-used"
    DUE_DATE_MOVED = "lending.due-date-moved"
    UNDO_TOO_LATE = "lending.undo-too-late"
    UNDO_OVERTAKEN = "lending.undo-overtaken"

    # Vouchers
    VOUCHER_KIND_ENDED = "lending.voucher-kind-ended"
    VOUCHER_NEEDS_BORROWER = "lending.voucher-needs-borrower"
    VOUCHER_NO_POLICY = "lending.voucher-no-policy"
    VOUCHER_PERSON_LIMIT_REACHED = "lending.voucher-person-limit-reached"
    VOUCHER_HOUSEHOLD_LIMIT_REACHED = "lending.voucher-household-limit-reached"
    VOUCHER_NONE_LEFT = "lending.voucher-none-left"
    VOUCHER_ISSUED_ALREADY = "lending.voucher-issued-already"
    VOUCHER_GIVEN_IN_VISIT = "lending.voucher-given-in-visit"
    VOUCHER_VOID = "lending.voucher-void"
    VOUCHER_EXPIRED = "lending.voucher-expired"
    VOUCHER_TOO_LATE_TO_ACTIVATE = "lending.voucher-too-late-to-activate"
    VOUCHER_IN_TRANSIT = "lending.voucher-in-transit"
    VOUCHER_ELSEWHERE = "lending.voucher-elsewhere"
    VOUCHER_RESERVED = "lending.voucher-reserved"
    VOUCHER_OTHER_SET_ASIDE = "lending.voucher-other-set-aside"
    VOUCHER_SET_ASIDE_ALREADY = "lending.voucher-set-aside-already"
    VOUCHER_SET_ASIDE_COUNTS = "lending.voucher-set-aside-counts"
    VOUCHER_UNKNOWN = "lending.voucher-unknown"
    VOUCHER_AWAITS_VISIT = "lending.voucher-awaits-visit"
    VOUCHER_AWAITS_ITS_VISIT = "lending.voucher-awaits-its-visit"
    VOUCHER_SHOWN = "lending.voucher-shown"
    VOUCHER_NOT_AT_HAND = "lending.voucher-not-at-hand"
    VOUCHER_SHOWN_TOO_OFTEN = "lending.voucher-shown-too-often"
    VOUCHER_NOT_HELD = "lending.voucher-not-held"
    VOUCHER_IN_USE = "lending.voucher-in-use"
    VOUCHER_OPENED = "lending.voucher-opened"
    VOUCHER_REPLACED_BEFORE = "lending.voucher-replaced-before"
    VOUCHER_NOT_SENDABLE = "lending.voucher-not-sendable"
    VOUCHER_MESSAGES_STOPPED = "lending.voucher-messages-stopped"
    VOUCHER_NUMBER_DOUBTED = "lending.voucher-number-doubted"
    VOUCHER_MESSAGE_FAILED = "lending.voucher-message-failed"
    VOUCHER_SENDING_PAUSED = "lending.voucher-sending-paused"
    VOUCHER_MISREAD = "lending.voucher-misread"

    # Due dates
    SITE_NEVER_OPEN = "lending.site-never-open"
    SITE_CLOSED_FOR_LONG = "lending.site-closed-for-long"
    SITE_CLOSED_TODAY = "lending.site-closed-today"
    ELIGIBILITY_ENDING = "lending.eligibility-ending"

    # Scans
    CODE_UNKNOWN = "lending.code-unknown"
    CODE_MISREAD = "lending.code-misread"
    CODE_FOREIGN = "lending.code-foreign"
    CODE_TOO_LONG = "lending.code-too-long"
    CARD_REPLACED = "lending.card-replaced"
    SCAN_REPEATED = "lending.scan-repeated"


class Refusal(msgspec.Struct, frozen=True):
    """A no. ``data`` holds what the sentence names: numbers, dates, codes; no personal data."""

    code: RefusalCode
    data: dict[str, object] = {}
