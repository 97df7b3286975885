from comptoir.core.migrations import raw

ID = "2026-11-26T01:18:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what holds of vouchers, and what they are found by"


async def forwards():
    return raw(
        ID,
        "inventory",
        DESCRIPTION,
        "CREATE INDEX inventory_voucher_to_choose "
        "ON inventory_voucher (site, kind, activate_by, id) WHERE status = 'available'",
        "CREATE INDEX inventory_voucher_by_site ON inventory_voucher (site, kind, status)",
        "CREATE INDEX inventory_voucher_by_kind ON inventory_voucher (kind, status)",
        "CREATE INDEX inventory_voucher_by_batch ON inventory_voucher (batch, status)",
        "CREATE INDEX inventory_voucher_by_key ON inventory_voucher (key, id)",
        "CREATE INDEX inventory_voucher_by_issue ON inventory_voucher (site, kind, issued_at) "
        "WHERE issued_at IS NOT NULL",
        "CREATE INDEX inventory_voucher_reserved ON inventory_voucher (reserved_until) "
        "WHERE status = 'reserved'",
        "CREATE INDEX inventory_voucher_activate_by ON inventory_voucher (activate_by) "
        "WHERE status IN ('available', 'reserved', 'in_transit', 'issued')",
        "CREATE INDEX inventory_voucher_expires ON inventory_voucher (expires_at) "
        "WHERE status = 'activated'",
        # A faulty one has one that took its place, which took that of no other.
        "CREATE UNIQUE INDEX inventory_voucher_replaced ON inventory_voucher (replaced_by) "
        "WHERE replaced_by IS NOT NULL",
        "CREATE INDEX inventory_voucher_in_transfer ON inventory_voucher (transfer) "
        "WHERE transfer IS NOT NULL",
        "CREATE INDEX inventory_voucher_mark_by_voucher ON inventory_voucher_mark (voucher, key)",
        "CREATE INDEX inventory_voucher_mark_by_key ON inventory_voucher_mark (key, voucher)",
        "CREATE UNIQUE INDEX inventory_voucher_key_current ON inventory_voucher_key (current) "
        "WHERE current",
        "CREATE UNIQUE INDEX inventory_voucher_level_one ON inventory_voucher_level (site, kind)",
        "CREATE UNIQUE INDEX inventory_voucher_bundle_one "
        "ON inventory_voucher_bundle (model, kind)",
        "CREATE INDEX inventory_voucher_transfer_open ON inventory_voucher_transfer (to_site, id) "
        "WHERE arrived_at IS NULL",
    )
