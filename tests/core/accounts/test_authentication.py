"""Who acts in a request, and what a handler must declare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar, Request, get, post

from comptoir.core import clock, db
from comptoir.core.accounts.guards import (
    PUBLIC,
    require,
    require_scope,
    signed_in,
    signed_in_by_password,
)
from comptoir.core.accounts.tables import ApiToken, Session, User
from comptoir.core.principal import Role
from comptoir.core.web.context import place_of, principal_of
from comptoir.sites.tables import StaffMember
from tests import factories
from tests.http_client import client_of, codes, make_app, sign_in, use_token

AnyRequest = Request[Any, Any, Any]


def who(request: AnyRequest) -> dict[str, object]:
    principal, place = principal_of(request.scope), place_of(request.scope)
    return {
        "kind": principal.kind if principal else None,
        "roles": [role.role.value for role in principal.roles] if principal else [],
        "place": place.name if place else None,
    }


@get("/test/undeclared")
async def undeclared() -> str:
    return ""


@get("/test/public", opt=PUBLIC)
async def public(request: AnyRequest) -> dict[str, object]:
    return who(request)


@get("/test/signed-in", guards=[signed_in])
async def anybody(request: AnyRequest) -> dict[str, object]:
    return who(request)


@get("/test/by-password", guards=[signed_in_by_password])
async def by_password() -> str:
    return ""


@get("/test/coordinators", guards=[require(Role.COORDINATOR)])
async def coordinators() -> str:
    return ""


@get("/test/polled", guards=[signed_in], opt={"background": True})
async def polled() -> str:
    return ""


@get("/api/test/whoami", guards=[require_scope("desk")])
async def whoami(request: AnyRequest) -> dict[str, object]:
    return who(request)


@post("/api/test/lend", guards=[require_scope("desk")])
async def lend() -> str:
    return ""


@get("/api/test/no-scope", guards=[require(Role.RECEPTION)])
async def no_scope() -> str:
    return ""


HANDLERS = (
    undeclared, public, anybody, by_password, coordinators, polled, whoami, lend, no_scope,
)  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Litestar:
    """Built once: it keeps nothing of a request."""
    return make_app(*HANDLERS)


@pytest.fixture
async def client(database: Any, app: Litestar) -> AsyncIterator[AsyncClient]:
    async with client_of(app) as client:
        yield client


async def test_a_handler_that_declares_nothing_is_for_nobody(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    assert (await client.get("/test/undeclared")).status_code == 403


async def test_without_a_session_a_page_leads_to_signing_in_and_back(client: AsyncClient) -> None:
    answer = await client.get("/test/signed-in?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/test/signed-in%3Fx%3D1"


async def test_a_public_page_knows_who_looks_at_it(client: AsyncClient) -> None:
    assert (await client.get("/test/public")).json()["kind"] is None
    await sign_in(client, await factories.user(role=Role.ADMIN))
    assert (await client.get("/test/public")).json()["kind"] == "user"


async def test_who_acts_is_found_in_one_statement(client: AsyncClient) -> None:
    fribourg = await factories.site()
    await sign_in(client, await factories.user(role=Role.RECEPTION, site_id=fribourg.id))
    with db.count_statements() as sent:
        answer = await client.get("/test/signed-in")
    assert answer.json() == {"kind": "user", "roles": ["reception"], "place": "Fribourg"}
    assert len(sent) == 1


async def test_nobody_is_looked_up_without_a_cookie(client: AsyncClient) -> None:
    with db.count_statements() as sent:
        await client.get("/test/public")
    assert sent == []


async def test_somebody_who_works_everywhere_starts_at_the_first_site(client: AsyncClient) -> None:
    await factories.site(short_name="Closed", active=False)
    fribourg = await factories.site(short_name="Fribourg")
    await factories.site(short_name="Lyon")
    admin = await factories.user(role=Role.ADMIN)
    await sign_in(client, admin)
    assert (await client.get("/test/signed-in")).json()["place"] == "Fribourg"
    await factories.site(short_name="Bulle")
    assert (await client.get("/test/signed-in")).json()["place"] == "Fribourg", "a new one"
    lyon = await factories.site(short_name="Zurich")
    await sign_in(client, admin, site_id=lyon.id)
    assert (await client.get("/test/signed-in")).json()["place"] == "Zurich"
    assert fribourg.id != lyon.id


async def test_a_site_somebody_left_is_not_their_place_any_more(client: AsyncClient) -> None:
    fribourg, lyon = await factories.site(), await factories.site(short_name="Lyon")
    user = await factories.user(role=Role.RECEPTION, site_id=lyon.id)
    await sign_in(client, user, site_id=fribourg.id)
    assert (await client.get("/test/signed-in")).json()["place"] == "Lyon"


async def test_a_new_role_elsewhere_takes_nobody_away_from_their_site(client: AsyncClient) -> None:
    lyon, bulle = await factories.site(short_name="Lyon"), await factories.site(short_name="Bulle")
    user = await factories.user(role=Role.RECEPTION, site_id=lyon.id)
    await sign_in(client, user)
    await StaffMember(user=user.id, site=bulle.id, role=Role.RECEPTION.value).save()
    assert (await client.get("/test/signed-in")).json()["place"] == "Lyon"


async def test_a_role_too_low_is_refused(client: AsyncClient) -> None:
    site = await factories.site()
    await sign_in(client, await factories.user(role=Role.RECEPTION, site_id=site.id))
    assert (await client.get("/test/coordinators")).status_code == 403
    await sign_in(client, await factories.user(role=Role.COORDINATOR, site_id=site.id))
    assert (await client.get("/test/coordinators")).status_code == 200


async def test_a_pin_makes_nobody_more_than_reception(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN), method="pin")
    assert (await client.get("/test/signed-in")).json()["roles"] == ["reception"]
    for path in ("/test/coordinators", "/test/by-password"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


async def test_somebody_without_a_role_may_only_see_to_their_account(client: AsyncClient) -> None:
    await sign_in(client, await factories.user())
    assert (await client.get("/test/signed-in")).status_code == 200
    assert (await client.get("/test/coordinators")).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": timedelta(0)},
        {"expires_at": timedelta(0)},
        {"last_seen_at": -timedelta(hours=8)},
    ],
    ids=["ended", "expired", "idle"],
)
async def test_a_session_that_is_over_is_nobodys(
    client: AsyncClient, change: dict[str, timedelta]
) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    at: Any = {name: clock.now() + shift for name, shift in change.items()}
    await Session.update(at, force=True)
    answer = await client.get("/test/signed-in")
    # Not merely locked: a PIN would open it again.
    assert answer.headers["location"] == "/sign-in?next=/test/signed-in"


async def test_an_account_out_of_use_is_nobodys(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    await User.update({User.active: False}, force=True)
    assert (await client.get("/test/signed-in")).status_code == 303


async def test_a_desk_left_alone_locks_itself(client: AsyncClient) -> None:
    site = await factories.site()
    await sign_in(client, await factories.user(role=Role.RECEPTION, site_id=site.id))
    await Session.update({Session.last_seen_at: clock.now() - timedelta(minutes=10)}, force=True)
    answer = await client.get("/test/signed-in")
    assert answer.headers["location"] == "/locked?next=/test/signed-in"
    assert (await client.get("/test/public")).json() == {
        "kind": None, "roles": [], "place": "Fribourg",
    }  # fmt: skip


async def test_last_use_is_written_once_a_minute_and_not_by_polling(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    with db.count_statements() as sent:
        await client.get("/test/signed-in")
    assert len(sent) == 1
    await Session.update({Session.last_seen_at: clock.now() - timedelta(minutes=2)}, force=True)
    with db.count_statements() as sent:
        await client.get("/test/polled")
    assert len(sent) == 1
    with db.count_statements() as sent:
        await client.get("/test/signed-in")
    assert len(sent) == 2


async def test_a_token_acts_at_its_site_with_its_scopes(client: AsyncClient) -> None:
    site = await factories.site()
    await use_token(client, "desk", site_id=site.id)
    with db.count_statements() as sent:
        answer = await client.get("/api/test/whoami")
    assert answer.json() == {"kind": "token", "roles": ["reception"], "place": "Fribourg"}
    assert len(sent) == 1
    assert (await client.post("/api/test/lend")).status_code == 201
    assert codes(await client.get("/api/test/no-scope")) == ["accounts.role-missing"]


async def test_a_token_without_the_scope_is_refused(client: AsyncClient) -> None:
    await use_token(client, "inventory")
    assert codes(await client.post("/api/test/lend")) == ["accounts.scope-missing"]


async def test_a_reading_token_reads_and_no_more(client: AsyncClient) -> None:
    await use_token(client, "read")
    assert (await client.get("/api/test/whoami")).status_code == 200
    assert codes(await client.post("/api/test/lend")) == ["accounts.scope-missing"]


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
async def test_a_token_that_is_over_is_refused(client: AsyncClient, column: str) -> None:
    await use_token(client, "desk")
    await ApiToken.update({column: clock.now()}, force=True)
    answer = await client.get("/api/test/whoami")
    assert (answer.status_code, codes(answer)) == (401, ["accounts.token-refused"])


async def test_the_api_knows_no_cookies_and_pages_no_tokens(client: AsyncClient) -> None:
    await sign_in(client, await factories.user(role=Role.ADMIN))
    assert codes(await client.get("/api/test/whoami")) == ["accounts.sign-in-needed"]
    client.cookies.clear()
    await use_token(client, "desk")
    assert (await client.get("/test/signed-in")).status_code == 303
