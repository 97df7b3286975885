"""Bundles of letters that are printed together."""

from __future__ import annotations

from piccolo.columns import UUID, BigSerial, ForeignKey, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.notifications.tables import Message
from comptoir.sites.tables import Site


class LetterBatch(Table, tablename="notifications_letter_batch"):
    """Letters of a site that are one document. They are sent once it was ``printed_at``."""

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True, null=False)
    made_at = Timestamptz(default=None)
    printed_at = Timestamptz(default=None, null=True)


class BatchLetter(Table, tablename="notifications_batch_letter"):
    """A message that is a letter of a bundle: of one at a time."""

    id = BigSerial(primary_key=True)
    message = ForeignKey(Message, on_delete=OnDelete.cascade, unique=True, null=False)
    batch = ForeignKey(LetterBatch, on_delete=OnDelete.cascade, index=True, null=False)
