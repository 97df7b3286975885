"""From what the database knows of a session to who acts, and what they may do now."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.web.context import Place

#: A session ends that long after the password, whatever happens in it …
LONGEST = timedelta(hours=12)
#: … and that long after its last request.
LONGEST_IDLE = timedelta(hours=8)
#: The last request is written down this often at most: one write, not one a click.
SEEN_EVERY = timedelta(minutes=1)

#: Ways in that identify, but prove little (ADR 0110).
WEAK_METHODS = frozenset({"pin", "badge"})


class SessionRecord(msgspec.Struct, frozen=True):
    """What one statement finds for a session's token.

    ``place`` is the site chosen for this session if the person still works
    there, else their first one.
    """

    id: UUID
    user_id: UUID
    name: str
    language: str
    method: str
    last_seen_at: datetime
    locked_at: datetime | None
    roles: tuple[SiteRole, ...]
    place: Place | None


class TokenRecord(msgspec.Struct, frozen=True):
    """What one statement finds for an access token."""

    id: UUID
    name: str
    scopes: frozenset[str]
    site_id: UUID | None
    place: Place | None


class SessionFacts(msgspec.Struct, frozen=True):
    """The session of a request, kept in ``scope["auth"]``.

    ``full_roles`` are those after signing in with the password; the
    principal's are fewer if a PIN or a badge let the person in. ``language``
    is that of the person who is or was here.
    """

    id: UUID
    language: str
    method: str
    locked: bool
    stale: bool
    full_roles: tuple[SiteRole, ...]
    place: Place | None


class Identity(msgspec.Struct, frozen=True):
    """Who acts. A locked desk has a session and a place, and nobody in it."""

    principal: Principal | None = None
    place: Place | None = None
    session: SessionFacts | None = None


class Directory(Protocol):
    """What accounts must ask of those above: who works where (the roof answers)."""

    async def session(self, token_hash: str, *, now: datetime) -> SessionRecord | None:
        """The live session of a token: not ended, not expired, of an active person."""
        ...

    async def token(self, token_hash: str, *, now: datetime) -> TokenRecord | None:
        """The live access token."""
        ...

    async def works_at(self, user_id: UUID, site_id: UUID) -> bool:
        """True if the person has any role at the site."""
        ...

    async def places(self, principal: Principal) -> list[Place]:
        """The open sites the principal works at, by name."""
        ...


def identity_of(record: SessionRecord, *, now: datetime, lock_after: timedelta | None) -> Identity:
    """Who acts in a session now.

    It is locked by hand (``locked_at``), or by itself ``lock_after`` its last
    request; a locked one is nobody's.
    """
    idle = now - record.last_seen_at
    locked = record.locked_at is not None or (lock_after is not None and idle >= lock_after)
    session = SessionFacts(
        id=record.id,
        language=record.language,
        method=record.method,
        locked=locked,
        stale=idle >= SEEN_EVERY,
        full_roles=record.roles,
        place=record.place,
    )
    if locked:
        return Identity(None, record.place, session)
    weak = record.method in WEAK_METHODS
    principal = Principal(
        kind="user",
        id=record.user_id,
        name=record.name,
        language=record.language,
        roles=capped(record.roles) if weak else record.roles,
        site_id=record.place.id if record.place else None,
        session_id=record.id,
    )
    return Identity(principal, record.place, session)


def capped(roles: tuple[SiteRole, ...]) -> tuple[SiteRole, ...]:
    """The same places, as reception only."""
    return tuple(SiteRole(Role.RECEPTION, role.site_id) for role in roles)


#: What the role of a token has to reach for each of its scopes.
SCOPES = {
    "read": Role.RECEPTION,
    "desk": Role.RECEPTION,
    "borrowers": Role.COORDINATOR,
    "inventory": Role.COORDINATOR,
    "settings": Role.ADMIN,
}

#: The scopes by which one can do what a role can: a token gives a role only if it has them.
SCOPES_OF = {
    Role.RECEPTION: frozenset({"desk"}),
    Role.COORDINATOR: frozenset({"desk", "borrowers", "inventory"}),
    Role.ADMIN: frozenset({"desk", "borrowers", "inventory", "settings"}),
}


def identity_of_token(record: TokenRecord) -> Identity:
    """Who acts by an access token: as far as its scopes need, at its site or at all."""
    principal = Principal(
        kind="token",
        id=record.id,
        name=record.name,
        roles=_roles(record.scopes, record.site_id),
        scopes=record.scopes,
        site_id=record.site_id,
    )
    return Identity(principal, record.place)


@lru_cache(maxsize=256)
def _roles(scopes: frozenset[str], site_id: UUID | None) -> tuple[SiteRole, ...]:
    needed = {SCOPES[scope] for scope in scopes if scope in SCOPES}
    return tuple(SiteRole(role, site_id) for role in sorted(needed))
