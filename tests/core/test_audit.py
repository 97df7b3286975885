"""The trail of what happened: it only grows, and reads by subject."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.tables import AuditEvent


@pytest.fixture(autouse=True)
def _engine(database: Any) -> None:
    """Every test of this module has a database of its own."""


@pytest.fixture
def actor() -> Principal:
    return Principal(kind="user", id=new_id(), site_id=new_id())


async def write(
    actor: Principal, subject: UUID, now: datetime, action: str = "item.changed", **values: Any
) -> None:
    async with db.transaction():
        await audit.record(actor, action, "item", subject, now=now, **values)


async def test_a_row_says_what_changed_where_and_when(actor: Principal, now: datetime) -> None:
    item = new_id()
    await write(actor, item, now, changes={"status": ["available", "retired"]})
    ((_, entry),) = await audit.timeline(item)
    assert entry.at == now
    assert (entry.action, entry.subject_id) == ("item.changed", item)
    assert entry.site_id == actor.site_id
    assert entry.changes == {"status": ["available", "retired"]}


async def test_a_timeline_names_nobody(actor: Principal, now: datetime) -> None:
    await write(actor, item := new_id(), now)
    ((_, entry),) = await audit.timeline(item)
    assert str(actor.id) not in str(entry)


async def test_a_row_shows_at_each_subject_it_concerns(actor: Principal, now: datetime) -> None:
    loan, item, borrower = new_id(), new_id(), new_id()
    await write(actor, loan, now, related=(item, borrower))
    for subject in (loan, item, borrower):
        assert [entry.subject_id for _, entry in await audit.timeline(subject)] == [loan]
    assert await audit.timeline(new_id()) == []


async def test_pages_of_a_timeline_hold_each_row_once(actor: Principal, now: datetime) -> None:
    item, other = new_id(), new_id()
    for number in range(7):
        at = now + timedelta(minutes=number)
        await write(actor, item, at, f"item.step_{number}")
        await write(actor, other, at, related=(item,))
    seen: list[UUID] = []
    before = None
    while page := await audit.timeline(item, before=before, limit=4):
        seen += [event for event, _ in page]
        before = page[-1][0]
    assert len(seen) == len(set(seen)) == 14
    assert seen == sorted(seen, reverse=True)


async def test_the_trail_goes_with_what_it_speaks_of(actor: Principal, now: datetime) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 – the error has to be raised inside
        async with db.transaction():
            await audit.record(actor, "item.changed", "item", new_id(), now=now)
            raise RuntimeError
    assert await AuditEvent.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_audit_event SET action = 'x'",
        "UPDATE core_audit_event SET actor_id = NULL",
        "DELETE FROM core_audit_event",
        "INSERT INTO core_audit_event (id, at, actor_kind, action, subject_type, changes) "
        "SELECT id, at, actor_kind, action, subject_type, changes FROM core_audit_event",
    ],
)
async def test_no_row_is_changed_deleted_or_replaced(
    actor: Principal, now: datetime, statement: str
) -> None:
    await write(actor, item := new_id(), now)
    with pytest.raises(db.UnreachableErrors):
        await db.execute(statement)
    ((_, entry),) = await audit.timeline(item)
    assert entry.action == "item.changed"


async def test_the_whole_trail_is_not_emptied_at_once(actor: Principal, now: datetime) -> None:
    await write(actor, new_id(), now)
    emptying = db.choose(
        postgres="TRUNCATE core_audit_event",
        sqlite="INSERT OR REPLACE INTO core_audit_event SELECT * FROM core_audit_event",
    )
    with pytest.raises(db.UnreachableErrors, match="append-only"):
        await db.execute(emptying)
    assert await AuditEvent.count() == 1


def test_a_difference_names_personal_fields_without_their_values() -> None:
    before = {"name": "Amina", "language": "fr", "group": 1}
    after = {"name": "Amina D.", "language": "de", "group": 1}
    assert audit.difference(before, after, personal=frozenset({"name"})) == {
        "name": None,
        "language": ["fr", "de"],
    }


async def test_many_rows_are_written_as_one_by_one(actor: Principal, now: datetime) -> None:
    subject = new_id()
    rows = [
        audit.values(
            actor,
            "item.changed",
            "item",
            subject,
            now=now,
            related=(new_id(),) if number % 2 else (),
            changes={"number": [None, number]},
        )
        for number in range(205)
    ]
    async with db.transaction():
        await audit.record_many(rows)
    told = [entry.changes["number"][1] for _, entry in await audit.timeline(subject, limit=300)]
    assert told == list(reversed(range(205)))
    assert await AuditEvent.count().where(AuditEvent.related_a_id.is_null()) == 103
