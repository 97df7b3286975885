from comptoir.core.migrations import raw

ID = "2026-11-26T06:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a batch is found by the sites that its vouchers are at"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_voucher_by_batch_and_site ON inventory_voucher (batch, site)",
    )
