"""Reads of policies."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.inventory.queries import catalogue
from comptoir.lending.due_dates import DueMode
from comptoir.lending.policies.errors import PolicyNotFound
from comptoir.lending.policies.groups import groups
from comptoir.lending.policies.schemas import (
    PolicyCell,
    PolicyMatrix,
    PolicyRow,
    PolicyView,
    Removal,
)
from comptoir.lending.rules import Signature

#: What ``policy_view`` needs of a row, for a statement that reads ``lending_policy policy``.
VIEW_COLUMNS = """
    policy.id, policy.category, policy.borrower_group, policy.mode, policy.length,
    policy.renewals, policy.renewal_length, policy.limit_person, policy.limit_household,
    policy.signature, policy.returns_elsewhere, policy.version
"""
_POLICIES = f"SELECT {VIEW_COLUMNS} FROM lending_policy policy"
_OPEN_LOANS = """
SELECT COUNT(*) AS number FROM lending_loan loan
JOIN lending_borrower borrower ON borrower.id = loan.borrower
WHERE loan.category = :category AND loan.returned_at IS NULL
  AND borrower.borrower_group IN :group_ids
"""


async def own_policy(category: UUID, group: UUID | None) -> PolicyView | None:
    """The policy made for just this pair (group None: any group), without fallback."""
    condition = "borrower_group IS NULL" if group is None else "borrower_group = :group_id"
    row = await db.fetch_one(
        f"{_POLICIES} WHERE category = :category AND {condition}",
        category=category,
        group_id=group,
    )
    return policy_view(row) if row else None


async def policy_matrix() -> PolicyMatrix:
    """Every active category by every group, in three statements."""
    kinds = await catalogue.categories(active_only=True)
    known = await groups()
    policies = {
        (row["category"], row["borrower_group"]): policy_view(row)
        for row in await db.fetch(_POLICIES)
    }
    rows = []
    for kind in kinds:
        fallback = policies.get((kind.id, None))
        own = [PolicyCell(g.id, policies.get((kind.id, g.id)), fallback) for g in known]
        rows.append(PolicyRow(kind.id, kind.names, (PolicyCell(None, fallback), *own)))
    return PolicyMatrix(tuple(known), tuple(rows))


async def what_hangs_on(category: UUID, group: UUID | None) -> Removal:
    """What changes when the policy of this pair is removed, in four statements.

    Raises:
        PolicyNotFound: there is none.
    """
    policy = await own_policy(category, group)
    if policy is None:
        raise PolicyNotFound
    fallback = await own_policy(category, None) if group else None
    with_own = {
        row["borrower_group"]
        for row in await db.fetch(
            "SELECT borrower_group FROM lending_policy "
            "WHERE category = :category AND borrower_group IS NOT NULL",
            category=category,
        )
    }
    concerned = tuple(
        each for each in await groups() if (each.id == group if group else each.id not in with_own)
    )
    loans = await db.fetch(
        _OPEN_LOANS, category=category, group_ids=[each.id for each in concerned]
    )
    return Removal(policy, fallback, concerned, int(loans[0]["number"]))


def policy_view(row: db.Row) -> PolicyView:
    """The policy of a row with ``VIEW_COLUMNS``."""
    return PolicyView(
        id=row["id"],
        category=row["category"],
        group=row["borrower_group"],
        mode=DueMode(row["mode"]),
        length=row["length"],
        renewals=row["renewals"],
        renewal_length=row["renewal_length"],
        limit_person=row["limit_person"],
        limit_household=row["limit_household"],
        signature=Signature(row["signature"]),
        returns_elsewhere=bool(row["returns_elsewhere"]),
        version=row["version"],
    )
