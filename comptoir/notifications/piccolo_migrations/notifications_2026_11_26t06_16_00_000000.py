from comptoir.core.migrations import raw

ID = "2026-11-26T06:16:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the end of a voucher is told once"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE UNIQUE INDEX notifications_voucher_message_once "
        "ON notifications_voucher_message (issue, level)",
    )
