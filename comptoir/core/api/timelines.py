"""Timelines for programs: the sentences of the pages, and what they say as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api.paging import Page, page_of
from comptoir.core.api.types import Moment
from comptoir.core.audit.sentences import Line
from comptoir.core.i18n import localized


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was changed or set: an id, a moment, a word of the API, or a text.

    Null is nothing. Of personal data only the field is told: both are null.
    """

    field: Annotated[str, msgspec.Meta(examples=["status"])]
    before: Annotated[str | None, msgspec.Meta(examples=["available"])]
    after: Annotated[str | None, msgspec.Meta(examples=["on_loan"])]


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened.

    `action` is stable and the one to test for; an action of a later version may
    be one that you do not know. `subject_type` and `subject_id` say what it was
    done to. `text` is the sentence that the pages show, for people.
    """

    id: UUID
    at: Moment
    action: Annotated[str, msgspec.Meta(examples=["loan.opened"])]
    subject_type: Annotated[str, msgspec.Meta(examples=["loan"])]
    subject_id: UUID | None
    text: str
    changes: list[Change]


def timeline_page(lines: Sequence[Line], limit: int) -> Page[TimelineEvent]:
    """A page of a timeline, from one line more than ``limit``."""
    return page_of([_event(line) for line in lines], limit, key=lambda event: event.id)


def _event(line: Line) -> TimelineEvent:
    entry = line.entry
    return TimelineEvent(
        id=line.id,
        at=entry.at,
        action=entry.action,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        text=line.text,
        changes=[_change(field, value) for field, value in entry.changes.items()],
    )


def _change(field: str, value: object) -> Change:
    before, after = value if isinstance(value, list) else (None, value)
    return Change(field=field, before=_plain(before), after=_plain(after))


def _plain(value: object) -> str | None:
    """A value of the trail as a text; names of a thing as the one in the reader's language."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, dict):
        return localized(value)
    return msgspec.json.encode(value).decode()
