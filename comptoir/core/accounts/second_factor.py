"""The second factor: a code from the phone (TOTP, RFC 6238), and recovery codes.

The secret is encrypted with a key that is not in the database. A code works
once: the time step it belongs to is written down, and no earlier one is taken.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

import pyotp

from comptoir.core import audit, db
from comptoir.core.accounts import credentials
from comptoir.core.accounts.errors import (
    CodeRefused,
    SecondFactorOff,
    SecondFactorOn,
)
from comptoir.core.accounts.own_password import check_password
from comptoir.core.ids import new_id
from comptoir.core.keys import Keyring
from comptoir.core.principal import Principal
from comptoir.core.vault import Untold

STEP = 30  # seconds, as every authenticator app assumes
#: Steps before and after the present one that are taken: phones' clocks differ.
TOLERANCE = 1
RECOVERY_CODES = 10
_PURPOSE = "totp"


class Enrolment(Untold, frozen=True):
    """What the authenticator app is to be given: as a QR code, or typed."""

    uri: str
    secret: str


async def start(actor: Principal, *, keys: Keyring, now: datetime) -> None:
    """Make a secret; it counts once a code made from it was typed.

    Raises:
        SecondFactorOn: there is one already.
    """
    rows = await db.fetch(
        "UPDATE core_user SET totp_secret = :secret, totp_last_step = 0 "
        "WHERE id = :id AND totp_confirmed_at IS NULL RETURNING id",
        secret=keys.encrypt(_PURPOSE, pyotp.random_base32(), now=now),
        id=actor.id,
    )
    if not rows:
        raise SecondFactorOn


async def enrolment(actor: Principal, *, keys: Keyring, now: datetime) -> Enrolment:
    """The secret that waits to be confirmed.

    Raises:
        SecondFactorOff: there is none.
    """
    row = await db.fetch_one(
        "SELECT login, totp_secret FROM core_user "
        "WHERE id = :id AND totp_secret IS NOT NULL AND totp_confirmed_at IS NULL",
        id=actor.id,
    )
    secret = keys.decrypt(_PURPOSE, row["totp_secret"], now=now) if row else None
    if row is None or secret is None:
        raise SecondFactorOff
    uri = pyotp.TOTP(secret).provisioning_uri(name=row["login"], issuer_name="Comptoir")
    return Enrolment(uri, secret)


async def confirm(actor: Principal, code: str, *, keys: Keyring, now: datetime) -> list[str]:
    """Switch it on with a first code; give the recovery codes, shown this once.

    Raises:
        CodeRefused: the code does not belong to the secret.
        SecondFactorOff: there is no secret to confirm.
    """
    async with db.transaction():
        row = await db.fetch_one(
            "SELECT totp_secret, totp_confirmed_at FROM core_user WHERE id = :id"
            + db.for_update("core_user"),
            id=actor.id,
        )
        if row is None or row["totp_secret"] is None or row["totp_confirmed_at"] is not None:
            raise SecondFactorOff
        await db.execute(
            "UPDATE core_user SET totp_confirmed_at = :now WHERE id = :id", now=now, id=actor.id
        )
        if actor.id is None or not await use_code(actor.id, code, keys=keys, now=now):
            raise CodeRefused
        codes = await _make_recovery_codes(actor.id, keys)
        await audit.record(actor, "user.second_factor_on", "user", actor.id, now=now)
    return codes


async def turn_off(actor: Principal, password: str, *, now: datetime) -> None:
    """Sign in by password alone again; takes the password.

    Raises:
        CurrentPasswordWrong: it is not the person's.
        SecondFactorOff: there is none.
    """
    await check_password(actor, password, now=now)
    async with db.transaction():
        rows = await db.fetch(
            "UPDATE core_user SET totp_secret = NULL, totp_confirmed_at = NULL "
            "WHERE id = :id AND totp_confirmed_at IS NOT NULL RETURNING id",
            id=actor.id,
        )
        if not rows:
            raise SecondFactorOff
        await db.execute("DELETE FROM core_recovery_code WHERE user_id = :id", id=actor.id)
        await audit.record(actor, "user.second_factor_off", "user", actor.id, now=now)


async def renew_recovery_codes(
    actor: Principal, password: str, *, keys: Keyring, now: datetime
) -> list[str]:
    """Ten new codes; the old ones stop working. Takes the password.

    Raises:
        CurrentPasswordWrong: it is not the person's.
        SecondFactorOff: there is no second factor.
    """
    await check_password(actor, password, now=now)
    async with db.transaction():
        row = await db.fetch_one(
            "SELECT id FROM core_user WHERE id = :id AND totp_confirmed_at IS NOT NULL"
            + db.for_update("core_user"),
            id=actor.id,
        )
        if row is None:
            raise SecondFactorOff
        codes = await _make_recovery_codes(row["id"], keys)
        await audit.record(actor, "user.recovery_codes_renewed", "user", actor.id, now=now)
    return codes


async def use_code(user_id: UUID, code: str, *, keys: Keyring, now: datetime) -> bool:
    """True if ``code`` is right and new; it is used up by this. Inside a transaction."""
    row = await db.fetch_one("SELECT totp_secret FROM core_user WHERE id = :id", id=user_id)
    secret = keys.decrypt(_PURPOSE, row["totp_secret"] or "", now=now) if row else None
    step = step_of(secret, code, now=now) if secret else None
    if step is None:
        return False
    return bool(
        await db.fetch(
            "UPDATE core_user SET totp_last_step = :step "
            "WHERE id = :id AND totp_last_step < :step RETURNING id",
            step=step,
            id=user_id,
        )
    )


async def use_recovery_code(user_id: UUID, code: str, *, keys: Keyring, now: datetime) -> bool:
    """True if it is one of the person's unused ones; it is used up by this."""
    return bool(
        await db.fetch(
            "UPDATE core_recovery_code SET used_at = :now "
            "WHERE user_id = :id AND code_hash = :hash AND used_at IS NULL RETURNING id",
            now=now,
            id=user_id,
            hash=credentials.recovery_code_hash(keys, code),
        )
    )


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step ``code`` belongs to, around ``now``; None if it is none of these."""
    plain = "".join(code.split())
    present = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if plain.isascii() and hmac.compare_digest(totp.generate_otp(step), plain):
            return step
    return None


async def _make_recovery_codes(user_id: UUID, keys: Keyring) -> list[str]:
    codes = [credentials.new_recovery_code() for _ in range(RECOVERY_CODES)]
    await db.execute("DELETE FROM core_recovery_code WHERE user_id = :id", id=user_id)
    for code in codes:
        await db.execute(
            "INSERT INTO core_recovery_code (id, user_id, code_hash) VALUES (:id, :user, :hash)",
            id=new_id(),
            user=user_id,
            hash=credentials.recovery_code_hash(keys, code),
        )
    return codes
