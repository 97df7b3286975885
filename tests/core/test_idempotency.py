"""The same key gives the first outcome, whatever has happened since."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core import audit, db, idempotency
from comptoir.core.idempotency import Attempt, IdempotencyKeyReused, Outcome, fingerprint
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.tables import AuditEvent, IdempotencyRecord
from tests.processes import together

ATTEMPT = Attempt(key="a-1", fingerprint=fingerprint("POST", "/things", b"{}"))


@pytest.fixture(autouse=True)
def _engine(database: Any) -> None:
    """Every test of this module has a database of its own."""


@pytest.fixture
def actor() -> Principal:
    return Principal(kind="token", id=new_id())


async def act(actor: Principal, *, now: datetime, body: str = "done") -> Outcome:
    """A service: one transaction, one audit row."""
    async with db.transaction():
        await audit.record(actor, "thing.done", "thing", new_id(), now=now)
    return Outcome(201, body)


async def call(
    actor: Principal, attempt: Attempt | None, *, now: datetime, body: str = "done"
) -> Outcome:
    """A call of that service."""
    return await idempotency.once(actor, attempt, lambda: act(actor, now=now, body=body), now=now)


async def test_a_repeated_call_acts_once_and_is_answered_the_same(
    actor: Principal, now: datetime
) -> None:
    answers = [await call(actor, ATTEMPT, now=now, body=body) for body in ("first", "second")]
    assert answers == [Outcome(201, "first")] * 2
    assert await AuditEvent.count() == 1


async def test_without_a_key_every_call_acts(actor: Principal, now: datetime) -> None:
    for _ in range(2):
        await call(actor, None, now=now)
    assert await AuditEvent.count() == 2
    assert await IdempotencyRecord.count() == 0


async def test_a_key_with_another_request_is_refused(actor: Principal, now: datetime) -> None:
    await call(actor, ATTEMPT, now=now)
    other = Attempt(key=ATTEMPT.key, fingerprint=fingerprint("POST", "/things", b'{"a":1}'))
    with pytest.raises(IdempotencyKeyReused):
        await call(actor, other, now=now)
    assert await AuditEvent.count() == 1


async def test_a_key_belongs_to_whoever_sent_it(actor: Principal, now: datetime) -> None:
    stranger = Principal(kind="token", id=new_id())
    for again in ("", "again"):
        for each in (actor, stranger):
            answer = await call(each, ATTEMPT, now=now, body=f"{each.id}{again}")
            assert answer.body == str(each.id)
    assert await AuditEvent.count() == 2


async def test_an_error_undoes_the_effects_and_leaves_the_key_free(
    actor: Principal, now: datetime
) -> None:
    async def fail() -> Outcome:
        await act(actor, now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await idempotency.once(actor, ATTEMPT, fail, now=now)
    assert await AuditEvent.count() == 0
    assert await IdempotencyRecord.count() == 0
    again = await call(actor, ATTEMPT, now=now)
    assert again == Outcome(201, "done")


async def test_the_same_call_twice_at_once_acts_once(actor: Principal, now: datetime) -> None:
    answers = await asyncio.gather(*(call(actor, ATTEMPT, now=now, body=str(n)) for n in range(6)))
    assert len(set(answers)) == 1
    assert await AuditEvent.count() == 1


async def test_the_same_call_from_several_processes_acts_once(
    actor: Principal, now: datetime, database_url: str
) -> None:
    orders = [(actor, now, number) for number in range(3)]
    answers = await asyncio.to_thread(together, database_url, call_once, orders)
    assert len(set(answers)) == 1
    assert await AuditEvent.count() == 1


async def call_once(order: tuple[Principal, datetime, int]) -> Outcome:
    """In a process of its own."""
    actor, now, number = order
    return await call(actor, ATTEMPT, now=now, body=str(number))


async def test_old_outcomes_are_forgotten(actor: Principal, now: datetime) -> None:
    await call(actor, ATTEMPT, now=now)
    await idempotency.forget(before=now)
    assert await IdempotencyRecord.count() == 1
    await idempotency.forget(before=now + timedelta(seconds=1))
    assert await IdempotencyRecord.count() == 0


def test_a_fingerprint_tells_apart_what_only_looks_the_same_joined() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", b"b") == fingerprint("a", "b")


def test_a_fingerprint_is_not_found_by_trying_without_the_key() -> None:
    plain = idempotency.fingerprint("POST /vouchers", b"KQ7-MMX-204")
    idempotency.use_key(b"the program's")
    try:
        keyed = idempotency.fingerprint("POST /vouchers", b"KQ7-MMX-204")
        assert keyed not in (plain, hashlib.sha256(b"KQ7-MMX-204").hexdigest())
        assert keyed == idempotency.fingerprint("POST /vouchers", b"KQ7-MMX-204")
    finally:
        idempotency.use_key(b"")
