"""For how long which group may keep what, and the groups."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.api import Call, delete, get, post, put
from comptoir.inventory.errors import CategoryNotFound
from comptoir.lending.due_dates import DueMode
from comptoir.lending.policies import groups, queries, services
from comptoir.lending.policies.errors import (
    CoordinatorNeeded,
    GroupInUse,
    GroupNotFound,
    PolicyNotFound,
    SettingsChanged,
)
from comptoir.lending.policies.schemas import GroupView, PolicyView, SaveGroup, SavePolicy
from comptoir.lending.rules import Signature

READERS = ("desk", "borrowers", "inventory", "settings")
WRITERS = ("settings",)
TAG = "Policies"


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a policy grants.

    `length` counts days, or hours where the mode is `on_site` (0: until
    closing). A `renewal_length` of 0 means as long as the loan. A limit of null
    is no limit. Without `returns_elsewhere`, things are brought back to the site
    that lent them.
    """

    mode: DueMode
    length: int
    renewals: int
    renewal_length: int
    limit_person: int | None
    limit_household: int | None
    signature: Signature
    returns_elsewhere: bool = True


class Policies(msgspec.Struct, frozen=True):
    """All policies of the categories in use; `group` null: any group without its own."""

    items: list[PolicyView]


class Groups(msgspec.Struct, frozen=True):
    """All groups, in their order."""

    items: list[GroupView]


@get("/policies", scopes=READERS, tag=TAG)
async def list_policies(call: Call) -> Policies:
    """List the policies, all at once."""
    return Policies(await _policies())


@post(
    "/policies",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, CategoryNotFound, GroupNotFound, SettingsChanged),
    location="/policies/{id}",
)
async def create_policy(call: Call, data: SavePolicy) -> PolicyView:
    """Add a policy for a category and a group that have none yet."""
    await services.save_policy(call.actor, data, now=call.now)
    return await _own(data.category, data.group)


@get("/policies/{policy_id:uuid}", scopes=READERS, tag=TAG, errors=(PolicyNotFound,))
async def read_policy(call: Call, policy_id: UUID) -> PolicyView:
    """Read a policy."""
    return await _policy(policy_id)


@put(
    "/policies/{policy_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(PolicyNotFound, CoordinatorNeeded, SettingsChanged),
)
async def edit_policy(call: Call, policy_id: UUID, data: Terms) -> PolicyView:
    """Replace what a policy grants.

    Open loans keep their due date; their renewals follow the new policy.
    """
    known = await _policy(policy_id)
    values = msgspec.structs.asdict(data)
    command = SavePolicy(category=known.category, group=known.group, **values)
    await services.save_policy(call.actor, command, version=call.version, now=call.now)
    return await _own(known.category, known.group)


@delete(
    "/policies/{policy_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(PolicyNotFound, CoordinatorNeeded, SettingsChanged),
    conditional=True,
)
async def remove_policy(call: Call, policy_id: UUID) -> None:
    """Remove a policy; the one of any group applies instead, if there is one."""
    known = await _policy(policy_id)
    await services.remove_policy(
        call.actor, known.category, known.group, version=call.version, now=call.now
    )


@get("/groups", scopes=READERS, tag=TAG)
async def list_groups(call: Call) -> Groups:
    """List the groups of borrowers, all at once."""
    return Groups(await groups.groups())


@post(
    "/groups",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded,),
    location="/groups/{id}",
)
async def create_group(call: Call, data: SaveGroup) -> GroupView:
    """Add a group, after the others."""
    return await groups.read_group(await groups.create_group(call.actor, data, now=call.now))


@get("/groups/{group_id:uuid}", scopes=READERS, tag=TAG, errors=(GroupNotFound,))
async def read_group(call: Call, group_id: UUID) -> GroupView:
    """Read a group."""
    return await groups.read_group(group_id)


@put(
    "/groups/{group_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(GroupNotFound, CoordinatorNeeded, SettingsChanged),
)
async def edit_group(call: Call, group_id: UUID, data: SaveGroup) -> GroupView:
    """Replace the names of a group."""
    await groups.edit_group(call.actor, group_id, data, version=call.version, now=call.now)
    return await groups.read_group(group_id)


@post(
    "/groups/{group_id:uuid}/default",
    scopes=WRITERS,
    tag=TAG,
    errors=(GroupNotFound, CoordinatorNeeded),
)
async def make_default_group(call: Call, group_id: UUID) -> GroupView:
    """Put new borrowers into this group, unless another is chosen."""
    await groups.make_default(call.actor, group_id, now=call.now)
    return await groups.read_group(group_id)


@delete(
    "/groups/{group_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(GroupNotFound, CoordinatorNeeded, GroupInUse),
)
async def remove_group(call: Call, group_id: UUID) -> None:
    """Remove a group that nobody is in, with its policies."""
    await groups.remove_group(call.actor, group_id, now=call.now)


async def _policies() -> list[PolicyView]:
    matrix = await queries.policy_matrix()
    return [cell.policy for row in matrix.rows for cell in row.cells if cell.policy]


async def _policy(policy_id: UUID) -> PolicyView:
    for policy in await _policies():
        if policy.id == policy_id:
            return policy
    raise PolicyNotFound


async def _own(category: UUID, group: UUID | None) -> PolicyView:
    found = await queries.own_policy(category, group)
    if found is None:
        raise PolicyNotFound
    return found


ROUTES = [
    list_policies,
    create_policy,
    read_policy,
    edit_policy,
    remove_policy,
    list_groups,
    create_group,
    read_group,
    edit_group,
    make_default_group,
    remove_group,
]
