"""A closure announced and withdrawn by two people at once, while two servers write and send.

Whatever order that takes: who heard that a date moved hears of its end, and of each once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import clock
from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal, Role
from comptoir.lending import routes
from comptoir.lending.tables import DueDateMove, Loan
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.routing import Route
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import ExceptionNotFound
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.tables import HoursException
from tests import factories as make
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import DUE, World, at, written
from tests.processes import together

EARLY = at("10-01 08:00")
PEOPLE, TURNS = 4, 10


class Work(msgspec.Struct, frozen=True):
    """What one process does over and over: as a coordinator, or else it writes and sends."""

    started: datetime
    site: UUID
    actor: Principal | None = None


def now_of(work: Work) -> datetime:
    """A moment of that day, which goes on as time does."""
    return EARLY + (clock.now() - work.started)


async def do(work: Work) -> int:
    assert routes.ROUTES  # what listens to announcements is registered with them
    done = 0
    for _ in range(TURNS):
        if work.actor is None:
            done += await sweep(now=now_of(work))
            await dispatch([Route(RecordingGateway())], now=now_of(work))
        else:
            done += await shut_or_open(work, work.actor)
    return done


async def shut_or_open(work: Work, actor: Principal) -> bool:
    """Withdraw what is announced, else announce; False if somebody else was faster."""
    day = DUE.date()
    announced = await HoursException.select(HoursException.id)
    try:
        if announced:
            await withdraw_exception(actor, announced[0]["id"], now=now_of(work))
        else:
            command = AnnounceException((work.site,), day, day, ExceptionKind.CLOSED)
            await announce_exception(actor, command, now=now_of(work))
    except (ExceptionNotFound, Invalid):
        return False
    return True


async def test_nobody_is_left_with_a_date_that_does_not_hold(
    database: Any, database_url: str
) -> None:
    world = await World.made()
    people = [await world.person() for _ in range(PEOPLE)]
    for person in people:
        await world.loan(person)
    coordinator = await make.principal(Role.COORDINATOR, world.site.id)
    writing = Work(clock.now(), world.site.id)
    shutting = msgspec.structs.replace(writing, actor=coordinator)
    assert sum(together(database_url, do, [shutting, shutting, writing, writing])) > 0
    for _ in range(3):
        await do(writing)
    assert await sweep(now=now_of(writing)) == 0
    for person in people:
        # Ids are made while the loan is locked; a moment is taken before it is waited for.
        rows = sorted(await written(borrower=person.id), key=lambda row: row.id)
        heard = [row.kind for row in rows if row.status == "accepted"]
        [loan] = await Loan.objects().where(Loan.borrower == person.id)
        moves = await DueDateMove.count().where(DueDateMove.borrower == person.id)
        assert heard.count("date-moved") <= moves
        # Of an end hears who heard of a move, and has not heard of its end yet.
        for place, kind in enumerate(heard):
            if kind == "date-back":
                assert place > 0
                assert heard[place - 1] == "date-moved"
        if loan.due_at == DUE:
            assert heard[-1:] in ([], ["date-back"])
        else:
            assert heard[-1:] == ["date-moved"]
