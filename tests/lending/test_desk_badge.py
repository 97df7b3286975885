"""A colleague's badge in the desk's one field: the person changes, the visit stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts import credentials
from comptoir.core.accounts.sessions import MOST_WRONG_PINS
from comptoir.core.accounts.tables import Session, SignInThrottle, User
from comptoir.core.keys import Keyring
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.lending.desk.visits import open_visit
from comptoir.sites.tables import Site, StaffMember
from tests import factories as make
from tests.http_client import SETTINGS, client_of, sign_in

#: Its last eight letters are a sound tag code, for which it must not be taken.
BADGE = "XVTSRPNLKJHGBCDFGHJK"
HTMX = {"HX-Request": "true"}


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site()


@pytest.fixture
async def amina(site: Site, client: AsyncClient) -> User:
    """Who is signed in at the desk."""
    amina = await make.user(name="Amina Diallo", role=Role.RECEPTION, site_id=site.id)
    await sign_in(client, amina, site_id=site.id)
    return amina


@pytest.fixture
async def boris(site: Site) -> User:
    """A coordinator of the same site, with a badge."""
    return await make.user(
        name="Boris Favre",
        role=Role.COORDINATOR,
        site_id=site.id,
        language="de",
        badge_hash=credentials.badge_hash(Keyring(SETTINGS.secret), BADGE),
    )


async def scan(client: AsyncClient, text: str, *, visit: object = "", **headers: str) -> Response:
    data = {"scan": text, "attempt_id": text, "visit": str(visit), "waiting": ""}
    return await client.post("/desk/scan", data=data, headers=headers)


@pytest.mark.parametrize("scanned", [BADGE, BADGE.lower(), f"{BADGE[:10]} {BADGE[10:]}"])
async def test_a_badge_changes_the_person_and_keeps_the_visit(
    client: AsyncClient, site: Site, amina: User, boris: User, scanned: str
) -> None:
    actor = await make.principal(Role.RECEPTION, site.id)
    person = await make.borrower(site_id=site.id, name="Nadia Besson")
    visit = await open_visit(actor, person.id, site_id=site.id, by_card=False, now=clock.now())
    events = await AuditEvent.count()
    before = client.cookies["session"]
    answer = await scan(client, scanned, visit=visit)
    assert answer.status_code == 303
    shown = await client.get(answer.headers["location"])
    assert "Boris Favre" in shown.text
    assert "Amina" not in shown.text
    assert "Nadia Besson" in shown.text
    assert 'lang="de"' in shown.text
    [session] = await Session.select()
    assert (session["user_id"], session["method"]) == (boris.id, "badge")
    assert client.cookies["session"] != before
    assert await AuditEvent.count() == events  # who was there when is nobody's business


async def test_the_script_of_the_desk_is_sent_to_the_page_of_the_next_person(
    client: AsyncClient, amina: User, boris: User
) -> None:
    answer = await scan(client, BADGE, **HTMX)
    assert answer.headers["hx-redirect"] == "/desk?changed=1"
    assert "Boris Favre" in (await client.get("/desk?changed=1")).text


async def test_whoever_came_by_badge_is_reception_until_the_password(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await scan(client, BADGE)
    answer = await client.get("/staff")
    assert answer.headers["location"] == "/sign-in?next=/staff"


@pytest.mark.parametrize("change", [{"active": False}, {"badge_hash": None}])
async def test_the_badge_of_nobody_here_is_said_plainly(
    client: AsyncClient, amina: User, boris: User, change: Any
) -> None:
    await User.update(change).where(User.id == boris.id)
    for headers in ({}, HTMX):
        answer = await scan(client, BADGE, **headers)
        assert answer.status_code == 422
        assert "Nobody at this desk has this PIN or badge." in answer.text
    assert "Amina Diallo" in (await client.get("/desk")).text


async def test_a_badge_of_another_site_lets_nobody_in(
    client: AsyncClient, amina: User, boris: User
) -> None:
    lyon = await make.site(short_name="Lyon")
    await StaffMember.update({StaffMember.site: lyon.id}).where(StaffMember.user == boris.id)
    assert (await scan(client, BADGE)).status_code == 422


async def test_unknown_badges_in_a_row_ask_for_a_password(
    client: AsyncClient, amina: User, boris: User
) -> None:
    for _ in range(MOST_WRONG_PINS - 1):
        assert (await scan(client, BADGE[::-1], **HTMX)).status_code == 422
    last = await scan(client, BADGE[::-1], **HTMX)
    assert (last.status_code, last.headers["hx-redirect"][:8]) == (401, "/sign-in")
    assert (await client.get("/desk")).headers["location"].startswith("/sign-in")


async def test_unknown_badges_are_counted_with_the_wrong_pins_of_the_desk(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await scan(client, BADGE[::-1])
    await client.post("/unlock", data={"pin": "000000"})
    counts = await SignInThrottle.select()
    assert [count["failures"] for count in counts] == [2, 2]  # of the desk, and of the person


async def test_a_code_or_a_pin_in_the_field_changes_nobody(
    client: AsyncClient, amina: User, boris: User
) -> None:
    for text in ("BCDFGHJK", "428317", BADGE[1:], BADGE + "B"):
        assert (await scan(client, text)).status_code == 200
    [session] = await Session.select()
    assert (session["user_id"], session["wrong_pins"]) == (amina.id, 0)
