"""Announcements that moved due dates: where, for how many people, and what became of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal
from comptoir.lending.closures import told
from comptoir.lending.closures.causes import MoveCause, cause_text
from comptoir.lending.errors import MovesNotFound
from comptoir.sites.queries import need_in_sight


class MovedSite(msgspec.Struct, frozen=True):
    """A site where an announcement moved what is due."""

    id: UUID
    name: str


class KeptLoan(msgspec.Struct, frozen=True):
    """An open loan that did not go back to its old day when the announcement was withdrawn."""

    batch: UUID
    loan_id: UUID
    code: str
    model: str
    due_at: datetime


class Announced(msgspec.Struct, frozen=True):
    """An announcement that moved due dates: when, of what days on, and for how many people.

    ``withdrawn`` counts the loans whose site has withdrawn it since, ``restored`` those
    that went back to their old day. ``kept`` are the open ones that did not. ``to_tell``
    counts the people who have yet to be told, ``told`` those who were told all.
    ``cause`` is a ``MoveCause``; of anything but a closure, the loans that a later change
    took back are ``withdrawn``.
    """

    id: UUID
    moved_at: datetime
    first_due: datetime
    time_zone: str
    sites: int
    people: int
    loans: int
    withdrawn: int
    restored: int
    to_tell: int
    told: int
    cause: MoveCause
    kept: tuple[KeptLoan, ...] = ()

    @property
    def why(self) -> str:
        """What moved the dates, in a few words; empty where a closure did."""
        return "" if self.cause is MoveCause.CLOSURE else cause_text(self.cause)


_ANNOUNCED = f"""
SELECT move.batch AS id, MAX(move.moved_at) AS "moved_at [TIMESTAMPTZ]",
       MIN(move.due_before) AS "first_due [TIMESTAMPTZ]",
       MIN(site.time_zone) AS time_zone, COUNT(DISTINCT move.site) AS sites,
       COUNT(DISTINCT move.borrower) AS people, COUNT(*) AS loans,
       COUNT(CASE WHEN move.cause <> 'closure' THEN move.undone_at
                  WHEN day.id IS NULL THEN move.moved_at END) AS withdrawn,
       COUNT(move.undone_at) AS restored, MIN(move.cause) AS cause,
       COUNT(DISTINCT CASE WHEN {told.TO_TELL} THEN move.borrower END) AS to_tell,
       COUNT(DISTINCT CASE WHEN {told.TO_TELL} OR {told.TOLD_AT} IS NOT NULL
                           THEN move.borrower END)
       - COUNT(DISTINCT CASE WHEN {told.TO_TELL} THEN move.borrower END) AS told
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN sites_site site ON site.id = move.site
LEFT JOIN sites_exception day ON day.id = move.exception
WHERE {{seen}} {{after}}
GROUP BY move.batch ORDER BY move.batch DESC LIMIT :limit
"""


_KEPT = """
SELECT move.batch, loan.id AS loan_id, item.code, model.short_name AS model, loan.due_at
FROM lending_due_date_move move
JOIN lending_loan loan ON loan.id = move.loan
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN sites_exception day ON day.id = move.exception
WHERE move.batch IN :batches AND move.site = :site_id AND day.id IS NULL
  AND move.cause = 'closure' AND move.undone_at IS NULL AND loan.returned_at IS NULL
ORDER BY loan.due_at, loan.id
"""


_MOVED_SITES = """
SELECT DISTINCT site.id, site.name
FROM lending_due_date_move move JOIN sites_site site ON site.id = move.site
WHERE move.batch = :batch AND {seen}
ORDER BY site.name, site.id
"""


_OUTCOME = """
SELECT COUNT(move.undone_at) AS restored,
       COUNT(CASE WHEN move.undone_at IS NULL AND loan.returned_at IS NULL THEN 1 END) AS kept
FROM lending_due_date_move move JOIN lending_loan loan ON loan.id = move.loan
WHERE move.exception = :exception
"""


#: More than these are on the page of all announcements.
_SHOWN_AT_SITE = 10


async def announced(
    actor: Principal,
    *,
    site_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[list[Announced], UUID | None]:
    """Announcements that moved due dates at the actor's sites (or one of them), the latest first.

    The second value is the ``after`` of the page that follows, if any.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    await need_in_sight(actor, site_id)
    seen, values = told.seen_by(actor)
    if site_id is not None:
        seen, values = "move.site = :of_site", {"of_site": site_id}
    following = "AND move.batch < :after" if after else ""
    rows = await db.fetch(
        _ANNOUNCED.format(seen=seen, after=following),
        limit=limit + 1,
        **({"after": after} if after else {}),
        **values,
    )
    shown = [_announced(row) for row in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


async def announced_at(site_id: UUID, *, since: datetime) -> list[Announced]:
    """Announcements of a site that moved what was due there at ``since`` or later."""
    rows = await db.fetch(
        _ANNOUNCED.format(seen="move.site = :site_id AND move.due_before >= :since", after=""),
        site_id=site_id,
        since=since,
        limit=_SHOWN_AT_SITE,
    )
    kept = await db.fetch(_KEPT, batches=[row["id"] for row in rows], site_id=site_id)
    loans = [KeptLoan(**row) for row in kept]
    return [
        _announced(row, tuple(each for each in loans if each.batch == row["id"])) for row in rows
    ]


async def announcement(actor: Principal, batch: UUID) -> Announced:
    """One announcement, as far as it moved what is due at the actor's sites.

    Raises:
        MovesNotFound: it moved nothing at a site where the actor works.
    """
    seen, values = told.seen_by(actor)
    row = await db.fetch_one(
        _ANNOUNCED.format(seen=seen, after="AND move.batch = :batch"),
        batch=batch,
        limit=1,
        **values,
    )
    if row is None:
        raise MovesNotFound
    return _announced(row)


def _announced(row: db.Row, kept: tuple[KeptLoan, ...] = ()) -> Announced:
    return Announced(**{**row, "cause": MoveCause(row["cause"])}, kept=kept)


async def sites(actor: Principal, batch: UUID) -> list[MovedSite]:
    """Those of the actor's sites where an announcement moved what is due, by name."""
    seen, values = told.seen_by(actor)
    rows = await db.fetch(_MOVED_SITES.format(seen=seen), batch=batch, **values)
    return [MovedSite(**row) for row in rows]


async def outcome(exception_id: UUID) -> str:
    """What became of the due dates that a withdrawn exception had moved; "" without any."""
    [row] = await db.fetch(_OUTCOME, exception=exception_id)
    texts = []
    if row["restored"]:
        texts.append(
            ngettext(
                "%(num)s loan is due on its old day again.",
                "%(num)s loans are due on their old day again.",
                row["restored"],
            )
        )
    if row["kept"]:
        texts.append(
            ngettext(
                "%(num)s loan keeps its later day and is named below.",
                "%(num)s loans keep their later day and are named below.",
                row["kept"],
            )
        )
    return " ".join(texts)
