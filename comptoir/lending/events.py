"""Facts about loans that a higher floor may react to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.lending.closures.causes import MoveCause


class LoanOpened(msgspec.Struct, frozen=True):
    """An item was lent."""

    loan_id: UUID
    at: datetime


class LoanClosed(msgspec.Struct, frozen=True):
    """An item was brought back, or its loan was undone or written off."""

    loan_id: UUID
    at: datetime


class LoanRenewed(msgspec.Struct, frozen=True):
    """A loan is due later than before, or as before where the renewal was undone."""

    loan_id: UUID
    at: datetime


class ReturnSiteChosen(msgspec.Struct, frozen=True):
    """A loan is to be brought back to another site than before."""

    loan_id: UUID
    site_id: UUID
    at: datetime


class DueDateMoved(msgspec.Struct, frozen=True):
    """A loan is due at another time because its return site announced something, or is another.

    ``batch`` is that of the announcement, if there was one, ``cause`` why the date moves now.
    ``undone``: what moved it is taken back, and the loan is due again as it was.
    """

    loan_id: UUID
    borrower_id: UUID
    batch: UUID
    before: datetime
    after: datetime
    cause: MoveCause
    undone: bool
    at: datetime


class BorrowerDueDatesMoved(msgspec.Struct, frozen=True):
    """Somebody is to be told of new due dates: once for all loans of an announcement.

    Comes after the ``DueDateMoved`` of each of ``loan_ids``.
    """

    borrower_id: UUID
    batch: UUID
    loan_ids: tuple[UUID, ...]
    cause: MoveCause
    undone: bool
    at: datetime


class VoucherIssued(msgspec.Struct, frozen=True):
    """A voucher was given to somebody, or without ``borrower_id`` to whoever was there."""

    issue_id: UUID
    voucher_id: UUID
    borrower_id: UUID | None
    at: datetime


class VoucherToSend(msgspec.Struct, frozen=True):
    """The code of a voucher is to go to the person it was given to, in a text message."""

    issue_id: UUID
    site_id: UUID
    at: datetime


class VoucherIssueUndone(msgspec.Struct, frozen=True):
    """A voucher was not given after all: nobody has seen its code."""

    issue_id: UUID
    at: datetime
