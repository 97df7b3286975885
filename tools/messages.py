"""Keep the catalogues in step with the texts in code and templates.

``python tools/messages.py`` adds new texts to each ``locales/<language>.po``,
removes those that are gone, and says how many are still to translate. Nothing
is guessed from similar texts: a wrong guess reads like a translation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "comptoir"
LOCALES = PACKAGE / "core" / "locales"
#: English is the language of the texts themselves.
LANGUAGES = ("fr", "de", "it")

HEADER = "# Comptoir, translated texts. Edit the msgstr lines only."
#: Dates in the header would make every run a change.
_NO_DATE = datetime(2026, 11, 24, tzinfo=UTC)

_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
_KEYWORDS = {
    "_": None,
    "_l": None,
    "_n": (1, 2),
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
}


def texts() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str]]]:
    """Every text for people: its file, line, message (or singular and plural), comments."""
    found = extract_from_dir(PACKAGE, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("Translators:",))
    for file, line, message, comments, _context in found:
        yield file, line, message, comments


def template() -> Catalog:
    """A catalogue of all texts, without translations."""
    catalog = Catalog(project="comptoir", charset="utf-8")
    # Lines are left out: they would change with every edit of a file.
    for file, _line, message, comments in texts():
        catalog.add(message, locations=[(file, 0)], auto_comments=comments)
    return catalog


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is, or an empty one."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, project="comptoir", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str, wanted: Catalog) -> list[str]:
    """The texts that have no translation in a language, or only half of one."""
    known = catalogue(language)
    return [
        str(message.id)
        for message in wanted
        if message.id and not _translated(known.get(message.id))
    ]


def _translated(message: object) -> bool:
    text = getattr(message, "string", None)
    parts = text if isinstance(text, (tuple, list)) else [text]
    return message is not None and not getattr(message, "fuzzy", False) and all(parts)


def main() -> int:
    """Update every catalogue."""
    wanted = template()
    LOCALES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        known = catalogue(language)
        known.update(wanted, no_fuzzy_matching=True)
        known.obsolete.clear()
        known.header_comment = HEADER
        known.fuzzy = False
        known.creation_date = known.revision_date = _NO_DATE
        with (LOCALES / f"{language}.po").open("wb") as file:
            write_po(file, known, width=96, sort_output=True, include_lineno=False)
        left = len(missing(language, wanted))
        print(f"{language}: {len(known)} texts, {left} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
