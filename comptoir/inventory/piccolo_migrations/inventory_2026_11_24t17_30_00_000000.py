from comptoir.core.migrations import raw

ID = "2026-11-24T17:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the item list by condition"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_item_by_condition ON inventory_item (condition, id) "
        "WHERE condition = 'poor'",
    )
