"""Shifts, absences, offers to swap, what a site needs, and private calendar links.

Minutes count from local midnight at the site; 1440 is 24:00. Nothing here says
whether somebody came: what is past is deleted (see ``rota.forgetting``).
"""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.sites.skills.tables import Competence
from comptoir.sites.tables import Site


class Shift(Table, tablename="sites_shift"):
    """Somebody at a site for part of a day: once, or every ``every_weeks`` weeks.

    It falls on the weekday of ``first_day``. Once is where ``last_day`` is the
    same day; null is without an end. Somebody ``volunteered`` where they put
    themselves on the rota, until a coordinator changes the shift.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True, null=False
    )
    first_day = Date(default=None)
    last_day = Date(default=None, null=True, index=True)
    every_weeks = SmallInt(default=1)
    starts = SmallInt()
    ends = SmallInt()
    volunteered = Boolean(default=False)


class ShiftSkip(Table, tablename="sites_shift_skip"):
    """A day on which a shift is left out: it was changed, given away or dropped for that day.

    ``closure`` is the exception for which it was: once that is withdrawn, and so is not there
    any more, the rota offers the shift back.
    """

    id = UUID(default=new_id, primary_key=True)
    shift = ForeignKey(Shift, on_delete=OnDelete.cascade, index=True, null=False)
    day = Date(default=None)
    closure = UUID(default=None, null=True)


class Absence(Table, tablename="sites_absence"):
    """Days, both included, on which somebody does not come, or part of each of them.

    There is no reason: it is nobody's business here.
    """

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True, null=False
    )
    first_day = Date(default=None)
    last_day = Date(default=None, index=True)
    starts = SmallInt(default=0)
    ends = SmallInt(default=1440)


class ShiftOffer(Table, tablename="sites_shift_offer"):
    """A shift of one day that its holder would like somebody else to take.

    It keeps what it was about, for the coordinator to read once it is taken.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    shift = ForeignKey(Shift, on_delete=OnDelete.cascade, index=True, null=False)
    day = Date(default=None)
    starts = SmallInt()
    ends = SmallInt()
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True, null=False
    )
    taken_by = ForeignKey(User, on_delete=OnDelete.cascade, index=True)
    offered_at = Timestamptz(default=None)


class Need(Table, tablename="sites_need"):
    """How many people a site needs while it is open, maybe of one weekday or part of the day.

    With a ``language`` or a ``competence``, only who has it counts.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    weekday = SmallInt(default=None, null=True)  # 0 is Monday; null: every day
    starts = SmallInt(default=0)
    ends = SmallInt(default=1440)
    people = SmallInt(default=1)
    language = Varchar(3, default="")
    competence = ForeignKey(Competence, on_delete=OnDelete.cascade, index=True)


class CalendarLink(Table, tablename="sites_calendar_link"):
    """A private address of a rota as iCalendar: of one person, or of one site."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True)
    token_hash = Varchar(64, unique=True)
    created_at = Timestamptz(default=None)
