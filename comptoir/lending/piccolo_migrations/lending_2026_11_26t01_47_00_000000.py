from comptoir.core.migrations import raw

ID = "2026-11-26T01:47:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "who is reached at an e-mail address"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE INDEX lending_borrower_email ON lending_borrower (email) WHERE email <> ''",
    )
