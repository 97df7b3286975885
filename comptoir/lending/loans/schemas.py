"""What goes into the loan services, and what comes out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.idempotency import Attempt
from comptoir.inventory.statuses import ItemStatus
from comptoir.lending.rules import Signature


class CheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """Lend the item with this code to this borrower (``card`` code, or ``borrower_id``).

    ``site_id`` is the desk's; without it the actor's, or else where the item is.
    ``return_site_id`` is where it is to be brought back; without it where the visit
    says, or else to the desk's site.
    """

    item: str
    card: str | None = None
    borrower_id: UUID | None = None
    site_id: UUID | None = None
    visit_id: UUID | None = None
    return_site_id: UUID | None = None
    attempt: Attempt | None = None


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """Take back the item with this code at a site."""

    item: str
    site_id: UUID | None = None
    attempt: Attempt | None = None


class LoanView(msgspec.Struct, frozen=True, kw_only=True):
    """A loan that was just made or renewed. ``due_local`` is when it is due by the site's clock.

    ``place`` is the short name of the return site. ``signature`` is what its policy wants.
    ``cut_short``: it would be due later, if the borrower might borrow for longer.
    ``opens_local``: the door is shut on the day it is due, and opens again then, by its clock.
    """

    id: UUID
    item: str
    model: str
    borrower_id: UUID
    site_id: UUID
    return_site_id: UUID
    place: str = ""
    checked_out_at: datetime
    due_at: datetime
    due_local: datetime
    returned_at: datetime | None = None
    renewals: int = 0
    signature: Signature = Signature.NONE
    cut_short: bool = False
    opens_local: datetime | None = None
    version: int = 1


class CheckInView(msgspec.Struct, frozen=True, kw_only=True):
    """What a check-in did. ``transfer_to`` is where the item is to be sent, if it is.

    That is the item's own site, or the one where it was to be brought back and to no
    other, by the policy: ``expected_at``, whose short name is ``expected_place``.
    ``loan_id`` and ``checked_out_at`` are null where a lost item without a loan was
    found again. ``status`` is the item's now: ``available``, or ``to_check``.
    """

    item: str
    model: str
    item_id: UUID
    loan_id: UUID | None
    borrower_id: UUID | None
    status: ItemStatus
    found_again: bool = False
    checked_out_at: datetime | None = None
    returned_at: datetime
    late_days: int = 0
    transfer_to: UUID | None = None
    expected_at: UUID | None = None
    expected_place: str = ""
