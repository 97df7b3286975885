"""Two desks at the same item, or at the same person, in the same moment.

On SQLite one transaction begins after the other has ended. On PostgreSQL a
locking read that had to wait gives the locked row as it is now, and whatever is
joined to it as it was before the wait (READ COMMITTED; PostgreSQL
documentation, section 13.2.1): the loan that the other desk has just opened is
not among it. So what was read is compared with what was locked, and where they
differ the whole is done again, with every lock taken before the read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from comptoir.core import db

Result = TypeVar("Result")

#: Unique indexes that say "somebody else just did this".
_RACED = ("lending_loan", "core_idempotency")


class FactsChanged(Exception):
    """Another desk was faster, or the site's hours changed, between the read and the lock."""


async def settle(act: Callable[[bool], Awaitable[Result]]) -> Result:
    """The result of ``act(False)``, or of ``act(True)`` where another desk came between.

    With True, ``act`` is to read ``patiently``: under its own locks, with the
    other's transaction at its end. Where even then another comes between, it is
    tried a third time.
    """
    for patiently in (False, True):
        try:
            return await act(patiently)
        except FactsChanged:
            continue
        except db.IntegrityErrors as error:
            if not db.violated_constraint(error).startswith(_RACED):
                raise
    return await act(True)


async def read_locked(query: str, *, patiently: bool, **values: Any) -> db.Row | None:
    """The one row of a query of ``facts`` that locks the item it reads.

    Raises:
        FactsChanged: the item, or the site, changed while the read waited for its lock.
    """
    if patiently:
        first = await db.fetch_one(query, **values)
        if first is not None and first.get("household") is not None:
            await lock_household(first)
    row = await db.fetch_one(query, **values)
    if row is not None and row["item_version"] != row["seen_version"]:
        raise FactsChanged
    need_same_hours(row)
    return row


def need_same_hours(row: db.Row | None) -> None:
    """Let only rows pass whose calendar is still true under the lock of its site.

    Raises:
        FactsChanged: something was announced while the read waited.
    """
    if row is not None and row.get("site_version") != row.get("seen_site_version"):
        raise FactsChanged


async def lock_household(row: db.Row) -> None:
    """Lock the borrower's household: its loans are counted under this lock."""
    await db.fetch(
        "SELECT id FROM lending_household WHERE id = :id" + db.for_update("lending_household"),
        id=row["household"],
    )
