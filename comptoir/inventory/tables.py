"""What is lent. Names that borrowers read are kept per language, as JSON."""

from __future__ import annotations

from piccolo.columns import (
    JSON,
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
from comptoir.sites.tables import Site


class Category(Table, tablename="inventory_category"):
    """A kind of thing that one policy speaks of: laptop, phone, mobile router."""

    id = UUID(default=new_id, primary_key=True)
    names = JSON(default="{}")
    position = SmallInt(default=0)
    active = Boolean(default=True)
    version = Integer(default=1)


class Model(Table, tablename="inventory_model"):
    """A make and type. ``imei_count`` says how many IMEI each item has (0 to 2)."""

    id = UUID(default=new_id, primary_key=True)
    category = ForeignKey(Category, on_delete=OnDelete.restrict, index=True, null=False)
    manufacturer = Varchar(80, default="")
    name = Varchar(120)
    short_name = Varchar(30)
    imei_count = SmallInt(default=0)
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class Accessory(Table, tablename="inventory_accessory"):
    """What belongs to each item of a model: charger, bag, mouse."""

    id = UUID(default=new_id, primary_key=True)
    model = ForeignKey(Model, on_delete=OnDelete.cascade, index=True, null=False)
    names = JSON(default="{}")
    position = SmallInt(default=0)


class Item(Table, tablename="inventory_item"):
    """One thing with a label on it.

    On the way to another site, ``destination_site`` says where to, and
    ``arrives_as`` which status it takes there.
    """

    id = UUID(default=new_id, primary_key=True)
    code = Varchar(8, unique=True)
    model = ForeignKey(Model, on_delete=OnDelete.restrict, null=False)
    serial = Varchar(60, default="")
    imei_1 = Varchar(15, default="")
    imei_2 = Varchar(15, default="")
    condition = Varchar(12, default="good")
    status = Varchar(12, default="available")
    home_site = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    present_site = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    funder = Varchar(120, default="")
    purchased_on = Date(default=None, null=True)
    price_cents = Integer(default=None, null=True)
    currency = Varchar(3, default="CHF")
    notes = Text(default="")
    destination_site = ForeignKey(Site, on_delete=OnDelete.restrict)
    arrives_as = Varchar(12, default="")
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class ItemTerm(Table, tablename="inventory_item_term"):
    """What an item is found by; see ``inventory.terms`` for the kinds of term."""

    id = BigSerial(primary_key=True)
    item = ForeignKey(Item, on_delete=OnDelete.cascade, index=True, null=False)
    kind = Varchar(1)
    term = Varchar(60)


class ItemProblem(Table, tablename="inventory_item_problem"):
    """Something missing or damaged; while unresolved, the item is set aside.

    ``loan_id`` is the loan that came back without it, where its borrower is to bring it.
    """

    id = UUID(default=new_id, primary_key=True)
    item = ForeignKey(Item, on_delete=OnDelete.cascade, index=True, null=False)
    accessory = ForeignKey(Accessory, on_delete=OnDelete.set_null, index=True)
    kind = Varchar(10)  # missing, damaged
    note = Varchar(300, default="")
    loan_id = UUID(default=None, null=True)
    reported_at = Timestamptz(default=None)
    resolved_at = Timestamptz(default=None, null=True)
