"""Drawn signatures: only clean lines get through."""

from __future__ import annotations

import json
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.lending.errors import SignatureRefused, SignedNameRefused
from comptoir.lending.signatures import (
    MAX_POINTS,
    MAX_STROKES,
    read_drawing,
    read_typed,
    signature_svg,
)

LINE = [[10, 10], [20, 30.5], [40, 10]]


def as_json(strokes: object, **more: object) -> str:
    return json.dumps({"width": 600, "height": 200, "strokes": strokes} | more)


def test_what_the_browser_sends_is_read() -> None:
    drawing = read_drawing(as_json([LINE, [[5, 5]]]))
    assert drawing.strokes == (((10, 10), (20, 30.5), (40, 10)), ((5, 5),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "not json",
        as_json([]),
        as_json([[]]),
        as_json([[[5, 5]]]),
        as_json([[[5, 5], [5, 5]]]),
        as_json([[[5, 5], [6]]]),
        as_json([[[5, 5], [6, 6, 6]]]),
        as_json([[[5, 5], [6, "6"]]]),
        as_json([[[5, 5], [6, None]]]),
        as_json([[[5, 5], [6, True]]]),
        as_json([[[5, 5], [6, 1e9]]]),
        as_json([LINE]).replace("30.5", "1e999"),
        as_json([LINE]).replace("30.5", "NaN"),
        as_json([LINE] * (MAX_STROKES + 1)),
        as_json([[[n % 600, n % 200] for n in range(MAX_POINTS + 1)]]),
        as_json([LINE], width=0),
        as_json([LINE], height=10**6),
        as_json([LINE], script="<script>"),
        as_json([LINE], width='1"/><script>'),
        "[" * 100_000,
        " " * 1_000_000,
        "\ud800",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        read_drawing(text)
    assert refusal.value.code == "lending.signature-unreadable"
    assert refusal.value.message()


def test_numbers_that_are_none_are_refused() -> None:
    for number in (math.nan, math.inf, -math.inf):
        with pytest.raises(SignatureRefused):
            signature_svg([[(0, 0), (number, 1)]])


coordinates = st.floats(-1000, 1000)
strokes = st.lists(st.lists(st.tuples(coordinates, coordinates), max_size=20), max_size=20)


@given(strokes)
def test_picture_holds_one_path_of_numbers_inside_its_box(
    strokes: list[list[tuple[float, float]]],
) -> None:
    try:
        picture = ElementTree.fromstring(signature_svg(strokes))
    except SignatureRefused:
        return
    (path,) = picture
    assert re.fullmatch(r"[MQL0-9. ]+", path.attrib["d"])
    numbers = [float(number) for number in re.findall(r"[0-9.]+", path.attrib["d"])]
    assert all(0 <= x <= 600 for x in numbers[::2])
    assert all(0 <= y <= 200 for y in numbers[1::2])


@pytest.mark.parametrize("name", ["A. Diallo", "Jean-Luc d’Êtreval 2", "أمينة", "阿米娜", "O'Neil"])
def test_a_name_in_any_script_is_a_signature(name: str) -> None:
    assert read_typed(f"  {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "...", "x" * 121, "Amina\u202e", "Amina 🙂", "A\u200bB"])
def test_what_is_no_name_is_no_signature(name: str) -> None:
    with pytest.raises(SignedNameRefused):
        read_typed(name)
