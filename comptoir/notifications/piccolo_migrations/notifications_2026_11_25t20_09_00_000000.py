from comptoir.core.migrations import raw

ID = "2026-11-25T20:09:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what the inbox goes by"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_conversation_waiting ON notifications_conversation "
        "(waiting_since, id) WHERE waiting_since IS NOT NULL",
        "CREATE INDEX notifications_message_of_nobody ON notifications_message (address) "
        "WHERE borrower IS NULL",
    )
