"""Signing in by name and password over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx import ASGITransport, AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts import passwords
from comptoir.core.accounts.tables import Session, SignInThrottle, User
from comptoir.core.accounts.throttle import account
from comptoir.core.principal import Role
from comptoir.core.settings import Settings
from tests import factories
from tests.core.accounts.conftest import PASSWORD
from tests.http_client import SETTINGS, client_of, make_app, set_cookie, sign_in


@pytest.fixture
async def amina(database: Any, password_hash: str) -> User:
    site = await factories.site()
    return await factories.user(
        login="amina", role=Role.RECEPTION, site_id=site.id, password_hash=password_hash
    )


async def send(
    client: AsyncClient, login: str = "amina", password: str = PASSWORD, **more: str
) -> Response:
    return await client.post("/sign-in", data={"login": login, "password": password, **more})


async def test_name_and_password_sign_in_and_lead_to_where_one_wanted(
    client: AsyncClient, amina: User
) -> None:
    shown = await client.get("/sign-in?next=/account%3Fx%3D1")
    assert 'value="/account?x=1"' in shown.text
    answer = await send(client, next="/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    assert (await client.get("/account")).status_code == 200
    assert (await client.get("/sign-in?next=/account")).headers["location"] == "/account"


async def test_the_user_name_is_taken_whatever_its_capitals(
    client: AsyncClient, amina: User
) -> None:
    assert (await send(client, login="  AMINA ")).status_code == 303


async def test_one_field_has_the_focus(client: AsyncClient, amina: User) -> None:
    for shown in (await client.get("/sign-in"), await send(client, password="wrong")):
        assert shown.text.count(" autofocus") == 1


@pytest.mark.parametrize(
    ("login", "password"),
    [("amina", "wrong"), ("nobody", PASSWORD), ("", ""), ("amina", ""), ("a" * 5000, "x" * 5000)],
)
async def test_wrong_name_or_password_are_refused_alike(
    client: AsyncClient, amina: User, login: str, password: str
) -> None:
    answer = await send(client, login, password)
    assert answer.status_code == 422
    assert "User name or password are not right" in answer.text
    assert "session" not in client.cookies
    assert await Session.count() == 0


async def test_an_account_out_of_use_or_without_password_is_refused(
    client: AsyncClient, amina: User
) -> None:
    await User.update({User.active: False}, force=True)
    assert (await send(client)).status_code == 422
    await User.update({User.active: True, User.password_hash: None}, force=True)
    assert (await send(client, password="")).status_code == 422


@pytest.mark.parametrize("change", [{User.active: False}, {User.password_hash: "another"}])
async def test_whoever_is_put_out_while_the_password_is_looked_at_stays_out(
    client: AsyncClient, amina: User, change: dict[Any, Any]
) -> None:
    slow = PasswordHasher(time_cost=40, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
    await User.update({User.password_hash: slow}, force=True)
    sending = asyncio.create_task(send(client))
    looks = 0
    while looks < 5:  # time enough to read the account; the hash takes far longer
        looks += bool(await SignInThrottle.count())
        assert not sending.done(), "the password was looked at before this could be"
    await User.update(change, force=True)
    assert (await sending).status_code == 422
    assert await Session.count() == 0


@pytest.mark.parametrize(
    "trap", ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-out", "/locked"]
)
async def test_signing_in_never_leads_elsewhere(
    client: AsyncClient, amina: User, trap: str
) -> None:
    assert (await send(client, next=trap)).headers["location"] == "/"


async def test_the_cookie_is_out_of_reach_and_the_token_not_stored(
    client: AsyncClient, amina: User
) -> None:
    answer = await send(client)
    cookie = next(
        line for line in answer.headers.get_list("set-cookie") if line.startswith("session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = client.cookies["session"]
    stored = await Session.select().first()
    assert stored is not None
    assert token not in str(stored)
    assert stored["method"] == "password"


async def test_over_https_the_cookie_is_secure(database: Any, amina: User) -> None:
    settings = Settings(secret=SETTINGS.secret, public_url="https://desk.example.org")
    async with client_of(make_app(settings=settings)) as client:
        answer = await send(client)
        cookies = answer.headers.get_list("set-cookie")
    ours = [
        cookie for cookie in cookies if cookie.startswith(("__Host-session=", "__Host-browser="))
    ]
    assert len(ours) == 2
    assert all("Secure" in cookie for cookie in ours)


async def test_signing_in_again_gives_a_new_token_to_the_same_session(
    client: AsyncClient, amina: User
) -> None:
    before = await sign_in(client, await factories.user(role=Role.RECEPTION), method="pin")
    planted = client.cookies["session"]
    client.cookies.clear()
    set_cookie(client, "session", planted)
    answer = await send(client)
    assert answer.status_code == 303
    rows = await Session.select()
    assert [(row["id"], row["user_id"]) for row in rows] == [(before.id, amina.id)]
    thief = AsyncClient(transport=client._transport, base_url=client.base_url)
    set_cookie(thief, "session", planted)
    assert (await thief.get("/account")).status_code == 303


async def test_a_password_opens_a_locked_desk(client: AsyncClient, amina: User) -> None:
    await sign_in(client, await factories.user(role=Role.RECEPTION))
    await client.post("/lock")
    assert (await client.get("/account")).headers["location"].startswith("/locked")
    assert (await send(client)).status_code == 303
    assert (await client.get("/account")).status_code == 200


async def test_the_persons_language_is_spoken_after_signing_in(
    client: AsyncClient, amina: User
) -> None:
    await User.update({User.language: "de"}, force=True)
    await client.post("/language", data={"language": "it", "next": "/sign-in"})
    assert (await client.get("/sign-in")).headers["content-language"] == "it"
    await send(client)
    assert (await client.get("/account")).headers["content-language"] == "de"


async def test_a_password_hashed_the_old_way_is_hashed_anew(
    client: AsyncClient, amina: User
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await User.update({User.password_hash: old}, force=True)
    assert (await send(client)).status_code == 303
    row = await User.select(User.password_hash).first()
    assert row is not None
    assert not passwords.is_outdated(row["password_hash"])
    assert (await send(client)).status_code == 303


async def test_signing_out_ends_the_session_at_once(client: AsyncClient, amina: User) -> None:
    await send(client)
    token = client.cookies["session"]
    assert (await client.post("/sign-out")).headers["location"] == "/sign-in"
    set_cookie(client, "session", token)
    assert (await client.get("/account")).status_code == 303


async def test_signing_out_twice_does_no_harm(client: AsyncClient, amina: User) -> None:
    assert (await client.post("/sign-out")).status_code == 303


async def test_a_session_that_ended_says_so_on_the_sign_in_page(
    client: AsyncClient, amina: User
) -> None:
    await send(client)
    await Session.update({Session.ended_at: clock.now()}, force=True)
    assert "You have been signed out" in (await client.get("/sign-in")).text


# Guessing


async def test_after_five_failures_one_waits_and_is_told_how_long(
    client: AsyncClient, amina: User
) -> None:
    for _ in range(5):
        assert (await send(client, password="wrong")).status_code == 422
    answer = await send(client)
    assert (answer.status_code, int(answer.headers["retry-after"]) <= 30) == (429, True)
    assert "Wait 1 minute" in answer.text
    await SignInThrottle.update(
        {SignInThrottle.blocked_until: clock.now() - timedelta(seconds=1)}, force=True
    )
    assert (await send(client)).status_code == 303
    assert (
        await SignInThrottle.count().where(SignInThrottle.subject_hash == account("amina").hash)
        == 0
    )


async def test_an_unknown_name_waits_like_a_known_one(client: AsyncClient, amina: User) -> None:
    for _ in range(5):
        await send(client, login="nobody", password="wrong")
    assert (await send(client, login="nobody", password="wrong")).status_code == 429


async def test_hammering_from_elsewhere_does_not_lock_out_a_known_browser(
    client: AsyncClient, amina: User
) -> None:
    assert (await send(client)).status_code == 303
    await client.post("/sign-out")
    elsewhere = AsyncClient(
        transport=ASGITransport(client._transport.app, client=("198.51.100.1", 1)),  # type: ignore[attr-defined]
        base_url=client.base_url,
        headers=client.headers,
    )
    for _ in range(5):
        assert (await send(elsewhere, password="wrong")).status_code == 422
    assert (await send(elsewhere)).status_code == 429
    assert (await send(client)).status_code == 303


async def test_a_known_browser_has_a_limit_of_its_own(client: AsyncClient, amina: User) -> None:
    await send(client)
    await client.post("/sign-out")
    for _ in range(5):
        assert (await send(client, password="wrong")).status_code == 422
    assert (await send(client)).status_code == 429


async def test_one_address_that_tries_many_names_waits(client: AsyncClient, amina: User) -> None:
    for number in range(30):
        assert (await send(client, login=f"name{number}", password="")).status_code == 422
    assert (await send(client, login="yet-another")).status_code == 429


async def test_whoever_guesses_at_an_address_keeps_nobody_from_a_browser_that_was_used(
    client: AsyncClient, amina: User, password_hash: str
) -> None:
    site = await factories.site()
    colleague = await factories.user(
        login="luca", password_hash=password_hash, role=Role.RECEPTION, site_id=site.id
    )
    assert (await send(client)).status_code == 303
    await client.post("/sign-out")
    async with client_of() as stranger:
        for number in range(31):
            await send(stranger, login=f"name{number}", password="")
        assert (await send(stranger, login="luca")).status_code == 429
    assert (await send(client, login=colleague.login)).status_code == 303


async def test_a_browser_that_was_used_has_its_own_count_of_many_names(
    client: AsyncClient, amina: User
) -> None:
    assert (await send(client)).status_code == 303
    await client.post("/sign-out")
    for number in range(30):
        assert (await send(client, login=f"name{number}", password="")).status_code == 422
    assert (await send(client, login="yet-another")).status_code == 429


async def test_behind_a_proxy_each_visitor_is_counted_alone(database: Any, amina: User) -> None:
    settings = Settings(secret=SETTINGS.secret, trusted_proxies=("127.0.0.1",))
    async with client_of(make_app(settings=settings)) as client:
        client.headers["X-Forwarded-For"] = "198.51.100.1"
        for number in range(30):
            await send(client, login=f"name{number}", password="")
        assert (await send(client, login="another")).status_code == 429
        client.headers["X-Forwarded-For"] = "198.51.100.2"
        assert (await send(client)).status_code == 303
