"""The open loan of an item ends where the inventory's pages say so; see ``rules.loan_ending``."""

from __future__ import annotations

from comptoir.core import audit, db, events
from comptoir.inventory.events import ItemStatusChanged
from comptoir.lending.events import LoanClosed
from comptoir.lending.rules import LoanEnding, loan_ending

_OPEN_LOAN = """
SELECT loan.id, loan.borrower, item.code
FROM lending_loan loan JOIN inventory_item item ON item.id = loan.item
WHERE loan.item = :item_id AND loan.returned_at IS NULL
"""
_CLOSE = """
UPDATE lending_loan
SET returned_at = :now, returned_site = :site_id, version = version + 1
WHERE id = :loan_id
"""
_WRITE_OFF = """
UPDATE lending_loan
SET returned_at = :now, written_off_at = :now, version = version + 1
WHERE id = :loan_id
"""
_ACTIONS = {LoanEnding.RETURNED: "loan.closed", LoanEnding.WRITTEN_OFF: "loan.written_off"}


async def end_loan(event: ItemStatusChanged) -> None:
    """Close the loan of a lost item that was found, or that is retired.

    Inside the transaction of the inventory, which holds the item's lock. The
    loan may be of a site that the actor does not know: the item is the fact.
    """
    ending = loan_ending(event.after)
    if ending is None:
        return
    loan = await db.fetch_one(_OPEN_LOAN, item_id=event.item_id)
    if loan is None:
        return
    values = {"loan_id": loan["id"], "now": event.at}
    if ending is LoanEnding.RETURNED:
        await db.execute(_CLOSE, **values, site_id=event.present_site)
    else:
        await db.execute(_WRITE_OFF, **values)
    await audit.record(
        event.actor,
        _ACTIONS[ending],
        "loan",
        loan["id"],
        now=event.at,
        related=(event.item_id, loan["borrower"]),
        site_id=event.present_site,
        changes={"status": [event.before, event.after], "item": loan["code"]},
    )
    await events.publish(LoanClosed(loan_id=loan["id"], at=event.at))


def register() -> None:
    """Listen to the inventory."""
    events.subscribe(ItemStatusChanged, end_loan)
