"""What happened, in plain sentences: one place, to which each floor adds its own.

A floor says how an action reads (``describe``) and what its fields are called
(``name_field``). No sentence names a member of staff.

    describe("item.retired", _l("Retired."))
    describe("item.sent", lambda entry: _("Sent to %(site)s.", site=entry.site_name(...)))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

import msgspec
from babel.support import LazyProxy

from comptoir.core.audit import Entry, timeline
from comptoir.core.i18n import gettext as _


class Story(msgspec.Struct, frozen=True):
    """An entry, and the names of what it speaks of by id (sites, models, …)."""

    entry: Entry
    names: Mapping[str, str]

    def before(self, field: str) -> object:
        """What a field was, or None."""
        pair = self.entry.changes.get(field)
        return pair[0] if isinstance(pair, list) else None

    def after(self, field: str) -> object:
        """What a field became, or None."""
        pair = self.entry.changes.get(field)
        return pair[1] if isinstance(pair, list) else None

    def name(self, reference: object) -> str:
        """The name of what an id stands for; empty if it is not known."""
        return self.names.get(str(reference), "")


Sentence = LazyProxy | Callable[[Story], str]


class Line(msgspec.Struct, frozen=True):
    """One line of a timeline. ``details`` are fields with their old and new value, for people."""

    id: UUID
    entry: Entry
    text: str
    details: tuple[tuple[str, str, str], ...] = ()

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entry.at


_sentences: dict[str, Sentence] = {}
_fields: dict[tuple[str, str], tuple[LazyProxy, Callable[[object], str]]] = {}


_repeated: set[str] = set()


def describe(action: str, sentence: Sentence, *, repeats: bool = False) -> None:
    """Say how an action reads: a text, or a function of its story.

    ``repeats``: done several times on end, it is told once (``folded``).
    """
    _sentences[action] = sentence
    if repeats:
        _repeated.add(action)


def name_field(
    subject_type: str, field: str, label: LazyProxy, show: Callable[[object], str] = str
) -> None:
    """Say what a field is called, and how its value is shown; others are not listed."""
    _fields[subject_type, field] = (label, show)


def is_described(action: str) -> bool:
    """True if a floor has said how the action reads."""
    return action in _sentences


def tell(event_id: UUID, entry: Entry, names: Mapping[str, str]) -> Line:
    """An entry as a line in the reader's language."""
    story = Story(entry, names)
    sentence = _sentences.get(entry.action)
    if sentence is None:
        text = _("Something was changed.")
    else:
        text = str(sentence) if isinstance(sentence, LazyProxy) else sentence(story)
    return Line(event_id, entry, text, tuple(_details(story)))


async def lines(
    subject_id: UUID,
    names: Mapping[str, str],
    *,
    besides: Collection[UUID] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[Line]:
    """A subject's timeline, newest first, without what was done to one of ``besides``.

    ``before`` is the id of the last line seen.
    """
    entries = await timeline(subject_id, besides=besides, before=before, limit=limit)
    return [tell(event_id, entry, names) for event_id, entry in entries]


def folded(found: Sequence[Line]) -> list[Line]:
    """Lines of which those that say the same again, of an action that ``repeats``, are left out.

    The newest stands for them. The trail itself keeps each.
    """
    return [
        line
        for newer, line in pairwise((None, *found))
        if line is not None and not _says_the_same(newer, line)
    ]


def _says_the_same(newer: Line | None, line: Line) -> bool:
    if newer is None or line.entry.action not in _repeated:
        return False
    same = newer.entry.action, newer.entry.subject_id, newer.text
    return same == (line.entry.action, line.entry.subject_id, line.text)


def _details(story: Story) -> list[tuple[str, str, str]]:
    found = []
    for field, pair in story.entry.changes.items():
        known = _fields.get((story.entry.subject_type, field))
        if known is None:
            continue
        label, show = known
        if pair is None:
            found.append((str(label), "", ""))
        elif isinstance(pair, list):
            was, became = (
                story.name(value) or ("" if value in (None, "") else show(value)) for value in pair
            )
            found.append((str(label), was, became))
    return found
