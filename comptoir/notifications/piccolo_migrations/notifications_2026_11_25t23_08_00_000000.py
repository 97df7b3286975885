from comptoir.core.migrations import raw

ID = "2026-11-25T23:08:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "parts of texts that wait for the rest are few among what gateways told"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_hook_call_part ON notifications_hook_call (received_at) "
        "WHERE kind = 'part'",
    )
