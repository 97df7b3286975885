"""Who was given a voucher, and how many one may have."""

from __future__ import annotations

from piccolo.columns import UUID, BigSerial, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.inventory.vouchers.tables import Voucher, VoucherKind
from comptoir.lending.tables import Borrower, BorrowerGroup, Loan, Visit
from comptoir.sites.tables import Site


class VoucherPolicy(Table, tablename="lending_voucher_policy"):
    """Who may be given a kind of voucher, and how many in ``period_days``.

    Any group where it is null. A limit of null is no limit. What no policy speaks of is
    given to nobody.
    """

    id = UUID(default=new_id, primary_key=True)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.cascade, index=True, null=False)
    borrower_group = ForeignKey(BorrowerGroup, on_delete=OnDelete.cascade, index=True)
    limit_person = SmallInt(default=None, null=True)
    limit_household = SmallInt(default=None, null=True)
    period_days = SmallInt(default=30)
    version = Integer(default=1)


class VoucherIssue(Table, tablename="lending_voucher_issue"):
    """A voucher given to somebody. At most one that has not ended per voucher.

    Without ``borrower``, nobody was asked who they are. ``override_reason`` says why more was
    given than the limit. ``shown_at`` is when its code was first seen: until then it waits,
    still this person's. ``ended_at``: it came back, or another took its place. ``granted_at`` is
    set where it took the place of one that did not work: when that was given, for the limits.
    """

    id = UUID(default=new_id, primary_key=True)
    voucher = ForeignKey(Voucher, on_delete=OnDelete.restrict, index=True, null=False)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.restrict, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.set_null)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    visit = ForeignKey(Visit, on_delete=OnDelete.set_null, index=True)
    loan = ForeignKey(Loan, on_delete=OnDelete.set_null, index=True)
    override_reason = Varchar(200, default="")
    issued_at = Timestamptz(default=None)
    shown_at = Timestamptz(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)
    granted_at = Timestamptz(default=None, null=True)


class VoucherShare(Table, tablename="lending_voucher_share"):
    """Who lived with whoever was given a voucher, at that moment: it counts to their limit too.

    Whoever leaves the household takes it along. It goes once no limit looks back so far.
    """

    id = BigSerial(primary_key=True)
    issue = ForeignKey(VoucherIssue, on_delete=OnDelete.cascade, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)


class VoucherReservation(Table, tablename="lending_voucher_reservation"):
    """For whom a voucher is put aside. It goes when the voucher is given, or free again.

    One of a kind for each person: ``kind`` is the voucher's, for the index that holds it.
    """

    id = BigSerial(primary_key=True)
    voucher = ForeignKey(Voucher, on_delete=OnDelete.cascade, null=False, unique=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.restrict, index=True)
