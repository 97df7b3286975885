from comptoir.core.migrations import raw

ID = "2026-11-25T22:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "due dates that no announced closure moved, as far as it is known what did"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "UPDATE lending_due_date_move SET cause = 'weekly-hours' WHERE by_hours",
    )
