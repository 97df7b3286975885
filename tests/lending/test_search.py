"""Folding, tokens, variants, and the one slip that is forgiven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.lending import search
from comptoir.lending.search import Kind, Nearness

LETTERS = st.characters(whitelist_categories=["Ll"], max_codepoint=0x7F)
TOKENS = st.text(LETTERS, min_size=search.SHORTEST_WITH_SLIP, max_size=16)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A token, and the same after one slip of the hand."""
    token = draw(TOKENS)
    kind = draw(st.sampled_from(["insert", "delete", "replace", "swap"]))
    if kind == "insert":
        place = draw(st.integers(0, len(token)))
        return token, token[:place] + draw(LETTERS) + token[place:]
    if kind == "swap":
        place = draw(st.integers(0, len(token) - 2))
        return token, token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    place = draw(st.integers(0, len(token) - 1))
    letter = draw(LETTERS) if kind == "replace" else ""
    return token, token[:place] + letter + token[place + 1 :]


def edit_distance(first: str, second: str) -> int:
    """Restricted Damerau-Levenshtein distance, by the book."""
    row_before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row_before, row_above, row = row, row_before, [i]
        for j, b in enumerate(second, 1):
            best = min(row_before[j] + 1, row[j - 1] + 1, row_before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                best = min(best, row_above[j - 2] + 1)
            row.append(best)
    return row[-1]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Amélie DUPONT", "amelie dupont"),
        ("Jean-François d’Œuvray", "jean francois d oeuvray"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Łukasz Đorđe Søren Æsa", "lukasz dorde soren aesa"),
        ("İbrahim Işık", "ibrahim isik"),
        ("N'Diaye N’Diaye Nʼdiaye", "n diaye n diaye n diaye"),
        ("ﬁona", "fiona"),
        ("  Abu\u00a0Zaid\u200b \n", "abu zaid"),
        ("Олена Шевченко", "олена шевченко"),
        ("محمد", "محمد"),
        ("<b>Bo</b>", "b bo b"),
        ("- ' -", ""),
    ],
)
def test_names_are_folded(written: str, folded: str) -> None:
    assert search.fold(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert search.fold(search.fold(text)) == search.fold(text)


@given(st.text(max_size=400))
def test_whatever_is_stored_fits_its_column(text: str) -> None:
    name = search.sort_name(text)
    assert len(name) <= 400
    for kind, term in search.terms(name, "+41791234567"):
        assert len(kind) == 1
        assert 0 < len(term) <= 40


@given(slips())
def test_one_slip_shares_a_variant_and_is_near(slip: tuple[str, str]) -> None:
    token, typed = slip
    assert search.variants(token) & search.variants(typed)
    assert search.nearness(typed, token) is not Nearness.FAR


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_one_edit_is_what_the_edit_distance_says(first: str, second: str) -> None:
    assert search.within_one_edit(first, second) == (edit_distance(first, second) <= 1)


@pytest.mark.parametrize(
    ("typed", "token", "expected"),
    [
        ("ali", "ali", Nearness.SAME),
        ("ali", "alice", Nearness.START),
        ("alo", "ali", Nearness.FAR),  # too short a name to guess at
        ("mohamd", "mohamed", Nearness.SLIP),
        ("schwraz", "schwarzenbach", Nearness.SLIP_IN_START),
        ("schw", "schmid", Nearness.FAR),
        ("mohammad", "mohamed", Nearness.FAR),  # two slips
    ],
)
def test_nearness(typed: str, token: str, expected: Nearness) -> None:
    assert search.nearness(typed, token) is expected


def test_a_name_is_also_kept_as_one_word() -> None:
    terms = search.terms("abdel karim", "")
    assert (Kind.TOKEN, "abdelkarim") in terms
    assert (Kind.VARIANT, "krim karim") in terms


def test_a_phone_is_kept_with_and_without_its_country_and_backwards() -> None:
    assert search.phone_terms("+41791234567") == [
        (Kind.PHONE, "41791234567"),
        (Kind.PHONE, "791234567"),
        (Kind.PHONE_END, "765432197"),
    ]


@pytest.mark.parametrize(
    ("typed", "starts"),
    [
        ("079 1", ("0791", "791")),
        ("+41 79", ("4179",)),
        ("0041 79", ("004179", "04179", "4179")),
        ("+41 (0)79 123", ("4179123",)),
        ("079/123.45-67", ("0791234567", "791234567")),
        ("079", ()),
        ("Amina 0791", ()),
        ("0000", ("0000", "000", "00")),
    ],
)
def test_numbers_are_read_however_they_are_written(typed: str, starts: tuple[str, ...]) -> None:
    assert search.parse_query(typed).numbers == starts


def test_a_very_long_text_is_no_query() -> None:
    assert search.parse_query("a" * 5_000) == search.Query()
