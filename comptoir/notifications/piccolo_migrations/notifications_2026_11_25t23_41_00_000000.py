from comptoir.core.migrations import raw

ID = "2026-11-25T23:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "messages are listed by kind"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_message_kind_list ON notifications_message (kind, id)",
    )
