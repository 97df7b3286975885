"""What the sweep reads of vouchers that end soon: who has one, then page by page of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.validity import end_of_day, last_day
from comptoir.notifications.endings.rules import End, HeldVoucher
from comptoir.notifications.reminders.plans import Plans
from comptoir.notifications.reminders.reading import (
    NO_TEXT,
    RECIPIENT_COLUMNS,
    Recipient,
    last_texts,
    recipient_of,
)
from comptoir.sites.opening_hours import ONE_DAY

# Of ends soon, an index of the vouchers in use and one of those to begin know; few are told anew.
_SOON = """
SELECT issue.borrower, issue.id
FROM inventory_voucher voucher
JOIN lending_voucher_issue issue ON issue.voucher = voucher.id AND issue.ended_at IS NULL
WHERE {ends} AND {at} >= :since AND {at} < :until AND issue.borrower IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM notifications_voucher_message told
    WHERE told.issue = issue.id AND told.level = :end)
"""
_USED = _SOON.format(ends="voucher.status = 'activated'", at="voucher.expires_at")
_UNBEGUN = _SOON.format(ends="voucher.status = 'issued'", at="voucher.activate_by")
_HELD = f"""
SELECT issue.id AS issue, issue.borrower, issue.site, issue.issued_at,
       voucher.id AS voucher, voucher.version, voucher.status, voucher.activate_by,
       voucher.activated_at, voucher.expires_at, CAST(kind.names AS TEXT) AS names, kind.time_zone,
       {RECIPIENT_COLUMNS}
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
JOIN lending_borrower borrower ON borrower.id = issue.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = issue.borrower
WHERE issue.id IN :issues AND issue.ended_at IS NULL AND voucher.status IN ('issued', 'activated')
ORDER BY issue.id
"""


class Given(msgspec.Struct, frozen=True):
    """A voucher as a message speaks of it: what it is, in its person's language.

    ``version`` is that of the voucher's row when it was read.
    """

    voucher_id: UUID
    version: int
    name: str
    held: HeldVoucher


class Holder(msgspec.Struct, frozen=True):
    """Somebody, what they were given that ends soon, and when they got their last text."""

    recipient: Recipient
    given: dict[UUID, Given]
    last_text: datetime | None


async def who_has(plans: Plans, *, now: datetime) -> list[tuple[UUID, list[UUID]]]:
    """Whose vouchers may end soon without their having been told, and by which issues.

    Ids alone, of all of them: so no page looks through the others again.
    """
    if not (most := plans.most_voucher_days()):
        return []
    until = now + timedelta(days=most + 2)
    used = await db.fetch(_USED, end=End.USED.value, since=now, until=until)
    # Whose day it is depends on the operator's clock: the rules look closer.
    unbegun = await db.fetch(
        _UNBEGUN, end=End.UNBEGUN.value, since=now.date() - ONE_DAY, until=until.date()
    )
    by_person: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in (*used, *unbegun):
        by_person[row["borrower"]].append(row["id"])
    return sorted(by_person.items())


async def read_holders(who: Sequence[tuple[UUID, list[UUID]]], plans: Plans) -> list[Holder]:
    """These people with their vouchers, as they are by now."""
    issues = [issue for _person, some in who for issue in some]
    by_person: defaultdict[UUID, list[db.Row]] = defaultdict(list)
    for row in await db.fetch(_HELD, issues=issues):
        by_person[row["borrower"]].append(row)
    last = await last_texts([*by_person]) if by_person else {}
    return [
        Holder(
            recipient_of(some[0]),
            {each.held.issue_id: each for each in _given(some, plans)},
            last.get(person, NO_TEXT).any,
        )
        for person, some in by_person.items()
    ]


def _given(rows: Sequence[db.Row], plans: Plans) -> Iterator[Given]:
    for row in rows:
        if (held := _held(row, plans)) is not None:
            name = read_name(row["names"], row["language"])
            yield Given(row["voucher"], row["version"], name, held)


def _held(row: db.Row, plans: Plans) -> HeldVoucher | None:
    """A row of ``_HELD`` as the rules see it; None where it does not end by itself."""
    zone = row["time_zone"]
    if row["status"] == VoucherStatus.ISSUED:
        end, since, day = End.UNBEGUN, row["issued_at"], row["activate_by"]
        ends_at = end_of_day(day, zone) if day else None
    else:
        end, since, ends_at = End.USED, row["activated_at"], row["expires_at"]
        last = last_day(ends_at, zone)
        day = last.date() if last else None
    if day is None or ends_at is None:
        return None
    return HeldVoucher(
        issue_id=row["issue"],
        site_id=row["site"],
        end=end,
        last_day=day,
        ends_at=ends_at,
        since=since,
        days=plans.voucher_days(row["site"]),
    )
