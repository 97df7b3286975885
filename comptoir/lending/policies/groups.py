"""Groups of borrowers. There are few, so they are read whole; one is the default."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.inventory.names import (
    clean_names,
    names_errors,
    read_names,
    refuse_taken,
    write_names,
)
from comptoir.lending.policies.errors import GroupInUse, GroupNotFound, SettingsChanged
from comptoir.lending.policies.permissions import need_coordinator
from comptoir.lending.policies.schemas import GroupView, SaveGroup
from comptoir.lending.tables import BorrowerGroup

#: The group that a program just installed begins with.
EVERYBODY = {"fr": "Tout le monde", "de": "Alle", "it": "Tutti", "en": "Everybody"}

#: What transactions take turns over: no index knows which names a person would take for one.
_NAMES = "lending.group names"
_GROUPS = """
SELECT g.id, g.names, g.is_default, g.version,
       CASE WHEN EXISTS (SELECT 1 FROM lending_borrower AS b WHERE b.borrower_group = g.id)
       THEN 1 ELSE 0 END AS used
FROM lending_borrower_group AS g
"""


async def people_in_groups() -> dict[UUID, int]:
    """How many borrowers of all sites are in each group; one that nobody is in is left out."""
    rows = await db.fetch(
        "SELECT borrower_group, COUNT(*) AS people FROM lending_borrower GROUP BY borrower_group"
    )
    return {row["borrower_group"]: row["people"] for row in rows}


async def groups() -> list[GroupView]:
    """Every group, in order."""
    rows = await db.fetch(f"{_GROUPS} ORDER BY g.position, g.id")
    return [_view(row) for row in rows]


async def read_group(group_id: UUID) -> GroupView:
    """One group.

    Raises:
        GroupNotFound: there is none.
    """
    row = await db.fetch_one(f"{_GROUPS} WHERE g.id = :id", id=group_id)
    if row is None:
        raise GroupNotFound
    return _view(row)


async def group_exists(group_id: UUID) -> bool:
    """True if there is a group of this id."""
    return await BorrowerGroup.exists().where(BorrowerGroup.id == group_id)


async def default_group() -> UUID:
    """The group of whoever is put into no other; made if there is none yet.

    Called inside a transaction.
    """
    row = await db.fetch_one("SELECT id FROM lending_borrower_group WHERE is_default")
    if row is not None:
        found: UUID = row["id"]
        return found
    group = BorrowerGroup(id=new_id(), names=write_names(EVERYBODY), is_default=True)
    await group.save()
    return group.id


async def create_group(actor: Principal, command: SaveGroup, *, now: datetime) -> UUID:
    """Add a group after the others; give its id. The first one is the default.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        Invalid: it has no name, one too long, or one that another has.
    """
    need_coordinator(actor)
    _refuse_names(command)
    group_id = new_id()
    async with db.transaction():
        await db.take_turns(_NAMES)
        refuse_taken(command.names, (each.names for each in await groups()))
        known = await db.fetch("SELECT position FROM lending_borrower_group ORDER BY position DESC")
        await BorrowerGroup(
            id=group_id,
            names=write_names(command.names),
            is_default=not known,
            position=known[0]["position"] + 1 if known else 0,
        ).save()
        await audit.record(
            actor,
            "group.created",
            "borrower_group",
            group_id,
            now=now,
            changes={"names": [None, clean_names(command.names)]},
        )
    return group_id


async def edit_group(
    actor: Principal, group_id: UUID, command: SaveGroup, *, version: int, now: datetime
) -> None:
    """Rename a group that was read at ``version``.

    Raises:
        CoordinatorNeeded, Invalid: as for ``create_group``.
        GroupNotFound: there is none.
        SettingsChanged: somebody changed it since.
    """
    need_coordinator(actor)
    _refuse_names(command)
    async with db.transaction():
        before = await read_group(group_id)
        if clean_names(command.names) != before.names:
            await db.take_turns(_NAMES)
            others = [each.names for each in await groups() if each.id != group_id]
            refuse_taken(command.names, others)
        changed = (
            await BorrowerGroup.update(
                {"names": write_names(command.names), "version": version + 1}
            )
            .where((BorrowerGroup.id == group_id) & (BorrowerGroup.version == version))
            .returning(BorrowerGroup.id)
        )
        if not changed:
            raise SettingsChanged
        await audit.record(
            actor,
            "group.edited",
            "borrower_group",
            group_id,
            now=now,
            changes={"names": [before.names, clean_names(command.names)]},
        )


async def make_default(actor: Principal, group_id: UUID, *, now: datetime) -> None:
    """Put new borrowers into this group from now on, unless another is chosen.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        GroupNotFound: there is none.
    """
    need_coordinator(actor)
    async with db.transaction():
        if (await read_group(group_id)).is_default:
            return
        # One after the other: the index lets only one be the default at any moment.
        await BorrowerGroup.update({BorrowerGroup.is_default: False}).where(
            BorrowerGroup.is_default.eq(True)
        )
        await BorrowerGroup.update({BorrowerGroup.is_default: True}).where(
            BorrowerGroup.id == group_id
        )
        await audit.record(actor, "group.made_default", "borrower_group", group_id, now=now)


async def remove_group(actor: Principal, group_id: UUID, *, now: datetime) -> None:
    """Remove a group that nobody is in, with its policies.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        GroupNotFound: there is none.
        GroupInUse: somebody is in it, or it is the default.
    """
    need_coordinator(actor)
    try:
        async with db.transaction():
            group = await read_group(group_id)
            if group.used or group.is_default:
                raise GroupInUse
            await BorrowerGroup.delete().where(BorrowerGroup.id == group_id)
            await audit.record(
                actor,
                "group.removed",
                "borrower_group",
                group_id,
                now=now,
                changes={"names": [group.names, None]},
            )
    except db.IntegrityErrors as error:
        raise GroupInUse from error  # somebody was put into it at the same moment


def _refuse_names(command: SaveGroup) -> None:
    if errors := names_errors(command.names, "names"):
        raise Invalid(errors)


def _view(row: db.Row) -> GroupView:
    return GroupView(
        id=row["id"],
        names=read_names(row["names"]),
        is_default=row["is_default"],
        used=bool(row["used"]),
        version=row["version"],
    )
