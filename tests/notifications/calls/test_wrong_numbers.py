"""A number that is not theirs: said in a call it holds for everybody, as said in a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.lending.tables import Borrower
from comptoir.notifications.calls.schemas import Outcome, RecordOutcome
from comptoir.notifications.calls.services import record_outcome, undo_outcome
from comptoir.notifications.errors import CallNotFound, CallNotUndone, WishChanged
from comptoir.notifications.inbound import wishes
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.reminders.wishes import SaveWish, save_wish
from tests import factories as make
from tests.locks import overtaken
from tests.notifications import rows
from tests.processes import together

NUMBER = "+41791234567"
SOON = timedelta(seconds=30)


class Shared:
    """Two people with one number, known at different sites, each of whom is to be called."""

    def __init__(self, actor: Principal, one: Borrower, other: Borrower, site: UUID) -> None:
        self.actor, self.one, self.other, self.site = actor, one, other, site

    async def wrong(self, *, now: datetime) -> UUID:
        """Somebody says in a call to the one that it is not their number."""
        return await record_outcome(self.actor, self.one.id, wrong_at(self.site), now=now)

    async def doubts(self) -> list[Doubt | None]:
        """What the desk would ask each."""
        return [await rows.doubt_about(each.id) for each in (self.one, self.other)]

    async def wishes(self) -> list[dict[str, Any]]:
        """How each is to be reached."""
        return await BorrowerWish.select(
            BorrowerWish.borrower, BorrowerWish.stopped_at, BorrowerWish.wrong_number
        ).order_by(BorrowerWish.borrower)


def wrong_at(site: UUID) -> RecordOutcome:
    return RecordOutcome(site_id=site, outcome=Outcome.WRONG_NUMBER, phone=NUMBER)


async def to_call(site: UUID, *, now: datetime) -> Borrower:
    person = await make.borrower(site_id=site, phone=NUMBER, contact_kind="phone")
    await rows.message(
        now=now, site_id=site, borrower_id=person.id, channel="call", kind="overdue-call"
    )
    return person


@pytest.fixture
async def shared(database: Any, now: datetime) -> Shared:
    site, elsewhere = await make.site(), await make.site(short_name="Bulle")
    one, other = await to_call(site.id, now=now), await to_call(elsewhere.id, now=now)
    return Shared(await make.principal(Role.RECEPTION, site.id), one, other, site.id)


async def test_it_holds_for_all_who_have_the_number_as_a_reply_does(
    shared: Shared, now: datetime
) -> None:
    await shared.wrong(now=now)
    said = await shared.wishes()
    assert [wish["wrong_number"] for wish in said] == [NUMBER, NUMBER]
    assert await shared.doubts() == [Doubt.NOT_THEIRS, Doubt.NOT_THEIRS]
    await BorrowerWish.delete(force=True)
    async with db.transaction():
        await wishes.stop(NUMBER, is_wrong=True, now=now)
    assert await shared.wishes() == said


async def test_what_each_has_in_the_trail_is_who_said_so_and_no_number(
    shared: Shared, now: datetime
) -> None:
    await undo_outcome(shared.actor, await shared.wrong(now=now), now=now + SOON)
    found = await db.fetch(
        "SELECT subject_id, action, changes FROM core_audit_event WHERE actor_id = :actor "
        "ORDER BY id",
        actor=shared.actor.id,
    )
    # Whoever was called has a line of the call, which says so too.
    assert [(row["action"], row["subject_id"]) for row in found] == [
        ("borrower.messages_stopped", shared.other.id),
        ("borrower.called", shared.one.id),
        ("borrower.messages_resumed", shared.other.id),
        ("borrower.call_undone", shared.one.id),
    ]
    assert NUMBER not in str(found)


async def test_taken_back_it_is_as_before_for_all(shared: Shared, now: datetime) -> None:
    async with db.transaction():
        await wishes.stop(NUMBER, now=now - timedelta(days=1))
    before = await shared.wishes()
    made = await shared.wrong(now=now)
    for _ in range(2):
        await undo_outcome(shared.actor, made, now=now + SOON)
    assert await shared.wishes() == before


@pytest.mark.parametrize("who", ["one", "other"])
async def test_what_somebody_decided_since_is_not_taken_back(
    shared: Shared, now: datetime, who: str
) -> None:
    made = await shared.wrong(now=now)
    person: Borrower = getattr(shared, who)
    admin = await make.principal(Role.ADMIN)
    await save_wish(
        admin, person.id, SaveWish(stopped=False, barest=True), version=1, now=now + SOON
    )
    decided = await shared.wishes()
    with pytest.raises(CallNotUndone):
        await undo_outcome(shared.actor, made, now=now + SOON)
    assert await shared.wishes() == decided


async def test_a_reply_at_the_same_moment_is_waited_for(shared: Shared, now: datetime) -> None:
    made = await shared.wrong(now=now)
    refused = []

    async def reply(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await wishes.start(NUMBER, now=now)
            await until_waited_for()

    async def take_back() -> None:
        try:
            await undo_outcome(shared.actor, made, now=now + SOON)
        except CallNotUndone as error:
            refused.append(error.code)

    await overtaken(reply, take_back())
    assert refused == ["notifications.call-not-undone"]
    assert [wish["stopped_at"] for wish in await shared.wishes()] == [None, None]


async def test_a_number_that_is_another_by_now_is_not_said_to_be_wrong(
    shared: Shared, now: datetime
) -> None:
    refused = []

    async def correct(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await Borrower.update({Borrower.phone: "+41790000000"}).where(
                Borrower.id == shared.one.id
            )
            await until_waited_for()

    async def say_so() -> None:
        try:
            await shared.wrong(now=now)
        except CallNotFound as error:
            refused.append(error.code)

    await overtaken(correct, say_so())
    assert refused == ["notifications.call-not-found"]
    assert await shared.wishes() == []


class Turn(msgspec.Struct, frozen=True):
    """What one of several processes does: take an outcome back, or else save a wish."""

    actor: Principal
    person: UUID
    now: datetime
    outcome: UUID | None = None


async def take_turn(turn: Turn) -> str:
    try:
        if turn.outcome is not None:
            await undo_outcome(turn.actor, turn.outcome, now=turn.now)
            return "undone"
        wish = SaveWish(stopped=True, barest=True)
        await save_wish(turn.actor, turn.person, wish, version=1, now=turn.now)
    except (CallNotUndone, WishChanged):
        return "refused"
    return "saved"


async def test_of_two_people_at_once_one_is_heard(
    shared: Shared, now: datetime, database_url: str
) -> None:
    made = await shared.wrong(now=now)
    admin = await make.principal(Role.ADMIN)
    saving = Turn(admin, shared.other.id, now + SOON)
    undoing = msgspec.structs.replace(saving, actor=shared.actor, outcome=made)
    answers = together(database_url, take_turn, [undoing, saving])
    assert sorted(answers) in (["refused", "saved"], ["refused", "undone"])
    stopped = [wish["stopped_at"] is not None for wish in await shared.wishes()]
    assert all(stopped) is ("saved" in answers)


class Saying(msgspec.Struct, frozen=True):
    """One of several processes that write down a wrong number."""

    actor: Principal
    person: UUID
    site: UUID
    now: datetime


async def say_wrong(order: Saying) -> UUID:
    return await record_outcome(order.actor, order.person, wrong_at(order.site), now=order.now)


async def test_said_of_two_who_share_it_at_once_it_is_written_once_for_each(
    shared: Shared, now: datetime, database_url: str
) -> None:
    admin = await make.principal(Role.ADMIN)
    [line] = await db.fetch(
        "SELECT site FROM notifications_message WHERE borrower = :id", id=shared.other.id
    )
    orders = [
        Saying(admin, shared.one.id, shared.site, now),
        Saying(admin, shared.other.id, line["site"], now),
    ]
    assert len(set(together(database_url, say_wrong, orders))) == 2
    found = await db.fetch(
        "SELECT subject_id FROM core_audit_event WHERE action = 'borrower.messages_stopped'"
    )
    [stopped] = found  # of the other one than was called; the second call found it so
    assert stopped["subject_id"] in (shared.one.id, shared.other.id)
