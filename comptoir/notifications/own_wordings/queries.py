"""Reading wordings: which hold, and which held."""

from __future__ import annotations

from comptoir.core import db
from comptoir.core.i18n import LANGUAGES
from comptoir.notifications.errors import WordingNotFound
from comptoir.notifications.kinds import KINDS, NAMES
from comptoir.notifications.own_wordings.schemas import Form, Key, SavedWording, WordingView
from comptoir.notifications.texts import default_text

_COLUMNS = "own.version, own.text, own.saved_at"
_KEYED = "own.kind = :kind AND own.language = :language AND own.barest = :barest"
_ALL = f"""
SELECT own.kind, own.language, own.barest, {_COLUMNS} FROM notifications_own_wording own
WHERE NOT EXISTS (
    SELECT 1 FROM notifications_own_wording later
    WHERE later.kind = own.kind AND later.language = own.language
      AND later.barest = own.barest AND later.version > own.version)
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
    if key.kind not in KINDS or key.language not in LANGUAGES:
        raise WordingNotFound
    return _view(key, await newest(key))


async def list_wordings() -> list[WordingView]:
    """All of them, by kind, language and form, in one statement."""
    rows = {
        (row["kind"], row["language"], bool(row["barest"])): SavedWording(
            row["version"], row["text"], row["saved_at"]
        )
        for row in await db.fetch(_ALL)
    }
    keys = (Key(kind, language, form) for kind in KINDS for language in LANGUAGES for form in Form)
    return [_view(key, rows.get((key.kind, key.language, key.barest), _NEVER)) for key in keys]


async def saved(key: Key, *, before: int = AFTER_ALL, limit: int) -> list[SavedWording]:
    """What was saved before a version, the latest first."""
    rows = await db.fetch(_SAVED, before=before, limit=limit, **_values(key))
    return [SavedWording(**row) for row in rows]


async def saved_text(key: Key, version: int) -> str:
    """What a wording was as of a version; the default where there is no such version."""
    row = await db.fetch_one(_ONE, version=version, **_values(key))
    text = row["text"] if row else None
    return default_text(key.kind, key.language, barest=key.barest) if text is None else str(text)


def _values(key: Key) -> dict[str, object]:
    return {"kind": key.kind, "language": key.language, "barest": key.barest}


def _view(key: Key, last: SavedWording) -> WordingView:
    default = default_text(key.kind, key.language, barest=key.barest)
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
