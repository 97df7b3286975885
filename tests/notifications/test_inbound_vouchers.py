"""Somebody writes that the voucher works that they were given: over HTTP, as a gateway does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher
from comptoir.notifications.tables import Conversation, Message, Reply
from tests import factories as make
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.hook import SECRET, reply
from tests.notifications.reminders.world import World

NUMBER = "+41791234567"
CODE = "KQ7-4455-XYZW"


class Given:
    """Somebody with a number, who was given vouchers."""

    client: AsyncClient

    async def set_up(self, client: AsyncClient) -> Given:
        self.client = client
        self.world = await World.made()
        self.person = await self.world.person(phone=NUMBER)
        self.kind = await make.voucher_kind(validity_days=30)
        self.batch = await make.voucher_batch(self.kind, site_id=self.world.site.id)
        await make.voucher_policy(self.kind)
        self.actor = await make.principal(site_id=self.world.site.id)
        return self

    async def give(self, *, days_ago: int = 0) -> Voucher:
        await make.voucher(self.batch, Secret(f"{CODE}-{days_ago}"))
        command = IssueVoucher(kind_id=self.kind.id, borrower_id=self.person.id)
        at = clock.now() - timedelta(days=days_ago, minutes=1)
        issue = await issue_voucher(self.actor, command, now=at)
        return await self.read(issue.voucher_id)

    async def read(self, voucher_id: Any) -> Voucher:
        row = await Voucher.objects().get(Voucher.id == voucher_id)
        assert row is not None
        return row

    async def say(self, words: str) -> None:
        answer = await reply(self.client, words.encode())
        assert answer.status_code == 200

    async def waits(self) -> bool:
        [talk] = await Conversation.objects()
        return talk.waiting_since is not None


@pytest.fixture
async def given(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Given]:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield await Given().set_up(client)


@pytest.mark.parametrize("words", ["OK", "Ça marche !", "AKTIV", "Funziona", "It works"])
async def test_it_is_in_use_and_the_answer_says_until_when(given: Given, words: str) -> None:
    voucher = await given.give()
    await given.say(words)
    row = await given.read(voucher.id)
    assert row.status == "activated"
    [answer] = await Message.objects()
    assert (answer.kind, answer.address) == ("answer-in-use", NUMBER)
    last = (row.expires_at - timedelta(hours=3)).day
    assert str(last) in answer.text
    assert "KQ7" not in answer.text
    assert not await given.waits()
    assert "voucher.activated" in str(await AuditEvent.select(AuditEvent.action))
    await given.say(words)  # once is enough: a person reads what it means now
    assert await Message.count() == 1
    assert await given.waits()


async def test_what_was_given_long_ago_is_not_meant(given: Given) -> None:
    voucher = await given.give(days_ago=15)
    await given.say("It works")
    assert (await given.read(voucher.id)).status == "issued"
    assert await given.waits()


async def test_of_two_nobody_can_tell_which_is_meant(given: Given) -> None:
    vouchers = [await given.give(), await given.give(days_ago=1)]
    await given.say("It works")
    assert {(await given.read(each.id)).status for each in vouchers} == {"issued"}
    assert await given.waits()


async def test_ok_may_be_an_answer_to_a_reminder_but_it_works_is_not(given: Given) -> None:
    voucher = await given.give()
    await rows.message(
        now=clock.now(),
        site_id=given.world.site.id,
        borrower_id=given.person.id,
        kind="due-soon",
    )
    await given.say("OK")
    assert (await given.read(voucher.id)).status == "issued"
    await given.say("Ça fonctionne")
    assert (await given.read(voucher.id)).status == "activated"


async def test_a_number_of_several_people_begins_nothing(given: Given) -> None:
    voucher = await given.give()
    await given.world.person(phone=NUMBER)
    await given.say("It works")
    assert (await given.read(voucher.id)).status == "issued"
    [kept] = await Reply.objects()
    assert kept.wish == "works"
