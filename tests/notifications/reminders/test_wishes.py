"""How somebody wants to be written to: by page and by call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.audit.sentences import lines
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.lending.errors import BorrowerNotFound
from comptoir.notifications.errors import WishChanged
from comptoir.notifications.reminders.wishes import SaveWish, read_wish, save_wish
from tests import factories as make
from tests.http_client import client_of, shared_app, sign_in, use_token
from tests.notifications.reminders.world import World, at

NOW = at("10-06 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


@pytest.fixture
async def client(world: World) -> AsyncIterator[AsyncClient]:
    async with client_of(shared_app()) as client:
        yield client


async def test_a_wish_is_kept_and_told_in_the_timeline(world: World) -> None:
    actor = await make.principal(site_id=world.site.id)
    person = await world.person()
    for number, (stopped, barest) in enumerate([(True, False), (False, False), (False, True)]):
        wish = SaveWish(stopped=stopped, barest=barest)
        await save_wish(actor, person.id, wish, version=number, now=NOW)
    kept = await read_wish(actor, person.id)
    assert (kept.stopped_at, kept.barest, kept.version) == (None, True, 3)
    shared_app()
    with use_language("en"):
        told = [line.text for line in await lines(person.id, {})]
    assert told == [
        "Wants messages in the barest form.",
        "Wants messages again.",
        "Wants no messages.",
    ]


async def test_a_wish_that_was_changed_meanwhile_is_not_overwritten(world: World) -> None:
    actor = await make.principal(site_id=world.site.id)
    person = await world.person()
    wish = SaveWish(stopped=True, barest=False)
    await save_wish(actor, person.id, wish, version=0, now=NOW)
    with pytest.raises(WishChanged):
        await save_wish(actor, person.id, wish, version=0, now=NOW)


async def test_a_borrower_of_other_sites_is_not_found(world: World) -> None:
    elsewhere = await make.site()
    actor = await make.principal(site_id=elsewhere.id)
    person = await world.person()
    with pytest.raises(BorrowerNotFound):
        await read_wish(actor, person.id)
    wish = SaveWish(stopped=True, barest=False)
    with pytest.raises(BorrowerNotFound):
        await save_wish(actor, person.id, wish, version=0, now=NOW)


async def test_the_page_of_a_borrower_shows_and_takes_it(world: World, client: AsyncClient) -> None:
    person = await world.person()
    user = await make.user(role=Role.RECEPTION, site_id=world.site.id)
    await sign_in(client, user, site_id=world.site.id)
    address = f"/borrowers/{person.id}"
    assert "Wants no messages" in (await client.get(address)).text
    sent = {"stopped": "yes", "version": "0"}
    answer = await client.post(
        f"{address}/message-wish", data=sent, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303
    page = (await client.get(address)).text
    assert 'name="stopped" value="yes" checked' in page


async def test_the_call_keeps_to_the_version_that_was_read(
    world: World, client: AsyncClient
) -> None:
    person = await world.person()
    await use_token(client, "borrowers")
    address = f"/api/v1/borrowers/{person.id}/message-wish"
    read = await client.get(address)
    wish = {"stopped": False, "barest": True}
    saved = await client.put(address, json=wish, headers={"If-Match": read.headers["ETag"]})
    assert (saved.status_code, saved.json()["barest"]) == (200, True)
    again = await client.put(address, json=wish, headers={"If-Match": read.headers["ETag"]})
    assert again.status_code == 412
