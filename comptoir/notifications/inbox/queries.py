"""Reads of what people wrote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.notifications.inbox.schemas import (
    ConversationRow,
    InboxFilter,
    InboxPage,
    Said,
    WaitingPlace,
)
from comptoir.sites.queries import need_in_sight, of_own_sites

#: The list of calls shows so many who wrote that they want one; the others are in the inbox.
ASKING_SHOWN = 50
#: Of a conversation so much is shown; older texts are in the list of messages.
SAID_SHOWN = 50

# A number may have had another owner: only what is of this one is theirs.
_LAST = """
(SELECT reply.text FROM notifications_reply reply
 WHERE reply.sender = talk.number
   AND (reply.borrower = talk.borrower OR (reply.borrower IS NULL AND talk.borrower IS NULL))
 ORDER BY reply.received_at DESC, reply.id DESC LIMIT 1)
"""
_LISTING = f"""
SELECT talk.id, talk.site AS site_id, site.short_name AS place, site.time_zone, talk.number,
       talk.borrower AS borrower_id, borrower.name AS borrower, wish.stopped_at,
       talk.call_wanted, talk.waiting_since, talk.version, {_LAST} AS text,
       (talk.borrower IS NULL AND EXISTS (
           SELECT 1 FROM lending_borrower other WHERE other.phone = talk.number)
       ) AS "shared [BOOLEAN]"
FROM notifications_conversation talk
LEFT JOIN sites_site site ON site.id = talk.site
LEFT JOIN lending_borrower borrower ON borrower.id = talk.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = talk.borrower
"""
_THEIRS = """
SELECT reply.id, reply.received_at AS at, reply.text FROM notifications_reply reply
WHERE {whose} ORDER BY reply.received_at DESC, reply.id DESC LIMIT :limit
"""
_OURS = """
SELECT message.id, message.created_at AS at, message.text, message.status
FROM notifications_message message
WHERE {whose} AND message.channel = 'sms' AND message.status <> 'dropped' AND {seen}
ORDER BY message.created_at DESC, message.id DESC LIMIT :limit
"""


async def list_waiting(actor: Principal, wanted: InboxFilter) -> InboxPage:
    """One page of what waits at the actor's sites, the longest first.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, wanted.site_id)
    conditions, values = _waiting(actor, wanted.site_id)
    if wanted.after is not None:
        conditions.append("(talk.waiting_since, talk.id) > (:after_at, :after_id)")
        values |= {"after_at": wanted.after.at, "after_id": wanted.after.id}
    rows = await db.fetch(
        f"{_LISTING} WHERE {' AND '.join(conditions)} "
        "ORDER BY talk.waiting_since, talk.id LIMIT :limit",
        limit=wanted.limit + 1,
        **values,
    )
    shown = tuple(_row(row) for row in rows[: wanted.limit])
    following = None
    if len(rows) > wanted.limit and shown[-1].waiting_since is not None:
        following = WaitingPlace(shown[-1].waiting_since, shown[-1].id)
    return InboxPage(shown, following)


async def list_asking(actor: Principal, *, site_id: UUID | None = None) -> list[ConversationRow]:
    """Those at the actor's sites who wrote that they want to be called, the longest first."""
    conditions, values = _waiting(actor, site_id)
    rows = await db.fetch(
        f"{_LISTING} WHERE {' AND '.join(conditions)} AND talk.call_wanted "
        "ORDER BY talk.waiting_since, talk.id LIMIT :limit",
        limit=ASKING_SHOWN,
        **values,
    )
    return [_row(row) for row in rows]


async def count_asking(actor: Principal, *, site_id: UUID | None = None) -> int:
    """How many these are."""
    conditions, values = _waiting(actor, site_id)
    [row] = await db.fetch(
        "SELECT COUNT(*) AS number FROM notifications_conversation talk "
        f"WHERE {' AND '.join(conditions)} AND talk.call_wanted",
        **values,
    )
    return int(row["number"])


async def count_waiting(actor: Principal) -> int:
    """How many people wait for somebody at the actor's sites."""
    conditions, values = _waiting(actor, None)
    row = await db.fetch_one(
        "SELECT COUNT(*) AS number FROM notifications_conversation talk "
        f"WHERE {' AND '.join(conditions)}",
        **values,
    )
    return row["number"] if row else 0


async def read_conversation(actor: Principal, conversation_id: UUID) -> ConversationRow | None:
    """One conversation; None where there is none, or the actor may not know of it."""
    row = await db.fetch_one(f"{_LISTING} WHERE talk.id = :id", id=conversation_id)
    return _row(row) if row and actor.sees_site(row["site_id"]) else None


async def read_thread(actor: Principal, talk: ConversationRow) -> list[Said]:
    """What was said last, both ways, the oldest first; ours of the actor's sites."""
    values: dict[str, Any] = {"limit": SAID_SHOWN}
    if talk.borrower_id is not None:
        theirs, ours = "reply.borrower = :borrower", "message.borrower = :borrower"
        values["borrower"] = talk.borrower_id
    else:
        theirs = "reply.sender = :number AND reply.borrower IS NULL"
        ours = "message.address = :number AND message.borrower IS NULL"
        values["number"] = talk.number
    seen, own = of_own_sites(actor, "message.site")
    theirs_sql = _THEIRS.format(whose=theirs)
    ours_sql = _OURS.format(whose=ours, seen=seen)
    said = [Said(**row, theirs=True) for row in await db.fetch(theirs_sql, **values)]
    said += [Said(**row, theirs=False) for row in await db.fetch(ours_sql, **values, **own)]
    return sorted(said, key=lambda each: (each.at, not each.theirs, each.id))[-SAID_SHOWN:]


def _waiting(actor: Principal, site_id: UUID | None) -> tuple[list[str], dict[str, Any]]:
    own, values = of_own_sites(actor, "talk.site")
    conditions = ["talk.waiting_since IS NOT NULL", own]
    if site_id is not None:
        conditions.append("talk.site = :site_id")
        values["site_id"] = site_id
    return conditions, values


def _row(row: db.Row) -> ConversationRow:
    stopped = row.pop("stopped_at") is not None
    return ConversationRow(
        **row
        | {
            "stopped": stopped,
            "shared": bool(row["shared"]),
            "call_wanted": bool(row["call_wanted"]),
            **{name: row[name] or "" for name in ("place", "borrower", "text")},
            "time_zone": row["time_zone"] or "Europe/Zurich",
        }
    )
