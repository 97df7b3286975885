"""Signs of print where they cost nothing, and only there."""

from __future__ import annotations

import pytest

from comptoir.notifications.typesetting import typeset


@pytest.mark.parametrize(
    ("language", "plain", "printed"),
    [
        ("fr", "C'est prolongé !", "C’est prolongé\u00a0!"),
        (
            "fr",
            "aujourd'hui 9h-12h30.",
            "aujourd’hui 9\u00a0h\u00a0–\u2060\u00a012\u00a0h\u00a030.",
        ),
        ("fr", "d'ici lundi 17h : clé", "d’ici lundi 17\u00a0h\u00a0: clé"),
        ("fr", "tél. 026 555 01 10", "tél. 026 555 01 10"),
        ("de", "morgen 9-12 und 13.30-18 Uhr.", "morgen 9–\u206012 und 13.30–\u206018 Uhr."),
        ("de", "Tel. 026-555-01-10, USB-3-4", "Tel. 026-555-01-10, USB-3-4"),
        ("it", "all'1.30, l'orario: ore 9-12", "all’1.30, l’orario: ore 9–\u206012"),
        ("en", "let's talk, 9:00-12:00.", "let’s talk, 9:00–\u206012:00."),
        ("en", "'laptop' 5'", "'laptop' 5'"),
    ],
)
def test_a_text_has_the_signs_of_print(language: str, plain: str, printed: str) -> None:
    assert typeset(plain, language) == printed


def test_a_code_and_a_link_stay_as_they_are() -> None:
    kept = ("1h-2h", "https://pret.example.org/l/a'b")
    said = f"Votre code : {kept[0]} {kept[1]} C'est 1h-2h."
    assert typeset(said, "fr", kept=kept) == (f"Votre code\u00a0: {kept[0]} {kept[1]} C’est 1h-2h.")
    assert typeset("C'est lui", "fr", kept=("", "")) == "C’est lui"
