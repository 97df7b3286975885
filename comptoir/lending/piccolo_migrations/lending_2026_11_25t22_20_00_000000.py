from comptoir.core.migrations import raw

ID = "2026-11-25T22:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "moves that were taken back, by when"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE INDEX lending_due_date_move_undone "
        "ON lending_due_date_move (undone_at) WHERE undone_at IS NOT NULL",
    )
