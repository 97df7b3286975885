from comptoir.core.migrations import raw

ID = "2026-11-26T03:26:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a voucher is found by the last characters of its code"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_voucher_by_hint ON inventory_voucher (hint, id)",
    )
