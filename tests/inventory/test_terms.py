"""What an item is found by."""

from __future__ import annotations

import pytest

from comptoir.inventory import terms


def test_an_item_has_terms_from_the_front_and_from_the_back() -> None:
    found = terms.terms(
        code="BCDFGHJK", serial="PF-3X 9", imeis=("356938035643809", ""), notes="Écran, écran !"
    )
    assert found == [
        ("c", "bcdfghjk"),
        ("i", "356938035643809"),
        ("s", "pf3x9"),
        ("b", "~9x3fp"),
        ("b", "~908346530839653"),
        ("n", "ecran"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  ThinkPad  L13 ", ("thinkpad", "l13")),
        ("BCDF-GHJK", ("bcdfghjk",)),
        ("Zürich, zurich", ("zurich",)),
        ("!!! --", ()),
        ("a b c d e f g h", ("a", "b", "c", "d", "e", "f")),
        ("x" * 5000, ("x" * 40,)),
    ],
)
def test_a_search_is_cut_into_words(text: str, words: tuple[str, ...]) -> None:
    assert terms.words(text) == words
