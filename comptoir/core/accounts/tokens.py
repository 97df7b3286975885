"""Access tokens: what another program signs in to the API with."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.accounts import credentials
from comptoir.core.accounts.errors import RoleMissing
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.accounts.token_errors import TokenNotFound, TokenUnfit
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_line, says_something
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Untold

#: So that a token found in a file or a log is known for what it is.
PREFIX = "comptoir_"
#: Nobody remembers what a token is for that ends later; without an end it never does.
LONGEST = timedelta(days=3653)


class CreateToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token for one integration. Without a site it acts at all of them."""

    name: str
    scopes: tuple[str, ...]
    site_id: UUID | None = None
    expires_at: datetime | None = None


class TokenBound(msgspec.Struct, frozen=True):
    """A token was made for one site; whoever knows the sites objects if there is none."""

    site_id: UUID


class MadeToken(Untold, frozen=True):
    """A token that was just made; ``token`` is not kept anywhere."""

    id: UUID
    token: str


class TokenView(msgspec.Struct, frozen=True):
    """A line of the list; the token itself is never shown again."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    site_id: UUID | None
    created_at: datetime
    expires_at: datetime | None
    expired: bool


async def create_token(actor: Principal, command: CreateToken, *, now: datetime) -> MadeToken:
    """Make a token and give it, for this once.

    Raises:
        RoleMissing: only administrators (and the command line) may, and a token
            gives no other more than it has itself.
        TokenUnfit: its name, scopes or end are wrong.
        PlaceNotYours: there is no such site.
    """
    if not _sees(actor, command.site_id):
        raise RoleMissing
    name = clean_line(command.name)
    scopes = sorted(set(command.scopes))
    if not says_something(name) or len(name) > 80:
        raise TokenUnfit.name_missing()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise TokenUnfit.scope_unknown()
    if actor.scopes is not None and not set(scopes) <= actor.scopes:
        raise RoleMissing
    if command.expires_at is not None and command.expires_at <= now:
        raise TokenUnfit.already_expired()
    if command.expires_at is not None and command.expires_at > now + LONGEST:
        raise TokenUnfit.too_long()
    token, token_id = PREFIX + credentials.new_token(), new_id()
    async with db.transaction():
        await db.execute(
            "INSERT INTO core_api_token (id, name, token_hash, scopes, site_id, created_at, "
            "expires_at) VALUES (:id, :name, :hash, :scopes, :site_id, :now, :expires_at)",
            id=token_id,
            name=name,
            hash=credentials.token_hash(token),
            scopes=" ".join(scopes),
            site_id=command.site_id,
            now=now,
            expires_at=command.expires_at,
        )
        await audit.record(
            actor,
            "token.created",
            "token",
            token_id,
            now=now,
            site_id=command.site_id,
            changes={"scopes": [None, scopes]},
        )
        if command.site_id is not None:
            await events.publish(TokenBound(command.site_id))
    return MadeToken(token_id, token)


async def list_tokens(actor: Principal, *, now: datetime) -> list[TokenView]:
    """The tokens that were not revoked, newest first; of the actor's site, if bound to one.

    Raises:
        RoleMissing: only administrators may.
    """
    _need_admin(actor)
    rows = await db.fetch(
        "SELECT id, name, scopes, site_id, created_at, expires_at FROM core_api_token "
        "WHERE revoked_at IS NULL ORDER BY id DESC"
    )
    return [
        TokenView(
            **{**row, "scopes": tuple(row["scopes"].split())},
            expired=row["expires_at"] is not None and row["expires_at"] <= now,
        )
        for row in rows
        if _sees(actor, row["site_id"])
    ]


async def revoke_token(actor: Principal, token_id: UUID, *, now: datetime) -> None:
    """Make a token worthless, at once.

    Raises:
        RoleMissing: only administrators may.
        TokenNotFound: there is none as far as the actor may know, or it was revoked before.
    """
    _need_admin(actor)
    async with db.transaction():
        rows = await db.fetch(
            "UPDATE core_api_token SET revoked_at = :now "
            "WHERE id = :id AND revoked_at IS NULL RETURNING site_id",
            now=now,
            id=token_id,
        )
        if not rows or not _sees(actor, rows[0]["site_id"]):
            raise TokenNotFound
        await audit.record(actor, "token.revoked", "token", token_id, now=now)


def _need_admin(actor: Principal) -> None:
    if not actor.has_role(Role.ADMIN):
        raise RoleMissing


def _sees(actor: Principal, site_id: UUID | None) -> bool:
    if site_id is None:
        return actor.has_role_everywhere(Role.ADMIN)
    return actor.has_role(Role.ADMIN, site_id)
