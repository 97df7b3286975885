"""Who works where, for other programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import UserNotFound
from comptoir.core.accounts.services import AddUser
from comptoir.core.api import Call, delete, get, post
from comptoir.core.fields import Language, example
from comptoir.core.i18n import DEFAULT_LANGUAGE
from comptoir.core.principal import Role
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.staff import queries, services
from comptoir.sites.staff.errors import (
    AccountStopped,
    LastAdministrator,
    NotYourColleague,
    NotYourself,
    RoleNotYours,
)
from comptoir.sites.staff.schemas import AddColleague, Colleague, Link

SCOPES = ("settings",)
TAG = "Staff"
ABOUT_ONE = (UserNotFound, NotYourself, NotYourColleague)

RoleSite = Annotated[UUID, msgspec.Meta(description="Without it, the role holds at every site.")]


class Colleagues(msgspec.Struct, frozen=True):
    """People who can sign in, by name; nothing of when or how much they work."""

    items: list[Colleague]


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new colleague and their first role."""

    login: Annotated[str, example("b.sow")]
    name: Annotated[str, example("Binta Sow")]
    role: Role
    language: Language = DEFAULT_LANGUAGE
    site: RoleSite | None = None


class RoleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role for somebody who has an account."""

    login: Annotated[str, example("b.sow")]
    role: Role
    site: RoleSite | None = None


class RoleQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the role holds that is taken."""

    site: RoleSite | None = None


class NewLink(msgspec.Struct, frozen=True):
    """A one-time link, as a path. It is shown this once: a repeated call gives null."""

    user_id: UUID
    link: str | None


@get("/users", scopes=SCOPES, tag=TAG)
async def list_users(call: Call) -> Colleagues:
    """List the people who work at the token's sites, all at once."""
    return Colleagues(await queries.colleagues(call.actor, None))


@post(
    "/users",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(RoleNotYours, SiteNotFound),
    secret="link",  # noqa: S106 – the name of a field
    location="/users/{user_id}",
)
async def invite_user(call: Call, data: Invite) -> NewLink:
    """Invite a colleague, who chooses a password by the link."""
    user = AddUser(login=data.login, name=data.name, language=data.language)
    command = AddColleague(user, data.role, data.site)
    return _shown(await services.invite(call.actor, command, now=call.now))


@get("/users/{user_id:uuid}", scopes=SCOPES, tag=TAG, errors=(UserNotFound,))
async def read_user(call: Call, user_id: UUID) -> Colleague:
    """Read who somebody is and where they work."""
    return await _seen(call, user_id)


@post(
    "/users/roles",
    scopes=SCOPES,
    tag=TAG,
    errors=(RoleNotYours, NotYourself, LastAdministrator, SiteNotFound),
)
async def give_role(call: Call, data: RoleBody) -> Colleague:
    """Let somebody who has an account work at a site, or do something else there."""
    user_id = await services.give_role(call.actor, data.login, data.role, data.site, now=call.now)
    return await _seen(call, user_id)


@delete(
    "/users/{user_id:uuid}/roles",
    scopes=SCOPES,
    tag=TAG,
    errors=(UserNotFound, NotYourself, RoleNotYours, LastAdministrator),
)
async def take_role(call: Call, user_id: UUID, query: RoleQuery) -> None:
    """Let somebody no longer work at a site."""
    await services.take_role(call.actor, user_id, query.site, now=call.now)


@post(
    "/users/{user_id:uuid}/reset",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(*ABOUT_ONE, AccountStopped),
    secret="link",  # noqa: S106 – the name of a field
)
async def reset_access(call: Call, user_id: UUID) -> NewLink:
    """End all access of a colleague, who chooses a new password by the link."""
    return _shown(await services.reset_access(call.actor, user_id, now=call.now))


@post(
    "/users/{user_id:uuid}/deactivate",
    scopes=SCOPES,
    tag=TAG,
    errors=(*ABOUT_ONE, LastAdministrator),
)
async def deactivate_user(call: Call, user_id: UUID) -> Colleague:
    """Put an account out of use, at once."""
    await services.deactivate(call.actor, user_id, now=call.now)
    return await _seen(call, user_id)


@post(
    "/users/{user_id:uuid}/reactivate",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=ABOUT_ONE,
    secret="link",  # noqa: S106 – the name of a field
)
async def reactivate_user(call: Call, user_id: UUID) -> NewLink:
    """Put an account back in use; the person chooses a new password by the link."""
    return _shown(await services.reactivate(call.actor, user_id, now=call.now))


async def _seen(call: Call, user_id: UUID) -> Colleague:
    return queries.seen_by(call.actor, await queries.colleague(call.actor, user_id))


def _shown(made: Link) -> NewLink:
    return NewLink(made.user_id, f"/invitations/{made.token}")


ROUTES = [
    list_users,
    invite_user,
    read_user,
    give_role,
    take_role,
    reset_access,
    deactivate_user,
    reactivate_user,
]
