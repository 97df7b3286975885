"""Reads of what went out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.notifications import limits
from comptoir.notifications.kinds import TO_STAFF
from comptoir.notifications.messages.schemas import (
    STATUSES,
    MessageFilter,
    MessagePage,
    MessageRow,
    MessageState,
    SendingView,
)
from comptoir.notifications.reminders.moot import IS_MOOT
from comptoir.notifications.reminders.plans import THANKS
from comptoir.notifications.statuses import Status
from comptoir.sites.queries import need_in_sight, of_own_sites

#: What costs are kept in.
PART_OF_UNIT = 10_000

_AGAIN = """
EXISTS (SELECT 1 FROM notifications_message again WHERE again.again_of = message.id)
"""
#: Of messages that ended badly, what waits for somebody to decide: what still makes sense.
#: With ``WISH`` joined; it takes ``:thanks`` and ``:now``.
COUNTED_TO_DECIDE = f"message.text <> '' AND NOT {_AGAIN} AND NOT {IS_MOOT}"
WISH = "LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower"
_LISTING = f"""
SELECT message.id, message.site AS site_id, site.short_name AS place, site.time_zone,
       message.borrower AS borrower_id, borrower.name AS borrower, message.kind, message.channel,
       message.address, message.language, message.text, message.status, message.reason,
       message.attempts, message.gateway, message.parts, message.cost, message.currency,
       message.not_before, message.next_attempt_at, message.sent_at, message.created_at,
       message.again_of, {_AGAIN} AS "again [BOOLEAN]",
       {IS_MOOT} AS "moot [BOOLEAN]"
FROM notifications_message message
JOIN sites_site site ON site.id = message.site
LEFT JOIN lending_borrower borrower ON borrower.id = message.borrower
{WISH}
"""


async def list_messages(actor: Principal, wanted: MessageFilter, *, now: datetime) -> MessagePage:
    """One page, the latest first, of messages of the actor's sites.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, wanted.site_id)
    conditions, values = _conditions(actor, wanted)
    if wanted.after is not None:
        conditions.append("message.id < :after")
        values["after"] = wanted.after
    rows = await db.fetch(
        f"{_LISTING} WHERE {' AND '.join(conditions)} ORDER BY message.id DESC LIMIT :limit",
        limit=wanted.limit + 1,
        thanks=THANKS,
        now=now,
        **values,
    )
    shown = tuple(_row(row) for row in rows[: wanted.limit])
    return MessagePage(shown, shown[-1].id if len(rows) > wanted.limit else None)


async def count_to_decide(actor: Principal, site_id: UUID | None, *, now: datetime) -> int:
    """How many messages of a site, or of all of the actor's, wait for somebody to decide."""
    conditions, values = _conditions(actor, MessageFilter(site_id=site_id))
    row = await db.fetch_one(
        f"SELECT COUNT(*) AS number FROM notifications_message message {WISH} "
        f"WHERE {' AND '.join(conditions)}",
        thanks=THANKS,
        now=now,
        **values,
    )
    return row["number"] if row else 0


async def read_message(actor: Principal, message_id: UUID, *, now: datetime) -> MessageRow | None:
    """One message; None where there is none, or it is of a site the actor may not know of."""
    row = await db.fetch_one(
        f"{_LISTING} WHERE message.id = :id", id=message_id, thanks=THANKS, now=now
    )
    if row is None or not actor.sees_site(row["site_id"]):
        return None
    return None if row["kind"] in TO_STAFF and not actor.all_sites else _row(row)


async def read_sending(*, now: datetime) -> SendingView:
    """Whether messages are sent, and what they cost this month."""
    state = await limits.read_sending()
    spent = await limits.spent(now=now)
    return SendingView(
        stopped_at=state.paused_at,
        budget=None if state.budget is None else state.budget // PART_OF_UNIT,
        currency=state.currency,
        spent=Decimal(spent) / PART_OF_UNIT,
        version=state.version,
    )


def _conditions(actor: Principal, wanted: MessageFilter) -> tuple[list[str], dict[str, Any]]:
    own, values = of_own_sites(actor, "message.site")
    conditions = [own]
    if wanted.state is not MessageState.ALL:
        conditions.append("message.status IN :statuses")
        values["statuses"] = [status.value for status in STATUSES[wanted.state]]
    if wanted.state is MessageState.TO_DECIDE:
        conditions.append(COUNTED_TO_DECIDE)
    if not actor.all_sites:
        # A coordinator's week tells of all their sites, and their address is their own affair.
        conditions.append("message.kind NOT IN :to_staff")
        values["to_staff"] = [*TO_STAFF]
    for column, name, value in (
        ("message.site", "site_id", wanted.site_id),
        ("message.borrower", "borrower_id", wanted.borrower_id),
        ("message.kind", "kind", wanted.kind),
        ("message.channel", "channel", wanted.channel),
    ):
        if value is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = value
    return conditions, values


def _row(row: db.Row) -> MessageRow:
    return MessageRow(
        **row
        | {
            "borrower": row["borrower"] or "",
            "status": Status(row["status"]),
            "cost": Decimal(row["cost"]) / PART_OF_UNIT,
            "again": bool(row["again"]),
            "moot": bool(row["moot"]),
        }
    )
