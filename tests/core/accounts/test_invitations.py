"""One-time links: shown once, used once, for a week."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.accounts import invitations
from comptoir.core.accounts.browsers import KnownBrowser, Origin
from comptoir.core.accounts.errors import InvitationGone
from comptoir.core.accounts.signing_in import SignedIn
from comptoir.core.accounts.tables import Invitation, Session, User
from comptoir.core.keys import Keyring
from comptoir.core.principal import Role
from tests import factories
from tests.core.accounts.conftest import PASSWORD


@pytest.fixture
async def amina(database: Any) -> User:
    site = await factories.site()
    return await factories.user(
        login="amina", name="Amina Diallo", role=Role.RECEPTION, site_id=site.id
    )


async def link(user: User, *, now: datetime) -> str:
    async with db.transaction():
        return await invitations.make_link(user.id, invitations.INVITE, now=now)


async def test_a_link_gives_a_password_and_signs_in(client: AsyncClient, amina: User) -> None:
    token = await link(amina, now=clock.now())
    shown = await client.get(f"/invitations/{token}")
    assert "Amina Diallo" in shown.text
    assert (await client.get(f"/invitations/{token}")).status_code == 200
    weak = await client.post(f"/invitations/{token}", data={"password": "amina"})
    assert weak.status_code == 422
    answer = await client.post(f"/invitations/{token}", data={"password": PASSWORD})
    assert answer.headers["location"] == "/account"
    assert (await client.get("/account")).status_code == 200
    for again in (
        await client.get(f"/invitations/{token}"),
        await client.post(f"/invitations/{token}", data={"password": PASSWORD}),
    ):
        assert again.status_code == 404
        assert "Amina" not in again.text.replace("Amina Diallo</span>", "")
    client.cookies.clear()
    answer = await client.post("/sign-in", data={"login": "amina", "password": PASSWORD})
    assert answer.status_code == 303


async def test_the_link_is_not_stored(amina: User, now: datetime) -> None:
    token = await link(amina, now=now)
    assert token not in str(await Invitation.select())


async def test_a_link_works_for_seven_days(amina: User, now: datetime) -> None:
    token = await link(amina, now=now)
    found = await invitations.find(token, now=now + timedelta(days=7, seconds=-1))
    assert found.user_id == amina.id
    with pytest.raises(InvitationGone):
        await invitations.find(token, now=now + timedelta(days=7))


async def test_a_new_link_takes_the_place_of_the_old_one(amina: User, now: datetime) -> None:
    old, new = await link(amina, now=now), await link(amina, now=now)
    with pytest.raises(InvitationGone):
        await invitations.find(old, now=now)
    assert (await invitations.find(new, now=now)).login == "amina"


async def test_the_link_of_an_account_out_of_use_is_gone(amina: User, now: datetime) -> None:
    token = await link(amina, now=now)
    await User.update({User.active: False}, force=True)
    with pytest.raises(InvitationGone):
        await invitations.find(token, now=now)


async def test_of_several_uses_at_once_exactly_one_wins(
    amina: User, keys: Keyring, now: datetime
) -> None:
    token = await link(amina, now=now)
    origin = Origin("203.0.113.7", KnownBrowser.read(None))
    results = await asyncio.gather(
        *(
            invitations.accept(
                token,
                f"the password number {number}",
                origin=origin,
                replaces=None,
                keys=keys,
                now=now,
            )
            for number in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, SignedIn) for result in results) == 1
    assert sum(isinstance(result, InvitationGone) for result in results) == 5
    assert await Session.count() == 1


async def test_links_that_open_nothing_are_deleted(amina: User, now: datetime) -> None:
    await link(amina, now=now - timedelta(days=8))
    await invitations.forget(now=now)
    assert await Invitation.count() == 0


@pytest.mark.parametrize("token", ["x", "%00", "a" * 4000, "../account"])
async def test_a_link_that_never_was_is_not_found(client: AsyncClient, token: str) -> None:
    assert (await client.get(f"/invitations/{token}")).status_code in (303, 404)
