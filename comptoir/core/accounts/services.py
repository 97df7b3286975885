"""An account: made, changed by its owner, put out of use.

Functions named ``..._row`` or said to run "inside the transaction" are parts
of a larger use case, such as hiring somebody at a site (``sites.staff``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.accounts import credentials, passwords, sessions
from comptoir.core.accounts.errors import LoginTaken, UserNotFound
from comptoir.core.accounts.logins import check_login, check_name
from comptoir.core.accounts.own_password import check_password
from comptoir.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from comptoir.core.ids import new_id
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal
from comptoir.core.vault import Untold

_TRIES = 20


class AddUser(Untold, frozen=True, forbid_unknown_fields=True):
    """A new account. Without a password the person needs an invitation."""

    login: str
    name: str
    language: str = DEFAULT_LANGUAGE
    password: str | None = None


class OwnAccount(msgspec.Struct, frozen=True):
    """What a person sees of their own account."""

    login: str
    name: str
    language: str
    has_pin: bool
    has_badge: bool
    has_second_factor: bool
    recovery_codes_left: int


class PreparedUser(Untold, frozen=True):
    """An account that passed every check but the database's, its password hashed."""

    login: str
    name: str
    language: str
    password_hash: str | None


async def prepare_user(command: AddUser) -> PreparedUser:
    """Check a new account and hash its password, before the transaction.

    Raises:
        LoginUnfit, NameMissing, PasswordUnfit: what is wrong with it.
    """
    login, name = check_login(command.login), check_name(command.name)
    password_hash = None
    if command.password is not None:
        passwords.check(command.password, login=login, name=name)
        password_hash = await passwords.make_hash(command.password)
    language = command.language if command.language in LANGUAGES else DEFAULT_LANGUAGE
    return PreparedUser(login, name, language, password_hash)


async def insert_user_row(actor: Principal, user: PreparedUser, *, now: datetime) -> UUID:
    """Write a new account, inside the transaction. It may do nothing before it has a role.

    Raises:
        LoginTaken: somebody has that user name.
    """
    user_id = new_id()
    rows = await db.fetch(
        "INSERT INTO core_user (id, login, name, language, password_hash, totp_last_step, "
        "active, created_at, version) VALUES (:id, :login, :name, :language, :password_hash, 0, "
        ":active, :now, 1) ON CONFLICT (login) DO NOTHING RETURNING id",
        id=user_id,
        login=user.login,
        name=user.name,
        language=user.language,
        password_hash=user.password_hash,
        active=True,
        now=now,
    )
    if not rows:
        raise LoginTaken
    await audit.record(actor, "user.added", "user", user_id, now=now)
    return user_id


async def own_account(actor: Principal) -> OwnAccount:
    """The person's own account."""
    row = await db.fetch_one(
        "SELECT login, name, language, pin_hash, badge_hash, totp_confirmed_at, "
        "(SELECT COUNT(*) FROM core_recovery_code AS code "
        " WHERE code.user_id = core_user.id AND code.used_at IS NULL) AS codes "
        "FROM core_user WHERE id = :id",
        id=actor.id,
    )
    if row is None:
        raise UserNotFound
    return OwnAccount(
        login=row["login"],
        name=row["name"],
        language=row["language"],
        has_pin=row["pin_hash"] is not None,
        has_badge=row["badge_hash"] is not None,
        has_second_factor=row["totp_confirmed_at"] is not None,
        recovery_codes_left=row["codes"],
    )


async def choose_language(actor: Principal, language: str, *, now: datetime) -> None:
    """Speak this language to the person, on every browser."""
    if language in LANGUAGES:
        async with db.transaction():
            await db.execute(
                "UPDATE core_user SET language = :language WHERE id = :id",
                language=language,
                id=actor.id,
            )
            await audit.record(
                actor,
                "user.language_chosen",
                "user",
                actor.id,
                now=now,
                changes={"language": [actor.language, language]},
            )


async def change_password(actor: Principal, current: str, new: str, *, now: datetime) -> None:
    """Take a new password; every other browser is signed out.

    Raises:
        CurrentPasswordWrong: ``current`` is not the password.
        PasswordUnfit: ``new`` is too easy to guess.
    """
    await check_password(actor, current, now=now)
    account = await own_account(actor)
    passwords.check(new, login=account.login, name=account.name)
    password_hash = await passwords.make_hash(new)
    async with db.transaction():
        await db.execute(
            "UPDATE core_user SET password_hash = :hash WHERE id = :id",
            hash=password_hash,
            id=actor.id,
        )
        await sessions.end_all(actor.id, now=now, but=actor.session_id)
        await audit.record(actor, "user.password_changed", "user", actor.id, now=now)


async def make_pin(actor: Principal, *, keys: Keyring, now: datetime) -> str:
    """A new PIN for the shared desk; the old one stops working. It is shown this once."""
    return await _make_secret(
        actor,
        "pin",
        credentials.new_pin,
        lambda made: credentials.pin_hash(keys, made),
        now=now,
    )


async def make_badge(actor: Principal, *, keys: Keyring, now: datetime) -> str:
    """A new badge; the old one stops working. Its code is shown this once."""
    return await _make_secret(
        actor,
        "badge",
        credentials.new_badge,
        lambda made: credentials.badge_hash(keys, made),
        now=now,
    )


async def remove_pin(actor: Principal, *, now: datetime) -> None:
    """Have no PIN any more."""
    await _set_secret(actor, "pin", None, "user.pin_removed", now=now)


async def remove_badge(actor: Principal, *, now: datetime) -> None:
    """Have no badge any more: it was lost, say."""
    await _set_secret(actor, "badge", None, "user.badge_removed", now=now)


async def clear_access(user_id: UUID, *, now: datetime) -> None:
    """Make everything that lets the person in worthless; inside the transaction."""
    await db.execute(
        "UPDATE core_user SET password_hash = NULL, pin_hash = NULL, badge_hash = NULL, "
        "totp_secret = NULL, totp_confirmed_at = NULL WHERE id = :id",
        id=user_id,
    )
    await db.execute("DELETE FROM core_recovery_code WHERE user_id = :id", id=user_id)
    await db.execute(
        "DELETE FROM core_invitation WHERE user_id = :id AND used_at IS NULL", id=user_id
    )
    await sessions.end_all(user_id, now=now)


async def set_active(actor: Principal, user_id: UUID, active: bool, *, now: datetime) -> None:
    """Put an account out of use, or back; inside the transaction.

    Out of use, nothing of it lets anybody in; back in use, it needs a new link.
    """
    await db.execute(
        "UPDATE core_user SET active = :active WHERE id = :id", active=active, id=user_id
    )
    await clear_access(user_id, now=now)
    action = "user.reactivated" if active else "user.deactivated"
    await audit.record(actor, action, "user", user_id, now=now)


async def _make_secret(
    actor: Principal,
    what: str,
    make: Callable[[], str],
    hash_of: Callable[[str], str],
    *,
    now: datetime,
) -> str:
    """Of a million PINs some are taken: try until the database finds one free."""
    for _ in range(_TRIES):
        made = make()
        try:
            await _set_secret(actor, what, hash_of(made), f"user.{what}-made", now=now)
        except db.IntegrityErrors:
            continue
        return made
    raise LookupError(f"no free {what} in {_TRIES} tries")


async def _set_secret(
    actor: Principal, what: str, value: str | None, action: str, *, now: datetime
) -> None:
    async with db.transaction():
        await db.execute(
            f"UPDATE core_user SET {what}_hash = :value WHERE id = :id",
            value=value,
            id=actor.id,
        )
        await audit.record(actor, action, "user", actor.id, now=now)
