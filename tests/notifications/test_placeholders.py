"""What a wording may say, and how its places are filled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.i18n import LANGUAGES, use_language
from comptoir.notifications.numbers import NumberProblem
from comptoir.notifications.placeholders import (
    MOST_CHARACTERS,
    MOST_OF_A_VALUE,
    Problem,
    ProblemCode,
    Wording,
    read,
    render,
)
from comptoir.notifications.sentences import number_sentence, wording_sentence

NAMES = ("place", "opening", "due", "items", "count")
VALUES = {
    "place": "Espace Info",
    "opening": "demain 9h-12h",
    "due": "vendredi 17h",
    "items": "souris",
    "count": "2",
}


def sound(text: str) -> Wording:
    wording = read(text, NAMES)
    assert isinstance(wording, Wording), wording
    return wording


def problems(text: str) -> list[tuple[ProblemCode, int]]:
    found = read(text, NAMES)
    assert isinstance(found, tuple)
    return [(each.code, each.position) for each in found]


def test_places_are_filled() -> None:
    wording = sound("{{items}} d'ici {{due}}.\r\n{{place}}: {{opening}}")
    assert render(wording, VALUES, count=1) == (
        "souris d'ici vendredi 17h.\nEspace Info: demain 9h-12h"
    )
    assert wording.names() == {"items", "due", "place", "opening"}


@pytest.mark.parametrize(
    ("count", "text"), [(1, "Un objet."), (2, "2 objets."), (0, "2 objets."), (3, "2 objets.")]
)
def test_one_or_many(count: int, text: str) -> None:
    wording = sound("{{one}}Un objet{{many}}{{count}} objets{{end}}.")
    assert render(wording, VALUES, count=count) == text
    assert wording.names() == {"count"}


def test_a_form_may_have_an_empty_side() -> None:
    wording = sound("objet{{one}}{{many}}s{{end}}")
    assert render(wording, {}, count=1) == "objet"
    assert render(wording, {}, count=2) == "objets"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(ProblemCode.EMPTY, 0)]),
        (" \n ", [(ProblemCode.EMPTY, 0)]),
        ("Bonjour {{nom}}", [(ProblemCode.UNKNOWN_NAME, 8)]),
        ("{{place", [(ProblemCode.UNCLOSED, 0)]),
        ("ici {{place} là", [(ProblemCode.UNCLOSED, 4), (ProblemCode.STRAY_BRACE, 11)]),
        ("{{place {{due}}", [(ProblemCode.UNCLOSED, 0)]),
        ("{{place\n}}", [(ProblemCode.UNCLOSED, 0), (ProblemCode.STRAY_BRACE, 8)]),
        ("{place}", [(ProblemCode.STRAY_BRACE, 0), (ProblemCode.STRAY_BRACE, 6)]),
        ("a }} b", [(ProblemCode.STRAY_BRACE, 2)]),
        ("{{ place }}", [(ProblemCode.MALFORMED, 0)]),
        ("{{Place}}", [(ProblemCode.MALFORMED, 0)]),
        ("{{}}", [(ProblemCode.MALFORMED, 0)]),
        ("{{place.__class__}}", [(ProblemCode.MALFORMED, 0)]),
        ("{{place|upper}}", [(ProblemCode.MALFORMED, 0)]),
        ("{{7*7}}", [(ProblemCode.MALFORMED, 0)]),
        ("{% if place %}", [(ProblemCode.STRAY_BRACE, 0), (ProblemCode.STRAY_BRACE, 13)]),
        ("{{{place}}}", [(ProblemCode.MALFORMED, 0), (ProblemCode.STRAY_BRACE, 10)]),
        ("{{one}}a", [(ProblemCode.FORM_UNFINISHED, 0)]),
        ("x{{one}}a{{many}}b", [(ProblemCode.FORM_UNFINISHED, 1)]),
        ("{{many}}", [(ProblemCode.FORM_OUT_OF_PLACE, 0)]),
        ("{{end}}", [(ProblemCode.FORM_OUT_OF_PLACE, 0)]),
        (
            "{{one}}a{{end}}",
            [(ProblemCode.FORM_UNFINISHED, 0), (ProblemCode.FORM_OUT_OF_PLACE, 8)],
        ),
        ("{{one}}a{{one}}b{{many}}c{{end}}", [(ProblemCode.FORM_NESTED, 8)]),
        ("{{one}}a{{many}}b{{many}}c{{end}}", [(ProblemCode.FORM_OUT_OF_PLACE, 17)]),
        ("a\x07b", [(ProblemCode.CONTROL_CHARACTER, 1)]),
        (
            "a\u202eb\u200b",
            [(ProblemCode.CONTROL_CHARACTER, 1), (ProblemCode.CONTROL_CHARACTER, 3)],
        ),
        ("x" * (MOST_CHARACTERS + 1), [(ProblemCode.TOO_LONG, MOST_CHARACTERS)]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str, expected: list[tuple[ProblemCode, int]]
) -> None:
    assert problems(text) == expected


def test_what_was_meant_is_offered() -> None:
    assert read("{{plase}}", NAMES) == (Problem(ProblemCode.UNKNOWN_NAME, 0, "{{plase}}", "place"),)
    assert read("{{ Place }}", NAMES) == (
        Problem(ProblemCode.MALFORMED, 0, "{{ Place }}", "place"),
    )


def test_a_text_of_two_thousand_characters_is_told_how_many_may_be() -> None:
    [problem] = read("a" * 2000, NAMES)  # type: ignore[misc]  # problems, not a wording
    assert (problem.code, problem.length, problem.most) == (
        ProblemCode.TOO_LONG,
        2000,
        MOST_CHARACTERS,
    )


@pytest.mark.parametrize(
    ("sign", "most"), [("a", 612), ("€", 304), ("ê", 268), ("’", 268), ("😀", 132)]
)
def test_a_text_may_take_four_parts_whatever_is_in_it(sign: str, most: int) -> None:
    assert isinstance(read(sign * most, NAMES), Wording)
    [problem] = read(sign * (most + 1), NAMES)  # type: ignore[misc]  # problems, not a wording
    assert problem.code is ProblemCode.TOO_LONG
    assert problem.length > problem.most


def test_a_longer_text_goes_where_no_sign_costs() -> None:
    assert isinstance(read("ê" * 612, NAMES, texted=False), Wording)


def test_a_brace_takes_no_more_than_a_letter() -> None:
    assert isinstance(read("{{place}}" * 68, NAMES), Wording)  # 612 signs


def test_a_name_of_another_kind_of_message_is_unknown() -> None:
    assert isinstance(read("{{due}}", ["due"]), Wording)
    assert problems_of("{{due}}", ["place"]) == [ProblemCode.UNKNOWN_NAME]


def problems_of(text: str, names: list[str]) -> list[ProblemCode]:
    found = read(text, names)
    assert isinstance(found, tuple)
    return [each.code for each in found]


def test_a_value_is_never_read_as_a_wording() -> None:
    wording = sound("{{place}}")
    hostile = "{{due}}{{one}} %s {0.__class__} <b>"
    assert render(wording, VALUES | {"place": hostile}, count=1) == hostile


def test_an_empty_value_leaves_no_gap_and_a_long_one_is_cut() -> None:
    wording = sound("Bonjour. {{opening}} {{items}}\n{{due}}")
    values = VALUES | {"opening": "", "items": " \n", "due": "x" * 300}
    text = render(wording, values, count=1)
    assert text == "Bonjour.\n" + "x" * (MOST_OF_A_VALUE - 3) + "..."


def test_a_gap_in_the_middle_is_closed() -> None:
    wording = sound("Bonjour. {{opening}} {{items}} Merci.")
    assert render(wording, VALUES | {"opening": "", "items": ""}, count=1) == "Bonjour. Merci."


def test_a_missing_value_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        render(sound("{{place}}"), {}, count=1)


_marks = st.sampled_from(
    ["{{place}}", "{{due}}", "{{one}}", "{{many}}", "{{end}}", "{{", "}}", "{", "}", "{{x}}", "\n"]
)
texts = st.lists(st.one_of(_marks, st.text(max_size=5)), max_size=12).map("".join)


@given(texts, st.integers(0, 3))
def test_any_text_is_a_wording_that_renders_or_has_problems_within_it(
    text: str, count: int
) -> None:
    found = read(text, NAMES)
    if isinstance(found, Wording):
        said = render(found, VALUES, count=count)
        assert "{" not in said
        assert "}" not in said
        assert found.names() <= set(NAMES)
    else:
        assert found
        assert all(0 <= each.position <= len(text) for each in found)


@given(
    st.text(
        st.characters(exclude_characters="{}", exclude_categories=["Cc", "Cf", "Cs"]), min_size=1
    )
)
def test_a_text_without_braces_is_said_as_it_is(text: str) -> None:
    found = read(text, NAMES)
    if isinstance(found, Wording):
        assert render(found, {}, count=1).split() == text.split()
    else:
        assert [each.code for each in found] in ([ProblemCode.EMPTY], [ProblemCode.TOO_LONG])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_problem_has_a_sentence_of_its_own(language: str) -> None:
    with use_language(language):
        said = {wording_sentence(Problem(code, 0, "{{nom}}")) for code in ProblemCode}
        said |= {wording_sentence(Problem(code, 0, "{{nom}}", "name")) for code in ProblemCode}
        said |= {number_sentence(problem) for problem in NumberProblem}
    assert len(said) == len(ProblemCode) + 2 + len(NumberProblem)
