"""Is it still the person who signed in? Their password, asked for again after ten minutes.

For what is worth money to whoever finds an open browser. A PIN or a badge proves too little:
whoever came in by one gives the password each time, and may do no more than before by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db
from comptoir.core.accounts.errors import PasswordAgainNeeded
from comptoir.core.accounts.own_password import check_password
from comptoir.core.principal import Principal

FRESH_FOR = timedelta(minutes=10)

_CONFIRM = """
UPDATE core_session SET authenticated_at = :now
WHERE id = :session AND user_id = :user AND method = 'password'
"""
_FRESH = """
SELECT 1 AS fresh FROM core_session
WHERE id = :session AND user_id = :user AND method = 'password' AND authenticated_at > :since
"""


async def need_fresh(actor: Principal, password: str, *, now: datetime) -> None:
    """Let whoever proves who they are pass; ``password`` is empty where none was typed.

    A token comes with each call and is as fresh as can be. Transactions of its own.

    Raises:
        PasswordAgainNeeded: the password is to be typed.
        CurrentPasswordWrong: it is not the person's.
        TooManyAttempts: it was wrong too often.
    """
    if actor.kind != "user":
        return
    if password:
        await check_password(actor, password, now=now)
        await db.execute(_CONFIRM, session=actor.session_id, user=actor.id, now=now)
        return
    since = now - FRESH_FOR
    if not await db.fetch(_FRESH, session=actor.session_id, user=actor.id, since=since):
        raise PasswordAgainNeeded
