"""What goes into giving a voucher, and what comes out of it: never a code."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core.idempotency import Attempt
from comptoir.inventory.vouchers.statuses import Medium


class IssueVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """Give a voucher: the next of a kind, or with ``voucher_id`` this very one.

    ``site_id`` is where it is taken from; without it, the actor's. ``loan_id`` is what it goes
    with; without it, a loan of the visit that lacks one of the kind. ``reason`` says why more is
    given than the limit, and is only kept where it is. With ``by_card``, the borrower's card was
    read: it makes them known at the site.
    """

    kind_id: UUID | None = None
    voucher_id: UUID | None = None
    borrower_id: UUID | None = None
    site_id: UUID | None = None
    visit_id: UUID | None = None
    loan_id: UUID | None = None
    by_card: bool = False
    reason: str = ""
    attempt: Attempt | None = None


class ReserveVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """Set a voucher aside for somebody: the next of a kind, or with ``voucher_id`` this very one.

    ``site_id`` is where it lies; without it, the actor's. ``until`` is the last day of it, there;
    without it, the usual one (``rules.day_aside``). ``by_card``: as for ``IssueVoucher``.
    """

    borrower_id: UUID
    kind_id: UUID | None = None
    voucher_id: UUID | None = None
    site_id: UUID | None = None
    until: date | None = None
    by_card: bool = False
    attempt: Attempt | None = None


class ReservationView(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that is set aside for somebody. `names` is its kind's, `hint` its last characters.

    `until` is the last day of it at the site, `reserved_until` the midnight after.
    """

    voucher_id: UUID
    kind_id: UUID
    names: dict[str, str]
    medium: Medium
    hint: str
    borrower_id: UUID | None
    site_id: UUID
    until: date
    reserved_until: datetime


class ReplaceVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """Give another voucher for one that does not work.

    ``site_id`` is where it is taken from; without it, the actor's, or where the first was given.
    """

    issue_id: UUID
    site_id: UUID | None = None
    visit_id: UUID | None = None
    attempt: Attempt | None = None


class IssueView(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that was given. ``names`` is its kind's, ``hint`` its last characters.

    `replaces` is the issue of one that did not work, where it was given instead of that.
    """

    id: UUID
    voucher_id: UUID
    kind_id: UUID
    names: dict[str, str]
    medium: Medium
    hint: str
    borrower_id: UUID | None
    site_id: UUID
    loan_id: UUID | None
    issued_at: datetime
    activate_by: date | None
    replaces: UUID | None = None
