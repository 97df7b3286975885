"""What hangs on days on which a site would not be open as before.

Each floor adds what it knows of: what it would change, or what a person should think
of. It registers a function that looks at a plan and says so, or None:

    consequences.register(lending.due_dates_that_move)       # by the higher floor
    await consequences.of(plan)                               # by the preview

The same after something is withdrawn: ``register_outcome`` and ``outcome`` tell what became
of it.

A floor that changes something listens to ``events.ExceptionsAnnounced``,
``events.HoursChanged`` and ``events.PlaceChanged``, and does it there, in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.core.web.panels import Panel
from comptoir.sites.calendar import CalendarChange


class Plan(msgspec.Struct, frozen=True):
    """What somebody is about to announce, withdraw or set as hours or place, and where."""

    actor: Principal
    change: CalendarChange
    sites: tuple[UUID, ...]
    now: datetime


class Consequence(msgspec.Struct, frozen=True):
    """One thing that hangs on the days of a plan.

    ``kind`` is a stable name for programs, ``text`` the sentence for people, ``state`` a
    text that differs whenever what it speaks of does. ``panel`` shows more of it on the
    page, ``data`` is for the floor that gave it. Without ``happens`` nothing changes by
    itself: it is something to think of.
    """

    kind: str
    count: int
    text: str
    state: str
    panel: Panel | None = None
    data: object = None
    happens: bool = True


Look = Callable[[Plan], Awaitable[Consequence | None]]

#: What became of a withdrawn exception, by its id, as sentences for people; "": nothing.
Outcome = Callable[[UUID], Awaitable[str]]

_looks: list[Look] = []
_outcomes: list[Outcome] = []


def register(look: Look) -> None:
    """Ask ``look`` about each plan, after those before it. Twice is the same as once."""
    if look not in _looks:
        _looks.append(look)


def register_outcome(tell: Outcome) -> None:
    """Ask ``tell`` about each exception withdrawn. Twice is the same as once."""
    if tell not in _outcomes:
        _outcomes.append(tell)


async def outcome(exception_id: UUID) -> str:
    """What became of what an exception had changed, now that it is withdrawn."""
    found = [await tell(exception_id) for tell in _outcomes]
    return " ".join(text for text in found if text)


async def of(plan: Plan) -> tuple[Consequence, ...]:
    """What hangs on a plan, in the order of registration."""
    found = [await look(plan) for look in _looks]
    return tuple(each for each in found if each is not None)
