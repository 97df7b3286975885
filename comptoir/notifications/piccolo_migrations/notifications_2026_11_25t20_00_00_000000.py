from comptoir.core.migrations import raw

ID = "2026-11-25T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "each level of a loan is reached once"


async def forwards():
    return raw(
        ID,
        "notifications",
        DESCRIPTION,
        "CREATE UNIQUE INDEX notifications_loan_message_once "
        "ON notifications_loan_message (loan, level, due_at)",
    )
