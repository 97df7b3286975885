"""A text that says the same in fewer parts, offered only where it does say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.gsm7_wording import gsm7_wording
from comptoir.notifications.segments import Encoding, split
from tests.notifications.gsm_table import encoded


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("À rapporter…", "A rapporter..."),
        ("Merci d’avoir tout rendu", "Merci d'avoir tout rendu"),
        ("votre prêt, sœur, Œuvre", "votre pret, soeur, Oeuvre"),
        ("9\u00a0h – 12\u202fh", "9 h - 12 h"),
        ("ouvert à la Fête, leçon, Noël, île", "ouvert à la Fete, lecon, Noel, ile"),
        ("« Espace\u00a0Info »", '"Espace Info"'),
        ("„Haus“ und ‚Hof‘", "\"Haus\" und 'Hof'"),
        ("È aperto. È qui, PERCHÉ NON È TARDI", "E' aperto. E' qui, PERCHÉ NON E' TARDI"),
        ("PRÈS D’ICI", "PRES D'ICI"),
        ("cafe\u0301 pre\u0302t", "café pret"),  # letters and accents apart, as some systems type
        ("usager·ère·s", "usager-ère-s"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_signs_and_accents_are_replaced(text: str, offered: str) -> None:
    assert gsm7_wording(text) == offered


@pytest.mark.parametrize(
    "text",
    [
        "Déjà en GSM, prix 5 €",  # nothing to offer
        "",
        "C’est dû vendredi",  # du is another word
        "Bien sûr…",
        "une tâche",
        "du maïs",
        "Merci 😀",
        "مرحبا",
        "Привіт…",
        "güneşli",  # letters of other languages may tell words apart
    ],
)
def test_what_would_say_something_else_is_not_offered(text: str) -> None:
    assert gsm7_wording(text) is None


@given(st.text(st.one_of(st.characters(), st.sampled_from("abc ’…êœÈ«»\u00a0")), max_size=200))
def test_what_is_offered_is_in_the_alphabet_and_takes_no_more_parts(text: str) -> None:
    offered = gsm7_wording(text)
    if offered is not None:
        assert encoded(offered) is not None
        assert split(text).encoding is Encoding.UCS2
        assert len(split(offered).parts) <= max(1, len(split(text).parts))
        assert gsm7_wording(offered) is None
