"""What waits to be printed, and the bundles that were made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.notifications.kinds import title_of


class LetterFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to. ``after`` is the last letter of the page before."""

    site_id: UUID | None = None
    after: UUID | None = None
    limit: int = 50


class LetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that waits to be printed. Times are UTC.

    ``others`` wait there for the same person: one of them, which ``is_printed``, stands for all.
    """

    id: UUID
    site_id: UUID
    place: str
    time_zone: str
    borrower_id: UUID
    borrower: str
    kind: str
    language: str
    created_at: datetime
    others: int
    is_printed: bool

    @property
    def title(self) -> str:
        """What coordinators call its kind."""
        return title_of(self.kind)


class LetterPage(msgspec.Struct, frozen=True):
    """One page of the list; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[LetterRow, ...]
    next: UUID | None = None


class WaitingAt(msgspec.Struct, frozen=True):
    """How many letters wait at a site."""

    site_id: UUID
    place: str
    letters: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Letters that are one document. Times are UTC.

    ``printable`` counts those whose text is still known: it is forgotten after 90 days.
    """

    id: UUID
    site_id: UUID
    place: str
    time_zone: str
    letters: int
    printable: int
    made_at: datetime
    printed_at: datetime | None


class BatchPage(msgspec.Struct, frozen=True):
    """Bundles, the latest first; ``next`` is the ``after`` of the page that follows, if any."""

    rows: tuple[Batch, ...]
    next: UUID | None = None


class MakeBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make one document of the letters that wait at a site."""

    site_id: Annotated[UUID, msgspec.Meta(description="The site that writes them.")]
