from comptoir.core.migrations import raw

ID = "2026-11-25T21:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "dispatchers look for what gateways carry, however long the call list is"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "DROP INDEX notifications_message_due",
        "CREATE INDEX notifications_message_due ON notifications_message (next_attempt_at, id) "
        "WHERE status = 'queued' AND channel IN ('sms', 'email')",
    )
