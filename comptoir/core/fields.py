"""Fields that several commands have, each with an example for the reference of the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _

#: Years of a date that somebody enters; further off is a slip of the finger, and reckoning
#: with it would go beyond the calendar.
EARLIEST_YEAR = 1970
LATEST_YEAR = 2100


def year_errors(field: str, code: str, day: date | None) -> list[FieldError]:
    """What is wrong with a date that nobody means; nothing where there is none."""
    if day is None or EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        return []
    text = _(
        "Enter a date of the years %(first)s to %(last)s.", first=EARLIEST_YEAR, last=LATEST_YEAR
    )
    return [FieldError(field, code, text)]


def example(value: object) -> msgspec.Meta:
    """What the reference shows in a field, for people to send; it decides nothing."""
    return msgspec.Meta(examples=[value])


#: A language that a person reads.
Language = Annotated[
    str,
    msgspec.Meta(
        description="French, German, Italian or English.",
        examples=["fr"],
        extra_json_schema={"enum": list(LANGUAGES)},
    ),
]
Phone = Annotated[str, example("+41 26 555 01 10")]
Email = Annotated[str, example("desk@example.org")]
