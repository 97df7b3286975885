"""What a decision needs to know, read in one statement, with the item's row locked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from comptoir.core import db
from comptoir.core.idempotency import Attempt
from comptoir.core.principal import Principal
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.lending.due_dates import DueMode
from comptoir.lending.rules import (
    BorrowerFacts,
    ItemFacts,
    LoanFacts,
    PolicyFacts,
    RenewalFacts,
    Signature,
)
from comptoir.sites import calendars

#: Loans of the category with a borrower, and with their household. Counted in
#: the write again: between the read and the lock another desk may have lent.
OWN_LOANS = """
    (SELECT COUNT(*) FROM lending_loan other
     WHERE other.borrower = {borrower} AND other.category = {category}
       AND other.returned_at IS NULL)
"""
# CROSS JOIN keeps SQLite to this order: few live together, and a category has many loans.
HOUSEHOLD_LOANS = """
    (SELECT COUNT(*) FROM lending_borrower housemate CROSS JOIN lending_loan other
     WHERE housemate.household = {household} AND other.borrower = housemate.id
       AND other.category = {category} AND other.returned_at IS NULL)
"""

#: The policy that holds, by its id: the group's own, or else the one for any group.
#: Each has a unique index of its own, so that nothing is sorted.
POLICY_ID = """
    COALESCE((SELECT own.id FROM lending_policy own
              WHERE own.category = {category} AND own.borrower_group = {borrower_group}),
             (SELECT common.id FROM lending_policy common
              WHERE common.category = {category} AND common.borrower_group IS NULL))
"""

#: Whether an agreement about a loan was signed, on the screen or on paper.
SIGNED = """
    EXISTS (SELECT 1 FROM lending_agreement_loan covered
            JOIN lending_agreement agreed ON agreed.id = covered.agreement
            WHERE covered.loan = loan.id AND agreed.signed_at IS NOT NULL)
"""

_ITEM_COLUMNS = """
    item.id AS item_id, item.code, item.status, item.home_site, item.present_site,
    item.version AS item_version, model.category, model.short_name,
    (SELECT string_agg(problem.kind, ',') FROM inventory_item_problem problem
     WHERE problem.item = item.id AND problem.resolved_at IS NULL) AS problem_kinds,
    CASE WHEN item.destination_site IS NOT NULL THEN
        (SELECT place.short_name FROM sites_site place WHERE place.id = item.present_site)
    END AS sent_from,
    (SELECT place.short_name FROM sites_site place WHERE place.id = item.destination_site)
    AS sent_to
"""
_LOAN_COLUMNS = """
    loan.id AS loan_id, loan.borrower AS loan_borrower, loan.checked_out_at, loan.due_at,
    loan.renewals AS loan_renewals, loan.site AS loan_site, loan.return_site AS loan_return_site,
    loan.visit AS loan_visit
"""
_BORROWER_COLUMNS = """
    borrower.id AS borrower_id, borrower.eligible_until, borrower.suspended_at,
    borrower.suspended_until, borrower.household
"""
#: Of the policy that holds, for ``policy_facts``.
POLICY_COLUMNS = """
    policy.id AS policy_id, policy.mode, policy.length, policy.renewals AS policy_renewals,
    policy.renewal_length, policy.limit_person, policy.limit_household, policy.signature,
    policy.returns_elsewhere
"""
_SITE_COLUMNS = f"site.id AS site_id, {calendars.COLUMNS}"
_SITE_VERSIONS = "site.version AS site_version, seen_site.version AS seen_site_version"
#: A subselect: with a join, PostgreSQL may read whoever there is, and the cards of each.
_OF_CARD = "(SELECT card.{column} FROM lending_borrower_card card WHERE card.code = :card)"
_OUTCOME_COLUMNS = "first.fingerprint, first.status AS first_status, first.outcome"
_OUTCOME_JOIN = """
    LEFT JOIN core_idempotency first ON first.actor_id = :actor_id AND first.key = :key
"""
#: Where a thing is to be brought back, if there is such a site: as asked for, or as the visit says.
_CHOSEN_SITE = """
    (SELECT chosen.id FROM sites_site chosen
     WHERE chosen.id = COALESCE(CAST(:return_site AS uuid), visit.return_site))
"""
#: The item once more, not locked: as everything else of the row was when it was read.
_SEEN_JOIN = "JOIN inventory_item seen ON seen.id = item.id"
#: The same for the site, which has a new version when its door is announced to be shut.
_SEEN_SITE_JOIN = "JOIN sites_site seen_site ON seen_site.id = site.id"


@lru_cache
def check_out_query(*, by_card: bool) -> str:
    """The read of a check-out: one row, or none where item or borrower is unknown.

    ``site_id`` is the desk's; the calendar and ``place`` are those of ``return_site_id``,
    which is the desk's too where the site that was asked for is unknown.
    """
    borrower = _OF_CARD.format(column="borrower") if by_card else ":borrower_id"
    revoked = _OF_CARD.format(column="revoked_at") if by_card else "NULL"
    sql = f"""
        SELECT {_ITEM_COLUMNS}, {_LOAN_COLUMNS}, {_BORROWER_COLUMNS}, {POLICY_COLUMNS},
               desk.id AS site_id, site.id AS return_site_id, site.short_name AS place,
               (site.active AND site.published) AS is_public,
               {calendars.COLUMNS}, {_OUTCOME_COLUMNS},
               {revoked} AS "card_revoked_at [TIMESTAMPTZ]",
               seen.version AS seen_version, {_SITE_VERSIONS},
               visit.borrower AS visit_borrower, visit.site AS visit_site,
               visit.opened_at AS visit_opened_at, visit.closed_at AS visit_closed_at,
               {OWN_LOANS.format(borrower="borrower.id", category="model.category")} AS own_loans,
               {HOUSEHOLD_LOANS.format(household="borrower.household", category="model.category")}
               AS household_loans,
               EXISTS (SELECT 1 FROM lending_borrower_site known
                       WHERE known.borrower = borrower.id AND known.site = desk.id) AS known_here
        FROM inventory_item item
        {_SEEN_JOIN}
        JOIN inventory_model model ON model.id = item.model
        JOIN lending_borrower borrower ON borrower.id = {borrower}
        JOIN sites_site desk ON desk.id = COALESCE(CAST(:site_id AS uuid), item.present_site)
        LEFT JOIN lending_visit visit ON visit.id = CAST(:visit_id AS uuid)
        JOIN sites_site site ON site.id = COALESCE({_CHOSEN_SITE}, desk.id)
        {_SEEN_SITE_JOIN}
        LEFT JOIN lending_policy policy ON policy.id =
            {POLICY_ID.format(category="model.category", borrower_group="borrower.borrower_group")}
        LEFT JOIN lending_loan loan ON loan.item = item.id AND loan.returned_at IS NULL
        {_OUTCOME_JOIN}
        WHERE item.code = :item
    """
    return sql + db.for_update("item, borrower") + db.for_share("site")


#: The read of a check-in: one row, or none where the item is unknown.
#: ``site_id`` is the desk's; calendar and ``place`` are those of the site where it was due.
CHECK_IN = f"""
    SELECT {_ITEM_COLUMNS}, {_LOAN_COLUMNS}, desk.id AS site_id, {calendars.COLUMNS},
           site.short_name AS place, policy.returns_elsewhere,
           {_OUTCOME_COLUMNS}, seen.version AS seen_version
    FROM inventory_item item
    {_SEEN_JOIN}
    JOIN inventory_model model ON model.id = item.model
    JOIN sites_site desk ON desk.id = COALESCE(CAST(:site_id AS uuid), item.present_site)
    LEFT JOIN lending_loan loan ON loan.item = item.id AND loan.returned_at IS NULL
    JOIN sites_site site ON site.id = COALESCE(loan.return_site, desk.id)
    LEFT JOIN lending_policy policy ON policy.id = loan.policy
    {_OUTCOME_JOIN}
    WHERE item.code = :item
""" + db.for_update("item")


#: An item and its open loan, unlocked: for deciding what a scan of it means.
ITEM = f"""
    SELECT {_ITEM_COLUMNS}, {_LOAN_COLUMNS}
    FROM inventory_item item
    JOIN inventory_model model ON model.id = item.model
    LEFT JOIN lending_loan loan ON loan.item = item.id AND loan.returned_at IS NULL
    WHERE item.code = :item
"""


#: What a borrower has, most urgent first, each with the calendar of its return site.
HELD = f"""
    SELECT {_LOAN_COLUMNS}, {_SITE_COLUMNS}, item.code, model.short_name,
           site.short_name AS place, policy.renewals AS policy_renewals,
           (loan.policy IS NULL OR policy.returns_elsewhere AND policy.mode <> 'on_site')
           AS may_return_elsewhere
    FROM lending_loan loan
    JOIN inventory_item item ON item.id = loan.item
    JOIN inventory_model model ON model.id = item.model
    JOIN sites_site site ON site.id = loan.return_site
    LEFT JOIN lending_policy policy ON policy.id = loan.policy
    WHERE loan.borrower = :borrower_id AND loan.returned_at IS NULL
    ORDER BY loan.due_at, loan.id LIMIT :limit
"""


#: Loans with their item, borrower and return site; the caller adds WHERE and ORDER BY.
LISTING = f"""
    SELECT {_LOAN_COLUMNS}, {_SITE_COLUMNS}, loan.returned_at, loan.undone_at,
           loan.written_off_at,
           loan.version AS loan_version, item.code, model.short_name, site.short_name AS place,
           borrower.name AS borrower, borrower.contact_kind, borrower.phone, borrower.email,
           borrower.address, borrower.referrer, borrower.counsellor,
           policy.renewals AS policy_renewals, policy.signature,
           (loan.policy IS NULL OR policy.returns_elsewhere AND policy.mode <> 'on_site')
           AS may_return_elsewhere,
           {SIGNED} AS signed
    FROM lending_loan loan
    JOIN inventory_item item ON item.id = loan.item
    JOIN inventory_model model ON model.id = item.model
    JOIN lending_borrower borrower ON borrower.id = loan.borrower
    JOIN sites_site site ON site.id = loan.return_site
    LEFT JOIN lending_policy policy ON policy.id = loan.policy
"""


#: How much of a category a borrower and their household have, and what their policy grants.
LIMITS = f"""
    SELECT {_BORROWER_COLUMNS}, {POLICY_COLUMNS},
           {OWN_LOANS.format(borrower="borrower.id", category=":category")} AS own_loans,
           {HOUSEHOLD_LOANS.format(household="borrower.household", category=":category")}
           AS household_loans
    FROM lending_borrower borrower
    LEFT JOIN lending_policy policy ON policy.id =
        {POLICY_ID.format(category=":category", borrower_group="borrower.borrower_group")}
    WHERE borrower.id = :borrower_id
"""


#: Every site with its calendar.
CALENDARS = f"SELECT {_SITE_COLUMNS} FROM sites_site site"


_RENEWALS = f"""
    SELECT {_ITEM_COLUMNS}, {_LOAN_COLUMNS}, {_BORROWER_COLUMNS}, {POLICY_COLUMNS},
           {_SITE_COLUMNS}, {_SITE_VERSIONS}, site.short_name AS place,
           loan.returned_at, loan.undone_at, category.names,
           loan.version AS loan_version
    FROM lending_loan loan
    JOIN inventory_item item ON item.id = loan.item
    JOIN inventory_model model ON model.id = item.model
    JOIN inventory_category category ON category.id = loan.category
    JOIN lending_borrower borrower ON borrower.id = loan.borrower
    JOIN sites_site site ON site.id = loan.return_site
    {_SEEN_SITE_JOIN}
    LEFT JOIN lending_policy policy ON policy.id =
        {POLICY_ID.format(category="loan.category", borrower_group="borrower.borrower_group")}
"""
#: The read of a renewal: one row, or none where the loan is unknown. The site is locked before
#: the loan, as whoever announces a closure does.
RENEWAL = f"{_RENEWALS} WHERE loan.id = :loan_id" + db.for_share("site") + db.for_update("loan")
#: The same of what somebody has now, unlocked: to tell what could be renewed.
RENEWALS_OF = f"""
    {_RENEWALS} WHERE loan.borrower = :borrower_id AND loan.returned_at IS NULL
    ORDER BY loan.due_at, loan.id LIMIT :most
"""


def renewal_facts(row: db.Row) -> RenewalFacts:
    """What the rule of a renewal needs of a row of either query."""
    return RenewalFacts(
        returned=row["returned_at"] is not None,
        item_status=ItemStatus(row["status"]),
        renewals_used=row["loan_renewals"],
        due_at=row["due_at"],
        borrower=borrower_facts(row),
        policy=policy_facts(row),
        calendar=calendars.calendar_of(row),
    )


#: The read for another return site: one row, or none where the loan is unknown. It is not
#: the site's calendar that it reads: that comes after, under the locks.
RETURN_ELSEWHERE = f"""
    SELECT {_LOAN_COLUMNS}, {POLICY_COLUMNS}, item.id AS item_id, item.code,
           borrower.eligible_until, loan.returned_at, loan.version AS loan_version
    FROM lending_loan loan
    JOIN inventory_item item ON item.id = loan.item
    JOIN lending_borrower borrower ON borrower.id = loan.borrower
    LEFT JOIN lending_policy policy ON policy.id = loan.policy
    WHERE loan.id = :loan_id
""" + db.for_update("loan")


#: Lets the staff of a site know a borrower.
KNOW_BORROWER = """
INSERT INTO lending_borrower_site (borrower, site) VALUES (:borrower_id, :known_at)
ON CONFLICT DO NOTHING
"""


def item_facts(row: db.Row) -> ItemFacts:
    """The item of a row of this module's queries, with its open loan."""
    loan = None
    if row["loan_id"] is not None and row.get("returned_at") is None:
        loan = LoanFacts(row["loan_id"], row["loan_borrower"], row["checked_out_at"])
    return ItemFacts(
        id=row["item_id"],
        status=ItemStatus(row["status"]),
        home_site_id=row["home_site"],
        loan=loan,
        way=(row["sent_from"], row["sent_to"]) if row["sent_to"] else None,
        problems=frozenset(map(ProblemKind, (row["problem_kinds"] or "").split(",")))
        if row["problem_kinds"]
        else frozenset(),
    )


def borrower_facts(row: db.Row) -> BorrowerFacts:
    """The borrower of a row of this module's queries."""
    return BorrowerFacts(
        id=row["borrower_id"],
        eligible_until=row["eligible_until"],
        suspended_at=row["suspended_at"],
        suspended_until=row["suspended_until"],
        own_loans=row.get("own_loans", 0),
        household_loans=row.get("household_loans") if row["household"] else None,
    )


def policy_facts(row: db.Row) -> PolicyFacts | None:
    """The policy of a row of this module's queries, or None where none applies."""
    if row["policy_id"] is None:
        return None
    return PolicyFacts(
        mode=DueMode(row["mode"]),
        length=row["length"],
        renewals=row["policy_renewals"],
        renewal_length=row["renewal_length"],
        limit_person=row["limit_person"],
        limit_household=row["limit_household"],
        signature=Signature(row["signature"]),
        returns_elsewhere=bool(row["returns_elsewhere"]),
    )


def key_values(actor: Principal, attempt: Attempt | None) -> dict[str, Any]:
    """The values that find the outcome of an earlier attempt; none is found without a key."""
    if attempt is None:
        return {"actor_id": actor.id, "key": ""}
    return {"actor_id": attempt.owner_id(actor), "key": attempt.key}
