"""What is decided about reminders, and which were written."""

from __future__ import annotations

from piccolo.columns import (
    UUID,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.lending.tables import Borrower, Loan, Policy
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.notifications.tables import Message
from comptoir.sites.tables import Site


class ReminderPlan(Table, tablename="notifications_reminder_plan"):
    """When people are reminded: at a site, of what a policy lends, or both; null is any.

    ``scope`` is made of both, so that each has one row. ``voucher_days``: so long before a
    voucher expires its person is told; null is not at all. ``rules`` is a JSON list of
    ``rules.ReminderRule``. Where no row fits, ``plans.USUAL`` holds.
    """

    id = UUID(default=new_id, primary_key=True)
    scope = Varchar(80, unique=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True)
    policy = ForeignKey(Policy, on_delete=OnDelete.cascade, index=True)
    active = Boolean(default=True)
    welcome = Boolean(default=False)
    thanks = Boolean(default=False)
    voucher_days = SmallInt(default=3, null=True)
    rules = Text(default="[]")
    version = Integer(default=1)


class SiteSending(Table, tablename="notifications_site_sending"):
    """When messages of a site may arrive (minutes of its day; 0 in ``quiet_days`` is Monday).

    ``takes_answers``: the sender is a number that people can write back to. ``has_links``:
    its messages hold a link to what the person has. A site without a row has the usual hours,
    takes no answers and sends no links.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, unique=True, null=False)
    opens = SmallInt(default=480)
    closes = SmallInt(default=1200)
    quiet_days = Varchar(7, default="6")
    takes_answers = Boolean(default=False)
    has_links = Boolean(default=False)
    version = Integer(default=1)


class LoanMessage(Table, tablename="notifications_loan_message"):
    """That a loan, as it was due then, has reached a level or an occasion: once.

    ``level`` is as ``plans.code_of`` or ``code_of_move`` writes it, or a kind of message.
    ``message`` is what
    was written about it; null where the person wants none.
    """

    id = BigSerial(primary_key=True)
    loan = ForeignKey(Loan, on_delete=OnDelete.cascade, null=False)
    level = Varchar(30)
    due_at = Timestamptz(default=None)
    message = ForeignKey(Message, on_delete=OnDelete.set_null, index=True)
    at = Timestamptz(default=None)


class VoucherMessage(Table, tablename="notifications_voucher_message"):
    """That somebody was told, once, that a voucher they were given ends.

    ``level`` is an ``endings.rules.End``: it was not begun, or its days are over. ``last_day``
    is the operator's, and ``ends_at`` the end of it. ``message`` is what was written; null
    where the person wants none.
    """

    id = BigSerial(primary_key=True)
    issue = ForeignKey(VoucherIssue, on_delete=OnDelete.cascade, null=False)
    level = Varchar(10)
    last_day = Date(default=None)
    ends_at = Timestamptz(default=None)
    message = ForeignKey(Message, on_delete=OnDelete.set_null, index=True)
    at = Timestamptz(default=None)


class BorrowerWish(Table, tablename="notifications_borrower_wish"):
    """How somebody wants to be written to: not at all since ``stopped_at``, or the barest.

    ``wrong_number`` is the one at which somebody said that it is not theirs; nothing is sent
    until it is another. ``right_number`` is the one of which they said at the desk that it is
    right, though others have it too or it is of another country. No letter is written to
    ``wrong_address``, from which one came back, until it is another.
    """

    id = UUID(default=new_id, primary_key=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, unique=True, null=False)
    stopped_at = Timestamptz(default=None, null=True)
    barest = Boolean(default=False)
    wrong_number = Varchar(20, default="")
    right_number = Varchar(20, default="")
    wrong_address = Text(default="")
    version = Integer(default=1)
