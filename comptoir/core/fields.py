"""Fields that several commands have, each with an example for the reference of the API."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comptoir.core.i18n import LANGUAGES


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
