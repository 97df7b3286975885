"""Reading wordings: which hold, and which held."""

from __future__ import annotations

from comptoir.core import db
from comptoir.core.i18n import LANGUAGES
from comptoir.notifications.errors import WordingNotFound
from comptoir.notifications.kinds import KINDS, NAMES
from comptoir.notifications.own_wordings.schemas import Form, Key, SavedWording, WordingView
from comptoir.notifications.texts import default_text, has_full_text

_COLUMNS = "own.version, own.text, own.saved_at"
_KEYED = (
    "own.kind = :kind AND own.language = :language "
    "AND own.barest = :barest AND own.in_full = :in_full"
)
_ALL = f"""
SELECT own.kind, own.language, own.barest, own.in_full, {_COLUMNS}
FROM notifications_own_wording own
WHERE NOT EXISTS (
    SELECT 1 FROM notifications_own_wording later
    WHERE later.kind = own.kind AND later.language = own.language
      AND later.barest = own.barest AND later.in_full = own.in_full
      AND later.version > own.version)
"""
_SAVED = f"""
SELECT {_COLUMNS} FROM notifications_own_wording own
WHERE {_KEYED} AND own.version < :before
ORDER BY own.version DESC LIMIT :limit
"""
_ONE = f"""
SELECT {_COLUMNS} FROM notifications_own_wording own
WHERE {_KEYED} AND own.version = :version
"""

#: More than any wording has versions, and as much as the column holds.
AFTER_ALL = 2**31 - 1


#: Before anything is saved.
_NEVER = SavedWording(0, None, None)


async def newest(key: Key) -> SavedWording:
    """What was saved last; version 0 where nothing was."""
    found = await saved(key, before=AFTER_ALL, limit=1)
    return found[0] if found else _NEVER


async def read_wording_view(key: Key) -> WordingView:
    """One wording.

    Raises:
        WordingNotFound: there is no such kind or language.
    """
    need_wording(key)
    return _view(key, await newest(key))


def need_wording(key: Key) -> None:
    """Go on if there is such a wording.

    Raises:
        WordingNotFound: there is no such kind or language, or the kind has no longer text.
    """
    if key.kind not in KINDS or key.language not in LANGUAGES or key.form not in forms_of(key.kind):
        raise WordingNotFound


def forms_of(kind: str) -> list[Form]:
    """The forms that a kind has."""
    return [form for form in Form if form is not Form.FULL or has_full_text(kind)]


async def list_wordings() -> list[WordingView]:
    """All of them, by kind, language and form, in one statement."""
    rows = {
        (row["kind"], row["language"], bool(row["barest"]), bool(row["in_full"])): SavedWording(
            row["version"], row["text"], row["saved_at"]
        )
        for row in await db.fetch(_ALL)
    }
    keys = (
        Key(kind, language, form)
        for kind in KINDS
        for language in LANGUAGES
        for form in forms_of(kind)
    )
    return [
        _view(key, rows.get((key.kind, key.language, key.barest, key.full), _NEVER)) for key in keys
    ]


async def saved(key: Key, *, before: int = AFTER_ALL, limit: int) -> list[SavedWording]:
    """What was saved before a version, the latest first."""
    rows = await db.fetch(_SAVED, before=before, limit=limit, **values_of(key))
    return [SavedWording(**row) for row in rows]


async def saved_text(key: Key, version: int) -> str:
    """What a wording was as of a version; the default where there is no such version."""
    row = await db.fetch_one(_ONE, version=version, **values_of(key))
    text = row["text"] if row else None
    return default_of(key) if text is None else str(text)


def default_of(key: Key) -> str:
    """What a wording is until somebody writes another."""
    return default_text(key.kind, key.language, barest=key.barest, full=key.full)


def values_of(key: Key) -> dict[str, object]:
    """The columns that tell a wording from others."""
    return {
        "kind": key.kind,
        "language": key.language,
        "barest": key.barest,
        "in_full": key.full,
    }


def _view(key: Key, last: SavedWording) -> WordingView:
    default = default_of(key)
    return WordingView(
        kind=key.kind,
        language=key.language,
        form=key.form,
        text=default if last.text is None else last.text,
        default=default,
        is_own=last.text is not None,
        names=[name for name in NAMES if name in KINDS[key.kind].names],
        version=last.version,
        saved_at=last.saved_at,
    )
