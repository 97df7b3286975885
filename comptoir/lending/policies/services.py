"""Changing policies: one function per use case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.queries import catalogue
from comptoir.lending.policies.errors import PolicyNotFound, SettingsChanged
from comptoir.lending.policies.groups import read_group
from comptoir.lending.policies.permissions import need_coordinator
from comptoir.lending.policies.queries import own_policy
from comptoir.lending.policies.schemas import PolicyView, SavePolicy
from comptoir.lending.policies.validation import policy_errors
from comptoir.lending.tables import Policy

#: The version of a policy that does not exist yet.
NEW = 0


async def save_policy(
    actor: Principal, command: SavePolicy, *, version: int = NEW, now: datetime
) -> UUID:
    """Set what applies to a category and group, read at ``version``; give the policy's id.

    Loans that are open keep their due date; their renewals follow the new policy.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        Invalid: a field is wrong.
        CategoryNotFound, GroupNotFound: there is no such category or group.
        SettingsChanged: somebody changed, made or removed it since.
    """
    need_coordinator(actor)
    if errors := policy_errors(command):
        raise Invalid(errors)
    try:
        async with db.transaction():
            await catalogue.category(command.category)
            if command.group is not None:
                await read_group(command.group)
            before = await own_policy(command.category, command.group)
            if (before.version if before else NEW) != version:
                raise SettingsChanged
            policy_id = before.id if before else new_id()
            await _write(policy_id, command, version)
            await audit.record(
                actor,
                "policy.edited" if before else "policy.created",
                "policy",
                policy_id,
                now=now,
                related=(command.category, command.group),
                changes=audit.difference(_shown(before) if before else {}, _shown(command)),
            )
            return policy_id
    except db.IntegrityErrors as error:
        raise SettingsChanged from error  # made by somebody else at the same moment


async def remove_policy(
    actor: Principal, category: UUID, group: UUID | None, *, version: int, now: datetime
) -> None:
    """Remove a policy that was read at ``version``.

    A group without one falls back on that of any group; without that, things
    of the category are not lent to it any more. Open loans stay.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        PolicyNotFound: there is none.
        SettingsChanged: somebody changed it since.
    """
    need_coordinator(actor)
    async with db.transaction():
        before = await own_policy(category, group)
        if before is None:
            raise PolicyNotFound
        if before.version != version:
            raise SettingsChanged
        await Policy.delete().where(Policy.id == before.id)
        await audit.record(
            actor,
            "policy.removed",
            "policy",
            before.id,
            now=now,
            related=(category, group),
            changes={name: [value, None] for name, value in _shown(before).items()},
        )


async def _write(policy_id: UUID, command: SavePolicy, version: int) -> None:
    values = _shown(command)
    if version == NEW:
        await Policy(
            id=policy_id, category=command.category, borrower_group=command.group, **values
        ).save()
        return
    new: dict[Any, Any] = {**values, "version": version + 1}
    changed = (
        await Policy.update(new)
        .where((Policy.id == policy_id) & (Policy.version == version))
        .returning(Policy.id)
    )
    if not changed:
        raise SettingsChanged


def _shown(policy: SavePolicy | PolicyView) -> dict[str, Any]:
    """The columns that a policy sets."""
    values = msgspec.structs.asdict(policy)
    for name in ("id", "version", "category", "group"):
        values.pop(name, None)
    return values | {"mode": policy.mode.value, "signature": policy.signature.value}
