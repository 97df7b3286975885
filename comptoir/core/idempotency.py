"""The same key gives the first outcome, whatever has happened since.

A key belongs to whoever sent it, or to an owner that the attempt names: at a
shared desk the person may change before the browser tries again. Its outcome is
written in the transaction of its effects, so that a retry after a lost answer
can never act twice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal

INSERT = """
INSERT INTO core_idempotency (id, actor_id, key, fingerprint, status, outcome, created_at)
VALUES (:idempotency_id, :actor_id, :key, :fingerprint, :status, :outcome, :now)
"""
_CLAIM = f"{INSERT} ON CONFLICT (actor_id, key) DO NOTHING RETURNING id"


class IdempotencyKeyReused(Invalid):
    """The key came before with another request."""

    code = "core.idempotency-key-reused"

    def __init__(self) -> None:
        text = _("This key was used before for another request. Use a new key.")
        super().__init__([FieldError("Idempotency-Key", self.code, text)])


class Attempt(msgspec.Struct, frozen=True):
    """A call that may be repeated: its key, and a hash of what it asks.

    ``owner`` is whose key it is, if not the actor's.
    """

    key: str
    fingerprint: str
    owner: UUID | None = None

    def owner_id(self, actor: Principal) -> UUID | None:
        """Under whose id the outcome is kept."""
        return self.owner or actor.id


class Outcome(msgspec.Struct, frozen=True):
    """What the first call was answered: an HTTP status and a JSON text."""

    status: int
    body: str


_key = b""


def use_key(key: bytes) -> None:
    """Make fingerprints of this process with a key, as those of all others of the program."""
    global _key
    _key = key


def fingerprint(*parts: str | bytes) -> str:
    """A hash that differs when any part of the request does.

    It is kept, and a request may hold a short code that is worth money: without the key, whoever
    has the database cannot find it by trying.
    """
    digest = hmac.new(_key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def values(
    actor: Principal, attempt: Attempt, outcome: Outcome, *, now: datetime
) -> dict[str, Any]:
    """The values of ``INSERT``, for use inside a larger statement."""
    return {
        "idempotency_id": new_id(),
        "actor_id": attempt.owner_id(actor),
        "key": attempt.key,
        "fingerprint": attempt.fingerprint,
        "status": outcome.status,
        "outcome": outcome.body,
        "now": now,
    }


async def find(actor: Principal, attempt: Attempt) -> Outcome | None:
    """The outcome of an earlier call with this key.

    Raises:
        IdempotencyKeyReused: the earlier call asked something else.
    """
    row = await db.fetch_one(
        "SELECT fingerprint, status, outcome FROM core_idempotency "
        "WHERE actor_id = :actor_id AND key = :key",
        actor_id=attempt.owner_id(actor),
        key=attempt.key,
    )
    return None if row is None else recorded(row, attempt)


def recorded(row: db.Row, attempt: Attempt) -> Outcome:
    """The outcome a row holds (columns ``fingerprint``, ``status``, ``outcome``).

    Raises:
        IdempotencyKeyReused: the row is of another request.
    """
    if row["fingerprint"] != attempt.fingerprint:
        raise IdempotencyKeyReused
    return Outcome(status=row["status"], body=row["outcome"])


async def once(
    actor: Principal,
    attempt: Attempt | None,
    act: Callable[[], Awaitable[Outcome]],
    *,
    now: datetime,
) -> Outcome:
    """Run ``act`` and remember its outcome, or give the remembered one.

    Services called by ``act`` take part in one transaction with the record. An
    error is not remembered here: nothing was written, so trying again is safe.
    """
    if attempt is None:
        return await act()
    async with db.joinable():
        # Taken first: the same call at the same moment waits here for the outcome.
        claim = values(actor, attempt, Outcome(status=0, body=""), now=now)
        if not await db.fetch(_CLAIM, **claim):
            first = await find(actor, attempt)
            if first is None:
                raise LookupError("the outcome of a claimed key is gone")
            return first
        outcome = await act()
        await db.execute(
            "UPDATE core_idempotency SET status = :status, outcome = :body WHERE id = :id",
            status=outcome.status,
            body=outcome.body,
            id=claim["idempotency_id"],
        )
        return outcome


async def forget(*, before: datetime) -> None:
    """Delete outcomes older than ``before`` (UTC)."""
    await db.execute("DELETE FROM core_idempotency WHERE created_at < :before", before=before)
