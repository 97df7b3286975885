"""The wording of a message with places to fill: what its author may write, and filling it.

    Bonjour, {{one}}un objet est{{many}}{{count}} objets sont{{end}} à rapporter d'ici {{due}}.

``{{name}}`` is one of the names that the kind of message has, in small letters, without
blanks: the only form there is. ``{{one}}…{{many}}…{{end}}`` is the first text where one thing
is meant and the second where there are several; both may hold names. Braces have no other
use. A wording is data: nothing in it is ever run, and a value is never read as a wording.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum

import msgspec

from comptoir.core.plain_text import is_unseen
from comptoir.notifications.segments import most_places, places, split

#: Parts of a text message. Nobody reads more on a telephone.
MOST_PARTS = 4
#: The same in characters, where all are GSM; of a text that is no text message, too.
MOST_CHARACTERS = 612
#: No value is longer than this: more is cut off.
MOST_OF_A_VALUE = 200

_FORM = ("one", "many", "end")
_NAME = re.compile(r"[a-z][a-z_]*")
_BLANKS = re.compile(r"[ \t]+")
_MOST_PROBLEMS = 10


class ProblemCode(StrEnum):
    """What may be wrong with a wording. Part of the API: a code keeps its meaning."""

    EMPTY = "notifications.wording-empty"
    TOO_LONG = "notifications.wording-too-long"
    CONTROL_CHARACTER = "notifications.wording-control-character"
    STRAY_BRACE = "notifications.wording-stray-brace"
    UNCLOSED = "notifications.placeholder-unclosed"
    MALFORMED = "notifications.placeholder-malformed"
    UNKNOWN_NAME = "notifications.placeholder-unknown"
    FORM_NESTED = "notifications.form-nested"
    FORM_UNFINISHED = "notifications.form-unfinished"
    FORM_OUT_OF_PLACE = "notifications.form-out-of-place"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a wording, and where: ``position`` counts characters from 0.

    ``found`` is what stands there, ``meant`` the nearest that would be right, if any.
    ``length`` and ``most`` are of a text that is too long: the places that it takes and that
    there are, as ``segments`` counts them.
    """

    code: ProblemCode
    position: int
    found: str = ""
    meant: str = ""
    length: int = 0
    most: int = 0


class Name(msgspec.Struct, frozen=True):
    """A place to fill."""

    name: str


Plain = tuple[str | Name, ...]


class OneOrMany(msgspec.Struct, frozen=True):
    """What depends on how many things are meant."""

    one: Plain
    many: Plain


class Wording(msgspec.Struct, frozen=True):
    """A wording that was read and found right."""

    pieces: tuple[str | Name | OneOrMany, ...]

    def names(self, *, count: int | None = None) -> frozenset[str]:
        """The names it uses: for so many things, or in any form."""
        pieces = self.pieces if count is None else _for_count(self.pieces, count)
        return frozenset(each.name for each in _flat(pieces) if isinstance(each, Name))


def read(
    text: str, names: Collection[str], *, texted: bool = True
) -> Wording | tuple[Problem, ...]:
    """A wording that may use these names, or what is wrong with it, in its order.

    Line ends are kept, whatever system they are from. Of many problems the first ten are told.
    ``texted``: it goes by text message, where one character may halve what fits.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (long := _too_long(text, texted=texted)) is not None:
        return (long,)
    if not text.strip():
        return (Problem(ProblemCode.EMPTY, 0),)
    reader = _Reader(names)
    for position, mark in _marks(text):
        reader.take(position, mark)
    return reader.result()


def _too_long(text: str, *, texted: bool) -> Problem | None:
    if not texted:
        taken, most = len(text), MOST_CHARACTERS
        fits = taken <= most
    else:
        # What stands in the place of a brace is no brace.
        plain = text.translate({ord("{"): "(", ord("}"): ")"})
        taken = places(plain)
        # A character in two halves is in one part, so a place may be left over.
        most = min(most_places(plain, MOST_PARTS), taken - 1)
        fits = len(split(plain).parts) <= MOST_PARTS
    return (
        None
        if fits
        else Problem(ProblemCode.TOO_LONG, min(most, len(text)), length=taken, most=most)
    )


def render(wording: Wording, values: Mapping[str, str], *, count: int) -> str:
    """The message: a value in each place, the form for ``count`` things.

    A value goes in as it is, on one line and cut at ``MOST_OF_A_VALUE``. One that is empty
    leaves no gap.

    Raises:
        KeyError: a name of the wording has no value.
    """
    pieces = _for_count(wording.pieces, count)
    text = "".join(_value(values[each.name]) if isinstance(each, Name) else each for each in pieces)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def _for_count(pieces: tuple[str | Name | OneOrMany, ...], count: int) -> Plain:
    chosen: list[str | Name] = []
    for piece in pieces:
        if isinstance(piece, OneOrMany):
            chosen.extend(piece.one if count == 1 else piece.many)
        else:
            chosen.append(piece)
    return tuple(chosen)


def _value(text: str) -> str:
    line = " ".join(text.split())
    clean = "".join(each for each in line if unicodedata.category(each) != "Cc")
    return clean if len(clean) <= MOST_OF_A_VALUE else clean[: MOST_OF_A_VALUE - 3] + "..."


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """A wording cut before and after each placeholder; a lone brace is a mark too.

    One that is not closed before the next begins is a mark of its first two braces.
    """
    position = 0
    while position < len(text):
        end = _mark_end(text, position)
        yield position, text[position:end]
        position = end


def _mark_end(text: str, start: int) -> int:
    if text.startswith("{{", start):
        closing = re.compile(r"\}\}|\{\{|\n").search(text, start + 2)
        return closing.end() if closing and closing.group() == "}}" else start + 2
    if text[start] in "{}":
        return start + (2 if text.startswith("}}", start) else 1)
    brace = re.compile(r"[{}]").search(text, start)
    return brace.start() if brace else len(text)


class _Reader:
    """Puts the marks of a wording together; the form that is open is ``_open``."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._pieces: list[str | Name | OneOrMany] = []
        self._problems: list[Problem] = []
        self._form: dict[str, list[str | Name]] = {}
        self._begun = 0

    def take(self, position: int, mark: str) -> None:
        """The next mark."""
        if mark == "{{":
            self._refuse(ProblemCode.UNCLOSED, position, mark)
        elif mark.startswith("{{"):
            self._take_placeholder(position, mark)
        elif mark[0] in "{}":
            self._refuse(ProblemCode.STRAY_BRACE, position, mark)
        else:
            self._take_text(position, mark)

    def result(self) -> Wording | tuple[Problem, ...]:
        """The wording, or its problems."""
        if self._form:
            self._refuse(ProblemCode.FORM_UNFINISHED, self._begun, "{{one}}")
        if self._problems:
            in_order = sorted(self._problems, key=lambda each: each.position)
            return tuple(in_order[:_MOST_PROBLEMS])
        return Wording(tuple(self._pieces))

    def _take_text(self, position: int, mark: str) -> None:
        for offset, character in enumerate(mark):
            if character != "\n" and _is_hidden(character):
                self._refuse(ProblemCode.CONTROL_CHARACTER, position + offset)
        self._add(mark)

    def _take_placeholder(self, position: int, mark: str) -> None:
        name = mark[2:-2]
        if name in _FORM:
            self._take_form(position, name)
        elif name in self._names:
            self._add(Name(name))
        elif _NAME.fullmatch(name):
            near = get_close_matches(name, sorted({*self._names, *_FORM}), n=1)
            self._refuse(ProblemCode.UNKNOWN_NAME, position, mark, *near)
        else:
            known = re.sub(r"\W", "", name).lower()
            meant = known if known in self._names or known in _FORM else ""
            self._refuse(ProblemCode.MALFORMED, position, mark, meant)

    def _take_form(self, position: int, name: str) -> None:
        if name == "one":
            if self._form:
                self._refuse(ProblemCode.FORM_NESTED, position, "{{one}}")
                return
            self._form, self._begun = {"one": []}, position
        elif name == "many" and list(self._form) == ["one"]:
            self._form["many"] = []
        elif name == "end" and len(self._form) == 2:
            self._pieces.append(OneOrMany(tuple(self._form["one"]), tuple(self._form["many"])))
            self._form = {}
        else:
            self._refuse(ProblemCode.FORM_OUT_OF_PLACE, position, "{{" + name + "}}")

    def _add(self, piece: str | Name) -> None:
        if self._form:
            self._form[list(self._form)[-1]].append(piece)
        else:
            self._pieces.append(piece)

    def _refuse(self, code: ProblemCode, position: int, found: str = "", meant: str = "") -> None:
        self._problems.append(Problem(code, position, found, meant))


def _is_hidden(character: str) -> bool:
    """True for what nobody sees, and what turns the writing around on a telephone (U+202E)."""
    return unicodedata.category(character) == "Cc" or is_unseen(character)


def _flat(pieces: tuple[str | Name | OneOrMany, ...]) -> Iterator[str | Name]:
    for piece in pieces:
        if isinstance(piece, OneOrMany):
            yield from piece.one + piece.many
        else:
            yield piece
