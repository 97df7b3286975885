"""Signatures drawn on the screen: from untrusted points to a clean picture.

A picture made by the browser is never taken; it could hold anything. The points
are checked, and the picture is drawn here.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import msgspec
from msgspec import Meta

from comptoir.lending.errors import SignatureRefused, SignedNameRefused

LONGEST_NAME = 120
MAX_STROKES = 200
MAX_POINTS = 10_000
MAX_SIDE = 4_000
_SMALLEST = 0.02  # of the longer side: less is where a finger touched the field
_MAX_TEXT = 400_000  # characters of JSON: the most that so many points need

Point = tuple[float, float]
Stroke = Sequence[Point]
_Side = Annotated[float, Meta(gt=0, le=MAX_SIDE)]


class DrawnSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of points, x to the right and y down, in a box of ``width`` by ``height``."""

    width: _Side
    height: _Side
    strokes: Annotated[tuple[tuple[Point, ...], ...], Meta(min_length=1, max_length=MAX_STROKES)]


def read_drawing(text: str) -> DrawnSignature:
    """The drawing that the browser's signature field sends as JSON.

    Raises:
        SignatureRefused: it is malformed, too large, or empty.
    """
    if len(text) > _MAX_TEXT:
        raise SignatureRefused(SignatureRefused.code)
    try:
        drawing = msgspec.json.decode(text, type=DrawnSignature)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise SignatureRefused(SignatureRefused.code) from None
    signature_svg(drawing.strokes, drawing.width, drawing.height)
    return drawing


def read_typed(text: str) -> str:
    """The name that somebody typed in the place of a signature.

    Letters, digits, blanks and the marks of names; no emoji, and nothing that turns
    the writing around or cannot be seen, but for the two joiners of some scripts.

    Raises:
        SignedNameRefused: it is empty, too long, or holds something else.
    """
    name = " ".join(text.split())
    if (
        not any(unicodedata.category(letter)[0] == "L" for letter in name)
        or len(name) > LONGEST_NAME
        or not all(_of_a_name(letter) for letter in name)
    ):
        raise SignedNameRefused(SignedNameRefused.code)
    return name


def cropped(drawing: DrawnSignature) -> DrawnSignature:
    """The drawing without what is empty around its lines, so that they stand on the paper's own.

    Points outside the box are moved to its edge, as in ``signature_svg``.
    """
    inside = [_inside(stroke, drawing.width, drawing.height) for stroke in drawing.strokes]
    xs = [x for stroke in inside for x, _ in stroke]
    ys = [y for stroke in inside for _, y in stroke]
    margin = _pen(drawing.height)
    left, top = min(xs) - margin, min(ys) - margin
    return DrawnSignature(
        max(xs) + margin - left,
        max(ys) + margin - top,
        tuple(tuple((x - left, y - top) for x, y in stroke) for stroke in inside),
    )


def signature_svg(
    strokes: Sequence[Stroke], width: float = 600, height: float = 200, *, pen: float | None = None
) -> str:
    """The lines as an SVG image that holds nothing but one path of numbers.

    Points outside the box are moved to its edge: a finger may slip off the
    field. Corners are rounded by quadratic curves through the middles between
    points. ``pen`` is how wide the line is; None: as suits a whole field.

    Raises:
        SignatureRefused: too many lines or points, a number that is none or is
            far outside, or no line to speak of (dots are not a signature).
    """
    points = sum(len(stroke) for stroke in strokes)
    if (
        len(strokes) > MAX_STROKES
        or points > MAX_POINTS
        or not all(0 < side <= MAX_SIDE for side in (width, height))
        or not all(_near(number) for stroke in strokes for point in stroke for number in point)
    ):
        raise SignatureRefused(SignatureRefused.code)
    inside = [_inside(stroke, width, height) for stroke in strokes if stroke]
    if not any(_length(stroke) >= _SMALLEST * max(width, height) for stroke in inside):
        raise SignatureRefused(SignatureRefused.code)
    path = "".join(_curve(stroke) for stroke in inside)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">'
        f'<path d="{path}" fill="none" stroke="#000" stroke-width="{pen or _pen(height):g}"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _of_a_name(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMNPZ" or letter in "\u200c\u200d"


def _inside(stroke: Stroke, width: float, height: float) -> list[Point]:
    return [(min(max(0.0, x), width), min(max(0.0, y), height)) for x, y in stroke]


def _pen(height: float) -> float:
    return height / 80


def _length(stroke: Stroke) -> float:
    return sum(math.dist(*ends) for ends in pairwise(stroke))


def _near(number: float) -> bool:
    return math.isfinite(number) and abs(number) <= 2 * MAX_SIDE


def _curve(stroke: Stroke) -> str:
    (x, y), *rest = stroke
    parts = [f"M{x:.1f} {y:.1f}"]
    for (x, y), (next_x, next_y) in pairwise(rest):
        parts.append(f"Q{x:.1f} {y:.1f} {(x + next_x) / 2:.1f} {(y + next_y) / 2:.1f}")
    x, y = stroke[-1]
    parts.append(f"L{x:.1f} {y:.1f}")
    return "".join(parts)
