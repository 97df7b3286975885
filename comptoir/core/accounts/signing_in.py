"""Signing in: the password, then the code of the second factor if there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.accounts import passwords, second_factor, sessions, throttle
from comptoir.core.accounts.browsers import KnownBrowser, Origin
from comptoir.core.accounts.errors import CodeRefused, SignInExpired, SignInRefused
from comptoir.core.accounts.logins import normal_login
from comptoir.core.accounts.throttle import Subject
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal
from comptoir.core.vault import Untold

#: How long after the password the code may come.
CODE_WITHIN = timedelta(minutes=5)
_TICKET = "sign-in-ticket"


class SignedIn(Untold, frozen=True):
    """The session's token and the browser that now knows the account, for two cookies."""

    token: str
    browser: KnownBrowser
    language: str


class CodeNeeded(Untold, frozen=True):
    """The password was right; ``ticket`` (for a cookie) proves it to the next step."""

    ticket: str


class _Ticket(Untold, frozen=True):
    user_id: str
    password: str


async def by_password(
    login: str,
    password: str,
    *,
    origin: Origin,
    replaces: UUID | None,
    keys: Keyring,
    now: datetime,
) -> SignedIn | CodeNeeded:
    """Sign in with name and password.

    Raises:
        SignInRefused: one of them is wrong, or the account is not in use.
        TooManyAttempts: too many failures before; nothing was looked at.
    """
    login = normal_login(login)
    counted = _subjects(throttle.account(login), login, origin, keys)
    await throttle.begin(counted, now=now)
    user = await db.fetch_one(
        "SELECT id, password_hash, totp_confirmed_at FROM core_user "
        "WHERE login = :login AND active = :yes",
        login=login,
        yes=True,
    )
    stored: str = (user and user["password_hash"]) or ""
    if not await passwords.verify(stored, password) or user is None:
        raise SignInRefused
    new_hash = await passwords.make_hash(password) if passwords.is_outdated(stored) else None
    if user["totp_confirmed_at"] is not None:
        async with db.transaction():
            await throttle.succeeded(counted)
        return CodeNeeded(_make_ticket(user["id"], stored, keys, now=now))
    async with db.transaction():
        await _confirm(user["id"], stored)
        if new_hash:
            await db.execute(
                "UPDATE core_user SET password_hash = :hash WHERE id = :id",
                hash=new_hash,
                id=user["id"],
            )
        return await finish(
            user["id"], counted=counted, origin=origin, replaces=replaces, keys=keys, now=now
        )


async def by_code(
    ticket: str | None,
    code: str,
    *,
    origin: Origin,
    replaces: UUID | None,
    keys: Keyring,
    now: datetime,
) -> SignedIn:
    """The second step: the code the phone shows now, or a recovery code.

    Raises:
        CodeRefused: wrong, or used before.
        SignInExpired: the password was given too long ago, or has changed since.
        TooManyAttempts: too many wrong codes.
    """
    user = await _holder(ticket, keys, now=now)
    counted = _subjects(throttle.second_factor(user["id"]), user["login"], origin, keys)
    await throttle.begin(counted, now=now)
    async with db.transaction():
        await _confirm(user["id"], user["password_hash"])
        if not await second_factor.use_code(user["id"], code, keys=keys, now=now):
            if not await second_factor.use_recovery_code(user["id"], code, keys=keys, now=now):
                raise CodeRefused
            actor = Principal(kind="user", id=user["id"])
            await audit.record(actor, "user.recovery_code_used", "user", user["id"], now=now)
        return await finish(
            user["id"], counted=counted, origin=origin, replaces=replaces, keys=keys, now=now
        )


async def finish(
    user_id: UUID,
    *,
    counted: Sequence[Subject],
    origin: Origin,
    replaces: UUID | None,
    keys: Keyring,
    now: datetime,
) -> SignedIn:
    """Open the session of somebody who proved who they are; inside that transaction."""
    user = await db.fetch_one("SELECT login, language FROM core_user WHERE id = :id", id=user_id)
    if user is None:
        raise SignInRefused
    await throttle.succeeded(counted)
    token = await sessions.open_session(
        user_id, browser=origin.description, replaces=replaces, now=now
    )
    return SignedIn(token, origin.browser.with_account(keys, user["login"]), user["language"])


def _subjects(subject: Subject, login: str, origin: Origin, keys: Keyring) -> list[Subject]:
    """What an attempt counts against: a known browser has a count of its own."""
    if origin.browser.knows(keys, login):
        return [throttle.known_browser(subject.text, origin.browser.name)]
    if origin.browser.knows_anybody(keys):
        return [subject, throttle.used_browser(origin.browser.name)]
    return [subject, throttle.address(origin.address)]


async def _confirm(user_id: UUID, password_hash: str) -> None:
    """Nothing changed while the password was being checked."""
    row = await db.fetch_one(
        "SELECT password_hash, active FROM core_user WHERE id = :id" + db.for_update("core_user"),
        id=user_id,
    )
    if row is None or not row["active"] or row["password_hash"] != password_hash:
        raise SignInRefused


def _make_ticket(user_id: UUID, password_hash: str, keys: Keyring, *, now: datetime) -> str:
    ticket = _Ticket(str(user_id), _print_of(password_hash))
    return keys.encrypt(_TICKET, msgspec.json.encode(ticket).decode(), now=now)


async def _holder(ticket: str | None, keys: Keyring, *, now: datetime) -> db.Row:
    """The account a ticket was made for, if its password is still the same."""
    text = keys.decrypt(_TICKET, ticket or "", now=now, max_age=CODE_WITHIN)
    if text is None:
        raise SignInExpired
    known = msgspec.json.decode(text, type=_Ticket)
    row = await db.fetch_one(
        "SELECT id, login, password_hash FROM core_user WHERE id = :id AND active = :yes",
        id=UUID(known.user_id),
        yes=True,
    )
    if row is None or _print_of(row["password_hash"] or "") != known.password:
        raise SignInExpired
    return row


def _print_of(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:32]
