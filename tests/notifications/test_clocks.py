"""A clock that was a year ahead, and was put right: nothing waits for that year, or goes twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from comptoir.core.ids import new_id
from comptoir.core.jobs import CLOCKS_DIFFER_BY
from comptoir.notifications import outcomes
from comptoir.notifications.claims import claim
from comptoir.notifications.clocks import put_right
from comptoir.notifications.dispatcher import dispatch, settle
from comptoir.notifications.gateways.protocol import NotTaken
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.plans import DATE_BACK, DATE_MOVED
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.routing import Route
from comptoir.notifications.rules import is_same_day
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, at, written

AHEAD = timedelta(days=365)
A_LITTLE = CLOCKS_DIFFER_BY - timedelta(seconds=1)
ZURICH = ZoneInfo("Europe/Zurich")


async def test_what_was_to_be_tried_again_next_year_goes_now_once(
    database: Any, now: datetime
) -> None:
    message = await rows.message(now=now)
    busy = RecordingGateway(lambda _: NotTaken(Reason.GATEWAY_BUSY))
    await dispatch([Route(busy)], now=now + AHEAD)
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 0
    assert await put_right(now=now) == 1
    assert await put_right(now=now) == 0
    for _ in range(2):
        await dispatch([Route(gateway)], now=now)
    assert [each.id for each in gateway.sent] == [message]


async def test_what_a_dispatcher_claimed_next_year_is_anothers_now(
    database: Any, now: datetime
) -> None:
    message, owner, gateway = await rows.message(now=now), new_id(), RecordingGateway()
    await claim([Route(gateway)], owner, now=now + AHEAD)
    await put_right(now=now)
    assert not await outcomes.begin(message, owner, now=now)
    await dispatch([Route(gateway)], now=now)
    assert [each.id for each in gateway.sent] == [message]


async def test_what_was_handed_over_next_year_is_found_out_about_now(
    database: Any, now: datetime
) -> None:
    message, owner, gateway = await rows.message(now=now), new_id(), RecordingGateway()
    await claim([Route(gateway)], owner, now=now + AHEAD)
    assert await outcomes.begin(message, owner, now=now + AHEAD)
    assert await settle([Route(gateway)], now=now) == 1
    assert await rows.status(message) == "unknown"
    assert gateway.sent == []


async def test_what_waited_next_year_for_the_word_before_does_so_now(
    database: Any, now: datetime
) -> None:
    person = (await make.borrower()).id
    first = await rows.message(kind=DATE_MOVED, borrower_id=person, now=now)
    await claim([Route(RecordingGateway())], new_id(), now=now + AHEAD)
    second = await rows.message(kind=DATE_BACK, borrower_id=person, now=now)
    assert await claim([Route(RecordingGateway())], new_id(), now=now + AHEAD) == []
    assert await put_right(now=now) == 2
    gateway = RecordingGateway()
    await dispatch([Route(gateway)], now=now)
    assert [each.id for each in gateway.sent] == [first, second]


async def test_what_waited_for_a_day_of_next_year_is_shown_as_waiting_for_none(
    database: Any, now: datetime
) -> None:
    message = await rows.message(now=now + AHEAD, not_before=now + AHEAD + timedelta(days=1))
    await put_right(now=now)
    assert (await rows.read(message)).not_before is None


@pytest.mark.parametrize("ahead", [timedelta(0), A_LITTLE])
async def test_what_waits_by_a_right_clock_goes_on_waiting(
    database: Any, now: datetime, ahead: timedelta
) -> None:
    await rows.message(now=now + ahead, not_before=now + timedelta(days=3))
    assert await put_right(now=now) == 0


def test_whoever_was_written_to_next_year_is_not_silenced_until_then(now: datetime) -> None:
    same = [timedelta(0), A_LITTLE, timedelta(days=1)]
    others = [-timedelta(days=1), timedelta(days=2), AHEAD]
    assert all(is_same_day(now + each, now, ZURICH) for each in same)
    assert not any(is_same_day(now + each, now, ZURICH) for each in others)


async def test_a_reminder_of_next_year_does_not_stop_those_of_now(database: Any) -> None:
    world = await World.made()
    loan = await world.loan(await world.person(), due_at=at("10-23 15:00"))
    await sweep(now=at("10-20 10:00"))
    # The clock leapt ahead while that was written.
    await Message.update({Message.created_at: at("10-20 10:00") + AHEAD}, force=True)
    await sweep(now=at("10-23 10:00"))
    assert [each.kind for each in await written(borrower=loan.borrower)] == [
        "due-today",
        "due-soon",
    ]
