from comptoir.core.migrations import raw

ID = "2026-11-26T01:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "how many codes of vouchers were shown at a site is counted without the trail"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX core_audit_event_vouchers_revealed ON core_audit_event (site_id, at) "
        "WHERE action = 'voucher.revealed'",
    )
