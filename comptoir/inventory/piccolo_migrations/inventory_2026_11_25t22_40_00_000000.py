from comptoir.core.migrations import raw

ID = "2026-11-25T22:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what is still missing, by the loan that came back without it"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_item_problem_owed ON inventory_item_problem (loan_id) "
        "WHERE resolved_at IS NULL AND loan_id IS NOT NULL",
    )
