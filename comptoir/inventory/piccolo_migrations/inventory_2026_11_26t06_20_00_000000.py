from comptoir.core.migrations import raw

ID = "2026-11-26T06:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no read asks for the parcels that are open by their row alone"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "DROP INDEX inventory_voucher_transfer_open",
    )
