"""What msgspec says of a value that does not fit, in plain words and the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.i18n import ngettext

_TYPE = re.compile(r"Expected `([^`]+)`, got ")
_BOUND = re.compile(r"Expected `([a-z]+)` (of length )?(>=|<=|>|<) (-?[0-9.]+)")

#: What is expected, by the names of msgspec.
_EXPECTED = {
    "str": _l("A text is expected here, in quotation marks."),
    "int": _l("A whole number is expected here."),
    "float": _l("A number is expected here."),
    "bool": _l("true or false is expected here."),
    "array": _l("A list is expected here."),
    "object": _l("A group of fields is expected here, in curly brackets."),
}


def in_words(message: str) -> str:
    """A sentence for one of msgspec's messages."""
    if found := _TYPE.match(message):
        return _expected(found[1])
    if found := _BOUND.match(message):
        return _length(found[1], found[3], found[4]) if found[2] else _range(found[3], found[4])
    if message.startswith("Object missing required field"):
        return _("This field is missing.")
    if message.startswith("Invalid UUID"):
        return _("This is no id: an id is a UUID.")
    if message.startswith("Invalid enum value"):
        return _("This is none of the values that are possible here.")
    if message.startswith(("Invalid RFC3339", "Invalid date", "Invalid time")) or (
        "timezone" in message
    ):
        return _("This is no date, or no moment with its offset from UTC, as RFC 3339 writes it.")
    return _does_not_fit()


def _does_not_fit() -> str:
    return _("This value does not fit here.")


def _expected(types: str) -> str:
    """The sentence for types such as ``int | null``; of several kinds none is named."""
    kinds = [kind for kind in types.split(" | ") if kind != "null"]
    known = _EXPECTED.get(kinds[0]) if len(kinds) == 1 else None
    return str(known) if known else _does_not_fit()


def _length(kind: str, sign: str, number: str) -> str:
    count = int(number)
    if sign == ">=" and count == 1:
        return _("Fill this in: it must not be empty.")
    if kind == "str" and sign == "<=":
        return _("Make this shorter: at most %(most)s characters.", most=count)
    if kind == "str":
        return ngettext(
            "Make this longer: at least %(num)s character.",
            "Make this longer: at least %(num)s characters.",
            count,
        )
    if sign == "<=":
        return ngettext("Name %(num)s at most.", "Name %(num)s at most.", count)
    return ngettext("Name %(num)s at least.", "Name %(num)s at least.", count)


def _range(sign: str, number: str) -> str:
    sentences: dict[str, Callable[[], str]] = {
        ">=": lambda: _("Give a number that is %(number)s or more.", number=number),
        ">": lambda: _("Give a number above %(number)s.", number=number),
        "<=": lambda: _("Give a number that is %(number)s or less.", number=number),
        "<": lambda: _("Give a number below %(number)s.", number=number),
    }
    return sentences[sign]()
