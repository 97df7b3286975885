"""Places on a page that higher floors may fill.

A page asks for the panels of one of its slots; a floor above has registered a
function for that slot, which gives a template and what it shows, or None:

    panels.register("inventory.item", lending.item_panel)          # by the higher floor
    await panels.fill("inventory.item", principal, item.id, now=now)   # by the page
    {% for panel in panels %}{% include panel.template %}{% endfor %}  # in its template

Inside an included template, ``panel.data`` is what the function gave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal


class Panel(msgspec.Struct, frozen=True):
    """A piece of a page: a template by its name, and the data it shows."""

    template: str
    data: object = None


class Fill(msgspec.Struct, frozen=True):
    """What a panel is about: whoever looks, the subject of the page, the moment."""

    principal: Principal
    subject_id: UUID
    now: datetime


Filler = Callable[[Fill], Awaitable[Panel | None]]

_fillers: defaultdict[str, list[Filler]] = defaultdict(list)


def register(slot: str, filler: Filler) -> None:
    """Let ``filler`` fill a slot, after those before it. Twice is the same as once."""
    if filler not in _fillers[slot]:
        _fillers[slot].append(filler)


async def fill(slot: str, principal: Principal, subject_id: UUID, *, now: datetime) -> list[Panel]:
    """The panels of a slot, in the order of registration."""
    about = Fill(principal, subject_id, now)
    panels = [await filler(about) for filler in _fillers[slot]]
    return [panel for panel in panels if panel is not None]
