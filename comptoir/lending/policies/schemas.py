"""Commands that change policies and groups, and views of them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.lending.due_dates import DueMode
from comptoir.lending.rules import Signature

#: A name per language; those not written are absent.
Names = dict[str, str]


class SavePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long a group may keep things of a category; ``group`` null: any group.

    ``length`` counts days, or hours where the mode is ``on_site`` (0: until
    closing). A ``renewal_length`` of 0 means as long as the loan. A limit of
    null is no limit. Without ``returns_elsewhere``, things are brought back to the
    site that lent them.
    """

    category: UUID
    group: UUID | None = None
    mode: DueMode = DueMode.CALENDAR_DAYS_NEXT_OPEN
    length: int = 14
    renewals: int = 0
    renewal_length: int = 0
    limit_person: int | None = None
    limit_household: int | None = None
    signature: Signature = Signature.NONE
    returns_elsewhere: bool = True


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is; the fields are those of ``SavePolicy``."""

    id: UUID
    category: UUID
    group: UUID | None
    mode: DueMode
    length: int
    renewals: int
    renewal_length: int
    limit_person: int | None
    limit_household: int | None
    signature: Signature
    returns_elsewhere: bool
    version: int


class SaveGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group as it shall be. At least one name is needed."""

    names: Names


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group of borrowers whom policies treat alike; ``used`` if anybody is in it."""

    id: UUID
    names: Names
    is_default: bool
    used: bool
    version: int


class PolicyCell(msgspec.Struct, frozen=True):
    """What applies to one category and group.

    ``policy`` is the group's own; without it ``fallback`` applies, that of any
    group; without both, nothing of the category is lent to the group.
    """

    group: UUID | None
    policy: PolicyView | None
    fallback: PolicyView | None = None


class PolicyRow(msgspec.Struct, frozen=True):
    """A category: first what applies to any group, then a cell per group."""

    category: UUID
    names: Names
    cells: tuple[PolicyCell, ...]


class PolicyMatrix(msgspec.Struct, frozen=True):
    """Every category by every group."""

    groups: tuple[GroupView, ...]
    rows: tuple[PolicyRow, ...]


class Removal(msgspec.Struct, frozen=True):
    """What hangs on a policy that somebody is about to remove.

    ``fallback`` applies then; without one, nothing of the category is lent to ``groups``.
    ``open_loans`` are theirs, at all sites.
    """

    policy: PolicyView
    fallback: PolicyView | None
    groups: tuple[GroupView, ...]
    open_loans: int
