from comptoir.core.migrations import raw

ID = "2026-11-25T11:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "loans that are over, by when they ended"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE INDEX lending_loan_closed "
        "ON lending_loan (returned_at, id) WHERE returned_at IS NOT NULL",
    )
