"""From a loan to a phone and back, by SMPP: all but the desk is code of others (``phones``)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from comptoir.core import clock, db
from comptoir.lending.tables import Loan
from comptoir.notifications.own_wordings.tables import OwnWording
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import SiteSending
from comptoir.notifications.statuses import Status
from tests.notifications import rows
from tests.notifications.phones import Phone, phone
from tests.notifications.reminders.world import World, written
from tests.notifications.smsc import Smsc, account
from tests.roof.commands import serving
from tests.waiting import until

THEIRS, OURS = "+41791234567", "+41265550110"


async def delivered(message: UUID) -> None:
    async def look() -> bool:
        return await rows.status(message) is Status.DELIVERED

    await until(look)


@pytest.mark.long
async def test_a_reminder_is_answered_and_what_is_lent_is_due_later(
    database_url: str, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": database_url, "COMPTOIR_WORKERS": "2"}
    async with phone(THEIRS) as (network, theirs):
        # In a thread: the network has to answer while the desk starts.
        desk = serving(tmp_path, **environment, **account(network.port))
        await asyncio.to_thread(desk.__enter__)
        db.connect(database_url)
        try:
            await _reminded_and_renewed(network, theirs)
        finally:
            await db.disconnect()
            await asyncio.to_thread(desk.__exit__, None, None, None)


async def _reminded_and_renewed(network: Smsc, theirs: Phone) -> None:
    world = await World.made(opening_hours="Mo-Su,PH 09:00-17:00")
    # At any hour of any day that the test runs.
    await SiteSending(
        site=world.site.id, opens=0, closes=1440, quiet_days="", takes_answers=True
    ).save()
    await OwnWording(
        kind="due-soon",
        language="fr",
        barest=False,
        version=1,
        text="Œuvre prêtée, ça : {{items}}. {{place}} vous attend, à bientôt. {{renew}}",
        saved_at=clock.now(),
    ).save()
    person = await world.person(phone=THEIRS)
    loan = await world.loan(person, due_at=clock.now() + timedelta(days=2))
    await sweep(now=clock.now())
    [message] = await written(kind="due-soon")
    assert await theirs.gets() == message.text
    assert "Œuvre prêtée, ça : " in message.text
    await delivered(message.id)
    sent = await rows.read(message.id)
    assert (sent.gateway, sent.parts, sent.cost, sent.attempts) == ("smpp", 2, 1100, 1)
    assert network.binds == 1  # of two workers
    await theirs.says("PROLONGER", to=OURS)
    answer = await theirs.gets()
    [told] = await written(kind="answer-renewed")
    await delivered(told.id)
    assert answer.startswith("C'est prolongé ! Nouvelle date : ")
    assert told.text == answer
    row = await Loan.select(Loan.due_at, Loan.renewals).where(Loan.id == loan.id).first()
    assert row is not None
    assert (row["renewals"], row["due_at"] > loan.due_at) == (1, True)
