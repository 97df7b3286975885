"""Facts that a higher floor reacts to, inside the transaction that published them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from comptoir.core import audit, db, events
from comptoir.core.principal import SYSTEM
from comptoir.core.tables import AuditEvent


class Rang(msgspec.Struct, frozen=True):
    """A fact of these tests alone."""

    at: datetime
    times: int = 1


class Loudly(Rang, frozen=True):
    """A kind of its own: who listens for the other is not told."""


@pytest.fixture(autouse=True)
async def _engine(database: Any) -> AsyncIterator[None]:
    """A database for each test, and nobody who listens after it."""
    yield
    for kind in (Rang, Loudly):
        events._handlers.pop(kind, None)


async def write_down(event: Rang) -> None:
    await audit.record(SYSTEM, "bell.rang", "bell", None, now=event.at)


async def test_every_subscriber_is_told_once_in_order(now: datetime) -> None:
    heard: list[str] = []

    async def first(event: Rang) -> None:
        heard.append(f"first {event.times}")

    async def second(event: Rang) -> None:
        heard.append(f"second {event.times}")

    for handler in (first, second, first):
        events.subscribe(Rang, handler)
    await events.publish(Rang(now, times=3))
    assert heard == ["first 3", "second 3"]


async def test_a_fact_nobody_waits_for_changes_nothing(now: datetime) -> None:
    events.subscribe(Rang, write_down)
    await events.publish(Loudly(now))
    assert await AuditEvent.count() == 0


async def test_what_a_handler_writes_is_undone_with_the_use_case(now: datetime) -> None:
    events.subscribe(Rang, write_down)
    with pytest.raises(RuntimeError):  # noqa: PT012 – the error has to be raised inside
        async with db.transaction():
            await events.publish(Rang(now))
            raise RuntimeError
    assert await AuditEvent.count() == 0


async def test_an_error_in_a_handler_undoes_the_use_case(now: datetime) -> None:
    async def fail(_event: Rang) -> None:
        raise RuntimeError

    events.subscribe(Rang, write_down)
    events.subscribe(Rang, fail)
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await events.publish(Rang(now))
    assert await AuditEvent.count() == 0
