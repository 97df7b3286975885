from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-24T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one outcome per key, and an audit trail that only grows"


def append_only(table: str) -> list[str]:
    """Triggers that refuse to change or delete a row of ``table``."""
    if not db.is_postgres():
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]


async def forwards():
    return raw(
        ID,
        "core",
        DESCRIPTION,
        "CREATE UNIQUE INDEX core_idempotency_key ON core_idempotency (actor_id, key)",
        *append_only("core_audit_event"),
    )
