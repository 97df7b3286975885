"""Who wants the summary by e-mail."""

from __future__ import annotations

from piccolo.columns import UUID, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id


class DigestWish(Table, tablename="notifications_digest_wish"):
    """A coordinator who gets the summary each Monday, at ``email``, since ``wanted_at``."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, unique=True, null=False
    )
    email = Varchar(200)
    wanted_at = Timestamptz(default=None)
