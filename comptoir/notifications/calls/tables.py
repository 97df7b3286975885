"""What came of calls."""

from __future__ import annotations

from piccolo.columns import UUID, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.lending.tables import Borrower
from comptoir.sites.tables import Site


class CallOutcome(Table, tablename="notifications_call_outcome"):
    """What came of calling somebody. Who called stands nowhere here.

    ``outcome`` is a ``schemas.Outcome``. ``call_at`` is when they are to be called again, if
    they are. ``before`` is a JSON ``schemas.Before``: what an undo puts back.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    outcome = Varchar(15)
    call_at = Timestamptz(default=None, null=True)
    before = Text(default="{}")
    at = Timestamptz(default=None, index=True)
    undone_at = Timestamptz(default=None, null=True)
