"""What the desk's screen shows: the visit, what the person holds, what they may take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.core.web import panels
from comptoir.core.web.panels import Panel
from comptoir.lending import due_dates
from comptoir.lending.agreed_loans import UNSIGNED
from comptoir.lending.borrowers.visibility import seen_by
from comptoir.lending.closures.told import Untold, untold
from comptoir.lending.desk.allowances import ALLOWANCES_SHOWN, Allowance, allowances_of, name_of
from comptoir.lending.desk.missing import Owed, owed_by
from comptoir.lending.loans import facts
from comptoir.lending.rules import VISIT_TIME
from comptoir.lending.vouchers.at_desk import AtDesk, vouchers_of
from comptoir.sites import calendars
from comptoir.sites.calendars import calendar_of

#: What higher floors have to say of whoever stands at the desk.
SLOT = "lending.visit"
#: As many as fit a screen; nobody holds more, and a longer list is on the borrower's page.
MOST_HELD = 30


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the borrower has. ``days_late`` counts days the door was open.

    ``elsewhere`` is one of sites the reader may not know of: it counts for the
    limit, so they are told what it is, where and until when, and no more. Its
    ``code`` is empty and it is not theirs to renew.
    """

    loan_id: UUID
    code: str
    model: str
    due_at: datetime
    due_day: date
    was_due: bool
    time_zone: str
    place: str
    days_late: int
    renewals: int
    renewals_left: int
    of_this_visit: bool
    elsewhere: bool
    may_return_elsewhere: bool


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower at the desk.

    ``return_site_id`` is where what they are lent is to be brought back, if not here.
    ``may_choose_return``: there is another, and a policy that allows it.
    """

    id: UUID
    site_id: UUID
    opened_at: datetime
    borrower_id: UUID
    name: str
    language: str
    note: str
    suspended: bool
    suspended_until: date | None
    eligible_until: date | None
    eligible: bool
    held: tuple[Held, ...]
    untold: tuple[Untold, ...]
    owed: tuple[Owed, ...]
    panels: tuple[Panel, ...]
    allowances: tuple[Allowance, ...]
    more_allowances: int
    to_sign: bool
    agreement_id: UUID | None
    lent: bool
    has_card: bool
    return_site_id: UUID | None
    return_place: str
    may_choose_return: bool
    vouchers: AtDesk


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """An item a step speaks of, with what belongs to it."""

    id: UUID
    code: str
    model: str
    status: str
    home: str
    home_id: UUID
    present_id: UUID
    accessories: tuple[tuple[UUID, str], ...]
    problems: tuple[tuple[UUID | None, str], ...]


_VISIT = f"""
SELECT visit.id, visit.site, visit.opened_at, visit.borrower,
       borrower.name, borrower.language, borrower.note,
       borrower.suspended_at, borrower.suspended_until, borrower.eligible_until,
       borrower.borrower_group, borrower.household, {calendars.COLUMNS},
       (site.active AND site.published) AS is_public,
       (SELECT agreement.id FROM lending_agreement agreement WHERE agreement.visit = visit.id
        ORDER BY agreement.id DESC LIMIT 1) AS "agreement_id [UUID]",
       EXISTS (SELECT 1 FROM lending_loan lent
               WHERE lent.visit = visit.id AND lent.returned_at IS NULL) AS lent,
       EXISTS (SELECT 1 FROM lending_borrower_card card
               WHERE card.borrower = visit.borrower AND card.revoked_at IS NULL) AS has_card,
       EXISTS (SELECT 1 FROM lending_loan loan
               JOIN lending_policy policy ON policy.id = loan.policy
               WHERE loan.borrower = visit.borrower AND loan.site = visit.site
                 AND {UNSIGNED}) AS to_sign,
       visit.return_site, site.short_name AS return_place,
       EXISTS (SELECT 1 FROM sites_site other
               WHERE other.active AND other.published AND other.id <> visit.site)
       AND EXISTS (SELECT 1 FROM lending_policy rule
                   WHERE (rule.borrower_group = borrower.borrower_group
                          OR rule.borrower_group IS NULL)
                     AND rule.returns_elsewhere AND rule.mode <> 'on_site') AS may_choose_return
FROM lending_visit visit
JOIN lending_borrower borrower ON borrower.id = visit.borrower
JOIN sites_site site ON site.id = COALESCE(visit.return_site, visit.site)
WHERE visit.id = :visit_id AND visit.closed_at IS NULL AND visit.opened_at > :since
"""
_ACCESSORIES = """
SELECT item.id AS item, accessory.id, accessory.names FROM inventory_accessory accessory
JOIN inventory_item item ON item.model = accessory.model
WHERE item.id IN :ids ORDER BY accessory.position, accessory.id
"""
_PROBLEMS = """
SELECT problem.item, problem.accessory, problem.kind FROM inventory_item_problem problem
WHERE problem.item IN :ids AND problem.resolved_at IS NULL
"""
_ITEMS = """
SELECT item.id, item.code, item.status, item.home_site, item.present_site, model.short_name,
       site.short_name AS home
FROM inventory_item item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site site ON site.id = item.home_site
WHERE item.code IN :codes
"""


async def read_visit(actor: Principal, visit_id: UUID | None, *, now: datetime) -> VisitView | None:
    """The open visit of this id, in seven statements however much is held,
    and those of ``panels``.

    None where it is over, or at a site the actor may not know of.
    """
    if visit_id is None:
        return None
    row = await db.fetch_one(_VISIT, visit_id=visit_id, since=now - VISIT_TIME)
    if row is None or not actor.sees_site(row["site"]):
        return None
    allowances = await allowances_of(row, now)
    today = localtime(now, row["time_zone"]).date()
    until = row["suspended_until"]
    suspended = row["suspended_at"] is not None and (until is None or now < until)
    eligible_until = row["eligible_until"]
    return VisitView(
        id=row["id"],
        site_id=row["site"],
        opened_at=row["opened_at"],
        borrower_id=row["borrower"],
        name=row["name"],
        language=row["language"],
        note=row["note"],
        suspended=suspended,
        suspended_until=localtime(until, row["time_zone"]).date() if until else None,
        eligible_until=eligible_until,
        eligible=eligible_until is None or today <= eligible_until,
        held=await held_by(actor, row["borrower"], visit_id, now=now),
        untold=await untold(actor, row["borrower"]),
        owed=await owed_by(actor, row["borrower"]),
        panels=tuple(await panels.fill(SLOT, actor, row["borrower"], now=now)),
        allowances=tuple(allowances[:ALLOWANCES_SHOWN]),
        more_allowances=len(allowances[ALLOWANCES_SHOWN:]),
        to_sign=bool(row["to_sign"]),
        agreement_id=row["agreement_id"],
        lent=bool(row["lent"]),
        has_card=bool(row["has_card"]),
        return_site_id=row["return_site"],
        return_place=row["return_place"] if row["return_site"] else "",
        may_choose_return=bool(row["may_choose_return"]),
        vouchers=await vouchers_of(row, now=now),
    )


async def read_items(codes: Collection[str]) -> dict[str, ItemView]:
    """The items that steps speak of, by their codes, in three statements."""
    rows = await db.fetch(_ITEMS, codes=list(codes))
    ids = [row["id"] for row in rows]
    accessories, problems = defaultdict(list), defaultdict(list)
    for each in await db.fetch(_ACCESSORIES, ids=ids):
        accessories[each["item"]].append((each["id"], name_of(each)))
    for each in await db.fetch(_PROBLEMS, ids=ids):
        problems[each["item"]].append((each["accessory"], each["kind"]))
    return {
        row["code"]: ItemView(
            id=row["id"],
            code=row["code"],
            model=row["short_name"],
            status=row["status"],
            home=row["home"],
            home_id=row["home_site"],
            present_id=row["present_site"],
            accessories=tuple(accessories[row["id"]]),
            problems=tuple(problems[row["id"]]),
        )
        for row in rows
    }


async def names_of(actor: Principal, borrowers: Collection[UUID]) -> dict[UUID, str]:
    """The names of those of them whom the actor may know of."""
    if not borrowers:
        return {}
    seen, values = seen_by(actor)
    rows = await db.fetch(
        f"SELECT b.id, b.name FROM lending_borrower AS b WHERE b.id IN :ids AND {seen}",
        ids=sorted(borrowers),
        **values,
    )
    return {row["id"]: row["name"] for row in rows}


async def held_by(
    actor: Principal, borrower_id: UUID, visit_id: UUID | None = None, *, now: datetime
) -> tuple[Held, ...]:
    """What a borrower has, from whatever site, most urgent first; ``MOST_HELD`` at most."""
    rows = await db.fetch(facts.HELD, borrower_id=borrower_id, limit=MOST_HELD)
    return tuple(_held(actor, row, visit_id, now) for row in rows)


def _held(actor: Principal, row: db.Row, visit_id: UUID | None, now: datetime) -> Held:
    seen = actor.sees_site(row["loan_site"]) or actor.sees_site(row["loan_return_site"])
    renewals_left = max(0, (row["policy_renewals"] or 0) - row["loan_renewals"])
    return Held(
        loan_id=row["loan_id"],
        code=row["code"] if seen else "",
        model=row["short_name"],
        due_at=row["due_at"],
        due_day=localtime(row["due_at"], row["time_zone"]).date(),
        was_due=row["due_at"] < now,
        time_zone=row["time_zone"],
        place=row["place"],
        days_late=due_dates.overdue_days(row["due_at"], calendar_of(row), now=now),
        renewals=row["loan_renewals"],
        renewals_left=renewals_left if seen else 0,
        of_this_visit=visit_id is not None and row["loan_visit"] == visit_id,
        elsewhere=not seen,
        may_return_elsewhere=seen and bool(row["may_return_elsewhere"]),
    )
