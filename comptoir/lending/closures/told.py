"""Who was told of a moved due date: ticked on the list to call or at the desk, and taken back.

A move that was undone is told anew, and only to whoever was told the other day. What was
brought back, or is due on another day by now, needs no telling.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.principal import Principal
from comptoir.lending.closures.causes import MoveCause, cause_text
from comptoir.lending.errors import MovesNotFound
from comptoir.sites.queries import of_own_sites

#: When what has become of a move was told: the new day, or that it is as before.
TOLD_AT = "(CASE WHEN move.undone_at IS NULL THEN move.told_at ELSE move.told_back_at END)"
#: Whether it has yet to be told. Of moves undone, the last one that was told is, as long as
#: the loan is due on its old day and nobody was told of that day since, or has yet to be.
TO_TELL = f"""
({TOLD_AT} IS NULL AND loan.returned_at IS NULL AND
 CASE WHEN move.undone_at IS NULL THEN loan.due_at = move.due_after
      ELSE move.told_at IS NOT NULL AND EXISTS (
          SELECT 1 FROM lending_due_date_move old
          WHERE old.loan = move.loan AND old.undone_at IS NOT NULL
            AND old.due_before = loan.due_at)
       AND NOT EXISTS (
          SELECT 1 FROM lending_due_date_move other
          WHERE other.loan = move.loan AND other.id <> move.id
            AND CASE WHEN other.undone_at IS NULL THEN other.due_after = loan.due_at
                      AND (other.told_at IS NULL OR other.told_at >= move.undone_at)
                     ELSE other.id > move.id AND other.told_at IS NOT NULL
                      AND (other.told_back_at IS NULL OR other.told_back_at >= move.undone_at)
                END) END)
"""
_MOVES = f"""
SELECT move.id, move.loan, move.site, loan.item, loan.due_at, item.code,
       CASE WHEN {TO_TELL} THEN 1 ELSE 0 END AS to_tell,
       CASE WHEN {TOLD_AT} IS NULL THEN 0 ELSE 1 END AS told
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
WHERE move.batch = :batch AND move.borrower = :borrower AND {{seen}}
ORDER BY loan.due_at, loan.id
"""
# In the order in which whatever locks several loans does.
_LOCK = f"""
SELECT loan.id FROM lending_loan loan WHERE loan.id IN :loans
ORDER BY loan.id {db.for_update("loan")}
"""
_LOANS_OF = """
SELECT DISTINCT move.loan FROM lending_due_date_move move
WHERE move.batch = :batch AND move.borrower = :borrower
"""
_UNDONE_UNTIL = """
SELECT MAX(move.undone_at) AS "at [TIMESTAMPTZ]" FROM lending_due_date_move move
WHERE move.loan IN :loans
"""
_TOLD_UNTIL = """
SELECT MAX(move.told_at) AS "at [TIMESTAMPTZ]",
       MAX(move.told_back_at) AS "back_at [TIMESTAMPTZ]"
FROM lending_due_date_move move WHERE move.loan IN :loans
"""
#: The databases keep no shorter time.
_AN_INSTANT = timedelta(microseconds=1)
_SET = """
UPDATE lending_due_date_move
SET told_at = CASE WHEN undone_at IS NULL THEN {at} ELSE told_at END,
    told_back_at = CASE WHEN undone_at IS NULL THEN told_back_at ELSE {at} END
WHERE id IN :moves
"""
_WRITTEN = f"""
SELECT move.id, move.loan, move.site, move.borrower, loan.item, loan.due_at, item.code
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
WHERE move.loan IN :loans AND (move.told_at = :at OR move.told_back_at = :at)
ORDER BY move.loan, move.id
{db.for_update("move")}
"""
_NOT_HEARD = """
UPDATE lending_due_date_move
SET told_at = CASE WHEN told_at = :at THEN NULL ELSE told_at END,
    told_back_at = CASE WHEN told_back_at = :at THEN NULL ELSE told_back_at END
WHERE id IN :moves
"""
_AT_DESK = f"""
SELECT move.batch, move.due_before, move.undone_at, loan.due_at, model.short_name,
       place.time_zone, day.reason, move.cause,
       CASE WHEN loan.return_site <> move.site THEN place.short_name ELSE '' END AS elsewhere
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
JOIN sites_site place ON place.id = loan.return_site
LEFT JOIN sites_exception day ON day.id = move.exception
WHERE move.borrower = :borrower AND {TO_TELL} AND {{seen}}
ORDER BY move.batch, loan.due_at, loan.id
"""


class UntoldLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan whose moved due date the borrower has yet to hear of.

    Days are by the clock of where it is to be brought back; ``elsewhere`` names that site where
    another one was chosen since. ``undone``: it is due on its old day again, or as that one's
    hours say.
    ``earlier``: it is due before the date that it had.
    ``reason`` is why the door is shut then, as the public reads it; it may be empty.
    ``cause`` is what moved it first, in a few words; empty where that was a closure.
    """

    model: str
    due_at: datetime
    time_zone: str
    was_due: date
    undone: bool
    earlier: bool
    reason: str
    cause: str
    elsewhere: str = ""


class Untold(msgspec.Struct, frozen=True):
    """What one announcement leaves to tell somebody."""

    announcement_id: UUID
    loans: tuple[UntoldLoan, ...]


async def tell(
    actor: Principal,
    batch: UUID,
    borrower_id: UUID,
    *,
    only: Collection[UUID] | None = None,
    now: datetime,
) -> int:
    """Write down that a borrower was told what an announcement moved at the actor's sites.

    ``only`` these moves, where not all were spoken of. Whoever was told before, perhaps at
    another desk this moment, stays told. It gives how many moves had yet to be told.

    Raises:
        MovesNotFound: it moved nothing of theirs at a site where the actor works.
    """
    async with db.transaction():
        return await note_told(actor, batch, borrower_id, only=only, now=now)


async def note_told(
    actor: Principal,
    batch: UUID,
    borrower_id: UUID,
    *,
    only: Collection[UUID] | None = None,
    now: datetime,
) -> int:
    """The same, in the transaction of what told them.

    Raises:
        MovesNotFound: as for ``tell``.
    """
    moves = [
        row
        for row in await _moves(actor, batch, borrower_id)
        if row["to_tell"] and (only is None or row["id"] in only)
    ]
    if moves:
        at = await moment_to_tell([row["loan"] for row in moves], now=now)
        await db.execute(_SET.format(at=":now"), moves=[row["id"] for row in moves], now=at)
    await _record(actor, "loan.move_told", borrower_id, moves, now)
    return len(moves)


async def moment_to_tell(loans: Collection[UUID], *, now: datetime) -> datetime:
    """``now``, or the moment at which a move of these loans was undone, if that is later.

    Each process takes its time before it waits for another, so their moments alone do not
    say what came first. While the loans are locked, as they are from here on to the end of the
    transaction, these do: see ``moment_to_undo``.
    """
    await db.fetch(_LOCK, loans=[*loans])
    row = await db.fetch_one(_UNDONE_UNTIL, loans=[*loans])
    undone: datetime | None = row["at"] if row else None
    return max(now, undone or now)


async def moment_to_undo(loans: Collection[UUID], *, now: datetime) -> datetime:
    """``now``, or else after whatever was told of these loans, which are locked."""
    row = await db.fetch_one(_TOLD_UNTIL, loans=[*loans])
    told: list[datetime] = [at for at in row.values() if at] if row else []
    return max([now, *(at + _AN_INSTANT for at in told)])


async def take_telling_back(
    actor: Principal, batch: UUID, borrower_id: UUID, *, now: datetime
) -> None:
    """A borrower was not told after all. Whoever has yet to be told stays on the list.

    Raises:
        MovesNotFound: as for ``tell``.
    """
    async with db.transaction():
        await note_not_told(actor, batch, borrower_id, now=now)


async def note_not_told(actor: Principal, batch: UUID, borrower_id: UUID, *, now: datetime) -> None:
    """The same, in the transaction of what it follows from.

    Raises:
        MovesNotFound: as for ``tell``.
    """
    moves = [row for row in await _moves(actor, batch, borrower_id) if row["told"]]
    if moves:
        await db.execute(_SET.format(at="NULL"), moves=[row["id"] for row in moves])
    await _record(actor, "loan.move_not_told", borrower_id, moves, now)


async def was_not_heard(
    actor: Principal, loans: Collection[UUID], told_at: datetime, *, now: datetime
) -> None:
    """What was written down as told of some loans at ``told_at`` did not reach anybody."""
    rows = await db.fetch(_WRITTEN, loans=[*loans], at=told_at) if loans else []
    if rows:
        await db.execute(_NOT_HEARD, moves=[row["id"] for row in rows], at=told_at)
    for row in rows:
        await _record(actor, "loan.move_not_told", row["borrower"], [row], now)


async def untold(actor: Principal, borrower_id: UUID) -> tuple[Untold, ...]:
    """What a borrower has yet to hear of moved due dates at the actor's sites."""
    seen, values = seen_by(actor)
    rows = await db.fetch(_AT_DESK.format(seen=seen), borrower=borrower_id, **values)
    return tuple(
        Untold(batch, tuple(_untold(row) for row in some))
        for batch, some in groupby(rows, key=lambda row: row["batch"])
    )


def seen_by(actor: Principal) -> tuple[str, dict[str, object]]:
    """The condition for moves at the actor's sites, and its values."""
    return of_own_sites(actor, "move.site")


async def _moves(actor: Principal, batch: UUID, borrower_id: UUID) -> list[db.Row]:
    """Those of one person. Their loans are locked first: what is read is true until the end."""
    seen, values = seen_by(actor)
    loans = await db.fetch(_LOANS_OF, batch=batch, borrower=borrower_id)
    if loans:
        await db.fetch(_LOCK, loans=[row["loan"] for row in loans])
    rows = await db.fetch(
        _MOVES.format(seen=seen) + db.for_update("move"),
        batch=batch,
        borrower=borrower_id,
        **values,
    )
    if not rows:
        raise MovesNotFound
    return rows


async def _record(
    actor: Principal, action: str, borrower_id: UUID, moves: list[db.Row], now: datetime
) -> None:
    await audit.record_many(
        [
            audit.values(
                actor,
                action,
                "loan",
                move["loan"],
                now=now,
                related=(move["item"], borrower_id),
                site_id=move["site"],
                changes={"due_at": [None, move["due_at"]], "item": move["code"]},
            )
            for move in moves
        ]
    )


def _untold(row: db.Row) -> UntoldLoan:
    return UntoldLoan(
        model=row["short_name"],
        due_at=row["due_at"],
        time_zone=row["time_zone"],
        was_due=localtime(row["due_before"], row["time_zone"]).date(),
        undone=row["undone_at"] is not None,
        earlier=row["undone_at"] is None and row["due_at"] < row["due_before"],
        reason=row["reason"] or "",
        elsewhere=row["elsewhere"],
        cause="" if row["cause"] == MoveCause.CLOSURE else cause_text(row["cause"]),
    )
