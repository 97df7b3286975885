from comptoir.core.migrations import raw

ID = "2026-11-25T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "open loans of all sites by when they are due"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE INDEX lending_loan_open_everywhere "
        "ON lending_loan (due_at, id) WHERE returned_at IS NULL",
    )
