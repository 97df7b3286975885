"""Names that borrowers read: one per language, kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import LANGUAGES, localized
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line, name_taken, same_name, says_something

#: A name per language (``fr``, ``de``, ``it``, ``en``); those not written are absent.
Names = dict[str, str]

LONGEST_NAME = 120

#: The inputs of a form that names are entered in, by the paths of the command.
NAME_INPUTS = {"names": f"name_{LANGUAGES[0]}", r"names\.(\w+)": r"name_\1"}


def read_names(column: str | None) -> Names:
    """The names in a JSON column; none where there is no row."""
    return msgspec.json.decode(column, type=Names) if column else {}


def read_name(column: str | None, language: str | None = None) -> str:
    """The name in a JSON column, in a language or the reader's."""
    return localized(read_names(column), language)


def write_names(names: Names) -> str:
    """Names as their JSON column keeps them, without the empty ones."""
    return msgspec.json.encode(clean_names(names)).decode()


def full_name(manufacturer: str, name: str) -> str:
    """A model as one would say it: its maker once, also where the name begins with it."""
    if name.casefold().startswith(f"{manufacturer} ".casefold()):
        return name
    return f"{manufacturer} {name}".strip()


def names_errors(names: Names, field: str) -> list[FieldError]:
    """What is wrong with a name in four languages, at the path ``field`` or below it."""
    unknown = sorted(set(names) - set(LANGUAGES))
    if unknown:
        text = _("Choose one of the languages.")
        return [FieldError(f"{field}.{unknown[0]}", "inventory.language-unknown", text)]
    kept = clean_names(names)
    if not any(map(says_something, kept.values())):
        return [
            FieldError(
                field, "inventory.name-missing", _("Enter the name in at least one language.")
            )
        ]
    return [
        too_long(f"{field}.{language}", LONGEST_NAME)
        for language, name in kept.items()
        if len(name) > LONGEST_NAME
    ]


def refuse_taken(names: Names, others: Iterable[Names]) -> None:
    """Let a name pass that nothing else of its kind has in the same language.

    Raises:
        Invalid: with the code ``inventory.name-taken`` at each language.
    """
    known = list(others)
    errors = [
        FieldError(f"names.{language}", "inventory.name-taken", name_taken())
        for language, name in clean_names(names).items()
        if any(same_name(name, other.get(language, "")) for other in known)
    ]
    if errors:
        raise Invalid(errors)


def clean_names(names: Names) -> Names:
    """Names as they are kept, without the empty ones."""
    lines = {language: clean_line(name) for language, name in names.items()}
    return {language: line for language, line in lines.items() if line}


def too_long(field: str, most: int) -> FieldError:
    """A text with more characters than its field holds."""
    return FieldError(
        field,
        "inventory.text-too-long",
        _("Make this shorter: at most %(most)s characters.", most=most),
    )
