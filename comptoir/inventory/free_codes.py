"""New tag codes that nothing else carries.

Items and borrowers' cards share one scheme, and a laser scanner reads the bare
code: it must mean one thing. Who else prints codes says here which are theirs,
as ``lending`` does for cards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from comptoir.core import db
from comptoir.inventory import codes

#: Those of some codes that something else than an item carries.
Carried = Callable[[Sequence[str]], Awaitable[set[str]]]

_elsewhere: list[Carried] = []


def also_carried(carried: Carried) -> None:
    """Keep new codes clear of those that ``carried`` names. Twice is the same as once."""
    if carried not in _elsewhere:
        _elsewhere.append(carried)


async def free_codes(count: int) -> list[str]:
    """So many new codes that nothing carries. The unique indexes have the last word."""
    free: dict[str, None] = {}
    while len(free) < count:
        tried = [*{codes.new_code() for _ in range(count - len(free))}]
        taken = await _on_items(tried)
        for carried in _elsewhere:
            taken |= await carried(tried)
        free |= dict.fromkeys(code for code in tried if code not in taken)
    return list(free)


async def _on_items(tried: list[str]) -> set[str]:
    rows = await db.fetch("SELECT code FROM inventory_item WHERE code IN :codes", codes=tried)
    return {row["code"] for row in rows}
