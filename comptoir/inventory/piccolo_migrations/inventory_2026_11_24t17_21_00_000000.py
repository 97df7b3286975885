from comptoir.core import db
from comptoir.core.migrations import raw

ID = "2026-11-24T17:21:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of the item list and of its search"


async def forwards():
    # Ranges of terms are ranges of bytes, whatever language the server sorts in.
    by_bytes = ' COLLATE "C"' if db.is_postgres() else ""
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_item_by_model ON inventory_item (model, id)",
        "CREATE INDEX inventory_item_by_home_site ON inventory_item (home_site, id)",
        "CREATE INDEX inventory_item_by_present_site ON inventory_item (present_site, id)",
        "CREATE INDEX inventory_item_by_destination_site "
        "ON inventory_item (destination_site, id) WHERE destination_site IS NOT NULL",
        f"CREATE INDEX inventory_item_term_lookup ON inventory_item_term (term{by_bytes}, item)",
        # Whichever of a phone's two places an IMEI stands in, no other phone has it.
        "CREATE UNIQUE INDEX inventory_item_term_imei "
        "ON inventory_item_term (term) WHERE kind = 'i'",
    )
