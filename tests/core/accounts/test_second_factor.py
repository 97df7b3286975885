"""The code from the phone: set up, used once, replaced by a recovery code, turned off."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts import credentials, second_factor, sessions
from comptoir.core.accounts.second_factor import step_of
from comptoir.core.accounts.tables import RecoveryCode, Session, User
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from tests import factories
from tests.core.accounts.conftest import PASSWORD
from tests.http_client import set_cookie, sign_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def amina(database: Any, password_hash: str) -> User:
    site = await factories.site()
    return await factories.user(
        login="amina", role=Role.RECEPTION, site_id=site.id, password_hash=password_hash
    )


@pytest.fixture
async def enrolled(amina: User, keys: Keyring) -> User:
    """Amina, with a second factor."""
    amina.totp_secret = keys.encrypt("totp", SECRET, now=clock.now())
    amina.totp_confirmed_at = clock.now() - timedelta(days=1)
    await amina.save()
    return amina


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


async def give_password(client: AsyncClient) -> Response:
    return await client.post(
        "/sign-in", data={"login": "amina", "password": PASSWORD, "next": "/account"}
    )


async def give_code(client: AsyncClient, code: str) -> Response:
    return await client.post("/sign-in/code", data={"code": code, "next": "/account"})


def test_a_code_belongs_to_one_step_around_now(now: datetime) -> None:
    step = int(now.timestamp()) // 30
    for shift in (-1, 0, 1):
        code = code_at(now + timedelta(seconds=30 * shift))
        assert step_of(SECRET, code, now=now) == step + shift
    assert step_of(SECRET, code_at(now + timedelta(seconds=60)), now=now) is None
    assert step_of(SECRET, f" {code_at(now)[:3]} {code_at(now)[3:]} ", now=now) == step
    for wrong in ("", "abcdef", "12345", "１２３４５６"):
        assert step_of(SECRET, wrong, now=now) is None


async def test_password_and_code_sign_in(client: AsyncClient, enrolled: User) -> None:
    answer = await give_password(client)
    assert answer.headers["location"] == "/sign-in/code?next=/account"
    assert await Session.count() == 0
    assert (await client.get("/sign-in/code?next=/account")).status_code == 200
    answer = await give_code(client, code_at(clock.now()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert (await client.get("/account")).status_code == 200


async def test_the_code_alone_leads_nowhere(client: AsyncClient, enrolled: User) -> None:
    assert (await client.get("/sign-in/code")).headers["location"] == "/sign-in"
    answer = await give_code(client, code_at(clock.now()))
    assert answer.headers["location"].startswith("/sign-in")
    set_cookie(client, "sign-in", "made up")
    assert (await give_code(client, code_at(clock.now()))).status_code == 303
    assert await Session.count() == 0


async def test_a_code_works_once(client: AsyncClient, enrolled: User) -> None:
    await give_password(client)
    ticket = client.cookies["sign-in"]
    code = code_at(clock.now())
    assert (await give_code(client, code)).status_code == 303
    client.cookies.clear()
    set_cookie(client, "sign-in", ticket)
    answer = await give_code(client, code)
    assert answer.status_code == 422


async def test_of_one_code_sent_twice_at_once_one_signs_in(
    client: AsyncClient, enrolled: User
) -> None:
    await give_password(client)
    code = code_at(clock.now())
    answers = await asyncio.gather(give_code(client, code), give_code(client, code))
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_codes_cannot_be_guessed_for_long(client: AsyncClient, enrolled: User) -> None:
    await give_password(client)
    for _ in range(5):
        assert (await give_code(client, "000000")).status_code == 422
    assert (await give_code(client, code_at(clock.now()))).status_code == 429


async def test_a_changed_password_makes_the_first_step_worthless(
    client: AsyncClient, enrolled: User
) -> None:
    await give_password(client)
    await User.update({User.password_hash: "another"}, force=True)
    answer = await give_code(client, code_at(clock.now()))
    assert answer.headers["location"].startswith("/sign-in")
    assert await Session.count() == 0


async def test_setting_up_takes_a_first_code_and_gives_ten_recovery_codes(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    await client.post("/account/second-factor")
    shown = await client.get("/account/second-factor")
    match = re.search(r'class="code key">([A-Z2-7 ]+)<', shown.text)
    assert match is not None
    secret = match[1].replace(" ", "")
    assert "<svg" in shown.text
    stored = await User.select(User.totp_secret).first()
    assert stored is not None
    assert secret not in stored["totp_secret"]

    wrong = await client.post("/account/second-factor/confirm", data={"code": "000000"})
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).now()
    done = await client.post("/account/second-factor/confirm", data={"code": code})
    codes = re.findall(r'<li class="code">([A-Z2-9-]{11})</li>', done.text)
    assert (done.status_code, len(set(codes))) == (200, 10)
    assert codes[0] not in str(await RecoveryCode.select())

    # From now on the password alone does not do.
    client.cookies.clear()
    await give_password(client)
    assert "session" not in client.cookies
    # Nor does the code that was used to set it up; a recovery code does, once.
    assert (await give_code(client, code)).status_code == 422
    assert (await give_code(client, codes[3].lower().replace("-", " "))).status_code == 303
    client.cookies.clear()
    await give_password(client)
    assert (await give_code(client, codes[3])).status_code == 422


async def test_a_secret_that_was_not_confirmed_asks_for_nothing(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    await client.post("/account/second-factor")
    client.cookies.clear()
    assert (await give_password(client)).headers["location"] == "/account"


async def test_turning_it_off_takes_the_password(client: AsyncClient, enrolled: User) -> None:
    await sign_in(client, enrolled)
    path = "/account/second-factor/turn-off"
    assert (await client.post(path, data={"current_password": "wrong"})).status_code == 422
    assert (await client.post(path, data={"current_password": PASSWORD})).status_code == 303
    client.cookies.clear()
    assert (await give_password(client)).headers["location"] == "/account"


async def test_new_recovery_codes_make_the_old_ones_worthless(
    enrolled: User, keys: Keyring, now: datetime
) -> None:
    actor = Principal(kind="user", id=enrolled.id)
    old = await second_factor.renew_recovery_codes(actor, PASSWORD, keys=keys, now=now)
    new = await second_factor.renew_recovery_codes(actor, PASSWORD, keys=keys, now=now)
    assert not await second_factor.use_recovery_code(enrolled.id, old[0], keys=keys, now=now)
    assert await second_factor.use_recovery_code(enrolled.id, new[0], keys=keys, now=now)
    assert await RecoveryCode.count() == 10


async def test_a_recovery_code_is_its_owners_alone(
    client: AsyncClient, enrolled: User, keys: Keyring
) -> None:
    other = await factories.user()
    await RecoveryCode(
        user=other.id, code_hash=credentials.recovery_code_hash(keys, "ABCDE-FGHJK")
    ).save()
    await give_password(client)
    assert (await give_code(client, "ABCDE-FGHJK")).status_code == 422
    assert await Session.count() == 0


async def test_of_two_uses_of_a_recovery_code_at_once_one_counts(
    enrolled: User, keys: Keyring, now: datetime
) -> None:
    actor = Principal(kind="user", id=enrolled.id)
    code, *_ = await second_factor.renew_recovery_codes(actor, PASSWORD, keys=keys, now=now)
    used = await asyncio.gather(
        *(second_factor.use_recovery_code(enrolled.id, code, keys=keys, now=now) for _ in range(8))
    )
    assert used.count(True) == 1


async def test_what_changes_is_audited_without_any_secret(client: AsyncClient, amina: User) -> None:
    await sign_in(client, amina)
    await client.post("/account/second-factor")
    shown = await client.get("/account/second-factor")
    match = re.search(r'class="code key">([A-Z2-7 ]+)<', shown.text)
    assert match is not None
    code = pyotp.TOTP(match[1].replace(" ", "")).now()
    await client.post("/account/second-factor/confirm", data={"code": code})
    rows = await AuditEvent.select(AuditEvent.action, AuditEvent.changes)
    assert rows == [{"action": "user.second_factor_on", "changes": "{}"}]


async def test_signing_in_leaves_no_record_of_when(client: AsyncClient, enrolled: User) -> None:
    await give_password(client)
    await give_code(client, code_at(clock.now()))
    await client.post("/sign-out")
    assert await AuditEvent.count() == 0
    await sessions.forget(now=clock.now() + timedelta(days=2))
    assert await Session.count() == 0
