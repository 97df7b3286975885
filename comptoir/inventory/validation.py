"""What may be wrong with an item, a model or a category as entered: values in, errors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.fields import year_errors
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.plain_text import clean_line, clean_text, says_something
from comptoir.inventory.imei import read_imei
from comptoir.inventory.names import LONGEST_NAME, names_errors, too_long
from comptoir.inventory.schemas import ItemBasics, SaveModel

CURRENCIES = ("CHF", "EUR")
MOST_IMEIS = 2
LONGEST_SERIAL = 60
LONGEST_SHORT_NAME = 30
LONGEST_FUNDER = 120
LONGEST_NOTES = 5000
LONGEST_PROBLEM_NOTE = 300
HIGHEST_PRICE = 100_000_000  # a million, in hundredths
MOST_ACCESSORIES = 20


Basics = TypeVar("Basics", bound=ItemBasics)


def cleaned_basics(command: Basics) -> Basics:
    """The command with its texts as they are kept; the numbers are for ``clean_serial``."""
    return msgspec.structs.replace(
        command, funder=clean_line(command.funder), notes=clean_text(command.notes)
    )


def cleaned_model(command: SaveModel) -> SaveModel:
    """The command with its texts as they are kept."""
    names = ("name", "manufacturer", "short_name")
    return msgspec.structs.replace(
        command, **{name: clean_line(getattr(command, name)) for name in names}
    )


def basics_errors(command: ItemBasics) -> list[FieldError]:
    """What is wrong with what several items have in common."""
    errors = []
    if len(command.funder) > LONGEST_FUNDER:
        errors.append(too_long("funder", LONGEST_FUNDER))
    if len(command.notes) > LONGEST_NOTES:
        errors.append(too_long("notes", LONGEST_NOTES))
    if command.price_cents is not None and not 0 <= command.price_cents <= HIGHEST_PRICE:
        errors.append(
            FieldError(
                "price_cents", "inventory.price-invalid", _("Enter a price from 0 to 1,000,000.")
            )
        )
    errors += year_errors("purchased_on", "inventory.day-invalid", command.purchased_on)
    if command.currency not in CURRENCIES:
        errors.append(FieldError("currency", "inventory.currency-unknown", _("Choose CHF or EUR.")))
    return errors


def clean_serial(text: str) -> str:
    """A serial number as it is kept: in capitals."""
    return clean_line(text).upper()


def number_errors(serial: str, imeis: Sequence[str], imei_count: int) -> list[FieldError]:
    """What is wrong with an item's own numbers, which are not cleaned yet.

    The field of an IMEI is ``imeis[0]`` and so on.
    """
    errors = []
    if len(clean_serial(serial)) > LONGEST_SERIAL:
        errors.append(too_long("serial", LONGEST_SERIAL))
    beyond = [place for place, text in enumerate(imeis) if text and place >= imei_count]
    if beyond:
        errors.append(
            FieldError(
                f"imeis[{beyond[0]}]",
                "inventory.too-many-imeis",
                ngettext("This model has %(num)s IMEI.", "This model has %(num)s IMEI.", imei_count)
                if imei_count
                else _("This model has no IMEI. Leave the field empty."),
            )
        )
    seen: set[str] = set()
    for place, text in enumerate(imeis[:imei_count]):
        if not text.strip():
            continue
        imei = read_imei(text)
        if imei is None:
            errors.append(
                FieldError(
                    f"imeis[{place}]",
                    "inventory.imei-invalid",
                    _(
                        "This is not a valid IMEI. It has 15 digits; dial *#06# on the phone to "
                        "see it."
                    ),
                )
            )
        elif imei in seen:
            errors.append(
                FieldError(
                    f"imeis[{place}]",
                    "inventory.imei-twice",
                    _("Both IMEI are the same. Enter the second one, or leave it empty."),
                )
            )
        seen.add(imei or "")
    return errors


def model_errors(command: SaveModel) -> list[FieldError]:
    """What is wrong with a model, field by field."""
    errors = []
    if not says_something(command.name):
        errors.append(FieldError("name", "inventory.name-missing", _("Enter the model's name.")))
    for field, longest in (
        ("name", LONGEST_NAME),
        ("manufacturer", 80),
        ("short_name", LONGEST_SHORT_NAME),
    ):
        if len(getattr(command, field)) > longest:
            errors.append(too_long(field, longest))
    if not 0 <= command.imei_count <= MOST_IMEIS:
        errors.append(
            FieldError("imei_count", "inventory.imei-count-invalid", _("Choose 0, 1 or 2."))
        )
    if len(command.accessories) > MOST_ACCESSORIES:
        errors.append(
            FieldError(
                "accessories",
                "inventory.too-many-accessories",
                _("A model has at most %(most)s accessories.", most=MOST_ACCESSORIES),
            )
        )
    for place, accessory in enumerate(command.accessories):
        errors += names_errors(accessory.names, f"accessories[{place}].names")
    return errors
