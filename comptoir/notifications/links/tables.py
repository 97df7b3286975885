"""The links that went out."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.lending.tables import Borrower
from comptoir.sites.tables import Site


class BorrowerLink(Table, tablename="notifications_borrower_link"):
    """A link as it was sent to ``address``, in a message of ``site``, until ``expires_at``.

    That is a number or an e-mail address. It holds only as long as it is the borrower's, and
    the site sends links.
    """

    id = BigSerial(primary_key=True)
    token_hash = Varchar(64, unique=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True, null=False)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    address = Varchar(200, index=True)
    expires_at = Timestamptz(default=None, index=True)
