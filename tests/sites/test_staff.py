"""Who may hire, change and stop whom, and what these acts do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core import clock
from comptoir.core.accounts.errors import LoginTaken, UserNotFound
from comptoir.core.accounts.services import AddUser
from comptoir.core.accounts.tables import Invitation, RecoveryCode, Session, User
from comptoir.core.errors import ComptoirError
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Principal, Role, SiteRole
from comptoir.core.tables import AuditEvent
from comptoir.sites.staff import queries, rules, services
from comptoir.sites.staff.errors import (
    AccountStopped,
    ColleagueUnknown,
    LastAdministrator,
    NotYourColleague,
    NotYourself,
    RoleNotYours,
)
from comptoir.sites.staff.schemas import AddColleague
from comptoir.sites.tables import Site, StaffMember
from tests import factories
from tests.http_client import client_of, codes, sign_in, use_token

FRIBOURG, LYON = UUID(int=1), UUID(int=2)


def actor(*roles: tuple[Role, UUID | None]) -> Principal:
    return Principal("user", id=new_id(), roles=tuple(SiteRole(*role) for role in roles))


COORDINATOR = actor((Role.COORDINATOR, FRIBOURG))
EVERYWHERE = actor((Role.COORDINATOR, None))
ADMIN = actor((Role.ADMIN, None))
RECEPTION = actor((Role.RECEPTION, FRIBOURG), (Role.RECEPTION, None))


@pytest.mark.parametrize(
    ("who", "role", "site", "may"),
    [
        (COORDINATOR, Role.RECEPTION, FRIBOURG, True),
        (COORDINATOR, Role.COORDINATOR, FRIBOURG, True),
        (COORDINATOR, Role.RECEPTION, LYON, False),
        (COORDINATOR, Role.RECEPTION, None, False),
        (COORDINATOR, Role.ADMIN, None, False),
        (EVERYWHERE, Role.COORDINATOR, LYON, True),
        (EVERYWHERE, Role.COORDINATOR, None, True),
        (EVERYWHERE, Role.ADMIN, None, False),
        (ADMIN, Role.ADMIN, None, True),
        (ADMIN, Role.COORDINATOR, None, True),
        (RECEPTION, Role.RECEPTION, FRIBOURG, False),
        (RECEPTION, Role.RECEPTION, None, False),
    ],
)
def test_one_gives_the_roles_one_has_where_one_has_them(
    who: Principal, role: Role, site: UUID | None, may: bool
) -> None:
    assert rules.may_grant(who, role, site) is may


@pytest.mark.parametrize(
    ("who", "roles", "may"),
    [
        (COORDINATOR, [(Role.RECEPTION, FRIBOURG)], True),
        (COORDINATOR, [(Role.COORDINATOR, FRIBOURG)], True),
        (COORDINATOR, [(Role.RECEPTION, FRIBOURG), (Role.RECEPTION, LYON)], False),
        (COORDINATOR, [(Role.RECEPTION, None)], False),
        (COORDINATOR, [(Role.ADMIN, None)], False),
        (COORDINATOR, [], False),
        (EVERYWHERE, [(Role.RECEPTION, FRIBOURG), (Role.COORDINATOR, LYON)], True),
        (EVERYWHERE, [(Role.RECEPTION, FRIBOURG), (Role.ADMIN, None)], False),
        (ADMIN, [(Role.ADMIN, None)], True),
        (ADMIN, [], True),
        (RECEPTION, [(Role.RECEPTION, FRIBOURG)], False),
    ],
)
def test_one_manages_who_works_nowhere_else(
    who: Principal, roles: list[tuple[Role, UUID | None]], may: bool
) -> None:
    assert rules.may_manage(who, [SiteRole(*role) for role in roles]) is may


_roles = st.lists(
    st.tuples(st.sampled_from(Role), st.sampled_from([FRIBOURG, LYON, None])), max_size=3
)


@given(mine=_roles, theirs=_roles)
def test_whoever_may_manage_somebody_may_also_know_them(
    mine: list[tuple[Role, UUID | None]], theirs: list[tuple[Role, UUID | None]]
) -> None:
    held = [SiteRole(*role) for role in theirs]
    if rules.may_manage(actor(*mine), held):
        assert rules.may_know(actor(*mine), held)


# Services


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def coordinator(site: Site) -> Principal:
    return await factories.principal(Role.COORDINATOR, site.id)


def colleague(site_id: UUID | None, role: Role = Role.RECEPTION, **user: Any) -> AddColleague:
    values = {"login": "Amina", "name": " Amina  Diallo ", "language": "de", **user}
    return AddColleague(user=AddUser(**values), role=role, site_id=site_id)


async def test_inviting_makes_an_account_a_role_and_a_link(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    link = await services.invite(coordinator, colleague(site.id), now=now)
    person = await queries.colleague(coordinator, link.user_id)
    assert (person.login, person.name, person.language) == ("amina", "Amina Diallo", "de")
    assert person.waiting
    assert person.site_roles == (SiteRole(Role.RECEPTION, site.id),)
    assert await Invitation.count() == 1
    actions = [row["action"] for row in await AuditEvent.select().order_by(AuditEvent.id)]
    assert actions == ["user.added", "user.role_given"]
    assert "Amina" not in str(await AuditEvent.select())


async def test_a_refused_invitation_leaves_nothing_behind(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    await factories.user(login="amina")
    before = await User.count()
    other = await factories.site(short_name="Lyon")
    with pytest.raises(LoginTaken):
        await services.invite(coordinator, colleague(site.id), now=now)
    for where, role in ((other.id, Role.RECEPTION), (None, Role.COORDINATOR), (None, Role.ADMIN)):
        with pytest.raises(RoleNotYours):
            await services.invite(coordinator, colleague(where, role, login="new"), now=now)
    assert await User.count() == before
    assert await Invitation.count() == 0


async def test_an_administrator_is_one_everywhere(database: Any, site: Site, now: datetime) -> None:
    user_id = await services.add_colleague(
        SYSTEM, colleague(site.id, Role.ADMIN, password="trois petits chats"), now=now
    )
    person = await queries.colleague(SYSTEM, user_id)
    assert person.site_roles == (SiteRole(Role.ADMIN, None),)
    assert not person.waiting


async def test_a_reset_makes_everything_of_before_worthless(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    person = await factories.user(
        role=Role.RECEPTION,
        site_id=site.id,
        password_hash="p", pin_hash="i", badge_hash="b", totp_secret="t", totp_confirmed_at=now,
    )  # fmt: skip
    await RecoveryCode(user=person.id, code_hash="c").save()
    await Session(
        user=person.id, token_hash="s", created_at=now, last_seen_at=now, expires_at=now,
        authenticated_at=now,
    ).save()  # fmt: skip
    await services.reset_access(coordinator, person.id, now=now)
    row = await User.select().where(User.id == person.id).first()
    assert row is not None
    secrets = ("password_hash", "pin_hash", "badge_hash", "totp_secret", "totp_confirmed_at")
    assert [row[name] for name in secrets] == [None] * 5
    assert await RecoveryCode.count() == 0
    assert await Session.count().where(Session.ended_at.is_null()) == 0
    assert await Invitation.count() == 1


Act = Callable[..., Awaitable[Any]]
ACTS: list[Act] = [services.reset_access, services.deactivate, services.reactivate]


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_beyond_ones_sites_is_managed(
    coordinator: Principal, site: Site, now: datetime, act: Act
) -> None:
    lyon = await factories.site(short_name="Lyon")
    admin = await factories.user(role=Role.ADMIN)
    elsewhere = await factories.user(role=Role.RECEPTION, site_id=lyon.id)
    both = await factories.user(role=Role.RECEPTION, site_id=site.id)
    await StaffMember(user=both.id, site=lyon.id, role="reception").save()
    assert coordinator.id is not None
    expected: list[tuple[UUID, type[ComptoirError]]] = [
        (admin.id, NotYourColleague),
        (both.id, NotYourColleague),
        (elsewhere.id, UserNotFound),
        (new_id(), UserNotFound),
        (coordinator.id, NotYourself),
    ]
    for user_id, error in expected:
        with pytest.raises(error):
            await act(coordinator, user_id, now=now)


async def test_a_stopped_account_is_out_and_comes_back_by_a_link(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    person = await factories.user(role=Role.RECEPTION, site_id=site.id, password_hash="p")
    await services.deactivate(coordinator, person.id, now=now)
    assert not (await queries.colleague(coordinator, person.id)).active
    with pytest.raises(AccountStopped):
        await services.reset_access(coordinator, person.id, now=now)
    await services.reactivate(coordinator, person.id, now=now)
    back = await queries.colleague(coordinator, person.id)
    assert (back.active, back.waiting) == (True, True)


async def test_the_last_administrator_stays(database: Any, now: datetime) -> None:
    last = await factories.user(login="last", role=Role.ADMIN, password_hash="p")
    await factories.user(role=Role.ADMIN)  # has not used the link yet
    for act in (
        services.deactivate(SYSTEM, last.id, now=now),
        services.take_role(SYSTEM, last.id, None, now=now),
        services.give_role(SYSTEM, "last", Role.COORDINATOR, None, now=now),
    ):
        with pytest.raises(LastAdministrator):
            await act


async def test_two_administrators_cannot_remove_each_other_at_once(
    database: Any, now: datetime
) -> None:
    people = [await factories.user(role=Role.ADMIN, password_hash="p") for _ in range(2)]
    actors = [Principal("user", id=person.id, roles=(SiteRole(Role.ADMIN),)) for person in people]
    results = await asyncio.gather(
        services.take_role(actors[0], people[1].id, None, now=now),
        services.take_role(actors[1], people[0].id, None, now=now),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == [
        "LastAdministrator", "NoneType",
    ]  # fmt: skip


async def test_somebody_with_an_account_gets_a_role_here_too(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    lyon = await factories.site(short_name="Lyon")
    person = await factories.user(login="amina", role=Role.RECEPTION, site_id=lyon.id)
    await services.give_role(coordinator, " AMINA", Role.RECEPTION, site.id, now=now)
    await services.give_role(coordinator, "amina", Role.COORDINATOR, site.id, now=now)
    found = await queries.colleague(coordinator, person.id)
    assert set(found.site_roles) == {
        SiteRole(Role.RECEPTION, lyon.id), SiteRole(Role.COORDINATOR, site.id),
    }  # fmt: skip
    with pytest.raises(ColleagueUnknown):
        await services.give_role(coordinator, "nobody", Role.RECEPTION, site.id, now=now)
    with pytest.raises(RoleNotYours):
        await services.take_role(coordinator, person.id, lyon.id, now=now)
    await services.take_role(coordinator, person.id, site.id, now=now)
    with pytest.raises(UserNotFound):
        await queries.colleague(coordinator, person.id)


async def test_what_somebody_does_at_other_sites_is_not_shown(
    client: AsyncClient, coordinator: Principal, site: Site, now: datetime
) -> None:
    lyon = await factories.site(short_name="Lyon")
    person = await factories.user(login="amina", role=Role.COORDINATOR, site_id=lyon.id)
    await use_token(client, "settings", "inventory", "desk", "borrowers", site_id=site.id)
    body = {"login": "amina", "role": "reception", "site": str(site.id)}
    given = await client.post("/api/v1/users/roles", json=body)
    read = await client.get(f"/api/v1/users/{person.id}")
    listed = (await client.get("/api/v1/users")).json()["items"]
    for shown in (given.json(), read.json(), *(one for one in listed if one["login"] == "amina")):
        assert [role["site_id"] for role in shown["roles"]] == [str(site.id)]
    refused = await client.post(f"/api/v1/users/{person.id}/reset")
    assert codes(refused) == ["sites.not-your-colleague"]
    del client.headers["Authorization"]
    user = await User.objects().get(User.id == coordinator.id)
    assert user is not None
    await sign_in(client, user)
    page = await client.get(f"/staff/{person.id}")
    assert "Lyon" not in page.text
    assert "has a role beyond your sites" in page.text
    assert (await client.get(f"/staff/{person.id}/reset")).status_code == 403


async def test_nobody_changes_their_own_role(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    own = await User.objects().get(User.id == coordinator.id)
    assert own is not None
    with pytest.raises(NotYourself):
        await services.give_role(coordinator, own.login, Role.RECEPTION, site.id, now=now)
    person = await queries.colleague(coordinator, own.id)
    assert person.site_roles == (SiteRole(Role.COORDINATOR, site.id),)


async def test_a_coordinator_sees_those_of_their_site_and_of_all(
    coordinator: Principal, site: Site
) -> None:
    lyon = await factories.site(short_name="Lyon")
    for name, role, where in (
        ("Amina", Role.RECEPTION, site.id),
        ("Boris", Role.RECEPTION, lyon.id),
        ("Carla", Role.ADMIN, None),
    ):
        await factories.user(name=name, role=role, site_id=where)
    await factories.user(name="Dario")
    seen = [person.name for person in await queries.colleagues(coordinator, site.id)]
    assert [name for name in seen if not name.startswith("User")] == ["Amina", "Carla"]
    assert len(await queries.colleagues(SYSTEM, None)) == 5


# Pages


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def test_a_coordinator_invites_resets_and_stops_by_pages(
    client: AsyncClient, site: Site
) -> None:
    await sign_in(client, await factories.user(role=Role.COORDINATOR, site_id=site.id))
    assert (await client.get("/staff/invite")).status_code == 200
    form = {"login": "amina", "name": "Amina Diallo", "language": "fr", "role": "reception"}
    assert (await client.post("/staff/invite", data=form)).status_code == 422
    form["site"] = str(site.id)
    made = await client.post("/staff/invite", data=form)
    match = re.search(r'value="http://127.0.0.1:8000(/invitations/[\w-]{43})"', made.text)
    assert match is not None
    listed = (await client.get("/staff")).text
    assert "Amina Diallo" in listed
    row = await User.select(User.id).where(User.login == "amina").first()
    assert row is not None
    path = f"/staff/{row['id']}"
    assert (await client.get(path)).status_code == 200
    assert (await client.get(f"{path}/reset")).status_code == 200
    reset = await client.post(f"{path}/reset")
    assert "/invitations/" in reset.text
    assert (await client.get(match[1])).status_code == 404
    assert (await client.get(f"{path}/deactivate")).status_code == 200
    assert (await client.post(f"{path}/deactivate")).headers["location"] == path
    assert "Put it back in use" in (await client.get(path)).text
    assert "/invitations/" in (await client.post(f"{path}/reactivate")).text
    again = await client.post(
        "/staff/add", data={"login": "amina", "role": "coordinator", "site": str(site.id)}
    )
    assert again.headers["location"] == path
    assert (await client.get(f"/staff/add?person={row['id']}")).status_code == 200
    taken = await client.post(f"{path}/take-role", data={"site": str(site.id)})
    assert taken.headers["location"] == "/staff"
    assert (await client.get(path)).status_code == 404


async def test_the_staff_pages_tell_nothing_of_when_anybody_was_here(
    client: AsyncClient, site: Site
) -> None:
    person = await factories.user(name="Amina", role=Role.RECEPTION, site_id=site.id)
    await sign_in(client, person, now=clock.now())
    await sign_in(client, await factories.user(role=Role.ADMIN))
    for path in ("/staff", "/staff?site=all", f"/staff/{person.id}"):
        text = (await client.get(path)).text
        assert str(clock.now().year) not in text
        assert "ago" not in text.split("<main")[1].split("</main")[0].split()


@pytest.mark.parametrize("what", ["reset", "deactivate"])
async def test_what_a_coordinator_may_not_do_is_not_asked_about(
    client: AsyncClient, site: Site, what: str
) -> None:
    boss = await factories.user(role=Role.ADMIN)
    await sign_in(client, await factories.user(role=Role.COORDINATOR, site_id=site.id))
    assert (await client.get(f"/staff/{boss.id}/{what}")).status_code == 403
