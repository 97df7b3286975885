"""A file between looking at it and acting on it: carried, encrypted, by the page that shows it.

It is kept nowhere else. The page is of use to one person, and for an hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request

from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.principal import Principal
from comptoir.core.web.forms import FormData
from comptoir.inventory.vouchers.formats.columns import MOST_COLUMNS
from comptoir.inventory.vouchers.imports import LARGEST_FILE

#: In bytes: the file with what a form has around it, and the same encrypted.
LARGEST_FORM = LARGEST_FILE + 20_000
LARGEST_SEALED = 4 * LARGEST_FILE
#: The hidden field.
FIELD = "carried"
_KEPT_FOR = timedelta(hours=1)

Held = TypeVar("Held", bound=msgspec.Struct)


class Carrier(Generic[Held]):
    """Seals what the page of one purpose carries, and opens it again."""

    def __init__(self, purpose: str, held: type[Held]) -> None:
        self._purpose = purpose
        # ``held`` is a value: checkers take no such thing for a type, msgspec does.
        self._read = msgspec.json.Decoder(tuple[str, held])  # type: ignore[valid-type]

    async def seal(
        self, request: Request[Principal, Any, Any], held: Held, *, now: datetime
    ) -> str:
        """The value of the hidden field. In a thread, as ``opened``: a file may be long."""
        return await asyncio.to_thread(self._sealed, request, held, now=now)

    async def opened(
        self, request: Request[Principal, Any, Any], data: FormData, *, now: datetime
    ) -> Held | None:
        """What a form carried; None if it is not ours, another person's, or too old."""
        return await asyncio.to_thread(self._opened, request, data.text(FIELD), now=now)

    def _sealed(self, request: Request[Principal, Any, Any], held: Held, *, now: datetime) -> str:
        text = msgspec.json.encode((str(request.user.id), held)).decode()
        return accounts_of(request.app).keys.encrypt(self._purpose, text, now=now)

    def _opened(
        self, request: Request[Principal, Any, Any], sealed: str, *, now: datetime
    ) -> Held | None:
        keys = accounts_of(request.app).keys
        text = keys.decrypt(self._purpose, sealed, now=now, max_age=_KEPT_FOR)
        if text is None:
            return None
        try:
            person, held = self._read.decode(text)
        except msgspec.ValidationError:  # of the program before an update
            return None
        return held if person == str(request.user.id) else None


def said_columns(data: FormData, fields: Collection[str]) -> dict[int, str]:
    """What a form says that each column of the file is, of these fields; of the others nothing."""
    said = {place: data.text(f"column_{place}") for place in range(MOST_COLUMNS)}
    return {place: field for place, field in said.items() if field in fields}
