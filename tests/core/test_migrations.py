"""What migrations make of rows that are there."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import pytest

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM

pytestmark = pytest.mark.usefixtures("database")


async def test_actions_of_before_are_found_by_their_new_names(now: datetime) -> None:
    subject = new_id()
    async with db.transaction():
        for action in ("loan.written-off", "loan.opened"):
            await audit.record(SYSTEM, action, "loan", subject, now=now)
    migration = import_module("comptoir.core.piccolo_migrations.core_2026_11_25t15_00_00_000000")
    await (await migration.forwards()).run()
    actions = {entry.action for _, entry in await audit.timeline(subject)}
    assert actions == {"loan.written_off", "loan.opened"}
    with pytest.raises(db.UnreachableErrors, match="append-only"):
        await db.execute("UPDATE core_audit_event SET action = 'x'")
