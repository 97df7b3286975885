"""What may happen to a voucher: a step from one status to another, or a refusal. Pure.

    available → reserved → issued → activated → expired
    available, reserved, in transit, issued or activated → void

A reservation lapses, a voucher that came back unopened is available again, and what is sent to
another site is available there. What was not activated by its date expires where it lies.
``expired`` and ``void`` are ends.
"""

from __future__ import annotations

from enum import StrEnum

from comptoir.inventory.vouchers.statuses import VoucherStatus as Status


class VoucherAction(StrEnum):
    """One step. The names are part of the API."""

    RESERVE = "reserve"
    RELEASE = "release"  # a reservation that lapsed, or was given up
    SEND = "send"
    RECEIVE = "receive"
    ISSUE = "issue"
    TAKE_BACK = "take_back"  # unopened
    TAKE_BACK_LATE = "take_back_late"  # unopened, and past the day to activate it
    ACTIVATE = "activate"
    EXPIRE = "expire"
    VOID = "void"


_STEPS: dict[VoucherAction, dict[Status, Status]] = {
    VoucherAction.RESERVE: {Status.AVAILABLE: Status.RESERVED},
    VoucherAction.RELEASE: {Status.RESERVED: Status.AVAILABLE},
    VoucherAction.SEND: {Status.AVAILABLE: Status.IN_TRANSIT},
    VoucherAction.RECEIVE: {Status.IN_TRANSIT: Status.AVAILABLE},
    VoucherAction.ISSUE: {Status.AVAILABLE: Status.ISSUED, Status.RESERVED: Status.ISSUED},
    VoucherAction.TAKE_BACK: {Status.ISSUED: Status.AVAILABLE},
    VoucherAction.TAKE_BACK_LATE: {Status.ISSUED: Status.EXPIRED},
    VoucherAction.ACTIVATE: {Status.ISSUED: Status.ACTIVATED},
    VoucherAction.EXPIRE: dict.fromkeys(
        (Status.AVAILABLE, Status.RESERVED, Status.ISSUED, Status.ACTIVATED), Status.EXPIRED
    ),
    VoucherAction.VOID: dict.fromkeys(
        (
            Status.AVAILABLE,
            Status.RESERVED,
            Status.IN_TRANSIT,
            Status.ISSUED,
            Status.ACTIVATED,
        ),
        Status.VOID,
    ),
}

#: Where a voucher's life has ended.
ENDED = frozenset({Status.EXPIRED, Status.VOID})


def next_status(action: VoucherAction, before: Status) -> Status | None:
    """The status after a step; None where the step is not possible."""
    return _STEPS[action].get(before)
