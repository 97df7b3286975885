"""A visit: one borrower at one desk, from their card to the next person's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending.errors import BorrowerNotFound, ReturnSiteRefused, VisitNotFound
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import VISIT_TIME

_OPEN = """
SELECT visit.site, visit.borrower, visit.return_site FROM lending_visit visit
WHERE visit.closed_at IS NULL AND visit.opened_at > :since
"""


async def open_visit(
    actor: Principal, borrower_id: UUID, *, site_id: UUID, by_card: bool, now: datetime
) -> UUID:
    """Open a borrower's visit at a site, or give the one that is still open.

    A card is the borrower's own hand: it makes them known at this site. Without
    it, only a borrower known at the actor's sites can be found.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
    """
    async with db.transaction():
        row = await db.fetch_one(
            """
            SELECT borrower.id,
                   (SELECT visit.id FROM lending_visit visit
                    WHERE visit.borrower = borrower.id AND visit.site = :site_id
                      AND visit.closed_at IS NULL AND visit.opened_at > :since
                    ORDER BY visit.opened_at DESC LIMIT 1) AS "visit_id [UUID]"
            FROM lending_borrower borrower WHERE borrower.id = :borrower_id
            """,
            borrower_id=borrower_id,
            site_id=site_id,
            since=now - VISIT_TIME,
        )
        if row is None or not (by_card or await is_known(actor, borrower_id)):
            raise BorrowerNotFound
        await db.execute(
            "INSERT INTO lending_borrower_site (borrower, site) VALUES (:borrower_id, :site_id) "
            "ON CONFLICT DO NOTHING",
            borrower_id=borrower_id,
            site_id=site_id,
        )
        if row["visit_id"] is not None:
            visit_id: UUID = row["visit_id"]
            return visit_id
        visit_id = new_id()
        await db.execute(
            "INSERT INTO lending_visit (id, site, borrower, opened_at) "
            "VALUES (:id, :site_id, :borrower_id, :now)",
            id=visit_id,
            site_id=site_id,
            borrower_id=borrower_id,
            now=now,
        )
        await audit.record(
            actor,
            "visit.opened",
            "visit",
            visit_id,
            now=now,
            related=(borrower_id,),
            site_id=site_id,
        )
        return visit_id


async def close_visit(actor: Principal, visit_id: UUID, *, now: datetime) -> None:
    """End a visit. One that is over, or that the actor may not know of, stays as it is."""
    async with db.transaction():
        row = await db.fetch_one(
            "SELECT borrower, site FROM lending_visit WHERE id = :id AND closed_at IS NULL",
            id=visit_id,
        )
        if row is None or not actor.sees_site(row["site"]):
            return
        await db.execute(
            "UPDATE lending_visit SET closed_at = :now WHERE id = :id", now=now, id=visit_id
        )
        await audit.record(
            actor,
            "visit.closed",
            "visit",
            visit_id,
            now=now,
            related=(row["borrower"],),
            site_id=row["site"],
        )


async def choose_return_site(
    actor: Principal, visit_id: UUID, site_id: UUID | None, *, now: datetime
) -> None:
    """Say where what is lent from now on in a visit is to be brought back; None: to its site.

    What the policy of a thing makes of it is asked when the thing is lent.

    Raises:
        VisitNotFound: it is over, or at a site the actor may not know of.
        ReturnSiteRefused: there is no such site, or it is not public.
    """
    async with db.transaction():
        row = await db.fetch_one(
            f"{_OPEN} AND visit.id = :id" + db.for_update("visit"),
            id=visit_id,
            since=now - VISIT_TIME,
        )
        if row is None or not actor.sees_site(row["site"]):
            raise VisitNotFound
        chosen = None if site_id == row["site"] else site_id
        if chosen is not None:
            await _need_public(chosen)
        if chosen == row["return_site"]:
            return
        await db.execute(
            "UPDATE lending_visit SET return_site = :chosen WHERE id = :id",
            chosen=chosen,
            id=visit_id,
        )
        before = row["return_site"]
        await audit.record(
            actor,
            "visit.return_site_chosen",
            "visit",
            visit_id,
            now=now,
            related=(row["borrower"],),
            site_id=row["site"],
            changes={"return_site": [before and str(before), chosen and str(chosen)]},
        )


async def _need_public(site_id: UUID) -> None:
    row = await db.fetch_one(
        "SELECT (active AND published) AS is_public FROM sites_site WHERE id = :id", id=site_id
    )
    if row is None:
        raise ReturnSiteRefused(Refusal(RefusalCode.RETURN_SITE_UNKNOWN))
    if not row["is_public"]:
        raise ReturnSiteRefused(Refusal(RefusalCode.RETURN_SITE_NOT_PUBLIC))


async def borrower_of(actor: Principal, visit_id: UUID | None, *, now: datetime) -> UUID | None:
    """Whose visit is open under this id at the actor's site; None where it is over."""
    if visit_id is None:
        return None
    row = await db.fetch_one(
        "SELECT borrower, site FROM lending_visit "
        "WHERE id = :id AND closed_at IS NULL AND opened_at > :since",
        id=visit_id,
        since=now - VISIT_TIME,
    )
    return row["borrower"] if row is not None and actor.sees_site(row["site"]) else None


async def is_known(actor: Principal, borrower_id: UUID) -> bool:
    """Whether one of the actor's sites knows the borrower."""
    if actor.all_sites:
        return True
    row = await db.fetch_one(
        "SELECT 1 AS known FROM lending_borrower_site WHERE borrower = :id AND site IN :sites",
        id=borrower_id,
        sites=list(actor.site_ids),
    )
    return row is not None
