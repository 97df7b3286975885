"""Reads of the call list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.phones import find_phone
from comptoir.core.principal import Principal
from comptoir.notifications.calls.schemas import (
    UNDO_TIME,
    CallCounts,
    CallEntry,
    CallFilter,
    CallPage,
    CallPlace,
    CallState,
    Outcome,
    OutcomeView,
)
from comptoir.notifications.calls.scripts import scripts_of
from comptoir.notifications.calls.times import next_call
from comptoir.notifications.reminders.moot import IS_MOOT
from comptoir.notifications.reminders.plans import ENDING, THANKS
from comptoir.notifications.reminders.reading import Sender, read_senders
from comptoir.sites.queries import need_in_sight, of_own_sites

#: A number that somebody said is not theirs is none.
_PHONE = "CASE WHEN borrower.phone = wish.wrong_number THEN '' ELSE borrower.phone END"
_REACHABLE = f"({_PHONE} <> '' OR borrower.counsellor <> '' OR borrower.email <> '')"
# What needs no telling any more is not shown, though the sweep has yet to drop it.
_STANDING = f"""
FROM notifications_message message
JOIN lending_borrower borrower ON borrower.id = message.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower
WHERE message.channel = 'call' AND message.status = 'queued' AND NOT {IS_MOOT}
"""
_WAITING = f"""
SELECT message.site, message.borrower, MIN(message.next_attempt_at) AS at,
       MAX(CASE WHEN {_REACHABLE} THEN 1 ELSE 0 END) AS reachable
{_STANDING} AND {{conditions}}
GROUP BY message.site, message.borrower
"""
_WHEN = {
    CallState.NOW: "waiting.reachable = 1 AND waiting.at <= :now",
    CallState.LATER: "waiting.reachable = 1 AND waiting.at > :now",
    CallState.UNREACHABLE: "waiting.reachable = 0",
}
_COUNTS = ", ".join(
    f"COALESCE(SUM(CASE WHEN {when} THEN 1 ELSE 0 END), 0) AS {state.value}"
    for state, when in _WHEN.items()
)
_ENTRIES = f"""
SELECT waiting.site, waiting.borrower, waiting.at AS "at [TIMESTAMPTZ]", borrower.name,
       borrower.language, {_PHONE} AS phone, borrower.email, borrower.counsellor, wish.barest,
       site.country, last.outcome AS last, last.at AS last_at
FROM ({{waiting}}) AS waiting
JOIN sites_site site ON site.id = waiting.site
JOIN lending_borrower borrower ON borrower.id = waiting.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = waiting.borrower
LEFT JOIN notifications_call_outcome last ON last.id = (
    SELECT latest.id FROM notifications_call_outcome latest
    WHERE latest.borrower = waiting.borrower AND latest.site = waiting.site
      AND latest.undone_at IS NULL
    ORDER BY latest.at DESC, latest.id DESC LIMIT 1)
WHERE {{when}} AND {{after}}
ORDER BY waiting.at, waiting.borrower, waiting.site
LIMIT :limit
"""
_LINES = f"""
SELECT message.id, message.site, message.borrower, message.kind, message.language, message.text
{_STANDING} AND message.borrower IN :people AND message.site IN :sites
ORDER BY message.id
"""
_LOANS = """
SELECT about.message, about.loan, loan.due_at, loan.return_site, site.short_name AS place,
       category.names,
       (SELECT CASE WHEN move.undone_at IS NULL THEN move.due_before ELSE move.due_after END
        FROM lending_due_date_move move
        WHERE move.loan = loan.id AND loan.due_at =
              CASE WHEN move.undone_at IS NULL THEN move.due_after ELSE move.due_before END
        ORDER BY move.id DESC LIMIT 1) AS "was_due [TIMESTAMPTZ]"
FROM notifications_loan_message about
JOIN lending_loan loan ON loan.id = about.loan
JOIN inventory_category category ON category.id = loan.category
JOIN sites_site site ON site.id = loan.return_site
WHERE about.message IN :lines AND loan.due_at = about.due_at AND loan.returned_at IS NULL
ORDER BY loan.due_at, loan.id
"""
_VOUCHERS = """
SELECT about.message, about.issue, about.last_day, CAST(kind.names AS TEXT) AS names
FROM notifications_voucher_message about
JOIN lending_voucher_issue issue ON issue.id = about.issue
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE about.message IN :lines ORDER BY about.issue
"""
_DONE = """
SELECT done.id, done.borrower AS borrower_id, borrower.name AS borrower, done.outcome
FROM notifications_call_outcome done
JOIN lending_borrower borrower ON borrower.id = done.borrower
WHERE done.at > :since AND done.undone_at IS NULL AND {seen}
ORDER BY done.at DESC, done.id DESC LIMIT 10
"""


async def list_calls(
    actor: Principal, wanted: CallFilter, *, language: str, now: datetime
) -> CallPage:
    """One page of whom to call for the actor's sites, the longest wait first.

    What to say is in ``language`` for the reader, and in the person's own.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, wanted.site_id)
    waiting, values = _waiting(actor, wanted.site_id, wanted.borrower_id)
    after = "1 = 1"
    if wanted.after is not None:
        after = (
            "(waiting.at, waiting.borrower, waiting.site) > (:after_at, :after_who, :after_site)"
        )
        values |= {
            "after_at": wanted.after.at,
            "after_who": wanted.after.borrower_id,
            "after_site": wanted.after.site_id,
        }
    when = _WHEN[wanted.state] if wanted.state else "1 = 1"
    sql = _ENTRIES.format(waiting=waiting, when=when, after=after)
    rows = await db.fetch(sql, limit=wanted.limit + 1, now=now, thanks=THANKS, **values)
    shown = rows[: wanted.limit]
    entries = await _entries(shown, language=language, now=now) if shown else ()
    last = shown[-1] if len(rows) > wanted.limit else None
    place = CallPlace(last["at"], last["borrower"], last["site"]) if last else None
    return CallPage(entries, place)


async def count_calls(
    actor: Principal, *, site_id: UUID | None = None, now: datetime
) -> CallCounts:
    """How many people are to be called for a site, or for all of the actor's."""
    waiting, values = _waiting(actor, site_id)
    [row] = await db.fetch(
        f"SELECT {_COUNTS} FROM ({waiting}) AS waiting", now=now, thanks=THANKS, **values
    )
    return CallCounts(**row)


async def count_by_site(site_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, int]:
    """How many people are to be called now for each of these sites; none where there is nobody."""
    waiting = _WAITING.format(conditions="message.site IN :sites")
    rows = await db.fetch(
        f"SELECT waiting.site, COUNT(*) AS number FROM ({waiting}) AS waiting "
        f"WHERE {_WHEN[CallState.NOW]} GROUP BY waiting.site",
        sites=site_ids,
        now=now,
        thanks=THANKS,
    )
    return {row["site"]: row["number"] for row in rows}


async def just_done(actor: Principal, *, now: datetime) -> list[OutcomeView]:
    """What was written down at the actor's sites and can still be taken back."""
    seen, values = of_own_sites(actor, "done.site")
    rows = await db.fetch(_DONE.format(seen=seen), since=now - UNDO_TIME, **values)
    return [OutcomeView(**row | {"outcome": Outcome(row["outcome"])}) for row in rows]


def _waiting(
    actor: Principal, site_id: UUID | None, borrower_id: UUID | None = None
) -> tuple[str, dict[str, Any]]:
    own, values = of_own_sites(actor, "message.site")
    conditions = [own]
    if site_id is not None:
        conditions.append("message.site = :site_id")
        values["site_id"] = site_id
    if borrower_id is not None:
        conditions.append("message.borrower = :borrower_id")
        values["borrower_id"] = borrower_id
    return _WAITING.format(conditions=" AND ".join(conditions)), values


async def _entries(rows: list[db.Row], *, language: str, now: datetime) -> tuple[CallEntry, ...]:
    people, sites = {row["borrower"] for row in rows}, {row["site"] for row in rows}
    lines = await db.fetch(_LINES, people=[*people], sites=[*sites], now=now, thanks=THANKS)
    about: defaultdict[UUID, list[db.Row]] = defaultdict(list)
    for each in await db.fetch(_LOANS, lines=[line["id"] for line in lines]):
        about[each["message"]].append(each)
    if endings := [line["id"] for line in lines if line["kind"] == ENDING]:
        for each in await db.fetch(_VOUCHERS, lines=endings):
            about[each["message"]].append(each)
    senders = await read_senders("", sites=sites)  # nobody says a link
    return tuple(
        _entry(
            row,
            [line for line in lines if (line["site"], line["borrower"]) == _key(row)],
            about,
            senders[row["site"]],
            language=language,
            now=now,
        )
        for row in rows
    )


def _entry(
    row: db.Row,
    lines: list[db.Row],
    about: dict[UUID, list[db.Row]],
    sender: Sender,
    *,
    language: str,
    now: datetime,
) -> CallEntry:
    scripts = scripts_of(
        lines, about, sender, language=language, barest=bool(row["barest"]), now=now
    )
    again = next_call(sender.habits.hours, sender.calendar, now=now)
    proposed = again.astimezone(sender.calendar.zone)
    return CallEntry(
        site_id=row["site"],
        place=sender.name,
        time_zone=sender.calendar.zone.key,
        borrower_id=row["borrower"],
        borrower=row["name"],
        language=row["language"],
        phone=row["phone"],
        email=row["email"],
        counsellor=row["counsellor"],
        counsellor_phone=find_phone(row["counsellor"], row["country"]),
        at=row["at"],
        scripts=scripts,
        last=Outcome(row["last"]) if row["last"] else None,
        last_at=row["last_at"],
        proposed=proposed.strftime("%Y-%m-%dT%H:%M"),
    )


def _key(row: db.Row) -> tuple[UUID, UUID]:
    return row["site"], row["borrower"]
