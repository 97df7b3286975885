"""What is written when a due date was moved, something was lent, or brought back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from comptoir.core.principal import Role
from comptoir.lending import routes
from comptoir.lending.closures import told
from comptoir.lending.tables import DueDateMove, Loan
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.reminders.plans import USUAL
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import BorrowerWish, ReminderPlan
from comptoir.notifications.routing import Route
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, at, levels, written

#: A week before: no reminder is due.
EARLY = at("10-01 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    assert routes.ROUTES  # imported for what listens to announcements
    return await World.made()


async def close(world: World, *, now: datetime = EARLY) -> None:
    """The door stays shut on the day on which the loans are due."""
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    day = date(2026, 10, 9)
    command = AnnounceException((world.site.id,), day, day, ExceptionKind.CLOSED)
    seen = (await preview_exception(actor, command, now=now)).seen
    command = AnnounceException((world.site.id,), day, day, ExceptionKind.CLOSED, seen=seen)
    await announce_exception(actor, command, now=now)


async def test_a_closure_that_moved_a_date_is_told_once_and_ticked(world: World) -> None:
    person = await world.person()
    for _ in range(2):
        await world.loan(person)
    await close(world)
    assert await sweep(now=EARLY + timedelta(minutes=1)) == 1
    assert await sweep(now=EARLY + timedelta(minutes=11)) == 0
    [message] = await written()
    assert (message.kind, message.channel) == ("date-moved", "sms")
    assert "Nouvelle date" in message.text
    assert all(move.told_at is not None for move in await DueDateMove.objects())
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    assert await told.untold(actor, person.id) == ()


@pytest.mark.parametrize("gateway", ["file", "file-try", "console"])
async def test_what_nobody_was_sent_told_nobody(world: World, gateway: str) -> None:
    person = await world.person()
    await world.loan(person)
    await close(world)
    assert await sweep(now=EARLY + timedelta(minutes=1)) == 1
    gateways = [Route(RecordingGateway(name=gateway))]
    assert await dispatch(gateways, now=EARLY + timedelta(minutes=2)) == 1
    actor = await make.principal(Role.RECEPTION, world.site.id)
    [untold] = await told.untold(actor, person.id)
    # Nothing is written anew, and what a person ticks stays ticked.
    assert await sweep(now=EARLY + timedelta(minutes=11)) == 0
    await told.tell(actor, untold.announcement_id, person.id, now=EARLY + timedelta(minutes=12))
    assert await sweep(now=EARLY + timedelta(minutes=21)) == 0
    assert await told.untold(actor, person.id) == ()


async def test_whom_no_message_reaches_is_on_the_call_list_until_told(world: World) -> None:
    person = await world.person(phone="+41265550199")
    await world.loan(person)
    stopped = await world.person()
    await world.loan(stopped)
    await BorrowerWish(borrower=stopped.id, stopped_at=EARLY).save()
    await close(world)
    assert await sweep(now=EARLY + timedelta(minutes=1)) == 1
    assert await sweep(now=EARLY + timedelta(minutes=11)) == 0
    assert all(move.told_at is None for move in await DueDateMove.objects())
    [line] = await written()
    assert (line.kind, line.channel, line.borrower) == ("date-moved", "call", person.id)
    actor = await make.principal(Role.RECEPTION, world.site.id)
    move = await DueDateMove.objects().get(DueDateMove.borrower == person.id)
    assert move is not None
    await told.tell(actor, move.batch, person.id, now=EARLY + timedelta(minutes=12))
    await sweep(now=EARLY + timedelta(minutes=21))
    assert [row.status for row in await written()] == ["dropped"]


async def test_whoever_gets_letters_is_written_one(world: World) -> None:
    await world.loan(
        await world.person(contact_kind="letter", phone="", address="Rue Haute 1\n1700 Fribourg")
    )
    await close(world)
    assert await sweep(now=EARLY + timedelta(minutes=1)) == 1
    [letter] = await written()
    assert (letter.channel, letter.address) == ("letter", "")
    assert "vendredi 9 octobre" in letter.text
    assert all(move.told_at is not None for move in await DueDateMove.objects())


async def test_a_move_is_not_told_at_night(world: World) -> None:
    await world.loan(await world.person())
    await close(world)
    assert await sweep(now=at("10-01 20:00")) == 0
    assert await sweep(now=at("10-02 06:00")) == 1


@pytest.mark.parametrize(
    ("change", "sent"),
    [({Loan.returned_at: EARLY}, 0), ({Loan.due_at: at("10-30 16:00")}, 0), (None, 1)],
    ids=["returned", "moved again", "neither"],
)
async def test_a_told_move_is_dropped_when_it_is_true_of_nothing(
    world: World, change: dict[Any, Any] | None, sent: int
) -> None:
    loan = await world.loan(await world.person())
    await close(world)
    now = EARLY + timedelta(minutes=1)
    await sweep(now=now)
    if change is not None:
        await Loan.update(change).where(Loan.id == loan.id)
    assert await dispatch([Route(RecordingGateway())], now=now) == sent
    [message] = await written()
    assert message.status == ("accepted" if sent else "dropped")


async def test_nobody_is_welcomed_or_thanked_unless_a_plan_says_so(world: World) -> None:
    person = await world.person()
    await world.loan(person, checked_out_at=EARLY - timedelta(hours=1))
    await world.loan(person, returned_at=EARLY - timedelta(hours=1))
    assert await sweep(now=EARLY) == 0


async def test_what_was_lent_in_a_visit_is_in_one_message_when_the_visit_is_over(
    world: World,
) -> None:
    await ReminderPlan(scope="site", site=world.site.id, welcome=True).save()
    person = await world.person()
    loans = [await world.loan(person, checked_out_at=EARLY) for _ in range(2)]
    assert await sweep(now=EARLY + timedelta(minutes=5)) == 0
    assert await sweep(now=EARLY + timedelta(minutes=12)) == 1
    assert await sweep(now=EARLY + timedelta(minutes=22)) == 0
    [message] = await written()
    assert message.kind == "welcome"
    assert "2 x laptop" in message.text
    for loan in loans:
        assert await levels(loan) == ["welcome"]


async def test_a_return_is_thanked_for_and_one_that_is_undone_is_not(world: World) -> None:
    await ReminderPlan(scope="any", thanks=True).save()
    loan = await world.loan(await world.person(), returned_at=EARLY)
    undone = await world.loan(await world.person(), returned_at=EARLY)
    now = EARLY + timedelta(minutes=12)
    assert await sweep(now=now) == 2
    await Loan.update({Loan.returned_at: None}).where(Loan.id == undone.id)
    assert await dispatch([Route(RecordingGateway())], now=now) == 1
    assert [row.status for row in await written(borrower=loan.borrower)] == ["accepted"]
    [dropped] = await written(borrower=undone.borrower)
    assert (dropped.kind, dropped.status) == ("thanks", "dropped")
    assert "vendredi" not in dropped.text


async def test_a_move_waits_a_day_after_a_reminder_where_that_is_early_enough(
    world: World,
) -> None:
    person = await world.person()
    await world.loan(person, due_at=at("10-04 15:00"))
    moved = await world.loan(person)
    assert await sweep(now=EARLY) == 1
    await close(world)
    assert await sweep(now=EARLY + timedelta(minutes=1)) == 0
    assert await sweep(now=EARLY + timedelta(hours=8)) == 0
    assert await sweep(now=EARLY + timedelta(days=1)) == 1
    assert [row.kind for row in await written()] == ["due-soon", "date-moved"]
    assert (await levels(moved))[0].startswith("date-moved.")


async def test_a_move_of_tomorrows_date_waits_for_nothing(world: World) -> None:
    person = await world.person()
    await world.loan(person, due_at=at("10-11 15:00"))
    eve = at("10-08 08:00")
    assert await sweep(now=eve) == 1
    await world.loan(person)
    await close(world, now=eve)
    assert await sweep(now=eve + timedelta(minutes=1)) == 1
    assert [row.kind for row in await written()] == ["due-soon", "date-moved"]


async def test_what_was_reminded_of_today_is_corrected_at_once(world: World) -> None:
    person = await world.person()
    loan = await world.loan(person)
    now = at("10-06 08:00")
    assert await sweep(now=now) == 1
    await close(world, now=now)
    assert await sweep(now=now + timedelta(minutes=1)) == 1
    assert [row.kind for row in await written()] == ["due-soon", "date-moved"]
    assert len(await levels(loan)) == 2


async def test_courtesies_wait_for_a_day_without_another_message(world: World) -> None:
    rules = msgspec.json.encode(USUAL.rules).decode()
    await ReminderPlan(
        scope="site", site=world.site.id, welcome=True, thanks=True, rules=rules
    ).save()
    person = await world.person()
    await world.loan(person, due_at=at("10-04 15:00"))
    await world.loan(person, checked_out_at=EARLY - timedelta(minutes=20))
    await world.loan(person, returned_at=EARLY - timedelta(minutes=20))
    kinds: list[list[str]] = []
    for days in range(4):
        await sweep(now=EARLY + timedelta(days=days))
        kinds.append([row.kind for row in await written()][len(kinds) :])
    # The reminder first, then a courtesy a day; on a Sunday nothing goes.
    assert kinds == [["due-soon"], ["welcome"], ["thanks"], []]
