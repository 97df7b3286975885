"""The tally: one number for a day, a site and a reason."""

from __future__ import annotations

from piccolo.columns import UUID, Date, ForeignKey, Integer, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.sites.tables import Site


class VisitTally(Table, tablename="sites_visit_tally"):
    """How many came on a day, in the site's own time zone. ``reason`` is a ``Reason``."""

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, null=False)
    day = Date(default=None, null=False)
    reason = Varchar(20, default="", null=False)
    visits = Integer(default=0)
