"""Competences that the programme has names for, and who has which, and speaks what."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, Text, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id


class Competence(Table, tablename="sites_competence"):
    """Something that not everybody can do; ``names`` is JSON, by language."""

    id = UUID(default=new_id, primary_key=True)
    names = Text(default="{}")
    version = Integer(default=1)


class StaffSkill(Table, tablename="sites_staff_skill"):
    """A language that somebody speaks, or a competence they have: one of the two.

    ``shown`` lets the public know that somebody at their sites does; never who.
    """

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(
        User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True, null=False
    )
    language = Varchar(3, default="")
    competence = ForeignKey(Competence, on_delete=OnDelete.cascade, index=True)
    shown = Boolean(default=False)
