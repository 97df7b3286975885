from comptoir.core.migrations import raw

ID = "2026-11-26T06:16:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "vouchers that somebody has and should begin are found by their last day"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_voucher_to_begin ON inventory_voucher (activate_by) "
        "WHERE status = 'issued'",
    )
