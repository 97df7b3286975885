"""Own wordings, each save a row: what was said before can be read, and said again."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from comptoir.core.ids import new_id


class OwnWording(Table, tablename="notifications_own_wording"):
    """A wording of all sites, from one save to the next; the highest ``version`` holds.

    ``text`` null is the default, whatever that is by now. Versions of a kind, language and
    form count from 1 (a unique index), so two who save at once cannot both succeed. Who
    saved it is in the audit trail alone.
    """

    id = UUID(default=new_id, primary_key=True)
    kind = Varchar(40)  # such as "due-soon"; the registry of kinds knows them
    language = Varchar(2)
    barest = Boolean(default=False)
    in_full = Boolean(default=False)  # of e-mail, letter and phone, where no sign costs
    version = Integer(default=1)
    text = Text(default=None, null=True)
    saved_at = Timestamptz(default=None)
