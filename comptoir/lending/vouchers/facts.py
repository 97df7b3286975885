"""What decides whether a voucher is given, read under the lock of the person who is given it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.lending.loans import facts as loan_facts
from comptoir.lending.rules import VisitFacts, is_visit_of
from comptoir.lending.vouchers.rules import Given, Giving, Limits, counts
from comptoir.lending.vouchers.schemas import IssueVoucher

_KIND = """
    kind.id AS kind_id, kind.names, kind.medium, kind.time_zone AS operator_zone, kind.active,
    kind.without_borrower, site.id AS site_id, site.time_zone,
    first.fingerprint, first.status AS first_status, first.outcome
"""
_FROM = """
    FROM inventory_voucher_kind kind
    JOIN sites_site site ON site.id = :site_id
    LEFT JOIN core_idempotency first ON first.actor_id = :actor_id AND first.key = :key
"""
_ASKED_FOR = """
    WHERE kind.id = COALESCE(CAST(:kind_id AS uuid), (SELECT held.kind
        FROM inventory_voucher held WHERE held.id = CAST(:voucher_id AS uuid)))
"""
#: The policy that holds: the group's own, or else the one for any group.
POLICY_ID = """
    COALESCE((SELECT own.id FROM lending_voucher_policy own
              WHERE own.kind = kind.id AND own.borrower_group = {borrower_group}),
             (SELECT common.id FROM lending_voucher_policy common
              WHERE common.kind = kind.id AND common.borrower_group IS NULL))
"""
#: What a loan of the visit is to go with, and does not yet.
_LOAN = """
    (SELECT loan.id FROM lending_loan loan
     JOIN inventory_item item ON item.id = loan.item
     JOIN inventory_voucher_bundle bundle ON bundle.model = item.model
     WHERE loan.borrower = borrower.id AND loan.visit = visit.id AND loan.returned_at IS NULL
       AND bundle.kind = kind.id
       AND (CAST(:loan_id AS uuid) IS NULL OR loan.id = CAST(:loan_id AS uuid))
       AND NOT EXISTS (SELECT 1 FROM lending_voucher_issue tied
                       WHERE tied.loan = loan.id AND tied.kind = kind.id
                         AND tied.ended_at IS NULL)
     ORDER BY loan.id LIMIT 1)
"""
_PUT_ASIDE = """
    (SELECT aside.id FROM lending_voucher_reservation reserved
     JOIN inventory_voucher aside ON aside.id = reserved.voucher
     WHERE reserved.borrower = borrower.id AND aside.kind = kind.id AND aside.site = site.id
       AND aside.status = 'reserved'
     ORDER BY reserved.id LIMIT 1)
"""
_TO_SOMEBODY = f"""
    SELECT {_KIND}, borrower.id AS borrower_id, borrower.eligible_until, borrower.suspended_at,
           borrower.suspended_until, borrower.household,
           policy.id AS policy_id, policy.limit_person, policy.limit_household,
           policy.period_days,
           visit.borrower AS visit_borrower, visit.site AS visit_site,
           visit.opened_at AS visit_opened_at, visit.closed_at AS visit_closed_at,
           EXISTS (SELECT 1 FROM lending_borrower_site known
                   WHERE known.borrower = borrower.id AND known.site = site.id) AS known_here,
           {_LOAN} AS "loan_id [UUID]", {_PUT_ASIDE} AS "reserved_id [UUID]"
    {_FROM}
    JOIN lending_borrower borrower ON borrower.id = :borrower_id
    LEFT JOIN lending_visit visit ON visit.id = CAST(:visit_id AS uuid)
    LEFT JOIN lending_voucher_policy policy ON policy.id =
        {POLICY_ID.format(borrower_group="borrower.borrower_group")}
    {_ASKED_FOR}
""" + db.for_update("borrower")
_TO_ANYBODY = f"SELECT {_KIND} {_FROM} {_ASKED_FOR}"

#: The issues that count for a person: their own, those of whoever they live with, and those of
#: whoever they lived with when these were given. Who leaves a household has no second share of it.
COUNTED = """
    SELECT own.id FROM lending_voucher_issue own
    WHERE own.borrower = :borrower_id AND own.issued_at > :since
    UNION SELECT theirs.id FROM lending_borrower mate
    JOIN lending_voucher_issue theirs ON theirs.borrower = mate.id AND theirs.issued_at > :since
    WHERE mate.household = CAST(:household AS uuid)
    UNION SELECT share.issue FROM lending_voucher_share share WHERE share.borrower = :borrower_id
"""
#: What is set aside for a person and those they live with counts too.
PEOPLE = """
    SELECT CAST(:borrower_id AS uuid) AS id
    UNION SELECT mate.id FROM lending_borrower mate
    WHERE mate.household = CAST(:household AS uuid)
"""
_GIVEN = f"""
    SELECT issue.borrower AS "borrower [UUID]", voucher.id AS "voucher_id [UUID]",
           voucher.status, voucher.void_reason,
           COALESCE(issue.granted_at, issue.issued_at) AS "granted_at [TIMESTAMPTZ]"
    FROM ({COUNTED}) counted
    JOIN lending_voucher_issue issue ON issue.id = counted.id
    JOIN inventory_voucher voucher ON voucher.id = issue.voucher
    WHERE issue.kind = :kind_id AND issue.ended_at IS NULL AND issue.issued_at > :since
    UNION ALL
    SELECT reserved.borrower, aside.id, aside.status, '', NULL
    FROM ({PEOPLE}) people
    JOIN lending_voucher_reservation reserved ON reserved.borrower = people.id
    JOIN inventory_voucher aside ON aside.id = reserved.voucher
    WHERE aside.kind = :kind_id AND aside.status = 'reserved'
"""


async def read(actor: Principal, command: IssueVoucher, *, site_id: UUID) -> db.Row | None:
    """Kind, site, and whom it is for, who is locked; None where one of them is unknown."""
    values: dict[str, Any] = {
        "kind_id": command.kind_id,
        "voucher_id": command.voucher_id,
        "site_id": site_id,
        **loan_facts.key_values(actor, command.attempt),
    }
    if command.borrower_id is None:
        return await db.fetch_one(_TO_ANYBODY, **values)
    return await db.fetch_one(
        _TO_SOMEBODY,
        borrower_id=command.borrower_id,
        visit_id=command.visit_id,
        loan_id=command.loan_id,
        **values,
    )


def giving(row: db.Row, command: IssueVoucher, given: Given, *, now: datetime) -> Giving:
    """What the rule needs of a row of ``read``."""
    known = Giving(
        active=bool(row["active"]),
        zone=ZoneInfo(row["time_zone"]),
        without_borrower=bool(row["without_borrower"]),
    )
    if command.borrower_id is None:
        return known
    return Giving(
        active=known.active,
        zone=known.zone,
        borrower=loan_facts.borrower_facts(row),
        limits=limits_of(row),
        given=given,
        visit_is_theirs=command.visit_id is None
        or is_visit_of(_visit(row), row["borrower_id"], row["site_id"], now=now),
        anyhow=bool(command.reason),
    )


async def given_to(row: db.Row, *, without: UUID | None = None, now: datetime) -> Given:
    """What counts for the limits of a row of ``read``; nothing is read where there are none.

    ``without`` is the voucher that is to be given: where it is set aside, it counts once it is.
    """
    limits = limits_of(row)
    if limits is None or limits.person is limits.household is None:
        return Given()
    found = await db.fetch(
        _GIVEN,
        borrower_id=row["borrower_id"],
        household=row["household"],
        kind_id=row["kind_id"],
        since=now - timedelta(days=limits.period_days + 1),
    )
    some = [each for each in found if each["voucher_id"] != without]
    return given_of(some, row["borrower_id"], row["time_zone"])


def given_of(vouchers: list[db.Row], borrower_id: UUID, time_zone: str) -> Given:
    """What counts for a person and their household: given (``COUNTED``), or set aside for them.

    They have ``borrower``, ``granted_at``, and ``status`` and ``void_reason`` of the voucher.
    """
    aside = [each["borrower"] for each in vouchers if each["status"] == VoucherStatus.RESERVED]
    days = [
        (each["borrower"], localtime(each["granted_at"], time_zone).date())
        for each in vouchers
        if each["status"] != VoucherStatus.RESERVED
        and counts(VoucherStatus(each["status"]), each["void_reason"])
    ]
    return Given(
        own=tuple(day for who, day in days if who == borrower_id),
        household=tuple(day for _, day in days),
        own_aside=aside.count(borrower_id),
        all_aside=len(aside),
    )


def limits_of(row: db.Row) -> Limits | None:
    """The limits of a row with a policy; None where none applies."""
    if row.get("policy_id") is None:
        return None
    return Limits(row["limit_person"], row["limit_household"], row["period_days"])


def _visit(row: db.Row) -> VisitFacts | None:
    if row["visit_borrower"] is None:
        return None
    return VisitFacts(
        borrower_id=row["visit_borrower"],
        site_id=row["visit_site"],
        opened_at=row["visit_opened_at"],
        closed_at=row["visit_closed_at"],
    )
