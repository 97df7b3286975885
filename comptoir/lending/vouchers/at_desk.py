"""What of vouchers the desk shows: what somebody may be given, and what they were given now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.inventory.names import read_name
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus
from comptoir.inventory.vouchers.validity import aside_until
from comptoir.lending.refusals import Refusal
from comptoir.lending.vouchers.facts import COUNTED, PEOPLE, POLICY_ID, given_of, limits_of
from comptoir.lending.vouchers.rules import (
    LONGEST_PERIOD,
    HeldIssue,
    passed_limit,
    refuse_replacing,
    refuse_taking_back,
    still_possible,
)
from comptoir.lending.vouchers.showing import has_more, is_at_hand
from comptoir.sites.queries import site_calendar

#: Of what somebody has from before, the desk shows so many.
HELD = 5
#: The visit of somebody who is not here.
NOBODY = UUID(int=0)

_FREE = """
    EXISTS (SELECT 1 FROM inventory_voucher voucher
            WHERE voucher.site = :site_id AND voucher.kind = kind.id
              AND voucher.status = 'available'
              AND (voucher.activate_by IS NULL OR voucher.activate_by >= :today))
"""
#: The site had some of the kind, so that somebody may ask for it.
_WAS_HERE = """
    EXISTS (SELECT 1 FROM inventory_voucher voucher
            WHERE voucher.site = :site_id AND voucher.kind = kind.id)
"""
#: A loan of the visit that goes with a voucher of the kind, and has none yet.
_GOES_WITH = """
    (SELECT loan.id FROM lending_loan loan
     JOIN inventory_item item ON item.id = loan.item
     JOIN inventory_voucher_bundle bundle ON bundle.model = item.model
     WHERE loan.visit = :visit_id AND loan.returned_at IS NULL AND bundle.kind = kind.id
       AND NOT EXISTS (SELECT 1 FROM lending_voucher_issue tied
                       WHERE tied.loan = loan.id AND tied.kind = kind.id
                         AND tied.ended_at IS NULL)
     ORDER BY loan.id LIMIT 1) AS "goes_with [UUID]"
"""
#: Each kind that the person's group may have, with what they and their household were given of
#: it: a row for each, or one. One statement, as every answer of the desk waits for it.
_OF_VISIT = f"""
WITH had AS (
    SELECT issue.kind, issue.id AS issue_id, issue.voucher, issue.borrower, issue.visit,
           issue.issued_at, issue.shown_at,
           COALESCE(issue.granted_at, issue.issued_at) AS granted_at
    FROM ({COUNTED}) counted JOIN lending_voucher_issue issue ON issue.id = counted.id
    WHERE issue.ended_at IS NULL AND issue.issued_at > :since
    UNION ALL
    SELECT aside.kind, NULL, aside.id, reserved.borrower, NULL, NULL, NULL, NULL
    FROM ({PEOPLE}) people
    JOIN lending_voucher_reservation reserved ON reserved.borrower = people.id
    JOIN inventory_voucher aside ON aside.id = reserved.voucher AND aside.status = 'reserved'
)
SELECT kind.id AS kind_id, kind.names, kind.medium, kind.active, policy.id AS policy_id,
       policy.limit_person, policy.limit_household, policy.period_days,
       {_FREE} AS free, {_WAS_HERE} AS was_here, {_GOES_WITH},
       had.issue_id AS "issue_id [UUID]", had.voucher AS "voucher_id [UUID]",
       had.borrower AS "borrower [UUID]", had.visit AS "visit [UUID]",
       had.issued_at AS "issued_at [TIMESTAMPTZ]", had.shown_at AS "shown_at [TIMESTAMPTZ]",
       given.hint, given.status, given.void_reason, given.site AS voucher_site, given.key,
       given.sealed, had.granted_at AS "granted_at [TIMESTAMPTZ]", given.reserved_until,
       lies.short_name AS place, lies.time_zone
FROM inventory_voucher_kind kind
LEFT JOIN lending_voucher_policy policy ON policy.id = {POLICY_ID.format(borrower_group=":group")}
LEFT JOIN had ON had.kind = kind.id
LEFT JOIN inventory_voucher given ON given.id = had.voucher
LEFT JOIN sites_site lies ON lies.id = given.site
ORDER BY kind.position, kind.id, had.issue_id
"""
#: What ``vouchers_of`` wants of a visit, for somebody who is not at the desk.
_NO_VISIT = """
SELECT borrower.id AS borrower, borrower.household, borrower.borrower_group, site.id AS site,
       site.time_zone
FROM lending_borrower borrower JOIN sites_site site ON site.id = :site_id
WHERE borrower.id = :borrower_id
"""
_FOR_ANYBODY = f"""
SELECT kind.id AS kind_id, kind.names, kind.medium FROM inventory_voucher_kind kind
WHERE kind.active AND kind.without_borrower AND {_FREE}
ORDER BY kind.position, kind.id
"""


class Choice(msgspec.Struct, frozen=True):
    """A kind that can be given now. ``left`` is how many more one may have; None is no limit.

    ``refusal`` says by when the next is possible, where none is left: then a reason is asked for.
    ``goes_with`` is a loan of the visit that it goes with. ``can_reserve``: one can be set aside
    instead.
    """

    kind_id: UUID
    name: str
    medium: Medium
    left: int | None = None
    refusal: Refusal | None = None
    goes_with: UUID | None = None
    can_reserve: bool = False


class Aside(msgspec.Struct, frozen=True):
    """A voucher that is set aside for the person, until the end of ``until`` at its site.

    ``place`` is the name of its site, if it is not this one. ``can_give``: by one tap.
    """

    voucher_id: UUID
    kind_id: UUID
    name: str
    hint: str
    until: date
    place: str = ""
    can_give: bool = False
    goes_with: UUID | None = None


class GivenNow(msgspec.Struct, frozen=True):
    """What the person was given. ``at_hand``: its code can be seen as it is.

    ``has_more``: there is a code, or a PIN, that does not stand on it.
    ``can_return``: it can come back unopened, here; ``can_replace``: if it does not work, another
    can take its place. ``can_activate``: nobody has said yet that it is in use.
    """

    issue_id: UUID
    voucher_id: UUID
    name: str
    medium: Medium
    hint: str
    seen: bool
    at_hand: bool
    has_more: bool
    issued_at: datetime
    can_return: bool
    can_replace: bool
    can_activate: bool


class AtDesk(msgspec.Struct, frozen=True):
    """The vouchers of a visit: ``given`` in it, and those ``held`` from before, newest first.

    ``aside`` are those that are kept for the person.
    ``sold_out`` are the names of the kinds of which none is left here.
    ``lacks_rule``: some lie here, and no rule lets the person's group have any of them.
    """

    choices: tuple[Choice, ...] = ()
    given: tuple[GivenNow, ...] = ()
    held: tuple[GivenNow, ...] = ()
    aside: tuple[Aside, ...] = ()
    lacks_rule: bool = False
    sold_out: tuple[str, ...] = ()

    @property
    def reserves_cards(self) -> bool:
        """Whether a SIM card that is scanned can be set aside."""
        return any(
            each.can_reserve and each.medium is Medium.SIM and each.refusal is None
            for each in self.choices
        )


async def vouchers_of(visit: db.Row, *, now: datetime) -> AtDesk:
    """The vouchers of a visit (``id``, ``site``, ``borrower``, ``household``, …), in one read."""
    today = localtime(now, visit["time_zone"]).date()
    rows = await db.fetch(
        _OF_VISIT,
        site_id=visit["site"],
        visit_id=visit["id"],
        borrower_id=visit["borrower"],
        household=visit["household"],
        group=visit["borrower_group"],
        today=today,
        since=now - timedelta(days=LONGEST_PERIOD + 1),
    )
    by_kind: dict[UUID, list[db.Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind_id"], []).append(row)
    found = [_choice(of_kind, visit, now) for of_kind in by_kind.values()]
    choices = tuple(choice for choice in found if choice is not None)
    in_visit = [row for row in rows if row["issue_id"] and row["visit"] == visit["id"]]
    return AtDesk(
        choices=choices,
        given=tuple(_given(row, visit, now) for row in in_visit),
        held=tuple(_given(row, visit, now) for row in _held(rows, visit)),
        aside=tuple(_aside(row, visit, choices) for row in rows if _is_own_aside(row, visit)),
        lacks_rule=not choices and any(row["active"] and row["free"] for row in rows),
        sold_out=tuple(
            _name(rows[0])
            for rows, choice in zip(by_kind.values(), found, strict=True)
            if choice is None and _is_sold_out(rows[0])
        ),
    )


async def vouchers_at(site_id: UUID, borrower_id: UUID, *, now: datetime) -> AtDesk:
    """What of vouchers a site has for somebody who is not there, in two reads."""
    row = await db.fetch_one(_NO_VISIT, site_id=site_id, borrower_id=borrower_id)
    return await vouchers_of(row | {"id": NOBODY}, now=now) if row else AtDesk()


async def for_anybody(site_id: UUID, *, now: datetime) -> tuple[Choice, ...]:
    """What is given here to somebody who is not asked who they are.

    Today is the site's. Whether it still can be is asked by the operator's day when it is given.
    """
    today = (await site_calendar(site_id)).local_date(now)
    rows = await db.fetch(_FOR_ANYBODY, site_id=site_id, today=today)
    return tuple(Choice(row["kind_id"], _name(row), Medium(row["medium"])) for row in rows)


def _choice(rows: list[db.Row], visit: db.Row, now: datetime) -> Choice | None:
    """A tap on it gives what is set aside here, if something is, and counts it once."""
    row, limits = rows[0], limits_of(rows[0])
    own = [each for each in rows if _is_own_aside(each, visit)]
    here = [each["voucher_id"] for each in own if each["voucher_site"] == visit["site"]]
    if limits is None or not row["active"] or not (row["free"] or here):
        return None
    today = localtime(now, visit["time_zone"]).date()
    had = [each for each in rows if each["voucher_id"] and each["voucher_id"] not in here]
    given = given_of(had, visit["borrower"], visit["time_zone"])
    return Choice(
        kind_id=row["kind_id"],
        name=_name(row),
        medium=Medium(row["medium"]),
        left=still_possible(limits, given, today),
        refusal=passed_limit(limits, given, today),
        goes_with=row["goes_with"],
        can_reserve=not own,
    )


def _is_sold_out(row: db.Row) -> bool:
    """Whether the kind would be offered if one lay here."""
    return bool(row["policy_id"] and row["active"] and row["was_here"] and not row["free"])


def _is_own_aside(row: db.Row, visit: db.Row) -> bool:
    return row["status"] == VoucherStatus.RESERVED and bool(row["borrower"] == visit["borrower"])


def _aside(row: db.Row, visit: db.Row, choices: tuple[Choice, ...]) -> Aside:
    here = row["voucher_site"] == visit["site"]
    choice = next((each for each in choices if each.kind_id == row["kind_id"]), None)
    return Aside(
        voucher_id=row["voucher_id"],
        kind_id=row["kind_id"],
        name=_name(row),
        hint=row["hint"],
        until=aside_until(row["reserved_until"], row["time_zone"]),
        place="" if here else row["place"],
        can_give=here and choice is not None and choice.refusal is None,
        goes_with=row["goes_with"],
    )


def _held(rows: list[db.Row], visit: db.Row) -> list[db.Row]:
    """The last that the person themselves has from earlier visits, and that go on."""
    own = [
        row
        for row in rows
        if row["issue_id"] is not None
        and row["borrower"] == visit["borrower"]
        and row["visit"] != visit["id"]
        and row["status"] in (VoucherStatus.ISSUED, VoucherStatus.ACTIVATED)
    ]
    return sorted(own, key=lambda row: (row["issued_at"], row["issue_id"]), reverse=True)[:HELD]


def _given(row: db.Row, visit: db.Row, now: datetime) -> GivenNow:
    held = HeldIssue(
        status=VoucherStatus(row["status"]),
        shown=row["shown_at"] is not None,
    )
    return GivenNow(
        issue_id=row["issue_id"],
        voucher_id=row["voucher_id"],
        name=_name(row),
        medium=Medium(row["medium"]),
        hint=row["hint"],
        seen=row["shown_at"] is not None,
        at_hand=is_at_hand(row, now=now),
        has_more=has_more(row | {"id": row["voucher_id"]}),
        issued_at=row["issued_at"],
        can_return=row["voucher_site"] == visit["site"] and refuse_taking_back(held) is None,
        # Whether it needs a coordinator is said when it is asked for.
        can_replace=refuse_replacing(held, coordinator=True) is None,
        can_activate=row["voucher_site"] == visit["site"] and held.status is VoucherStatus.ISSUED,
    )


def _name(row: db.Row) -> str:
    return read_name(row["names"])
