from comptoir.core.migrations import raw

ID = "2026-11-26T01:18:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one person per voucher, one policy per kind and group"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE UNIQUE INDEX lending_voucher_issue_live ON lending_voucher_issue (voucher) "
        "WHERE ended_at IS NULL",
        "CREATE INDEX lending_voucher_issue_by_borrower "
        "ON lending_voucher_issue (borrower, kind, issued_at) WHERE borrower IS NOT NULL",
        "CREATE INDEX lending_voucher_issue_by_kind ON lending_voucher_issue (kind, issued_at)",
        "CREATE UNIQUE INDEX lending_voucher_policy_of_group "
        "ON lending_voucher_policy (kind, borrower_group) WHERE borrower_group IS NOT NULL",
        "CREATE UNIQUE INDEX lending_voucher_policy_of_all "
        "ON lending_voucher_policy (kind) WHERE borrower_group IS NULL",
    )
