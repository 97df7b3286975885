"""Lists by pages: after the last row seen, never by counting rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from comptoir.core.api.cursors import LONGEST_CURSOR
from comptoir.core.api.errors import CursorInvalid

T = TypeVar("T")

LARGEST_PAGE = 200


#: How many rows of a list.
Limit = Annotated[
    int, msgspec.Meta(ge=1, le=LARGEST_PAGE, description="How many at most.", examples=[50])
]
#: Where a list goes on.
Cursor = (
    Annotated[
        str,
        msgspec.Meta(
            max_length=LONGEST_CURSOR,
            description="`next_cursor` of the page before; the other parameters stay the same.",
        ),
    ]
    | None
)


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a list, and from where on. Filters of a list extend it."""

    limit: Limit = 50
    cursor: Cursor = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows of a list. ``next`` is the address of those that follow, if any do."""

    items: list[T]
    next_cursor: str | None = None
    next: str | None = None


def page_of(rows: Sequence[T], limit: int, *, key: Callable[[T], Any]) -> Page[T]:
    """A page of ``limit`` rows, from a query for one more than that.

    ``key`` gives the place of a row in the list, which is what the cursor holds.
    """
    more = len(rows) > limit
    return Page(list(rows[:limit]), encode_cursor(key(rows[limit - 1])) if more else None)


def encode_cursor(place: Any) -> str:
    """The place in a list as a text; what leaves the program is sealed by ``operations``."""
    return msgspec.json.encode(place).decode()


def decode_cursor(text: str | None, kind: type[T]) -> T | None:
    """The inverse of ``encode_cursor``; ``kind`` is the type of the place. None at the start.

    Raises:
        CursorInvalid: the place is of another list.
    """
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        raise CursorInvalid from None
