"""What hangs on days on which a site would not be open as usual.

Each floor adds what it knows of: what it would change, or what a person should think
of. It registers a function that looks at a plan and says so, or None:

    consequences.register(lending.due_dates_that_move)       # by the higher floor
    await consequences.of(plan)                               # by the preview

A floor that changes something listens to ``events.ExceptionsAnnounced`` and does it
there, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.core.web.panels import Panel
from comptoir.sites.calendar import DayException


class Plan(msgspec.Struct, frozen=True):
    """What somebody is about to announce, and where."""

    actor: Principal
    exception: DayException
    sites: tuple[UUID, ...]
    now: datetime


class Consequence(msgspec.Struct, frozen=True):
    """One thing that hangs on the days of a plan.

    ``kind`` is a stable name for programs, ``text`` the sentence for people, ``state`` a
    text that differs whenever what it speaks of does. ``panel`` shows more of it on the
    page, ``data`` is for the floor that gave it.
    """

    kind: str
    count: int
    text: str
    state: str
    panel: Panel | None = None
    data: object = None


Look = Callable[[Plan], Awaitable[Consequence | None]]

_looks: list[Look] = []


def register(look: Look) -> None:
    """Ask ``look`` about each plan, after those before it. Twice is the same as once."""
    if look not in _looks:
        _looks.append(look)


async def of(plan: Plan) -> tuple[Consequence, ...]:
    """What hangs on a plan, in the order of registration."""
    found = [await look(plan) for look in _looks]
    return tuple(each for each in found if each is not None)
