from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-25T10:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no row of the audit trail is replaced either"


async def forwards():
    # SQLite's INSERT OR REPLACE deletes without asking the triggers on DELETE.
    statements = [
        "CREATE TRIGGER core_audit_event_no_replace BEFORE INSERT ON core_audit_event "
        "WHEN EXISTS (SELECT 1 FROM core_audit_event WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'core_audit_event is append-only'); END"
    ]
    return raw(ID, "core", DESCRIPTION, *([] if db.is_postgres() else statements))
