"""Messages that no longer make sense when their time has come: dropped, with a reason.

One does not if a loan that it speaks of came back, was renewed, or is due on another day by now,
if its item is lost, if it was to be read before a moment that is over, if a later level of the
loan was written about since, if a voucher that it speaks of came back, was replaced, begun or has
ended, if it has the code of one and the person's number is another by now, or if the person wants
no more messages: what is very late is a matter for a call all the same. A call about a moved due
date makes none once that was told. What it would have said of other loans or vouchers is not lost:
it counts as not said, and the next sweep writes anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import SYSTEM
from comptoir.lending.closures import told
from comptoir.lending.closures.told import TO_TELL
from comptoir.lending.events import ReturnSiteChosen
from comptoir.notifications import outbox
from comptoir.notifications.kinds import ANSWERS, Matter, kinds_about
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.plans import DATE_BACK, DATE_MOVED, OF_MOVES, THANKS, codes_of


def _quoted(kinds: Sequence[str]) -> str:
    """Codes of the registry as SQL lists them."""
    return ", ".join(f"'{kind}'" for kind in kinds)


def _listed(matter: Matter) -> str:
    return _quoted(kinds_about(matter))


#: A loan is still as the message was about to say.
_STANDS = """
(loan.due_at = about.due_at AND
 CASE WHEN about.level = :thanks THEN loan.returned_at IS NOT NULL AND loan.undone_at IS NULL
      ELSE loan.returned_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM inventory_item item
          WHERE item.id = loan.item AND item.status IN ('lost', 'stolen')) END)
"""
_TOLD = f"""
(message.channel = 'call' AND message.kind IN ({_listed(Matter.MOVE)}) AND NOT EXISTS (
    SELECT 1 FROM notifications_loan_message about
    JOIN lending_loan loan ON loan.id = about.loan
    JOIN lending_due_date_move move ON move.loan = loan.id
    WHERE about.message = message.id AND {TO_TELL}))
"""
_STOPPED = f"""
(wish.stopped_at IS NOT NULL AND message.kind NOT IN ({_quoted(ANSWERS)})
 AND NOT (message.channel = 'call'
          AND (message.kind IN ({_listed(Matter.OVERDUE)})
               OR COALESCE(wish.wrong_number, '') <> '')))
"""
#: A later level of one of its loans was written about since: the older text would come after it.
#: A line to call stays, for nobody has told the person yet.
_LATER_WENT = """
(message.channel IN ('sms', 'email') AND EXISTS (
    SELECT 1 FROM notifications_loan_message about
    JOIN notifications_loan_message later
      ON later.loan = about.loan AND later.due_at = about.due_at AND later.level LIKE '%:%'
    JOIN notifications_message newer ON newer.id = later.message
    WHERE about.message = message.id AND about.level LIKE '%:%' AND newer.id > message.id
      AND newer.channel IN ('sms', 'email') AND newer.again_of IS NULL
      AND newer.status NOT IN ('dropped', 'failed')))
"""
#: A code is money: it goes to the number that somebody looked at, or nowhere.
# The number of this one person is read: of "is there one" PostgreSQL makes a table of everybody.
_NUMBER_IS_ANOTHER = f"""
(message.kind IN ({_listed(Matter.VOUCHER)}) AND message.address <> (
    SELECT person.phone FROM lending_borrower person WHERE person.id = message.borrower))
"""
#: A voucher is still as the message was about to say.
_VOUCHER_STANDS = """
(issue.ended_at IS NULL AND about.ends_at > :now AND
 COALESCE(CASE WHEN about.level = 'unbegun'
               THEN voucher.status = 'issued' AND voucher.activate_by = about.last_day
               ELSE voucher.status = 'activated' AND voucher.expires_at = about.ends_at END,
          FALSE))
"""
_VOUCHER_OVER = f"""
EXISTS (SELECT 1 FROM notifications_voucher_message about
        JOIN lending_voucher_issue issue ON issue.id = about.issue
        JOIN inventory_voucher voucher ON voucher.id = issue.voucher
        WHERE about.message = message.id AND NOT {_VOUCHER_STANDS})
"""
# A reminder is written anew for what is left of it, and so is what is said of vouchers; a message
# of an occasion is not, so it goes as long as it is true of something.
#: For a ``message`` with the ``wish`` of its borrower. It takes ``:thanks`` and ``:now``.
IS_MOOT = f"""
(   {_STOPPED}
    OR EXISTS (
        SELECT 1 FROM notifications_loan_message about
        JOIN lending_loan loan ON loan.id = about.loan
        WHERE about.message = message.id AND about.level LIKE '%:%' AND (
            NOT {_STANDS} OR (message.kind IN ({_listed(Matter.DUE)}) AND about.due_at <= :now)))
    OR {_TOLD}
    OR {_LATER_WENT}
    OR {_NUMBER_IS_ANOTHER}
    OR {_VOUCHER_OVER}
    OR (EXISTS (
            SELECT 1 FROM notifications_loan_message about
            WHERE about.message = message.id AND about.level NOT LIKE '%:%')
        AND NOT EXISTS (
            SELECT 1 FROM notifications_loan_message about
            JOIN lending_loan loan ON loan.id = about.loan
            WHERE about.message = message.id AND {_STANDS})))
"""
_MOOT = f"""
SELECT message.id,
       CASE WHEN NOT {_STOPPED} THEN 'overtaken'
            WHEN COALESCE(wish.wrong_number, '') <> '' THEN 'number-not-theirs'
            ELSE 'opted-out' END AS reason
FROM notifications_message message
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower
WHERE {IS_MOOT} AND
"""
# Whoever is told by a message is told at the moment at which that is written.
_TOLD_BY = """
SELECT message.created_at, about.loan FROM notifications_message message
JOIN notifications_loan_message about ON about.message = message.id
WHERE message.id IN :ids AND message.kind IN :kinds
ORDER BY about.loan
"""
_WAITING = f"""
SELECT message.id FROM notifications_message message
WHERE message.status = 'queued' AND message.id IN (
    SELECT about.message FROM notifications_loan_message about WHERE about.loan = :loan)
{db.for_update("message")}
"""
_FREE_ALL = "DELETE FROM notifications_loan_message WHERE message IN :ids"
# A moved date too: it may be to be told once more, as a call that was off may be on again.
_MAY_COME_AGAIN = " OR ".join(f"level LIKE '{code}'" for code in codes_of(OF_MOVES))
_FREE_VOUCHERS = "DELETE FROM notifications_voucher_message WHERE message IN :ids"
_FREE = f"""
DELETE FROM notifications_loan_message WHERE message IN :ids AND ({_MAY_COME_AGAIN})
"""


async def drop_moot(ids: Sequence[UUID], *, now: datetime) -> set[UUID]:
    """Drop those of some queued messages that make no sense any more; which these were.

    It belongs into the transaction that claims them.
    """
    if not ids:
        return set()
    rows = await db.fetch(f"{_MOOT} message.id IN :ids", ids=[*ids], thanks=THANKS, now=now)
    return await _drop(rows, now=now)


async def drop_moot_by_hand(*, now: datetime) -> None:
    """Drop what waits for a person and makes no sense any more: calls, and letters to print."""
    async with db.transaction():
        queued = "message.status = 'queued' AND message.channel IN ('call', 'letter')"
        await _drop(await db.fetch(f"{_MOOT} {queued}", thanks=THANKS, now=now), now=now)


async def follow_return_site(event: ReturnSiteChosen) -> None:
    """Nothing goes any more that names the old site; the next sweep writes for the new one."""
    rows = await db.fetch(_WAITING, loan=event.loan_id)
    dropped = await _drop([row | {"reason": Reason.OVERTAKEN} for row in rows], now=event.at)
    if dropped:  # also what is said once, after lending
        await db.execute(_FREE_ALL, ids=[*dropped])


async def take_telling_back(ids: Sequence[UUID], *, now: datetime) -> None:
    """Of these messages, those about moved due dates told nobody: they are to be told again."""
    written: defaultdict[datetime, list[UUID]] = defaultdict(list)
    for row in await db.fetch(_TOLD_BY, ids=[*ids], kinds=[DATE_MOVED, DATE_BACK]):
        written[row["created_at"]].append(row["loan"])
    for at, loans in written.items():
        await told.was_not_heard(SYSTEM, loans, at, now=now)


async def _drop(rows: Sequence[db.Row], *, now: datetime) -> set[UUID]:
    by_reason: defaultdict[Reason, list[UUID]] = defaultdict(list)
    for row in rows:
        by_reason[Reason(row["reason"])].append(row["id"])
    for reason, ids in by_reason.items():
        await outbox.drop(ids, reason, now=now)
    if rows:
        await take_telling_back([row["id"] for row in rows], now=now)
    if overtaken := by_reason[Reason.OVERTAKEN]:
        await db.execute(_FREE, ids=overtaken)
        await db.execute(_FREE_VOUCHERS, ids=overtaken)
    return {row["id"] for row in rows}
