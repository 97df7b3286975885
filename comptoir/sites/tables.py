"""Organisations, their places, when these are open, and who works there."""

from __future__ import annotations

from piccolo.columns import (
    UUID,
    Boolean,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id


class Organisation(Table, tablename="sites_organisation"):
    """Who owns what is lent; ``return_to`` is the line printed on every label."""

    id = UUID(default=new_id, primary_key=True)
    name = Varchar(120)
    return_to = Varchar(120)
    phone = Varchar(30, default="")
    email = Varchar(200, default="")
    website = Varchar(200, default="")
    version = Integer(default=1)


class Site(Table, tablename="sites_site"):
    """A place one can go to. ``short_name`` fits a label and a message.

    ``opening_hours`` is an OpenStreetMap expression; empty: nobody has said. From ``kind``
    to ``visits``, what it says of itself to whoever wants to come: codes of ``welcome``,
    several of them apart by blanks; empty or null where nobody has said. ``latitude`` and
    ``longitude`` are in degrees (WGS 84).
    """

    id = UUID(default=new_id, primary_key=True)
    organisation = ForeignKey(Organisation, on_delete=OnDelete.restrict, index=True, null=False)
    name = Varchar(120)
    short_name = Varchar(40)
    street = Varchar(160, default="")
    postcode = Varchar(12, default="")
    city = Varchar(80)
    country = Varchar(2)
    region = Varchar(3, default="")  # canton, or département: its public holidays
    local_holidays = Varchar(300, default="")  # those of a part of it: see public_holidays
    time_zone = Varchar(60)
    language = Varchar(2, default="fr")
    phone = Varchar(30, default="")
    email = Varchar(200, default="")
    opening_hours = Varchar(4000, default="")
    hours_confirmed_on = Date(default=None, null=True)  # the site's own date
    kind = Varchar(30, default="")
    transport = Varchar(300, default="")
    wheelchair = Varchar(10, default="")
    offers = Varchar(300, default="")
    audiences = Varchar(300, default="")
    cost = Varchar(20, default="")
    languages = Varchar(120, default="")
    visits = Varchar(20, default="")
    workstations = Integer(default=None, null=True)
    latitude = DoublePrecision(default=None, null=True)
    longitude = DoublePrecision(default=None, null=True)
    published = Boolean(default=False, index=True)
    shows_stock = Boolean(default=False)
    anct_id = Varchar(100, default="")  # in the file of the ANCT that it came from; unique
    pivot = Varchar(14, default="")  # SIRET or RNA, likewise
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class SiteSlug(Table, tablename="sites_slug"):
    """An address that a site has, or had before: of each site, one is the ``latest``."""

    slug = Varchar(80, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    latest = Boolean(default=True)


class HoursException(Table, tablename="sites_exception"):
    """Days, both included, on which a site is not open as its week says.

    ``hours`` is as ``calendars.hours_text`` writes it. Rows of one ``batch`` were
    announced together, for several sites.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    batch = UUID(default=None)
    first_day = Date(default=None)
    last_day = Date(default=None)
    kind = Varchar(8)
    hours = Varchar(80, default="")
    reason = Varchar(120, default="")
    yearly = Boolean(default=False)
    created_at = Timestamptz(default=None)


class StaffMember(Table, tablename="sites_staff_member"):
    """What somebody is at a site; at every site where ``site`` is null."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True, null=False
    )
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True)
    role = Varchar(12)
