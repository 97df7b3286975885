"""The present password, asked for again before an account is changed."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import db
from comptoir.core.accounts import passwords, throttle
from comptoir.core.accounts.errors import CurrentPasswordWrong
from comptoir.core.principal import Principal


async def check_password(actor: Principal, password: str, *, now: datetime) -> None:
    """Make sure that it is the person, and not somebody at their open browser.

    Transactions of its own.

    Raises:
        CurrentPasswordWrong: it is not the person's password.
        TooManyAttempts: it was wrong too often.
    """
    counted = [throttle.own_password(actor.id)]
    await throttle.begin(counted, now=now)
    row = await db.fetch_one("SELECT password_hash FROM core_user WHERE id = :id", id=actor.id)
    if not await passwords.verify((row and row["password_hash"]) or "", password):
        raise CurrentPasswordWrong
    async with db.transaction():
        await throttle.succeeded(counted)
