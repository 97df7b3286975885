from comptoir.core.migrations import raw

ID = "2026-11-26T07:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "of one kind, one voucher is set aside for a person"


async def forwards():
    return raw(
        ID,
        "lending",
        DESCRIPTION,
        # What is set aside for nobody is free at the next turn of the job that lapses it.
        "DELETE FROM lending_voucher_reservation WHERE NOT EXISTS ("
        "SELECT 1 FROM inventory_voucher voucher "
        "WHERE voucher.id = lending_voucher_reservation.voucher AND voucher.status = 'reserved')",
        "UPDATE lending_voucher_reservation SET kind = (SELECT voucher.kind "
        "FROM inventory_voucher voucher WHERE voucher.id = lending_voucher_reservation.voucher)",
        "DELETE FROM lending_voucher_reservation WHERE EXISTS ("
        "SELECT 1 FROM lending_voucher_reservation earlier "
        "WHERE earlier.borrower = lending_voucher_reservation.borrower "
        "AND earlier.kind = lending_voucher_reservation.kind "
        "AND earlier.id < lending_voucher_reservation.id)",
        "CREATE UNIQUE INDEX lending_voucher_reservation_once "
        "ON lending_voucher_reservation (borrower, kind)",
    )
