"""The wording of a message: the place's own, or the default.

One message: ``await wording_of(...)``. Many: ``await read_wordings()`` once, then ``of``.
"""

from __future__ import annotations

import msgspec

from comptoir.core import db
from comptoir.notifications.kinds import KINDS
from comptoir.notifications.own_wordings.schemas import Form
from comptoir.notifications.placeholders import Wording, read
from comptoir.notifications.texts import default_wording, has_full_text

_NEWEST = """
SELECT own.kind, own.language, own.barest, own.in_full, own.text
FROM notifications_own_wording own
WHERE {which} own.text IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM notifications_own_wording later
    WHERE later.kind = own.kind AND later.language = own.language
      AND later.barest = own.barest AND later.in_full = own.in_full
      AND later.version > own.version)
"""
_ALL = _NEWEST.format(which="")
_ONE = _NEWEST.format(which="own.kind = :kind AND own.language = :language AND")

#: The kind, the language, and the form.
_Key = tuple[str, str, Form]


def form_of(kind: str, *, barest: bool, full: bool) -> Form:
    """Which text of a kind serves; one without a longer text says everywhere the usual one."""
    if barest:
        return Form.BAREST
    return Form.FULL if full and has_full_text(kind) else Form.USUAL


class Wordings(msgspec.Struct, frozen=True):
    """The wordings that hold; ``own`` are those that are not the default."""

    own: dict[_Key, Wording]

    def of(self, kind: str, language: str, *, barest: bool = False, full: bool = False) -> Wording:
        """The wording of a kind in a language; ``full``: where no sign costs.

        Raises:
            KeyError: there is no such kind.
        """
        own = self.own.get((kind, language, form_of(kind, barest=barest, full=full)))
        return own or default_wording(kind, language, barest=barest, full=full)


async def read_wordings() -> Wordings:
    """All that hold, in one statement."""
    return _wordings(await db.fetch(_ALL))


async def wording_of(kind: str, language: str, *, barest: bool = False) -> Wording:
    """The one that holds now, in one statement.

    Raises:
        KeyError: there is no such kind.
    """
    rows = await db.fetch(_ONE, kind=kind, language=language)
    return _wordings(rows).of(kind, language, barest=barest)


def _wordings(rows: list[db.Row]) -> Wordings:
    own: dict[_Key, Wording] = {}
    for row in rows:
        kind = KINDS.get(row["kind"])
        if kind is None:
            continue
        form = form_of(kind.code, barest=row["barest"], full=row["in_full"])
        wording = read(row["text"], kind.names, texted=form is not Form.FULL)
        # One that names what a later release no longer knows says nothing: the default does.
        if isinstance(wording, Wording):
            own[kind.code, row["language"], form] = wording
    return Wordings(own)
