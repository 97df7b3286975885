from comptoir.core.migrations import raw

ID = "2026-11-26T01:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "messages are listed by channel"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE INDEX notifications_message_channel_list ON notifications_message (channel, id)",
    )
