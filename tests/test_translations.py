"""Every text for people is there in every language, with the same places to fill."""

from __future__ import annotations

import re

import pytest

from comptoir.core import i18n
from tools import messages

_PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_nothing_is_left_to_translate(language: str) -> None:
    assert messages.missing(language, messages.template()) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_fill_the_same_places(language: str) -> None:
    wrong = []
    for message in messages.catalogue(language):
        if not message.id:
            continue
        several = isinstance(message.id, (tuple, list))
        source = message.id[1] if several else message.id
        translation = message.string[-1] if several else message.string
        if set(_PLACE.findall(source)) != set(_PLACE.findall(translation)):
            wrong.append(source)
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_stays_in_the_catalogue_after_it_is_gone(language: str) -> None:
    wanted = messages.template()
    gone = [str(m.id) for m in messages.catalogue(language) if m.id and m.id not in wanted]
    assert gone == []


def test_a_text_is_given_in_the_language_of_its_reader() -> None:
    with i18n.use_language("de"):
        assert i18n.gettext("today") == "heute"
        assert i18n.ngettext("in %(num)s day", "in %(num)s days", 3) == "in 3 Tagen"
    with i18n.use_language("en"):
        assert i18n.gettext("today") == "today"
