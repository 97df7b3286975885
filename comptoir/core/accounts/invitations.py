"""One-time links: for a new colleague, or for one whose access was reset."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.accounts import credentials, passwords, signing_in, throttle
from comptoir.core.accounts.browsers import Origin
from comptoir.core.accounts.errors import InvitationGone
from comptoir.core.accounts.signing_in import SignedIn
from comptoir.core.ids import new_id
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal

VALID_FOR = timedelta(days=7)

INVITE = "invite"
RESET = "reset"


class Invitation(msgspec.Struct, frozen=True):
    """What the page behind a link needs to say."""

    user_id: UUID
    login: str
    name: str
    language: str
    purpose: str


async def make_link(user_id: UUID, purpose: str, *, now: datetime) -> str:
    """The token of a new link; earlier ones of the person stop working.

    Inside the transaction. The token is shown once and stored as a hash.
    """
    token = credentials.new_token()
    await db.execute(
        "DELETE FROM core_invitation WHERE user_id = :user_id AND used_at IS NULL",
        user_id=user_id,
    )
    await db.execute(
        "INSERT INTO core_invitation (id, user_id, token_hash, purpose, created_at, expires_at) "
        "VALUES (:id, :user_id, :token_hash, :purpose, :now, :expires_at)",
        id=new_id(),
        user_id=user_id,
        token_hash=credentials.token_hash(token),
        purpose=purpose,
        now=now,
        expires_at=now + VALID_FOR,
    )
    return token


async def find(token: str, *, now: datetime) -> Invitation:
    """Whose link it is. Looking uses nothing up: programs preview links.

    Raises:
        InvitationGone: it was used or replaced, is too old, or never existed.
    """
    row = await db.fetch_one(
        "SELECT i.user_id, u.login, u.name, u.language, i.purpose FROM core_invitation AS i "
        "JOIN core_user AS u ON u.id = i.user_id WHERE i.token_hash = :token_hash "
        "AND i.used_at IS NULL AND i.expires_at > :now AND u.active = :yes",
        token_hash=credentials.token_hash(token),
        now=now,
        yes=True,
    )
    if row is None:
        raise InvitationGone
    return Invitation(**row)


async def accept(
    token: str,
    password: str,
    *,
    origin: Origin,
    replaces: UUID | None,
    keys: Keyring,
    now: datetime,
) -> SignedIn:
    """Choose a password by a link, and be signed in. Of two at once, one succeeds.

    Raises:
        InvitationGone: it was used or replaced, is too old, or never existed.
        PasswordUnfit: the password is too easy to guess.
    """
    invitation = await find(token, now=now)
    passwords.check(password, login=invitation.login, name=invitation.name)
    password_hash = await passwords.make_hash(password)
    async with db.transaction():
        used = await db.fetch(
            "UPDATE core_invitation SET used_at = :now WHERE token_hash = :token_hash "
            "AND used_at IS NULL AND expires_at > :now RETURNING user_id",
            now=now,
            token_hash=credentials.token_hash(token),
        )
        taken = used and await db.fetch(
            "UPDATE core_user SET password_hash = :hash WHERE id = :id AND active = :yes "
            "RETURNING id",
            hash=password_hash,
            id=used[0]["user_id"],
            yes=True,
        )
        if not taken:
            raise InvitationGone
        actor = Principal(kind="user", id=invitation.user_id)
        await audit.record(actor, "user.link_used", "user", invitation.user_id, now=now)
        return await signing_in.finish(
            invitation.user_id,
            counted=[throttle.account(invitation.login)],
            origin=origin,
            replaces=replaces,
            keys=keys,
            now=now,
        )


async def forget(*, now: datetime) -> None:
    """Delete links that no longer open anything."""
    await db.execute(
        "DELETE FROM core_invitation WHERE expires_at < :now OR used_at IS NOT NULL", now=now
    )
