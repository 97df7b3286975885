"""Four languages: translated text, and the language of the current reader.

Message ids are plain English. Catalogues are ``locales/<language>.po``, read
once on first use, so that no compiled file has to be kept in step with them.
"""

from __future__ import annotations

import gettext as _stdlib_gettext
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy

LANGUAGES: tuple[str, ...] = ("fr", "de", "it", "en")
DEFAULT_LANGUAGE = "fr"
#: What each language calls itself: a reader must recognise it in any other.
LANGUAGE_NAMES = {"fr": "Français", "de": "Deutsch", "it": "Italiano", "en": "English"}

LOCALES = Path(__file__).parent / "locales"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


@cache
def translations(language: str) -> _stdlib_gettext.NullTranslations:
    """The catalogue of a language; English is its own source."""
    path = LOCALES / f"{language}.po"
    if language == "en" or not path.exists():
        return _stdlib_gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return _stdlib_gettext.GNUTranslations(compiled)


def current_language() -> str:
    """The language of whoever reads the answer now being made."""
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Translate into ``language`` inside the block, then as before."""
    token = _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """Translate into ``language`` for the rest of this task (one request)."""
    _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def gettext(message: str, **values: object) -> str:
    """Translate into the current language, then fill ``%(name)s`` places."""
    text = translations(_language.get()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Translate a text that depends on a number; ``%(num)s`` is the number."""
    text = translations(_language.get()).ngettext(singular, plural, n)
    return text % {"num": n, **values}


def localized(names: Mapping[str, str], language: str | None = None) -> str:
    """What something is called in a language (default: the reader's).

    Where nobody wrote that name, the first there is, in the order of ``LANGUAGES``.
    """
    wanted = (language or _language.get(), *LANGUAGES)
    return next((names[each] for each in wanted if names.get(each)), "")


def lazy(message: str) -> LazyProxy:
    """A text translated when it is shown, for module-level constants."""
    return LazyProxy(gettext, message, enable_cache=False)
