from comptoir.core.migrations import raw

ID = "2026-11-26T07:28:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what a site gave lately is found by its moment, whatever kind it is of"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "DROP INDEX inventory_voucher_by_issue",
        "CREATE INDEX inventory_voucher_given ON inventory_voucher (site, issued_at, kind) "
        "WHERE issued_at IS NOT NULL",
    )
