"""A letter came back: no more to that address, a call instead, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.principal import Principal, Role
from comptoir.lending.tables import Borrower
from comptoir.notifications.calls.queries import count_calls
from comptoir.notifications.errors import AddressNotAsked, LetterNotReturned, MessageNotFound
from comptoir.notifications.inbound.doubts import Doubt
from comptoir.notifications.letters.returned import (
    ConfirmAddress,
    confirm_address,
    mark_returned,
)
from comptoir.notifications.letters.schemas import MakeBatch
from comptoir.notifications.letters.services import make_batch, mark_printed
from comptoir.notifications.reminders.sweep import sweep
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.notifications import rows
from tests.notifications.reminders.world import World, at, written
from tests.processes import together

LATE = at("10-13 08:00")
LATER = at("10-20 08:00")
ADDRESS = "Rue Haute 1\n1700 Fribourg"


class Sent(msgspec.Struct, frozen=True):
    """Somebody to whom a letter was printed, and who looks after them."""

    world: World
    desk: Principal
    person: Borrower
    letter: UUID

    async def came_back(self) -> None:
        await mark_returned(self.desk, self.letter, now=LATE)

    async def channels(self) -> list[tuple[str, str, str]]:
        return [(row.channel, row.status, row.reason) for row in await written()]


@pytest.fixture
async def sent(database: Any) -> Sent:
    world = await World.made()
    desk = await make.principal(Role.RECEPTION, world.site.id)
    person = await world.person(contact_kind="letter", phone="+41265550111", address=ADDRESS)
    await world.loan(person)
    await sweep(now=LATE)
    await mark_printed(
        desk, await make_batch(desk, MakeBatch(site_id=world.site.id), now=LATE), now=LATE
    )
    [letter] = await written()
    return Sent(world, desk, person, letter.id)


async def test_it_becomes_a_call_and_the_desk_asks(sent: Sent) -> None:
    assert await rows.doubt_about(sent.person.id) is None
    for _ in range(2):
        await sent.came_back()
    assert await sent.channels() == [("letter", "failed", "returned"), ("call", "queued", "")]
    assert (await count_calls(sent.desk, now=LATE)).now == 1
    assert await rows.doubt_about(sent.person.id) is Doubt.NO_LETTERS
    found = await db.fetch(
        "SELECT action FROM core_audit_event WHERE subject_id = :id AND action = :action",
        id=sent.person.id,
        action="borrower.letter_returned",
    )
    assert len(found) == 1


async def test_no_letter_goes_there_until_the_address_is_another(sent: Sent) -> None:
    await sent.came_back()
    await sweep(now=LATER)
    assert [row.channel for row in await written()] == ["letter", "call", "call"]
    await Borrower.update({Borrower.address: "Rue Basse 2\n1700 Fribourg"}, force=True)
    assert await rows.doubt_about(sent.person.id) is None
    await sweep(now=LATER + timedelta(days=7))
    assert [row.channel for row in await written()][3:] == ["letter"]


async def test_what_waits_to_be_printed_becomes_a_call_too(sent: Sent) -> None:
    await sweep(now=LATER)
    await sent.came_back()
    other = await sent.world.person(contact_kind="letter", phone="", address="Rue Basse 2")
    await sent.world.loan(other)
    await sweep(now=LATER)
    await make_batch(sent.desk, MakeBatch(site_id=sent.world.site.id), now=LATER)
    theirs = await written(borrower=sent.person.id)
    assert sorted((row.channel, row.reason) for row in theirs) == [
        ("call", ""),
        ("call", ""),
        ("letter", "no-address"),
        ("letter", "returned"),
    ]


async def test_it_is_right_after_all(sent: Sent) -> None:
    await sent.came_back()
    for wrong in ("", "Rue Basse 2"):
        with pytest.raises(AddressNotAsked):
            await confirm_address(
                sent.desk, sent.person.id, ConfirmAddress(address=wrong), now=LATE
            )
    for _ in range(2):
        await confirm_address(sent.desk, sent.person.id, ConfirmAddress(address=ADDRESS), now=LATE)
    assert await sent.channels() == [
        ("letter", "accepted", ""),
        ("call", "dropped", "overtaken"),
    ]
    assert await rows.doubt_about(sent.person.id) is None
    await sent.came_back()
    assert (await count_calls(sent.desk, now=LATE)).now == 1


async def test_only_what_was_printed_at_ones_own_sites_comes_back(sent: Sent) -> None:
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    text = await rows.message(
        now=LATE, site_id=sent.world.site.id, borrower_id=sent.person.id, channel="sms"
    )
    for actor, message in ((stranger, sent.letter), (sent.desk, text)):
        with pytest.raises(MessageNotFound):
            await mark_returned(actor, message, now=LATE)
    waiting = await rows.message(
        now=LATE, site_id=sent.world.site.id, borrower_id=sent.person.id, channel="letter"
    )
    with pytest.raises(LetterNotReturned):
        await mark_returned(sent.desk, waiting, now=LATE)


class Order(msgspec.Struct, frozen=True):
    """One of two desks that open the same envelope."""

    actor: Principal
    letter: UUID


async def say_returned(order: Order) -> str:
    return str(await mark_returned(order.actor, order.letter, now=LATE))


async def test_two_desks_at_once_make_one_call(sent: Sent, database_url: str) -> None:
    orders = [Order(sent.desk, sent.letter)] * 2
    assert together(database_url, say_returned, orders) == [str(sent.person.id)] * 2
    assert len(await written(channel="call")) == 1


class TestOverHttp:
    @pytest.fixture
    async def client(self, database: Any) -> AsyncIterator[AsyncClient]:
        async with client_of() as client:
            yield client

    async def letter(self, sent: Sent) -> UUID:
        """One that was printed just now, as pages have the clock of today."""
        made = await rows.message(
            now=clock.now(),
            site_id=sent.world.site.id,
            borrower_id=sent.person.id,
            channel="letter",
            address="",
        )
        await db.execute(
            "UPDATE notifications_message SET status = 'accepted', sent_at = :now WHERE id = :id",
            now=clock.now(),
            id=made,
        )
        return made

    async def test_from_the_page_of_the_person_and_back(
        self, sent: Sent, client: AsyncClient
    ) -> None:
        letter = await self.letter(sent)
        user = await make.user(role=Role.RECEPTION, site_id=sent.world.site.id)
        await sign_in(client, user, site_id=sent.world.site.id)
        address = f"/borrowers/{sent.person.id}"
        assert f'action="/letters/{letter}/returned"' in (await client.get(address)).text
        answer = await client.post(f"/letters/{letter}/returned")
        assert answer.headers["location"] == address
        page = (await client.get(address)).text
        assert "Ask for their address" in page
        assert "A letter came back" in page
        assert f'action="/letters/{letter}/returned"' not in page
        form = {"address": ADDRESS.replace("\n", "\r\n"), "next": address}
        await client.post(f"{address}/address-confirmations", data=form)
        page = (await client.get(address)).text
        assert "Ask for their address" not in page
        assert "right after all" in page

    async def test_the_calls_do_the_same(self, sent: Sent, client: AsyncClient) -> None:
        letter = await self.letter(sent)
        await use_token(client, "borrowers")
        assert (await client.post(f"/api/v1/letters/{letter}/returned")).status_code == 204
        assert await rows.doubt_about(sent.person.id) is Doubt.NO_LETTERS
        address = f"/api/v1/borrowers/{sent.person.id}/address-confirmations"
        refused = await client.post(address, json={"address": "Rue Basse 2"})
        assert refused.json()["code"] == "notifications.address-not-asked"
        assert (await client.post(address, json={"address": ADDRESS})).status_code == 204
        assert await rows.doubt_about(sent.person.id) is None
