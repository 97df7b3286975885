from comptoir.core.migrations import raw

ID = "2026-11-24T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "serials and IMEI are unique; indexes of the item list"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE UNIQUE INDEX inventory_item_serial "
        "ON inventory_item (model, serial) WHERE serial <> ''",
        "CREATE UNIQUE INDEX inventory_item_imei_1 "
        "ON inventory_item (imei_1) WHERE imei_1 <> ''",
        "CREATE UNIQUE INDEX inventory_item_imei_2 "
        "ON inventory_item (imei_2) WHERE imei_2 <> ''",
        "CREATE INDEX inventory_item_by_site_status "
        "ON inventory_item (present_site, status, id)",
        "CREATE INDEX inventory_item_by_status ON inventory_item (status, id)",
        "CREATE INDEX inventory_item_problem_open "
        "ON inventory_item_problem (item) WHERE resolved_at IS NULL",
    )
