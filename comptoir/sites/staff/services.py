"""Hire somebody, change what they do and where, mend or stop their access."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.accounts import invitations
from comptoir.core.accounts import services as accounts
from comptoir.core.accounts.errors import UserNotFound
from comptoir.core.accounts.logins import normal_login
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries as sites
from comptoir.sites.staff import queries, rules
from comptoir.sites.staff.errors import (
    AccountStopped,
    ColleagueUnknown,
    LastAdministrator,
    NotYourColleague,
    NotYourself,
    RoleNotYours,
)
from comptoir.sites.staff.schemas import AddColleague, Colleague, Link


async def add_colleague(actor: Principal, command: AddColleague, *, now: datetime) -> UUID:
    """Make an account with a role, and maybe a password; for the command line.

    Raises:
        RoleNotYours: the actor may not give this role there.
        SiteNotFound: there is no such site.
        LoginTaken, LoginUnfit, NameMissing, PasswordUnfit: what is wrong with it.
    """
    new = await _prepare(actor, command)
    async with db.transaction():
        return await _write(actor, new, now=now)


async def invite(actor: Principal, command: AddColleague, *, now: datetime) -> Link:
    """Make an account with a role, and a one-time link to choose its password.

    Raises:
        RoleNotYours: the actor may not give this role there.
        SiteNotFound: there is no such site.
        LoginTaken, LoginUnfit, NameMissing: what is wrong with it.
    """
    new = await _prepare(actor, command)
    async with db.transaction():
        user_id = await _write(actor, new, now=now)
        token = await invitations.make_link(user_id, invitations.INVITE, now=now)
    return Link(user_id, token)


class _NewColleague(msgspec.Struct, frozen=True):
    """Somebody the actor may add, with their role; everywhere where ``site_id`` is None."""

    user: accounts.PreparedUser
    role: Role
    site_id: UUID | None


async def _prepare(actor: Principal, command: AddColleague) -> _NewColleague:
    """Check all but what the database alone knows, before the transaction."""
    site_id = _site_of(command.role, command.site_id)
    _check_grant(actor, command.role, site_id)
    await _need_site(site_id)
    return _NewColleague(await accounts.prepare_user(command.user), command.role, site_id)


async def _write(actor: Principal, new: _NewColleague, *, now: datetime) -> UUID:
    user_id = await accounts.insert_user_row(actor, new.user, now=now)
    await _write_role(actor, user_id, new.role, new.site_id, now=now)
    return user_id


async def give_role(
    actor: Principal, login: str, role: Role, site_id: UUID | None, *, now: datetime
) -> UUID:
    """Let somebody who has an account work at a site, or do something else there.

    Raises:
        ColleagueUnknown: nobody has that user name.
        RoleNotYours: the actor may not give this role there, or take the old one.
        SiteNotFound: there is no such site.
        LastAdministrator: nobody would be left who is.
    """
    site_id = _site_of(role, site_id)
    _check_grant(actor, role, site_id)
    await _need_site(site_id)
    async with db.transaction():
        row = await db.fetch_one(
            "SELECT id FROM core_user WHERE login = :login" + db.for_update("core_user"),
            login=normal_login(login),
        )
        if row is None:
            raise ColleagueUnknown
        user_id: UUID = row["id"]
        await _remove_role(actor, user_id, site_id, now=now, replaced_by=role)
        await _write_role(actor, user_id, role, site_id, now=now)
    return user_id


async def take_role(
    actor: Principal, user_id: UUID, site_id: UUID | None, *, now: datetime
) -> None:
    """Let somebody no longer work at a site; None takes the role that holds everywhere.

    Raises:
        UserNotFound: no such colleague, as far as the actor may know.
        NotYourself: of one's own.
        RoleNotYours: the actor may not take this role there.
        LastAdministrator: nobody would be left who is.
    """
    async with db.transaction():
        await _found(actor, user_id)
        await _remove_role(actor, user_id, site_id, now=now)


async def reset_access(actor: Principal, user_id: UUID, *, now: datetime) -> Link:
    """Make a new one-time link; password, PIN, badge and second factor stop working now.

    Every browser of the person is signed out: it may be needed because somebody
    else knows the password.

    Raises:
        UserNotFound, NotYourself, NotYourColleague: see ``_manageable``.
        AccountStopped: the account is out of use.
    """
    async with db.transaction():
        person = await _manageable(actor, user_id)
        if not person.active:
            raise AccountStopped
        await accounts.clear_access(user_id, now=now)
        token = await invitations.make_link(user_id, invitations.RESET, now=now)
        await audit.record(actor, "user.access_reset", "user", user_id, now=now)
    return Link(user_id, token)


async def deactivate(actor: Principal, user_id: UUID, *, now: datetime) -> None:
    """Put somebody's account out of use, at once.

    Raises:
        UserNotFound, NotYourself, NotYourColleague: see ``_manageable``.
        LastAdministrator: nobody would be left who is.
    """
    async with db.transaction():
        person = await _manageable(actor, user_id)
        if any(role.role is Role.ADMIN for role in person.roles):
            await _keep_an_admin(user_id)
        await accounts.set_active(actor, user_id, False, now=now)


async def reactivate(actor: Principal, user_id: UUID, *, now: datetime) -> Link:
    """Put an account back in use; the person chooses a new password by a link.

    Raises:
        UserNotFound, NotYourself, NotYourColleague: see ``_manageable``.
    """
    async with db.transaction():
        await _manageable(actor, user_id)
        await accounts.set_active(actor, user_id, True, now=now)
        token = await invitations.make_link(user_id, invitations.RESET, now=now)
    return Link(user_id, token)


async def _found(actor: Principal, user_id: UUID) -> Colleague:
    person = await queries.colleague(actor, user_id)
    if user_id == actor.id:
        raise NotYourself
    return person


async def _manageable(actor: Principal, user_id: UUID) -> Colleague:
    """The person, if the actor may see to the whole account.

    Raises:
        UserNotFound: no such colleague, as far as the actor may know.
        NotYourself: it is the actor's own account.
        NotYourColleague: an administrator, or somebody with a role elsewhere.
    """
    await db.fetch(
        "SELECT id FROM core_user WHERE id = :id" + db.for_update("core_user"), id=user_id
    )
    person = await _found(actor, user_id)
    if not rules.may_manage(actor, person.site_roles):
        raise NotYourColleague
    return person


def _site_of(role: Role, site_id: UUID | None) -> UUID | None:
    """An administrator is one everywhere."""
    return None if role is Role.ADMIN else site_id


async def _need_site(site_id: UUID | None) -> None:
    if site_id is not None:
        await sites.need_site(site_id)


def _check_grant(actor: Principal, role: Role, site_id: UUID | None) -> None:
    if not rules.may_grant(actor, role, site_id):
        raise RoleNotYours


async def _keep_an_admin(user_id: UUID) -> None:
    if not await queries.other_admins(user_id):
        raise LastAdministrator


async def _remove_role(
    actor: Principal,
    user_id: UUID,
    site_id: UUID | None,
    *,
    now: datetime,
    replaced_by: Role | None = None,
) -> None:
    """Take the role held there, if one is."""
    where = "site = :site_id" if site_id is not None else "site IS NULL"
    values = {"user_id": user_id} | ({"site_id": site_id} if site_id is not None else {})
    row = await db.fetch_one(
        f"SELECT id, role FROM sites_staff_member WHERE user_id = :user_id AND {where}", **values
    )
    if row is None:
        if replaced_by is None:
            raise UserNotFound
        return
    held = Role(row["role"])
    _check_grant(actor, held, site_id)
    if replaced_by is not None and user_id == actor.id:
        raise NotYourself
    if held is Role.ADMIN:
        await _keep_an_admin(user_id)
    await db.execute("DELETE FROM sites_staff_member WHERE id = :id", id=row["id"])
    await audit.record(
        actor,
        "user.role_taken",
        "user",
        user_id,
        now=now,
        site_id=site_id,
        changes={"role": [held, None]},
    )


async def _write_role(
    actor: Principal, user_id: UUID, role: Role, site_id: UUID | None, *, now: datetime
) -> None:
    await db.execute(
        "INSERT INTO sites_staff_member (id, user_id, site, role) "
        "VALUES (:id, :user_id, :site_id, :role)",
        id=new_id(),
        user_id=user_id,
        site_id=site_id,
        role=role.value,
    )
    await audit.record(
        actor,
        "user.role_given",
        "user",
        user_id,
        now=now,
        site_id=site_id,
        changes={"role": [None, role]},
    )
