"""Reads of the staff pages."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.accounts.errors import UserNotFound
from comptoir.core.principal import Principal, Role
from comptoir.sites.staff import rules
from comptoir.sites.staff.errors import NotYourColleague
from comptoir.sites.staff.schemas import Colleague, StaffRole

_SELECT = """
SELECT u.id, u.login, u.name, u.language, u.active, u.password_hash IS NULL AS "waiting [BOOLEAN]",
       m.role, m.site AS site_id, s.short_name AS site_name
FROM core_user AS u
LEFT JOIN sites_staff_member AS m ON m.user_id = u.id
LEFT JOIN sites_site AS s ON s.id = m.site
"""
_ORDER = " ORDER BY u.name, u.id, s.short_name"


async def colleagues(actor: Principal, site_id: UUID | None) -> list[Colleague]:
    """Who works at the site (or anywhere, if None), as far as the actor may know, by name."""
    rows = await db.fetch(_SELECT + _ORDER)
    return [
        seen_by(actor, person)
        for person in _people(rows)
        if rules.may_know(actor, person.site_roles)
        and (site_id is None or any(role.site_id in (site_id, None) for role in person.roles))
    ]


async def colleague(actor: Principal, user_id: UUID) -> Colleague:
    """One person with all their roles, for the rules; ``seen_by`` is what is shown.

    Raises:
        UserNotFound: there is none, or the actor may not know of them.
    """
    people = _people(await db.fetch(_SELECT + " WHERE u.id = :id" + _ORDER, id=user_id))
    if not people or not rules.may_know(actor, people[0].site_roles):
        raise UserNotFound
    return people[0]


async def looked_after(actor: Principal) -> frozenset[UUID]:
    """Whom ``need_to_look_after`` lets pass."""
    rows = await db.fetch(_SELECT + _ORDER)
    return frozenset(
        person.id
        for person in _people(rows)
        if person.id == actor.id or rules.may_look_after(actor, person.site_roles)
    )


async def need_to_look_after(actor: Principal, user_id: UUID) -> None:
    """Let only pass whoever may say what somebody can do and when they are away.

    Oneself, who coordinates all of the person's sites, and administrators.

    Raises:
        UserNotFound: there is none, or the actor may not know of them.
        NotYourColleague: they also have a role at a site that the actor does not coordinate.
    """
    person = await colleague(actor, user_id)
    if user_id != actor.id and not rules.may_look_after(actor, person.site_roles):
        raise NotYourColleague


def seen_by(actor: Principal, person: Colleague) -> Colleague:
    """The person without the roles at sites that the actor does not coordinate."""
    roles = tuple(role for role in person.roles if rules.may_see(actor, role.site_id))
    return msgspec.structs.replace(person, roles=roles)


async def other_admins(user_id: UUID) -> int:
    """How many other administrators there are who can sign in; locks the admins' rows."""
    rows = await db.fetch(
        "SELECT m.user_id FROM sites_staff_member AS m JOIN core_user AS u ON u.id = m.user_id "
        "WHERE m.role = :admin AND u.active = :yes AND u.password_hash IS NOT NULL "
        "ORDER BY m.user_id" + db.for_update("m"),
        admin=Role.ADMIN.value,
        yes=True,
    )
    return sum(row["user_id"] != user_id for row in rows)


def _people(rows: list[db.Row]) -> list[Colleague]:
    people = []
    for user_id, group in groupby(rows, key=lambda row: row["id"]):
        own = list(group)
        first = own[0]
        people.append(
            Colleague(
                id=user_id,
                login=first["login"],
                name=first["name"],
                language=first["language"],
                active=first["active"],
                waiting=bool(first["waiting"]),
                roles=tuple(
                    StaffRole(Role(row["role"]), row["site_id"], row["site_name"])
                    for row in own
                    if row["role"]
                ),
            )
        )
    return people
