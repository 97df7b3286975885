"""From the outbox to a phone and back, through Kannel as Debian has it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from comptoir.core import clock, db
from comptoir.lending.tables import Loan
from comptoir.notifications.kinds import BY_HAND
from comptoir.notifications.own_wordings.tables import OwnWording
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import SiteSending
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import HookCall, Reply
from tests import factories as make
from tests.notifications import rows
from tests.notifications.kannel import OURS, PASSWORD, Kannel, kannel
from tests.notifications.reminders.world import World, written
from tests.roof.commands import free_port, serving
from tests.waiting import until

SECRET = "a-secret-that-kannel-says"
THEIRS = "+41791234567"


def settings(sendsms: int) -> dict[str, str]:
    return {
        "COMPTOIR_GATEWAYS": "kannel:+41",
        "COMPTOIR_KANNEL_URL": f"http://127.0.0.1:{sendsms}/cgi-bin/sendsms",
        "COMPTOIR_KANNEL_USER": "comptoir",
        "COMPTOIR_KANNEL_PASSWORD": PASSWORD,
        "COMPTOIR_KANNEL_SENDER": OURS,
        "COMPTOIR_KANNEL_SECRET": SECRET,
        "COMPTOIR_KANNEL_PRICE": "0.055 CHF",
    }


async def delivered(message: UUID) -> None:
    async def look() -> bool:
        return await rows.status(message) is Status.DELIVERED

    await until(look)


@pytest.mark.long
async def test_every_letter_arrives_and_the_reply_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    sendsms = free_port()
    with serving(tmp_path, DATABASE_URL=database_url, **settings(sendsms)) as (port, _):
        desk = f"http://127.0.0.1:{port}"
        db.connect(database_url)
        try:
            async with kannel(tmp_path, sendsms=sendsms, desk=desk, secret=SECRET) as network:
                await _there_and_back(network)
        finally:
            await db.disconnect()


async def _there_and_back(network: Kannel) -> None:
    borrower = await make.borrower(phone=THEIRS)
    site = (await make.site()).id
    texts = ["à rendre demain : 9h–12h, œuvre, fête, ça", "Rendez-la dès demain, 9h, merci ! €"]
    messages = [
        await rows.message(
            now=clock.now(),
            site_id=site,
            borrower_id=borrower.id,
            kind=BY_HAND,  # goes at any hour
            address=THEIRS,
            text=text,
        )
        for text in texts
    ]
    async with network.phone(f"{THEIRS} {OURS} text Prolongez, s’il vous plaît 👍") as phone:
        got: set[str] = set()
        while not got >= set(texts):  # beside them comes the answer to what the phone says
            got.add(await phone.gets())
        for message in messages:
            await delivered(message)
    sent = [await rows.read(message) for message in messages]
    assert [(each.gateway, each.parts, each.cost, each.attempts) for each in sent] == [
        ("kannel", 1, 550, 1)
    ] * 2
    reply = await until(lambda: Reply.objects().first())
    assert reply is not None
    assert (reply.sender, reply.recipient) == (THEIRS, OURS)
    assert (reply.text, reply.borrower) == ("Prolongez, s’il vous plaît 👍", borrower.id)
    calls = await HookCall.objects()
    assert {each.kind for each in calls} == {"report", "message"}
    assert not any(SECRET in each.told for each in calls)


@pytest.mark.long
async def test_a_reminder_is_answered_and_what_is_lent_is_due_later(
    database_url: str, tmp_path: Path
) -> None:
    sendsms = free_port()
    with serving(tmp_path, DATABASE_URL=database_url, **settings(sendsms)) as (port, _):
        desk = f"http://127.0.0.1:{port}"
        db.connect(database_url)
        try:
            async with kannel(tmp_path, sendsms=sendsms, desk=desk, secret=SECRET) as network:
                await _reminded_and_renewed(network)
        finally:
            await db.disconnect()


async def _reminded_and_renewed(network: Kannel) -> None:
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
        text="Œuvre prêtée, ça : {{items}}. {{renew}}",
        saved_at=clock.now(),
    ).save()
    person = await world.person(phone=THEIRS)
    loan = await world.loan(person, due_at=clock.now() + timedelta(days=2))
    await sweep(now=clock.now())
    async with network.phone() as phone:
        reminder = await phone.gets()
        (message,) = await written(kind="due-soon")
        await delivered(message.id)
    assert reminder == "Œuvre prêtée, ça : laptop. Prolonger ? Répondez PROLONGER."
    async with network.phone(f"{THEIRS} {OURS} text PROLONGER") as phone:
        answer = await phone.gets()
        (told,) = await written(kind="answer-renewed")
        await delivered(told.id)
    assert answer.startswith("C'est prolongé ! Nouvelle date : ")
    row = await Loan.select(Loan.due_at, Loan.renewals).where(Loan.id == loan.id).first()
    assert row is not None
    assert (row["renewals"], row["due_at"] > loan.due_at) == (1, True)
    assert told.text == answer
