"""The append-only record of what happened to an item, a loan, a borrower.

It answers "what happened here", never "what did this colleague do": there is
no reading by actor, and no page or export shows one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal

INSERT = """
INSERT INTO core_audit_event (id, at, actor_kind, actor_id, action, subject_type, subject_id,
                              related_a_id, related_b_id, site_id, changes)
VALUES (:audit_id, :now, :actor_kind, :actor_id, :action, :subject_type, :subject_id,
        :related_a_id, :related_b_id, :site_id, :changes)
"""


class Entry(msgspec.Struct, frozen=True):
    """One line of a timeline. ``changes`` maps a field to ``[before, after]``."""

    at: datetime
    action: str
    subject_type: str
    subject_id: UUID | None
    site_id: UUID | None
    changes: dict[str, Any]


def values(
    actor: Principal,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    *,
    now: datetime,
    related: tuple[UUID | None, ...] = (),
    site_id: UUID | None = None,
    changes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of ``INSERT``, for use inside a larger statement."""
    related_a, related_b = (*related, None, None)[:2]
    return {
        "audit_id": new_id(),
        "now": now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "related_a_id": related_a,
        "related_b_id": related_b,
        "site_id": site_id or actor.site_id,
        "changes": msgspec.json.encode(changes or {}).decode(),
    }


async def record(
    actor: Principal,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    *,
    now: datetime,
    related: tuple[UUID | None, ...] = (),
    site_id: UUID | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write one row, inside the transaction of what it speaks of.

    ``action`` is ``subject.verb`` in the past tense, such as ``item.retired``.
    ``changes`` must hold no personal data: name such a field with ``None``.
    """
    await db.execute(
        INSERT,
        **values(
            actor,
            action,
            subject_type,
            subject_id,
            now=now,
            related=related,
            site_id=site_id,
            changes=changes,
        ),
    )


async def record_many(rows: Sequence[dict[str, Any]]) -> None:
    """Write many rows, each as ``values`` gives it, in the transaction of what they speak of."""
    await db.insert_many(INSERT, rows)


def difference(
    before: dict[str, Any], after: dict[str, Any], *, personal: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What an edit changed; of a personal field only that it did."""
    return {
        name: None if name in personal else [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }


async def actions_since(subject_id: UUID, event_id: UUID) -> set[str]:
    """What was done to a subject itself after an event; not what it had a part in."""
    rows = await db.fetch(
        "SELECT DISTINCT action FROM core_audit_event WHERE subject_id = :subject AND id > :event",
        subject=subject_id,
        event=event_id,
    )
    return {row["action"] for row in rows}


async def timeline(
    subject_id: UUID,
    *,
    besides: Collection[UUID] = (),
    before: UUID | None = None,
    limit: int = 50,
) -> list[tuple[UUID, Entry]]:
    """What happened to a subject, newest first, with the ids to page by.

    What happened to it as part of one of ``besides`` is left out: the subjects
    that the reader may not know of.
    """
    hidden = "AND subject_id NOT IN :besides" if besides else ""
    values = {"besides": [*besides]} if besides else {}
    rows = await db.fetch(
        f"""
        SELECT id, at, action, subject_type, subject_id, site_id, changes FROM (
            SELECT * FROM core_audit_event WHERE subject_id = :subject
            UNION ALL
            SELECT * FROM core_audit_event WHERE related_a_id = :subject
            UNION ALL
            SELECT * FROM core_audit_event WHERE related_b_id = :subject
        ) AS event
        WHERE id < :before {hidden}
        ORDER BY id DESC
        LIMIT :limit
        """,
        subject=subject_id,
        before=before or UUID(int=2**128 - 1),
        limit=limit,
        **values,
    )
    return [
        (
            row["id"],
            Entry(
                at=row["at"],
                action=row["action"],
                subject_type=row["subject_type"],
                subject_id=row["subject_id"],
                site_id=row["site_id"],
                changes=msgspec.json.decode(row["changes"]),
            ),
        )
        for row in rows
    ]
