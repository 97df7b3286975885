"""Reads of policies."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.inventory.queries import catalogue
from comptoir.lending.due_dates import DueMode
from comptoir.lending.policies.groups import groups
from comptoir.lending.policies.schemas import PolicyCell, PolicyMatrix, PolicyRow, PolicyView
from comptoir.lending.rules import Signature

_POLICIES = """
SELECT id, category, borrower_group, mode, length, renewals, renewal_length, limit_person,
       limit_household, signature, returns_elsewhere, version
FROM lending_policy
"""


async def own_policy(category: UUID, group: UUID | None) -> PolicyView | None:
    """The policy made for just this pair (group None: any group), without fallback."""
    condition = "borrower_group IS NULL" if group is None else "borrower_group = :group_id"
    row = await db.fetch_one(
        f"{_POLICIES} WHERE category = :category AND {condition}",
        category=category,
        group_id=group,
    )
    return _view(row) if row else None


async def policy_matrix() -> PolicyMatrix:
    """Every active category by every group, in three statements."""
    kinds = await catalogue.categories(active_only=True)
    known = await groups()
    policies = {
        (row["category"], row["borrower_group"]): _view(row) for row in await db.fetch(_POLICIES)
    }
    rows = []
    for kind in kinds:
        fallback = policies.get((kind.id, None))
        own = [PolicyCell(g.id, policies.get((kind.id, g.id)), fallback) for g in known]
        rows.append(PolicyRow(kind.id, kind.names, (PolicyCell(None, fallback), *own)))
    return PolicyMatrix(tuple(known), tuple(rows))


def _view(row: db.Row) -> PolicyView:
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
