"""Where signing in (core) and working somewhere (sites) meet: one statement a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.accounts.identity import LONGEST_IDLE, SessionRecord, TokenRecord
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.web.context import Place

# A row per role. The place of a role that holds everywhere is the session's
# site, or the first of all. First is what was made first (ids are in order of time):
# a site that is added or renamed later takes nobody away from where they are.
BY_SESSION = """
SELECT s.id, s.user_id, s.method, s.site_id, s.last_seen_at, s.locked_at, u.name, u.language,
       m.role, m.site AS role_site_id, p.id AS place_id, p.short_name, p.time_zone
FROM core_session AS s
JOIN core_user AS u ON u.id = s.user_id
LEFT JOIN sites_staff_member AS m ON m.user_id = u.id
LEFT JOIN sites_site AS p ON p.active = :yes AND p.id = COALESCE(m.site, s.site_id,
    (SELECT id FROM sites_site WHERE active = :yes ORDER BY id LIMIT 1))
WHERE s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > :now
  AND s.last_seen_at > :idle_since AND u.active = :yes
ORDER BY p.id
"""

BY_ACCESS = """
SELECT t.id, t.name, t.scopes, t.site_id, p.id AS place_id, p.short_name, p.time_zone
FROM core_api_token AS t
LEFT JOIN sites_site AS p ON p.id = t.site_id
WHERE t.token_hash = :token_hash AND t.revoked_at IS NULL
  AND (t.expires_at IS NULL OR t.expires_at > :now)
"""


class StaffDirectory:
    """Answers what accounts ask about who works where."""

    async def session(self, token_hash: str, *, now: datetime) -> SessionRecord | None:
        """The live session of a token, with the roles and the place of its person."""
        rows = await db.fetch(
            BY_SESSION, token_hash=token_hash, now=now, idle_since=now - LONGEST_IDLE, yes=True
        )
        if not rows:
            return None
        first = rows[0]
        places = [place for row in rows if (place := _place(row))]
        chosen = [place for place in places if place.id == first["site_id"]]
        return SessionRecord(
            id=first["id"],
            user_id=first["user_id"],
            name=first["name"],
            language=first["language"],
            method=first["method"],
            last_seen_at=first["last_seen_at"],
            locked_at=first["locked_at"],
            roles=tuple(
                SiteRole(Role(row["role"]), row["role_site_id"]) for row in rows if row["role"]
            ),
            place=next(iter(chosen or places), None),
        )

    async def token(self, token_hash: str, *, now: datetime) -> TokenRecord | None:
        """The live access token."""
        row = await db.fetch_one(BY_ACCESS, token_hash=token_hash, now=now)
        if row is None:
            return None
        return TokenRecord(
            id=row["id"],
            name=row["name"],
            scopes=frozenset(row["scopes"].split()),
            site_id=row["site_id"],
            place=_place(row),
        )

    async def works_at(self, user_id: UUID, site_id: UUID) -> bool:
        """True if the person has any role at the site."""
        return bool(
            await db.fetch(
                "SELECT 1 FROM sites_staff_member WHERE user_id = :user_id "
                "AND (site = :site_id OR site IS NULL) LIMIT 1",
                user_id=user_id,
                site_id=site_id,
            )
        )

    async def places(self, principal: Principal) -> list[Place]:
        """The open sites the principal works at, by name."""
        rows = await db.fetch(
            "SELECT id AS place_id, short_name, time_zone FROM sites_site "
            "WHERE active = :yes ORDER BY short_name, id",
            yes=True,
        )
        found = (_place(row) for row in rows)
        return [place for place in found if place and principal.sees_site(place.id)]


def _place(row: db.Row) -> Place | None:
    if row["place_id"] is None:
        return None
    return Place(row["place_id"], row["short_name"], row["time_zone"])
