"""Whoever heard that a date moved hears that the old one holds again, and nobody else does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.i18n import LANGUAGES
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending import routes
from comptoir.lending.closures import telling, told
from comptoir.lending.tables import DueDateMove, Loan
from comptoir.notifications import outcomes
from comptoir.notifications.claims import claim
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.protocol import Accepted, Rejected
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import set_hours
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.tables import Site
from tests import factories as make
from tests.locks import overtaken
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import DUE, World, at, written

#: A week before: no reminder is due.
EARLY = at("10-01 08:00")


class Door:
    """A site whose coordinator shuts it on the day on which the loans are due, and opens it."""

    def __init__(self, world: World) -> None:
        self.world, self.now, self.sent = world, EARLY, RecordingGateway()

    async def shut(self, days: int = 0) -> UUID:
        """Shut it on the day on which the loans are due, or so many days later."""
        actor = await make.principal(Role.COORDINATOR, self.world.site.id)
        day = DUE.date() + timedelta(days=days)
        command = AnnounceException((self.world.site.id,), day, day, ExceptionKind.CLOSED)
        [exception] = (await announce_exception(actor, command, now=self.later())).ids
        return exception

    async def open_again(self, exception: UUID) -> None:
        actor = await make.principal(Role.COORDINATOR, self.world.site.id)
        await withdraw_exception(actor, exception, now=self.later())

    async def sweep(self) -> int:
        return await sweep(now=self.later())

    async def dispatch(self) -> int:
        return await dispatch([Route(self.sent)], now=self.later())

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    async def kinds(self) -> list[tuple[str, str]]:
        return [(row.kind, row.status) for row in await written()]


@pytest.fixture
async def door(database: Any) -> Door:
    assert routes.ROUTES  # imported for what listens to announcements
    return Door(await World.made())


async def to_tell(door: Door, person: Any) -> list[bool]:
    """What the desk has yet to say to somebody: for each loan, whether it is as before."""
    actor = await make.principal(Role.COORDINATOR, door.world.site.id)
    found = await told.untold(actor, person.id)
    return [loan.undone for each in found for loan in each.loans]


async def test_whoever_got_the_new_date_gets_the_old_one_again_once(door: Door) -> None:
    person = await door.world.person()
    for _ in range(2):
        await door.world.loan(person)
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    assert await to_tell(door, person) == [True, True]
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert (await door.sweep(), await door.dispatch()) == (0, 0)
    assert await door.kinds() == [("date-moved", "accepted"), ("date-back", "accepted")]
    text = (await written())[-1].text
    assert "garde finalement ses heures" in text
    assert "vendredi 9" in text
    assert await to_tell(door, person) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_said_in_each_language(door: Door, language: str) -> None:
    await door.world.loan(await door.world.person(language=language))
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    assert await door.sweep() == 1
    [_, back] = await written()
    assert (back.kind, back.language) == ("date-back", language)


async def test_whoever_was_not_told_yet_hears_nothing(door: Door) -> None:
    await door.world.loan(await door.world.person())
    await door.open_again(await door.shut())
    assert await door.sweep() == 0


async def test_a_message_that_waited_until_the_move_was_undone_goes_to_nobody(door: Door) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    exception = await door.shut()
    assert await door.sweep() == 1
    await door.open_again(exception)
    # It may still go: what comes after it waits.
    assert await door.sweep() == 0
    assert await door.dispatch() == 0
    assert await door.kinds() == [("date-moved", "dropped")]
    assert [move.told_at for move in await DueDateMove.objects()] == [None]
    assert (await door.sweep(), await to_tell(door, person)) == (0, [])


async def test_each_closure_is_told_though_the_date_is_the_same(door: Door) -> None:
    await door.world.loan(await door.world.person())
    for _ in range(2):
        exception = await door.shut()
        assert (await door.sweep(), await door.dispatch()) == (1, 1)
        await door.open_again(exception)
        assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert [kind for kind, _ in await door.kinds()] == ["date-moved", "date-back"] * 2


async def test_an_old_date_that_is_moved_once_more_is_not_said_to_hold(door: Door) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    assert await door.sweep() == 1
    await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert await door.kinds() == [
        ("date-moved", "accepted"),
        ("date-back", "dropped"),
        ("date-moved", "accepted"),
    ]
    assert await to_tell(door, person) == []


async def test_a_second_closure_that_nobody_heard_of_keeps_nobody_from_hearing(door: Door) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    assert await door.sweep() == 1
    again = await door.shut()
    assert await door.dispatch() == 0  # the old date does not hold at this moment
    await door.open_again(again)
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert await door.kinds() == [
        ("date-moved", "accepted"),
        ("date-back", "dropped"),
        ("date-back", "accepted"),
    ]
    assert (await to_tell(door, person), await door.sweep()) == ([], 0)


async def test_who_undoes_a_move_may_have_looked_at_the_clock_before_another_was_told(
    door: Door,
) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    first = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    second = await door.shut(days=3)
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(second)
    looked = door.later()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)  # on Monday again
    door.now = looked
    await door.open_again(first)
    door.now += timedelta(minutes=5)
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert "vendredi 9" in (await written())[-1].text
    assert await to_tell(door, person) == []


async def test_who_tells_of_a_move_may_have_looked_at_the_clock_before_it_was_undone(
    door: Door,
) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    first = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    second = await door.shut(days=3)
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    looked = door.now
    await door.open_again(second)
    await door.open_again(first)
    door.now = looked
    assert await door.sweep() == 1
    door.now += timedelta(minutes=5)
    assert (await door.dispatch(), await door.sweep()) == (1, 0)
    assert await to_tell(door, person) == []
    # It is taken back by the moment at which it was written down as told.
    [row] = await written(kind="date-back")
    async with db.transaction():
        await outcomes.report(row.id, Status.FAILED, now=door.later(), reason=Reason.NOT_DELIVERED)
    assert await to_tell(door, person) == [True]


async def test_a_date_that_was_another_in_between_is_told_once(door: Door) -> None:
    person = await door.world.person()
    loan = await door.world.loan(person)
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    actor = await make.principal(Role.COORDINATOR, door.world.site.id)

    async def tell_of_another(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.joinable():
            await told.moment_to_tell([loan.id], now=door.later())
            await until_waited_for()
            again = await door.shut()
            move = (await DueDateMove.objects().order_by(DueDateMove.id))[-1]
            await told.tell(actor, move.batch, person.id, now=door.later())
            await door.open_again(again)

    await overtaken(tell_of_another, door.sweep())
    await door.sweep()
    assert [kind for kind, _ in await door.kinds()] == ["date-moved", "date-back"]
    assert (await to_tell(door, person), await door.sweep()) == ([], 0)


async def test_a_word_waits_while_the_one_before_is_handed_over(door: Door) -> None:
    await door.world.loan(await door.world.person())
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    assert await door.sweep() == 1
    routes, other = [Route(door.sent)], new_id()
    [back] = await claim(routes, other, now=door.later())  # by another process
    await door.shut()
    assert await door.sweep() == 1
    assert await dispatch(routes, now=door.now) == 0
    assert await outcomes.begin(back.message.id, other, now=door.now)
    assert await door.dispatch() == 0
    await outcomes.record(back.message.id, other, Accepted(), now=door.now)
    assert await door.dispatch() == 1
    assert [kind for kind, _ in await door.kinds()] == ["date-moved", "date-back", "date-moved"]


async def test_two_moves_of_which_one_is_undone_are_one_message(door: Door) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    await door.shut()  # on Friday: it is due on Monday
    after = await door.shut(days=3)  # on Monday too: on Tuesday, and that is told
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(after)
    assert await to_tell(door, person) == [False]
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert await door.sweep() == 0
    assert [kind for kind, _ in await door.kinds()] == ["date-moved", "date-moved"]


async def test_what_was_renewed_since_is_not_said_to_be_as_before(door: Door) -> None:
    person = await door.world.person()
    loan = await door.world.loan(person)
    exception = await door.shut()
    assert (await door.sweep(), await door.dispatch()) == (1, 1)
    await door.open_again(exception)
    await Loan.update({Loan.due_at: DUE + timedelta(days=14)}).where(Loan.id == loan.id)
    assert await door.sweep() == 0
    assert await to_tell(door, person) == []


async def test_hours_that_were_changed_back_are_told_too(door: Door) -> None:
    await door.world.loan(await door.world.person())
    actor = await make.principal(Role.COORDINATOR, door.world.site.id)
    for hours in ("Mo-Th 09:00-17:00", "Mo-Fr 09:00-17:00"):
        [site] = await Site.select(Site.version)
        await set_hours(actor, door.world.site.id, hours, version=site["version"], now=door.later())
        assert (await door.sweep(), await door.dispatch()) == (1, 1)
    assert [kind for kind, _ in await door.kinds()] == ["date-moved", "date-back"]


async def test_whoever_was_called_is_called_again(door: Door) -> None:
    person = await door.world.person(phone="+41265550199")
    await door.world.loan(person)
    exception = await door.shut()
    actor = await make.principal(Role.COORDINATOR, door.world.site.id)
    [move] = await DueDateMove.objects()
    assert (await door.sweep(), await door.sweep()) == (1, 0)
    await told.tell(actor, move.batch, person.id, now=door.later())
    await door.open_again(exception)
    assert (await door.sweep(), await door.sweep()) == (1, 0)
    assert await door.kinds() == [("date-moved", "dropped"), ("date-back", "queued")]
    [listed] = (await telling.people(actor, move.batch)).people
    assert [(loan.undone, loan.to_tell) for loan in listed.loans] == [(True, True)]
    await told.tell(actor, move.batch, person.id, now=door.later())
    assert await door.sweep() == 0
    assert await door.kinds() == [("date-moved", "dropped"), ("date-back", "dropped")]


async def test_whoever_no_message_reached_is_on_the_list_to_call(door: Door) -> None:
    person = await door.world.person()
    await door.world.loan(person)
    await door.shut()
    assert await door.sweep() == 1
    door.sent = RecordingGateway(lambda message: Rejected(Reason.NUMBER_INVALID))
    await door.dispatch()
    assert await door.kinds() == [("date-moved", "failed")]
    assert await to_tell(door, person) == [False]
    assert await door.sweep() == 0
