"""Types that bodies and views of the API share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec


class Pdf(msgspec.Struct, frozen=True):
    """What a call that prints returns; ``name`` is that of the file."""

    data: bytes
    name: str


#: A moment; the zone must be said, so that no clock is guessed.
Moment = Annotated[
    datetime,
    msgspec.Meta(
        tz=True,
        description="RFC 3339, with its offset from UTC.",
        examples=["2026-11-24T14:00:00Z"],
    ),
]

#: A tag code as people and scanners give it.
Code = Annotated[
    str,
    msgspec.Meta(
        description=(
            "The eight letters on the label. A hyphen, small letters or the whole scanned "
            "address are read too."
        ),
        examples=["BCDF-GHJK"],
    ),
]
