"""Where a list goes on, as a text in an address.

It holds the place itself (what the list is ordered by, and an id), not a row to
look up: a row that moves or goes between two pages takes nothing with it. As
that may be a name, it is encrypted; as it is signed too, none is made up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request

from comptoir.core import clock
from comptoir.core.accounts.authentication import accounts_of

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]

#: Of a sealed cursor: a place is a name and an id at most.
LONGEST_CURSOR = 2000
_PURPOSE = "cursor"


def seal_cursor(request: AnyRequest, place: Any, *, of: str) -> str | None:
    """Seal a place in the list that ``of`` names; None at its end."""
    if place is None:
        return None
    text = msgspec.json.encode((of, place)).decode()
    return accounts_of(request.app).keys.encrypt(_PURPOSE, text, now=clock.now())


def open_cursor(request: AnyRequest, sealed: str, kind: type[T], *, of: str) -> T | None:
    """The place that was sealed; None if it is not ours, altered, or of another list.

    A page then says so and shows the list from its start; a call is refused.
    """
    keys = accounts_of(request.app).keys
    text = keys.decrypt(_PURPOSE, sealed, now=clock.now())
    if text is None:
        return None
    try:
        # ``kind`` is a value: checkers take no such thing for a type, msgspec does.
        said, place = msgspec.json.decode(text, type=tuple[str, kind])  # type: ignore[valid-type]
    except msgspec.DecodeError:
        return None
    return place if said == of else None


def cursor_reader(request: AnyRequest, kind: type[T], *, of: str) -> Callable[[str], T | None]:
    """``open_cursor`` for the filters of a page (``Filters.place``)."""
    return lambda sealed: open_cursor(request, sealed, kind, of=of)
