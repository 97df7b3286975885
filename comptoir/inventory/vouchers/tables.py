"""The stock of vouchers. What a code is stands nowhere here but sealed (``core.vault``)."""

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
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.inventory.tables import Model
from comptoir.sites.tables import Site


class VoucherKind(Table, tablename="inventory_voucher_kind"):
    """One product: an operator's SIM of 10 GB, an hour of the library's Wi-Fi.

    ``validity_days`` count from the activation to a midnight in ``time_zone``, the operator's;
    None: it does not end by itself. ``dial`` is what a phone dials, with ``{code}`` in it;
    ``network`` the name of a Wi-Fi, ``wifi_code`` whether its code is the network's password, and
    ``portal_url`` the page on which it is typed otherwise. ``by_sms``: its code may be sent in a
    text message. ``without_borrower``: it may be given to somebody who is not asked who they are.
    """

    id = UUID(default=new_id, primary_key=True)
    medium = Varchar(8)  # statuses.Medium
    names = JSON(default="{}")
    operator = Varchar(80, default="")
    volume = Varchar(60, default="")
    validity_days = SmallInt(default=None, null=True)
    time_zone = Varchar(40, default="Europe/Zurich")
    cost_cents = Integer(default=None, null=True)
    currency = Varchar(3, default="CHF")
    instructions = JSON(default="{}")
    dial = Varchar(60, default="")
    network = Varchar(32, default="")
    wifi_code = Varchar(8, default="portal")  # statuses.WifiCode
    portal_url = Varchar(200, default="")
    by_sms = Boolean(default=False)
    without_borrower = Boolean(default=False)
    position = SmallInt(default=0)
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class VoucherBatch(Table, tablename="inventory_voucher_batch"):
    """Vouchers that came together: one order, paid by one funder, at one price."""

    id = UUID(default=new_id, primary_key=True)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.restrict, index=True, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    funder = Varchar(120, default="", index=True)
    order_number = Varchar(60, default="")
    activate_by = Date(default=None, null=True)
    cost_cents = Integer(default=None, null=True)
    currency = Varchar(3, default="CHF")
    quantity = Integer(default=0)
    received_at = Timestamptz(default=None)
    version = Integer(default=1)


class VoucherTransfer(Table, tablename="inventory_voucher_transfer"):
    """A part of a batch on its way to another site, until somebody there says what arrived."""

    id = UUID(default=new_id, primary_key=True)
    batch = ForeignKey(VoucherBatch, on_delete=OnDelete.restrict, index=True, null=False)
    from_site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    to_site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    quantity = Integer()
    sent_at = Timestamptz(default=None)
    arrived = Integer(default=None, null=True)
    arrived_at = Timestamptz(default=None, null=True)
    explanation = Varchar(300, default="")


class VoucherKey(Table, tablename="inventory_voucher_key"):
    """A key that something here was sealed or marked with, by its name. One is ``current``.

    What is new is sealed with that one, and marked with each that is listed here.
    """

    name = Varchar(16, primary_key=True)
    current = Boolean(default=False)
    added_at = Timestamptz(default=None)


class Voucher(Table, tablename="inventory_voucher"):
    """One SIM or code, at a site.

    ``sealed`` is a ``sealing.Secret``, ``key`` what it is sealed with, ``hint`` its last
    characters where these give nothing away. ``activate_by`` is that of its batch.
    ``expires_at`` is known once it is activated.
    """

    id = UUID(default=new_id, primary_key=True)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.restrict, null=False)
    batch = ForeignKey(VoucherBatch, on_delete=OnDelete.restrict, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    status = Varchar(12, default="available")  # statuses.VoucherStatus
    sealed = Bytea()
    key = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=False)
    hint = Varchar(4, default="")
    activate_by = Date(default=None, null=True)
    reserved_until = Timestamptz(default=None, null=True)
    issued_at = Timestamptz(default=None, null=True)
    activated_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)
    void_reason = Varchar(12, default="")  # statuses.VoidReason
    replaced_by: ForeignKey[Voucher] = ForeignKey("self", on_delete=OnDelete.restrict)
    transfer = ForeignKey(VoucherTransfer, on_delete=OnDelete.set_null)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class VoucherMark(Table, tablename="inventory_voucher_mark"):
    """What a voucher is found by, under one key. Equal codes have equal marks: it is unique."""

    id = BigSerial(primary_key=True)
    voucher = ForeignKey(Voucher, on_delete=OnDelete.cascade, null=False)
    key = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=False)
    mark = Varchar(64, unique=True)


class VoucherCount(Table, tablename="inventory_voucher_count"):
    """The drawer of a site was counted: what should have been there, and what was.

    Where each voucher was scanned, ``missing`` says how many of the expected were not.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.restrict, index=True, null=False)
    scanned = Boolean(default=False)
    expected = Integer()
    counted = Integer()
    missing = Integer(default=0)
    explanation = Varchar(300, default="")
    counted_at = Timestamptz(default=None)


class VoucherLevel(Table, tablename="inventory_voucher_level"):
    """How few of a kind are too few at a site."""

    id = BigSerial(primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.cascade, index=True, null=False)
    low = SmallInt()


class VoucherBundle(Table, tablename="inventory_voucher_bundle"):
    """With an item of this model goes a voucher of this kind: a phone with its SIM."""

    id = BigSerial(primary_key=True)
    model = ForeignKey(Model, on_delete=OnDelete.cascade, index=True, null=False)
    kind = ForeignKey(VoucherKind, on_delete=OnDelete.cascade, index=True, null=False)
