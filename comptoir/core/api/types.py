"""Types that bodies and views of the API share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import msgspec


class Pdf(msgspec.Struct, frozen=True):
    """What a call that prints returns; ``name`` is that of the file."""

    data: bytes
    name: str


class Csv(msgspec.Struct, frozen=True):
    """What a call that exports returns: the file in pieces, so that none has to be held whole."""

    pieces: AsyncIterator[bytes]
    name: str


class PlainText(msgspec.Struct, frozen=True):
    """What a call that speaks to monitors returns: lines of text."""

    data: str
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

#: The code of a borrower's card, likewise.
CardCode = Annotated[
    str,
    msgspec.Meta(
        description=(
            "The eight letters on the card. A hyphen, small letters or the whole scanned "
            "address are read too."
        ),
        examples=["LNPR-STVX"],
    ),
]
