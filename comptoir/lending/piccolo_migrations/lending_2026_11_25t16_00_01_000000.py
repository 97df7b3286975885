from comptoir.core.migrations import raw

ID = "2026-11-25T16:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "what was signed on the screen is signed; loans that were undone, by when"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "UPDATE lending_agreement SET signed_at = created_at WHERE signature = 'screen'",
        "CREATE INDEX lending_loan_undone "
        "ON lending_loan (returned_at, id) WHERE undone_at IS NOT NULL",
    )
