"""Names that people read in their own language, kept as one JSON object per row."""

from __future__ import annotations

import msgspec

from comptoir.core.i18n import DEFAULT_LANGUAGE


def in_language(names: str, language: str) -> str:
    """The name in ``language``, else in French, else in any; ``names`` is the JSON text."""
    known: dict[str, str] = msgspec.json.decode(names)
    return (
        known.get(language)
        or known.get(DEFAULT_LANGUAGE)
        or next((name for name in known.values() if name), "")
    )
