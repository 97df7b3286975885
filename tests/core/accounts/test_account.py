"""One's own account: language, site, password, and where one is signed in."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from piccolo.columns import Column

from comptoir.core import clock
from comptoir.core.accounts.identity import LONGEST_IDLE
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.tables import StaffMember
from tests import factories
from tests.core.accounts.conftest import PASSWORD
from tests.http_client import sign_in


@pytest.fixture
async def amina(database: Any, password_hash: str) -> User:
    site = await factories.site()
    return await factories.user(
        login="amina", role=Role.RECEPTION, site_id=site.id, password_hash=password_hash
    )


async def test_the_language_chosen_is_spoken_everywhere(client: AsyncClient, amina: User) -> None:
    await sign_in(client, amina)
    await client.post("/account/language", data={"language": "it"})
    assert (await client.get("/account")).headers["content-language"] == "it"
    await client.post("/account/language", data={"language": "xx"})
    assert (await client.get("/account")).headers["content-language"] == "it"


async def test_the_language_chosen_in_the_menu_stays_with_the_account(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    page = (await client.get("/account")).text
    menu = page[page.index('class="popover"') :]
    assert 'action="/account/language"' in menu[: menu.index("</header>")]
    answer = await client.post("/account/language", data={"language": "de", "next": "/desk"})
    assert answer.headers["location"] == "/desk"
    await sign_in(client, amina)  # as after a PIN: the browser insists on nothing
    assert (await client.get("/account")).headers["content-language"] == "de"


async def test_a_new_password_takes_the_old_one_and_signs_the_others_out(
    client: AsyncClient, amina: User
) -> None:
    elsewhere = await sign_in(client, amina)
    here = await sign_in(client, amina)
    new = "trois petits chats"
    for current, password, code in (
        ("wrong", new, "This is not your present password"),
        (PASSWORD, "short", "10 characters or more"),
        (PASSWORD, "amina", "10 characters or more"),
    ):
        answer = await client.post(
            "/account/password", data={"current_password": current, "password": password}
        )
        assert (answer.status_code, code in answer.text) == (422, True)
    answer = await client.post(
        "/account/password", data={"current_password": PASSWORD, "password": new}
    )
    assert answer.headers["location"] == "/account"
    rows = await Session.select(Session.id, Session.ended_at)
    assert {row["id"]: row["ended_at"] is None for row in rows} == {
        elsewhere.id: False, here.id: True,
    }  # fmt: skip
    client.cookies.clear()
    answer = await client.post("/sign-in", data={"login": "amina", "password": new})
    assert answer.status_code == 303
    actions = [row["action"] for row in await AuditEvent.select(AuditEvent.action)]
    assert actions == ["user.password_changed"]


async def test_the_present_password_cannot_be_guessed_at_an_open_desk(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    data = {"current_password": "wrong", "password": "trois petits chats"}
    for _ in range(5):
        assert (await client.post("/account/password", data=data)).status_code == 422
    data["current_password"] = PASSWORD
    assert (await client.post("/account/password", data=data)).status_code == 429


async def test_one_sees_and_ends_ones_own_sessions_alone(client: AsyncClient, amina: User) -> None:
    others = await sign_in(client, await factories.user(role=Role.ADMIN))
    elsewhere = await sign_in(client, amina)
    await sign_in(client, amina)
    shown = (await client.get("/account")).text
    assert shown.count("Sign out there") == 1
    assert shown.count("This browser") == 1
    assert (await client.post(f"/account/sessions/{others.id}/end")).status_code == 404
    assert (await client.post(f"/account/sessions/{elsewhere.id}/end")).status_code == 303
    assert (await client.post(f"/account/sessions/{elsewhere.id}/end")).status_code == 404


@pytest.mark.parametrize(
    "over",
    [
        {"last_seen_at": clock.now() - LONGEST_IDLE},
        {"expires_at": clock.now()},
        {"ended_at": clock.now()},
    ],
)
async def test_a_session_that_is_over_is_not_among_ones_own(
    over: dict[Column | str, Any], client: AsyncClient, amina: User
) -> None:
    elsewhere = await sign_in(client, amina)
    await Session.update(over).where(Session.id == elsewhere.id)
    await sign_in(client, amina)
    assert "Sign out there" not in (await client.get("/account")).text


async def test_signing_out_everywhere_ends_this_session_too(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    await sign_in(client, amina)
    assert (await client.post("/account/sessions/end-all")).headers["location"] == "/sign-in"
    assert await Session.count().where(Session.ended_at.is_null()) == 0


async def test_one_chooses_among_ones_own_sites(client: AsyncClient, amina: User) -> None:
    lyon = await factories.site(short_name="Lyon")
    geneva = await factories.site(short_name="Genève")
    await StaffMember(user=amina.id, site=lyon.id, role="reception").save()
    await sign_in(client, amina)
    assert "Lyon</option>" in (await client.get("/account")).text
    assert (await client.post("/account/site", data={"site": str(lyon.id)})).status_code == 303
    assert "</svg>Lyon<" in (await client.get("/account")).text
    assert (await client.post("/account/site", data={"site": str(geneva.id)})).status_code == 404
    assert (await client.post("/account/site", data={"site": "Lyon"})).status_code == 422


async def test_removing_pin_and_badge_makes_them_worthless(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    for what in ("pin", "badge"):
        await client.post(f"/account/{what}")
        await client.post(f"/account/{what}/remove")
    row = await User.select(User.pin_hash, User.badge_hash).first()
    assert row == {"pin_hash": None, "badge_hash": None}
