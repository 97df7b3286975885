"""The shared desk: locked, taken over by PIN or badge, and what that allows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts import credentials, services, sessions
from comptoir.core.accounts.tables import Session, SignInThrottle, User
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.tables import Site, StaffMember
from tests import factories
from tests.core.accounts.conftest import PASSWORD
from tests.http_client import sign_in

PIN, BADGE = "428317", "BCDFGHJKLNPRSTVXBCDF"


@pytest.fixture
async def fribourg(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def amina(fribourg: Site) -> User:
    return await factories.user(name="Amina Diallo", role=Role.RECEPTION, site_id=fribourg.id)


@pytest.fixture
async def boris(fribourg: Site, keys: Keyring) -> User:
    """A coordinator of the same site, with a PIN and a badge."""
    return await factories.user(
        name="Boris Favre",
        role=Role.COORDINATOR,
        site_id=fribourg.id,
        pin_hash=credentials.pin_hash(keys, PIN),
        badge_hash=credentials.badge_hash(keys, BADGE),
    )


async def unlock(client: AsyncClient, scanned: str, **more: str) -> Response:
    return await client.post("/unlock", data={"pin": scanned, **more})


async def test_a_locked_desk_shows_its_site_and_nobodys_name(
    client: AsyncClient, amina: User
) -> None:
    await sign_in(client, amina)
    answer = await client.post("/lock", headers={"Referer": "http://127.0.0.1:8000/account"})
    assert answer.headers["location"] == "/locked?next=/account"
    shown = await client.get("/locked?next=/account")
    assert "Fribourg" in shown.text
    assert "Amina" not in shown.text
    assert amina.login not in shown.text
    assert (await client.get("/account")).headers["location"] == "/locked?next=/account"


async def test_locking_a_locked_desk_keeps_its_time(client: AsyncClient, amina: User) -> None:
    session = await sign_in(client, amina)
    first = clock.now()
    for minutes in (0, 5):
        await sessions.lock(session.id, now=first + timedelta(minutes=minutes))
    [row] = await Session.select(Session.locked_at)
    assert row["locked_at"] == first


@pytest.mark.parametrize("scanned", [PIN, f"{PIN[:3]} {PIN[3:]}", BADGE, BADGE.lower()])
async def test_a_pin_or_a_badge_lets_the_next_person_in(
    client: AsyncClient, amina: User, boris: User, scanned: str
) -> None:
    session = await sign_in(client, amina)
    await client.post("/lock")
    before = client.cookies["session"]
    answer = await unlock(client, scanned, next="/account")
    assert answer.headers["location"] == "/account"
    page = await client.get("/account")
    assert "Boris Favre" in page.text
    assert "Amina" not in page.text
    rows = await Session.select()
    assert [(row["id"], row["user_id"]) for row in rows] == [(session.id, boris.id)]
    assert client.cookies["session"] != before


async def test_an_enter_after_a_wrong_pin_is_no_other_try(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await client.post("/lock")
    await unlock(client, "000000", next="/account")
    for nothing in ("", "  "):
        answer = await unlock(client, nothing, next="/account")
        assert answer.headers["location"] == "/locked?next=/account"
    [session] = await Session.select()
    assert session["wrong_pins"] == 1
    assert {row["failures"] for row in await SignInThrottle.select()} == {1}


async def test_the_next_person_needs_no_lock_first(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    assert (await unlock(client, BADGE)).status_code == 303
    assert "Boris Favre" in (await client.get("/account")).text


async def test_the_next_person_is_spoken_to_in_their_own_language(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await User.update({User.language: "de"}).where(User.id == boris.id)
    await sign_in(client, amina)
    await client.post("/language", data={"language": "it", "next": "/account"})
    assert (await client.get("/account")).headers["content-language"] == "it"
    await unlock(client, BADGE)
    assert (await client.get("/account")).headers["content-language"] == "de"


async def test_a_locked_desk_goes_on_in_the_language_that_was_spoken_there(
    client: AsyncClient, amina: User
) -> None:
    await User.update({User.language: "it"}).where(User.id == amina.id)
    client.headers["Accept-Language"] = "en"
    await sign_in(client, amina)
    await client.post("/lock")
    assert (await client.get("/locked")).headers["content-language"] == "it"
    wrong = await unlock(client, "000000")
    assert (wrong.status_code, wrong.headers["content-language"]) == (422, "it")
    await client.post("/sign-out")
    assert (await client.get("/sign-in")).headers["content-language"] == "it"


async def test_a_desk_that_pins_have_closed_keeps_its_language(
    client: AsyncClient, amina: User
) -> None:
    await User.update({User.language: "it"}).where(User.id == amina.id)
    client.headers["Accept-Language"] = "en"
    await sign_in(client, amina)
    for number in range(10):
        answer = await unlock(client, f"00000{number}")
        if answer.status_code == 303:
            break
    assert answer.headers["location"].startswith("/sign-in")
    assert (await client.get("/sign-in")).headers["content-language"] == "it"


async def test_a_coordinator_let_in_by_pin_is_reception_until_the_password(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await unlock(client, PIN)
    answer = await client.get("/staff")
    assert answer.headers["location"] == "/sign-in?next=/staff"
    shown = await client.get("/sign-in?next=/staff")
    assert "You came in with a PIN" in shown.text


async def test_what_a_pin_does_not_open_stays_in_the_menu_and_asks_for_the_password(
    client: AsyncClient, amina: User, boris: User, password_hash: str
) -> None:
    await User.update({User.password_hash: password_hash}).where(User.id == boris.id)
    await sign_in(client, amina)
    assert menu_of(await client.get("/loans")).isdisjoint({"/settings", "/messages"})
    await unlock(client, PIN)
    shown = await client.get("/loans")
    assert {"/settings", "/messages"} <= menu_of(shown)
    assert shown.text.count("asks for your password") == len(asking_of(shown))
    assert asking_of(shown) >= {"/settings", "/messages"}
    assert "/loans" not in asking_of(shown)

    asked = await client.get("/settings")
    assert asked.headers["location"] == "/sign-in?next=/settings"
    form = await client.get(asked.headers["location"])
    assert "Your password, please" in form.text
    [name] = re.findall(r'<input[^>]*name="login"[^>]*>', form.text)
    [password] = re.findall(r'<input[^>]*name="password"[^>]*>', form.text)
    assert f'value="{boris.login}"' in name
    assert ("autofocus" in name, "autofocus" in password) == (False, True)
    given = {"login": boris.login, "password": PASSWORD, "next": "/settings"}
    back = await client.post("/sign-in", data=given)
    assert back.headers["location"] == "/settings"
    opened = await client.get("/settings")
    assert opened.status_code == 200
    assert not asking_of(opened)


def menu_of(page: Response) -> set[str]:
    """Where the entries of the main menu lead."""
    [menu] = re.findall(r'<nav id="menu".*?</nav>', page.text, re.DOTALL)
    return set(re.findall(r'href="([^"]+)"', menu))


def asking_of(page: Response) -> set[str]:
    """The entries of the menus that say they ask for the password."""
    return set(re.findall(r'href="([^"]+)">\w[^<]*<svg.*asks for your password', page.text))


async def test_by_pin_nobody_makes_themselves_another_way_in(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await unlock(client, PIN)
    for path in ("pin", "badge", "second-factor", "sessions/end-all", "password"):
        answer = await client.post(f"/account/{path}")
        assert answer.headers["location"].startswith("/sign-in"), path


async def test_only_colleagues_of_the_desks_site_are_let_in(
    client: AsyncClient, amina: User, boris: User
) -> None:
    lyon = await factories.site(short_name="Lyon")
    await StaffMember.update({StaffMember.site: lyon.id}).where(StaffMember.user == boris.id)
    await sign_in(client, amina)
    assert (await unlock(client, PIN)).status_code == 422
    await StaffMember.update({StaffMember.site: None}).where(StaffMember.user == boris.id)
    assert (await unlock(client, PIN)).status_code == 303


async def test_the_desk_stays_at_its_site_whoever_takes_over(
    client: AsyncClient, fribourg: Site, boris: User
) -> None:
    """Somebody of two sites, whose first one is the other."""
    annecy = await factories.site(short_name="Annecy")
    await StaffMember(user=boris.id, site=annecy.id, role="reception").save()
    amina = await factories.user(role=Role.RECEPTION, site_id=fribourg.id)
    await sign_in(client, amina)
    await unlock(client, PIN)
    assert 'class="at"' in (await client.get("/account")).text
    rows = await Session.select(Session.site_id)
    assert [row["site_id"] for row in rows] == [fribourg.id]


@pytest.mark.parametrize("change", [{"active": False}, {"pin_hash": None}])
async def test_an_old_pin_lets_nobody_in(
    client: AsyncClient, amina: User, boris: User, change: Any
) -> None:
    await User.update(change).where(User.id == boris.id)
    await sign_in(client, amina)
    assert (await unlock(client, PIN)).status_code == 422


@pytest.mark.parametrize("scanned", ["000000", "12345", "BCDF-GHJK", "x" * 5000, "４２８３１７"])
async def test_what_is_nobodys_is_refused_and_the_desk_stays_locked(
    client: AsyncClient, amina: User, boris: User, scanned: str
) -> None:
    await sign_in(client, amina)
    await client.post("/lock")
    answer = await unlock(client, scanned)
    assert answer.status_code == 422
    assert "4 attempts are left" in answer.text
    assert (await client.get("/account")).status_code == 303


async def test_an_enter_on_the_empty_field_is_no_try(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await client.post("/lock")
    for _ in range(6):
        assert (await unlock(client, "")).headers["location"].startswith("/locked")
    assert "4 attempts are left" in (await unlock(client, "000000")).text
    assert (await client.get("/account")).status_code == 303


async def test_five_wrong_pins_in_a_row_ask_for_a_password(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    for _ in range(4):
        assert (await unlock(client, "000000")).status_code == 422
    assert (await unlock(client, "000000", next="/staff")).headers["location"] == (
        "/sign-in?next=/staff"
    )
    assert "wrong PINs" in (await client.get("/sign-in")).text
    assert (await unlock(client, PIN)).headers["location"] == "/sign-in"
    assert (await client.get("/account")).status_code == 303


async def test_a_right_pin_starts_the_row_anew_but_not_the_count_of_the_desk(
    client: AsyncClient, amina: User, boris: User
) -> None:
    """A colleague cannot try all PINs by typing their own in between."""
    await sign_in(client, amina)
    for _ in range(5):
        for _ in range(4):
            assert (await unlock(client, "000000")).status_code == 422
        answer = await unlock(client, PIN)
    assert answer.status_code == 429
    assert "Wait 1 minute" in answer.text
    await SignInThrottle.update({SignInThrottle.blocked_until: clock.now()}, force=True)
    assert (await unlock(client, PIN)).status_code == 303


async def test_wrong_pins_at_one_desk_keep_nobody_out_of_another(
    client: AsyncClient, amina: User, boris: User
) -> None:
    claire = await factories.user(role=Role.RECEPTION)
    for _ in range(10):
        await sign_in(client, claire)
        for _ in range(5):
            await unlock(client, "000000")
    await sign_in(client, claire)
    assert (await unlock(client, PIN)).status_code == 429
    await sign_in(client, amina)
    assert (await unlock(client, PIN)).status_code == 303


async def test_a_desk_left_alone_is_unlocked_like_one_that_was_locked(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await Session.update({Session.last_seen_at: clock.now() - timedelta(hours=2)}, force=True)
    assert (await client.get("/locked")).status_code == 200
    assert (await unlock(client, PIN)).status_code == 303
    assert (await client.get("/account")).status_code == 200


async def test_without_a_session_there_is_nothing_to_unlock(
    client: AsyncClient, boris: User
) -> None:
    for answer in (
        await client.get("/locked"),
        await unlock(client, PIN),
        await client.post("/lock"),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_page_that_is_read_keeps_the_desk_open(client: AsyncClient, amina: User) -> None:
    await sign_in(client, amina)
    await Session.update({Session.last_seen_at: clock.now() - timedelta(minutes=9)}, force=True)
    assert (await client.post("/session/alive")).status_code == 204
    row = await Session.select(Session.last_seen_at).first()
    assert row is not None
    assert clock.now() - row["last_seen_at"] < timedelta(minutes=1)
    await client.post("/lock")
    assert (await client.post("/session/alive")).status_code == 401


async def test_switching_leaves_no_record_of_who_was_when(
    client: AsyncClient, amina: User, boris: User
) -> None:
    await sign_in(client, amina)
    await client.post("/lock")
    await unlock(client, PIN)
    assert await AuditEvent.count() == 0


async def test_a_pin_and_a_badge_are_made_shown_once_and_work(
    client: AsyncClient, fribourg: Site
) -> None:
    person = await factories.user(name="Carla Bianchi", role=Role.RECEPTION, site_id=fribourg.id)
    await sign_in(client, person)
    shown = await client.post("/account/pin")
    match = re.search(r'<p class="secret number">(\d{3} \d{3})</p>', shown.text)
    assert match is not None
    made = await client.post("/account/badge")
    assert made.text.count("<svg ") - made.text.count('<svg class="icon"') == 2
    stored = await User.select().where(User.id == person.id).first()
    assert stored is not None
    assert match[1].replace(" ", "") not in str(stored)
    assert (await unlock(client, match[1])).status_code == 303
    assert "Carla Bianchi" in (await client.get("/account")).text


async def test_every_pin_belongs_to_one_person(
    amina: User, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter(["111111", "111111", "222222"])
    monkeypatch.setattr(credentials, "new_pin", lambda: next(made))
    others = await factories.user()
    first, second = (Principal(kind="user", id=each.id) for each in (amina, others))
    assert await services.make_pin(first, keys=keys, now=clock.now()) == "111111"
    assert await services.make_pin(second, keys=keys, now=clock.now()) == "222222"


async def test_sessions_over_for_a_day_are_deleted(client: AsyncClient, amina: User) -> None:
    await sign_in(client, amina, now=clock.now() - timedelta(hours=37))
    await sign_in(client, amina)
    await sessions.forget(now=clock.now())
    assert await Session.count() == 1
