"""Borrowers and their loans. The most sensitive rows of the program."""

from __future__ import annotations

from piccolo.columns import (
    JSON,
    UUID,
    BigSerial,
    Boolean,
    Bytea,
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
from comptoir.inventory.tables import Category, Item
from comptoir.sites.tables import Site


class BorrowerGroup(Table, tablename="lending_borrower_group"):
    """Borrowers whom policies treat alike; exactly one group is the default."""

    id = UUID(default=new_id, primary_key=True)
    names = JSON(default="{}")
    is_default = Boolean(default=False)
    position = SmallInt(default=0)
    version = Integer(default=1)


class Household(Table, tablename="lending_household"):
    """People who live together and share a limit."""

    id = UUID(default=new_id, primary_key=True)
    label = Varchar(120)
    created_at = Timestamptz(default=None)


class Borrower(Table, tablename="lending_borrower"):
    """Somebody who borrows. Only name and language are always there."""

    id = UUID(default=new_id, primary_key=True)
    name = Varchar(120)
    sort_name = Varchar(400, default="")  # the name as search.fold gives it
    language = Varchar(2, default="fr")
    borrower_group = ForeignKey(BorrowerGroup, on_delete=OnDelete.restrict, index=True, null=False)
    contact_kind = Varchar(12, default="none")  # phone, email, letter, counsellor, none
    phone = Varchar(20, default="", index=True)  # E.164
    email = Varchar(200, default="")
    address = Text(default="")
    referrer = Varchar(120, default="")
    counsellor = Varchar(160, default="")
    household = ForeignKey(Household, on_delete=OnDelete.set_null, index=True)
    note = Text(default="")
    eligible_until = Date(default=None, null=True)
    suspended_at = Timestamptz(default=None, null=True)
    suspended_until = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class BorrowerSite(Table, tablename="lending_borrower_site"):
    """A site that knows a borrower: where they were registered or came with their card."""

    id = BigSerial(primary_key=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)


class BorrowerCard(Table, tablename="lending_borrower_card"):
    """A card with a code and no name. Replaced ones stay, to be refused."""

    id = UUID(default=new_id, primary_key=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    code = Varchar(8, unique=True)
    issued_at = Timestamptz(default=None)
    revoked_at = Timestamptz(default=None, null=True)


class BorrowerTerm(Table, tablename="lending_borrower_term"):
    """What a borrower is found by; see ``lending.search`` for the kinds of term."""

    id = BigSerial(primary_key=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    kind = Varchar(1)
    term = Varchar(40)


class Policy(Table, tablename="lending_policy"):
    """For how long a group may keep a category; any group where it is null.

    ``length`` counts days, or hours where ``mode`` is ``on_site`` (0: until
    closing). A limit of null is no limit. Without ``returns_elsewhere``, things are
    brought back to the site that lent them.
    """

    id = UUID(default=new_id, primary_key=True)
    category = ForeignKey(Category, on_delete=OnDelete.cascade, index=True, null=False)
    borrower_group = ForeignKey(BorrowerGroup, on_delete=OnDelete.cascade, index=True)
    mode = Varchar(24)
    length = SmallInt()
    renewals = SmallInt(default=0)
    renewal_length = SmallInt(default=0)
    limit_person = SmallInt(default=None, null=True)
    limit_household = SmallInt(default=None, null=True)
    signature = Varchar(8, default="none")  # none, paper, screen
    returns_elsewhere = Boolean(default=True)
    version = Integer(default=1)


class Visit(Table, tablename="lending_visit"):
    """One borrower at one desk, from their card to the next person's.

    ``return_site`` is where what is lent in it is to be brought back; null: to ``site``.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    return_site = ForeignKey(Site, on_delete=OnDelete.set_null, index=True)
    opened_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)


class Loan(Table, tablename="lending_loan"):
    """One item with one borrower. At most one is open per item (partial unique index).

    ``returned_at`` is when it was closed, however that was: with ``undone_at`` as
    never meant, with ``written_off_at`` because the item will not come back.
    ``taken_from`` is the site the item was at before, for an undo.
    """

    id = UUID(default=new_id, primary_key=True)
    item = ForeignKey(Item, on_delete=OnDelete.restrict, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.restrict, index=True, null=False)
    category = ForeignKey(Category, on_delete=OnDelete.restrict, index=True, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    return_site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    visit = ForeignKey(Visit, on_delete=OnDelete.set_null, index=True)
    policy = ForeignKey(Policy, on_delete=OnDelete.set_null, index=True)
    checked_out_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    renewals = SmallInt(default=0)
    returned_at = Timestamptz(default=None, null=True)
    returned_site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True)
    undone_at = Timestamptz(default=None, null=True)
    written_off_at = Timestamptz(default=None, null=True)
    taken_from = UUID(default=None, null=True)
    version = Integer(default=1)


class Agreement(Table, tablename="lending_agreement"):
    """What a borrower agreed to for the loans of one visit. Immutable, by a trigger too.

    All but ``signed_at``: a paper is signed after it was printed, or never.
    """

    id = UUID(default=new_id, primary_key=True)
    number = Varchar(20, unique=True)
    visit = ForeignKey(Visit, on_delete=OnDelete.set_null, index=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    language = Varchar(2)
    signature = Varchar(8)  # none, paper, screen
    signed_name = Varchar(120, default="")
    pdf = Bytea()
    sha256 = Varchar(64)
    created_at = Timestamptz(default=None)
    signed_at = Timestamptz(default=None, null=True)


class AgreementLoan(Table, tablename="lending_agreement_loan"):
    """The loans an agreement speaks of, and until when it says that each runs."""

    id = BigSerial(primary_key=True)
    agreement = ForeignKey(Agreement, on_delete=OnDelete.cascade, index=True, null=False)
    loan = ForeignKey(Loan, on_delete=OnDelete.cascade, index=True, null=False)
    due_at = Timestamptz(default=None, null=True)


class DueDateMove(Table, tablename="lending_due_date_move"):
    """A due date that an announced closure moved, so that it can be taken back and told.

    ``batch`` is that of the exceptions announced together, ``exception`` the one of
    the return site: no foreign keys, as it is deleted when it is withdrawn. Where something
    else moved it than a closure (``cause``, a ``MoveCause``), both are the id of that change.
    ``told_at`` is when the borrower was told the new day, ``told_back_at`` that it is as before.
    """

    id = UUID(default=new_id, primary_key=True)
    batch = UUID(default=None, index=True)
    exception = UUID(default=None, index=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    loan = ForeignKey(Loan, on_delete=OnDelete.cascade, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    due_before = Timestamptz(default=None)
    due_after = Timestamptz(default=None)
    moved_at = Timestamptz(default=None)
    undone_at = Timestamptz(default=None, null=True)
    cause = Varchar(20, default="closure")
    told_at = Timestamptz(default=None, null=True)
    told_back_at = Timestamptz(default=None, null=True)
