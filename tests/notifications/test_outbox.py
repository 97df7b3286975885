"""What is written into the outbox: with its cause, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.notifications import outbox, outcomes
from comptoir.notifications.claims import claim
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.outbox import Draft
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import Message
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway


async def draft(**values: Any) -> Draft:
    return Draft(
        site_id=(await make.site()).id,
        kind="due-soon",
        channel="sms",
        address="+41791234567",
        language="fr",
        text="Bonjour",
        **{"dedupe_key": "due-soon:1", **values},
    )


async def test_a_message_waits_in_the_outbox(database: Any, now: datetime) -> None:
    written = await rows.read(await rows.message(now=now, text="À demain !"))
    assert (written.status, written.text, written.attempts) == ("queued", "À demain !", 0)
    assert written.next_attempt_at == now


async def test_a_message_with_a_known_key_is_written_once(database: Any, now: datetime) -> None:
    wanted = await draft()
    async with db.transaction():
        assert await outbox.write(wanted, now=now) is not None
        assert await outbox.write(wanted, now=now) is None
    async with db.transaction():
        assert await outbox.write(wanted, now=now + timedelta(days=2)) is None
    assert await Message.count() == 1


async def test_what_did_not_happen_sends_nothing(database: Any, now: datetime) -> None:
    wanted = await draft()

    async def fail() -> None:
        async with db.transaction():
            await outbox.write(wanted, now=now)
            raise RuntimeError("the use case fails after writing")

    with pytest.raises(RuntimeError):
        await fail()
    assert await Message.count() == 0


async def test_a_message_for_later_is_not_due_before(database: Any, now: datetime) -> None:
    morning = now + timedelta(hours=17)
    written = await rows.read(await rows.message(now=now, not_before=morning))
    assert written.next_attempt_at == morning


async def test_what_no_longer_makes_sense_is_taken_back_with_a_record(
    database: Any, now: datetime
) -> None:
    waiting = await rows.message(now=now, not_before=now + timedelta(hours=17))
    gateway = RecordingGateway()
    async with db.transaction():
        assert await outbox.drop([waiting], Reason.OVERTAKEN, now=now) == {waiting}
        assert await outbox.drop([waiting], Reason.OVERTAKEN, now=now) == set()
        assert await outbox.drop([], Reason.OVERTAKEN, now=now) == set()
    assert await dispatch([Route(gateway)], now=now + timedelta(days=1)) == 0
    found = await rows.read(waiting)
    assert (found.status, found.reason) == ("dropped", "overtaken")


async def test_what_is_handed_over_at_this_moment_is_not_taken_back(
    database: Any, now: datetime
) -> None:
    leased, sent = await rows.message(now=now), await rows.message(now=now)
    route = Route(RecordingGateway())
    owner = new_id()
    await claim([route], owner, now=now)
    await outcomes.begin(sent, owner, now=now)
    async with db.transaction():
        assert await outbox.drop([leased, sent], Reason.OVERTAKEN, now=now) == {leased}
    assert not await outcomes.begin(leased, owner, now=now)
    assert (await rows.status(leased), await rows.status(sent)) == ("dropped", "sending")
