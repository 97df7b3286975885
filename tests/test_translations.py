"""Every text for people is there in every language, with the same places to fill."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog

from comptoir.core import i18n
from tools import messages

_PLACE = re.compile(r"%\(\w+\)[sd]")


@cache
def _template() -> Catalog:
    """The texts of the program: reading them all takes seconds."""
    return messages.template()


def _texts(value: object) -> list[str]:
    """One text, or singular and plural."""
    parts = value if isinstance(value, (tuple, list)) else [value]
    return [str(part) for part in parts]


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_nothing_is_left_to_translate(language: str) -> None:
    assert messages.missing(language, _template()) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_fill_the_same_places(language: str) -> None:
    wrong = []
    for message in messages.catalogue(language):
        if not message.id:
            continue
        sources, translations = _texts(message.id), _texts(message.string)
        if set(_PLACE.findall(sources[-1])) != set(_PLACE.findall(translations[-1])):
            wrong.append(sources[-1])
    assert wrong == []


#: In French a sign that may begin a line, and in both a typewriter's apostrophe.
_CARELESS = {"fr": r" [:;?!»]|« |\w'\w", "it": r"\w'\w"}


@pytest.mark.parametrize("language", _CARELESS)
def test_signs_are_set_as_the_language_sets_them(language: str) -> None:
    texts = [text for message in messages.catalogue(language) for text in _texts(message.string)]
    assert [text for text in texts if re.search(_CARELESS[language], text)] == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_stays_in_the_catalogue_after_it_is_gone(language: str) -> None:
    wanted = _template()
    gone = [str(m.id) for m in messages.catalogue(language) if m.id and m.id not in wanted]
    assert gone == []


def test_a_text_is_given_in_the_language_of_its_reader() -> None:
    with i18n.use_language("de"):
        assert i18n.gettext("today") == "heute"
        assert i18n.ngettext("in %(num)s day", "in %(num)s days", 3) == "in 3 Tagen"
    with i18n.use_language("en"):
        assert i18n.gettext("today") == "today"
