from comptoir.core.migrations import raw

ID = "2026-11-25T22:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what waits for a person is found at once: calls, letters"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_message_by_hand ON notifications_message "
        "(channel, site, borrower) WHERE status = 'queued' AND channel IN ('call', 'letter')",
    )
