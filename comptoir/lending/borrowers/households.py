"""Who lives with whom: people of one household share a limit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending.borrowers.errors import SameBorrower
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.tables import Borrower, Household


async def join_household(
    actor: Principal, borrower_id: UUID, *, lives_with: UUID, now: datetime
) -> None:
    """Let a borrower belong to the household of somebody they live with.

    If that person has none yet, it begins with the two of them. A household
    that the borrower belonged to before is left.

    Raises:
        BorrowerNotFound: one of them does not exist, or is not for the actor to know of.
        SameBorrower: both are the same person.
    """
    if borrower_id == lives_with:
        raise SameBorrower
    async with db.transaction():
        # In one order, so that two who choose each other do not wait for each other.
        rows = {
            each: await find_visible(actor, each, lock=True)
            for each in sorted((borrower_id, lives_with))
        }
        before, household = rows[borrower_id]["household"], rows[lives_with]["household"]
        if household is not None and household == before:
            return
        if household is None:
            household = new_id()
            await Household(id=household, label="", created_at=now).save()
            await _move(lives_with, household)
        await _move(borrower_id, household)
        await _dissolve(before)
        await audit.record(
            actor,
            "borrower.household_joined",
            "borrower",
            borrower_id,
            now=now,
            related=(lives_with,),
        )


async def leave_household(actor: Principal, borrower_id: UUID, *, now: datetime) -> None:
    """Let a borrower belong to no household. Whoever has none stays as they are.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    async with db.transaction():
        row = await find_visible(actor, borrower_id, lock=True)
        if row["household"] is None:
            return
        await _move(borrower_id, None)
        await _dissolve(row["household"])
        await audit.record(actor, "borrower.household_left", "borrower", borrower_id, now=now)


async def _move(borrower_id: UUID, household: UUID | None) -> None:
    new: dict[Any, Any] = {
        Borrower.household: household,
        Borrower.version: Borrower.version + 1,
    }
    await Borrower.update(new).where(Borrower.id == borrower_id)


async def _dissolve(household: UUID | None) -> None:
    """Nobody lives with others alone: a household of one is none."""
    if household is None:
        return
    if await Borrower.count().where(Borrower.household == household) < 2:
        await Household.delete().where(Household.id == household)
