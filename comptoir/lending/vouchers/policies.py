"""Who may be given a kind of voucher, and how many: what coordinators set, for all sites."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid, NotFound
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers import queries as kinds
from comptoir.lending.policies.errors import SettingsChanged
from comptoir.lending.policies.groups import read_group
from comptoir.lending.policies.permissions import need_coordinator
from comptoir.lending.policies.validation import HIGHEST_LIMIT, out_of_range
from comptoir.lending.vouchers.rules import LONGEST_PERIOD

#: The version of a policy that does not exist yet.
NEW = 0

_READ = """
SELECT policy.id, policy.kind, policy.borrower_group, policy.limit_person,
       policy.limit_household, policy.period_days, policy.version
FROM lending_voucher_policy policy
"""
_INSERT = """
INSERT INTO lending_voucher_policy (id, kind, borrower_group, limit_person, limit_household,
                                    period_days, version)
VALUES (:id, :kind, :group, :limit_person, :limit_household, :period_days, 1)
"""
_UPDATE = """
UPDATE lending_voucher_policy
SET limit_person = :limit_person, limit_household = :limit_household,
    period_days = :period_days, version = version + 1
WHERE id = :id AND version = :version RETURNING id
"""


class VoucherPolicyNotFound(NotFound):
    """There is no such policy."""

    code = "lending.voucher-policy-not-found"

    def message(self) -> str:
        return _("There is no such rule any more. Look at the list again.")


class VoucherTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many may be given within `period_days` calendar days. A limit of null is no limit."""

    limit_person: int | None
    limit_household: int | None
    period_days: int


class SaveVoucherPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may be given a kind, and how many; `group` null: any group without its own."""

    kind: UUID
    group: UUID | None
    limit_person: int | None
    limit_household: int | None
    period_days: int


class VoucherPolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is."""

    id: UUID
    kind: UUID
    group: UUID | None
    limit_person: int | None
    limit_household: int | None
    period_days: int
    version: int


async def voucher_policies() -> list[VoucherPolicyView]:
    """All policies: few, as kinds and groups are."""
    return [_view(row) for row in await db.fetch(f"{_READ} ORDER BY policy.id")]


async def voucher_policy(policy_id: UUID) -> VoucherPolicyView:
    """One policy.

    Raises:
        VoucherPolicyNotFound: there is none.
    """
    row = await db.fetch_one(f"{_READ} WHERE policy.id = :id", id=policy_id)
    if row is None:
        raise VoucherPolicyNotFound
    return _view(row)


async def own_voucher_policy(kind: UUID, group: UUID | None) -> VoucherPolicyView | None:
    """The policy made for just this pair (group None: any group), without fallback."""
    condition = "borrower_group IS NULL" if group is None else "borrower_group = :group_id"
    row = await db.fetch_one(
        f"{_READ} WHERE policy.kind = :kind AND policy.{condition}", kind=kind, group_id=group
    )
    return _view(row) if row else None


async def save_voucher_policy(
    actor: Principal, command: SaveVoucherPolicy, *, version: int = NEW, now: datetime
) -> UUID:
    """Set what applies to a kind and group, read at ``version``; give the policy's id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        Invalid: a field is wrong.
        VoucherKindNotFound, GroupNotFound: there is no such kind or group.
        SettingsChanged: somebody changed, made or removed it since.
    """
    need_coordinator(actor)
    if errors := policy_errors(command):
        raise Invalid(errors)
    try:
        async with db.transaction():
            await kinds.kind(command.kind)
            if command.group is not None:
                await read_group(command.group)
            before = await own_voucher_policy(command.kind, command.group)
            if (before.version if before else NEW) != version:
                raise SettingsChanged
            policy_id = before.id if before else new_id()
            values = msgspec.structs.asdict(command) | {"id": policy_id, "version": version}
            if not before:
                await db.execute(_INSERT, **values)
            elif not await db.fetch(_UPDATE, **values):
                raise SettingsChanged
            await audit.record(
                actor,
                "voucher_policy.edited" if before else "voucher_policy.created",
                "voucher_policy",
                policy_id,
                now=now,
                related=(command.kind, command.group),
                changes=audit.difference(_shown(before) if before else {}, _shown(command)),
            )
            return policy_id
    except db.IntegrityErrors as error:
        raise SettingsChanged from error  # made by somebody else at the same moment


async def remove_voucher_policy(
    actor: Principal, policy_id: UUID, *, version: int, now: datetime
) -> None:
    """Remove a policy that was read at ``version``.

    A group without one falls back on that of any group; without that, it is given none.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        VoucherPolicyNotFound: there is none.
        SettingsChanged: somebody changed it since.
    """
    need_coordinator(actor)
    async with db.transaction():
        before = await voucher_policy(policy_id)
        if before.version != version:
            raise SettingsChanged
        await db.execute("DELETE FROM lending_voucher_policy WHERE id = :id", id=policy_id)
        await audit.record(
            actor,
            "voucher_policy.removed",
            "voucher_policy",
            policy_id,
            now=now,
            related=(before.kind, before.group),
            changes={name: [value, None] for name, value in _shown(before).items()},
        )


def policy_errors(command: SaveVoucherPolicy) -> list[FieldError]:
    """Everything wrong with a policy, field by field."""
    ranges = (
        ("limit_person", command.limit_person, HIGHEST_LIMIT),
        ("limit_household", command.limit_household, HIGHEST_LIMIT),
        ("period_days", command.period_days, LONGEST_PERIOD),
    )
    errors = [
        out_of_range(field, 1, most)
        for field, value, most in ranges
        if value is not None and not 1 <= value <= most
    ]
    person, household = command.limit_person, command.limit_household
    if not errors and person is not None and household is not None and household < person:
        text = _("A household may have at least as many as one person: correct one of the two.")
        errors.append(FieldError("limit_household", "lending.household-limit-too-low", text))
    return errors


def _view(row: db.Row) -> VoucherPolicyView:
    return VoucherPolicyView(
        id=row["id"],
        kind=row["kind"],
        group=row["borrower_group"],
        limit_person=row["limit_person"],
        limit_household=row["limit_household"],
        period_days=row["period_days"],
        version=row["version"],
    )


def _shown(policy: SaveVoucherPolicy | VoucherPolicyView) -> dict[str, int | None]:
    return {
        "limit_person": policy.limit_person,
        "limit_household": policy.limit_household,
        "period_days": policy.period_days,
    }
