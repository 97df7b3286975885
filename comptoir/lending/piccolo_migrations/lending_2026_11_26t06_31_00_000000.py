from comptoir.core.migrations import raw

ID = "2026-11-26T06:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one share per person; what was given before is shared as households are now"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        "CREATE UNIQUE INDEX lending_voucher_share_once ON lending_voucher_share (issue, borrower)",
        "INSERT INTO lending_voucher_share (issue, borrower) "
        "SELECT issue.id, mate.id FROM lending_voucher_issue issue "
        "JOIN lending_borrower person ON person.id = issue.borrower "
        "JOIN lending_borrower mate "
        "ON mate.household = person.household AND mate.id <> person.id",
    )
