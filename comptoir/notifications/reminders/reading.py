"""What the sweep reads: in pages of people, each with a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import LANGUAGES
from comptoir.inventory.names import read_name
from comptoir.notifications.links.tokens import STAND_IN
from comptoir.notifications.own_wordings.reading import Wordings, read_wordings
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.reminders.plans import (
    ONE_A_DAY,
    REMINDER_KINDS,
    Habits,
    Plan,
    Plans,
    level_of,
)
from comptoir.notifications.rules import OpenLoan, ReminderRule, Sent
from comptoir.sites import calendars
from comptoir.sites.calendar import SiteCalendar

_PLANS = """
SELECT plan.site, plan.policy, plan.active, plan.welcome, plan.thanks, plan.voucher_days,
       plan.rules
FROM notifications_reminder_plan plan
"""
_SITES = f"""
SELECT site.id, site.short_name, COALESCE(NULLIF(site.phone, ''), organisation.phone) AS phone,
       COALESCE(NULLIF(site.email, ''), organisation.email) AS email,
       sending.opens, sending.closes, sending.quiet_days, sending.takes_answers,
       sending.has_links, {calendars.COLUMNS}
FROM sites_site site
JOIN sites_organisation organisation ON organisation.id = site.organisation
LEFT JOIN notifications_site_sending sending ON sending.site = site.id
"""
_PEOPLE = """
SELECT DISTINCT loan.borrower FROM lending_loan loan
WHERE loan.returned_at IS NULL AND loan.due_at < :horizon AND loan.borrower > :after
ORDER BY loan.borrower
LIMIT :limit
"""
#: What is asked of a ``borrower`` with their ``wish``, beside their id as ``borrower``.
RECIPIENT_COLUMNS = """
    borrower.language, borrower.contact_kind, borrower.phone, borrower.email,
    CASE WHEN borrower.address <> COALESCE(wish.wrong_address, '') AND borrower.address <> ''
         THEN 1 ELSE 0 END AS has_address,
    wish.stopped_at, wish.barest
"""
#: What is told of a loan and its borrower, wherever the loans come from. Nobody is asked for
#: what is lost or stolen: they cannot bring it back, and have said so.
LOAN_COLUMNS = f"""
    loan.id, loan.borrower, loan.item, loan.policy, loan.return_site, loan.due_at,
    loan.renewals, policy.renewals AS most_renewals, category.names,
    place.short_name AS return_place, {RECIPIENT_COLUMNS}
"""
LOAN_TABLES = """
    JOIN inventory_item item ON item.id = loan.item AND item.status NOT IN ('lost', 'stolen')
    JOIN inventory_category category ON category.id = loan.category
    JOIN sites_site place ON place.id = loan.return_site
    JOIN lending_borrower borrower ON borrower.id = loan.borrower
    LEFT JOIN lending_policy policy ON policy.id = loan.policy
    LEFT JOIN notifications_borrower_wish wish ON wish.borrower = loan.borrower
"""
# When a loan got its present due date: the record of what happened knows.
_LOANS = f"""
SELECT {LOAN_COLUMNS}, loan.checked_out_at,
       CASE WHEN loan.version = 1 THEN NULL ELSE
           (SELECT MAX(event.at) FROM core_audit_event event
            WHERE event.subject_id = loan.id AND event.action IN :changing)
       END AS "changed_at [TIMESTAMPTZ]"
FROM lending_loan loan
{LOAN_TABLES}
WHERE loan.borrower IN :people AND loan.returned_at IS NULL AND loan.due_at < :horizon
ORDER BY loan.borrower, loan.due_at, loan.id
"""
_CHANGING = [
    "loan.renewed",
    "loan.renewal_undone",
    "loan.due_date_moved",
    "loan.due_date_restored",
]
_REACHED = """
SELECT reached.loan, reached.level, reached.at
FROM lending_loan loan
JOIN notifications_loan_message reached ON reached.loan = loan.id AND reached.due_at = loan.due_at
WHERE loan.borrower IN :people AND loan.returned_at IS NULL AND loan.due_at < :horizon
"""
_LAST = """
SELECT message.borrower, MAX(message.created_at) AS "any [TIMESTAMPTZ]",
       MAX(CASE WHEN message.kind IN :reminders THEN message.created_at END)
           AS "reminder [TIMESTAMPTZ]"
FROM notifications_message message
WHERE message.borrower IN :people AND message.kind IN :kinds AND message.status <> 'dropped'
GROUP BY message.borrower
"""


class Sender(msgspec.Struct, frozen=True):
    """A site as its messages speak of it, and in which words.

    ``link`` is what its texts hold until they are handed over; empty: they hold none.
    """

    id: UUID
    name: str
    phone: str
    email: str
    calendar: SiteCalendar
    habits: Habits
    wordings: Wordings
    link: str


class Recipient(msgspec.Struct, frozen=True):
    """Whom a message is for. ``language`` is one that there are wordings in."""

    id: UUID
    language: str
    contact_kind: str
    phone: str
    email: str
    has_address: bool
    stopped: bool
    barest: bool


class Lent(msgspec.Struct, frozen=True):
    """A loan as a message speaks of it. ``place`` is the name of its site."""

    id: UUID
    item_id: UUID
    site_id: UUID
    place: str
    due_at: datetime
    name: str
    is_renewable: bool


class LastTexts(msgspec.Struct, frozen=True):
    """When somebody was last told something unasked, and when it was a reminder; None: never."""

    any: datetime | None = None
    reminder: datetime | None = None


NO_TEXT = LastTexts()


class Person(msgspec.Struct, frozen=True):
    """Somebody, what they have on loan, and when they were last written to."""

    recipient: Recipient
    loans: tuple[OpenLoan, ...]
    lent: dict[UUID, Lent]
    last: LastTexts


async def read_plans() -> Plans:
    """All plans."""
    return Plans(
        {
            (row["site"], row["policy"]): Plan(
                read_rules(row["rules"]),
                row["active"],
                row["welcome"],
                row["thanks"],
                row["voucher_days"],
            )
            for row in await db.fetch(_PLANS)
        }
    )


def read_rules(text: str) -> tuple[ReminderRule, ...]:
    """The rules of a row."""
    return msgspec.json.decode(text, type=tuple[ReminderRule, ...])


async def read_senders(
    base_url: str, *, sites: Collection[UUID] | None = None
) -> dict[UUID, Sender]:
    """These sites; None: all. ``base_url`` is where links lead."""
    wordings = await read_wordings()
    if sites is None:
        rows = await db.fetch(_SITES)
    else:
        rows = await db.fetch(f"{_SITES} WHERE site.id IN :sites", sites=[*sites])
    return {row["id"]: _sender(row, wordings, base_url) for row in rows}


async def read_sender(site_id: UUID, base_url: str) -> Sender | None:
    """One site; None where there is none. ``base_url`` is where links lead."""
    return (await read_senders(base_url, sites=[site_id])).get(site_id)


def _sender(row: db.Row, wordings: Wordings, base_url: str) -> Sender:
    habits = habits_of(row)
    return Sender(
        row["id"],
        row["short_name"],
        row["phone"],
        row["email"],
        calendars.calendar_of(row),
        habits,
        wordings,
        base_url + STAND_IN if habits.has_links else "",
    )


def habits_of(row: db.Row) -> Habits:
    """How a site writes; as usual where it has decided nothing."""
    if row["opens"] is None:
        return Habits()
    quiet = frozenset(int(day) for day in row["quiet_days"])
    hours = SendingHours(row["opens"], row["closes"], quiet)
    return Habits(hours, bool(row["takes_answers"]), bool(row["has_links"]))


async def people_after(after: UUID, *, horizon: datetime, limit: int) -> list[UUID]:
    """The next people with something on loan that is due before the horizon."""
    rows = await db.fetch(_PEOPLE, after=after, horizon=horizon, limit=limit)
    return [row["borrower"] for row in rows]


async def read_people(people: Sequence[UUID], plans: Plans, *, horizon: datetime) -> list[Person]:
    """These people, with what the rules ask of them."""
    values = {"people": [*people], "horizon": horizon}
    rows = await db.fetch(_LOANS, changing=_CHANGING, **values)
    reached: defaultdict[UUID, list[Sent]] = defaultdict(list)
    for row in await db.fetch(_REACHED, **values):
        if (level := level_of(row["level"])) is not None:
            reached[row["loan"]].append(Sent(level, row["at"]))
    last = await last_texts(people)
    by_person: defaultdict[UUID, list[db.Row]] = defaultdict(list)
    for row in rows:
        by_person[row["borrower"]].append(row)
    return [
        Person(
            recipient_of(some[0]),
            tuple(_open_loan(row, plans, tuple(reached[row["id"]])) for row in some),
            {row["id"]: lent_of(row) for row in some},
            last.get(borrower, NO_TEXT),
        )
        for borrower, some in by_person.items()
    ]


async def last_texts(people: Sequence[UUID]) -> dict[UUID, LastTexts]:
    """When each of these people was last written to; those who never were are not there."""
    last = await db.fetch(_LAST, people=[*people], kinds=ONE_A_DAY, reminders=REMINDER_KINDS)
    return {row.pop("borrower"): LastTexts(**row) for row in last}


def _open_loan(row: db.Row, plans: Plans, sent: tuple[Sent, ...]) -> OpenLoan:
    plan = plans.of(row["return_site"], row["policy"])
    return OpenLoan(
        loan_id=row["id"],
        site_id=row["return_site"],
        due_at=row["due_at"],
        since=row["changed_at"] or row["checked_out_at"],
        rules=plan.rules if plan.active else (),
        sent=sent,
    )


def recipient_of(row: db.Row) -> Recipient:
    """The borrower of a row with ``RECIPIENT_COLUMNS`` and their id."""
    language = row["language"] if row["language"] in LANGUAGES else LANGUAGES[0]
    return Recipient(
        row["borrower"],
        language,
        row["contact_kind"],
        row["phone"],
        row["email"],
        bool(row["has_address"]),
        row["stopped_at"] is not None,
        bool(row["barest"]),
    )


def lent_of(row: db.Row) -> Lent:
    """The loan of a row with ``LOAN_COLUMNS``, named in its borrower's language."""
    return Lent(
        row["id"],
        row["item"],
        row["return_site"],
        row["return_place"],
        row["due_at"],
        read_name(row["names"], row["language"]),
        row["renewals"] < (row["most_renewals"] or 0),
    )
