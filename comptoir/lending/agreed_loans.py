"""The loans that an agreement is about: those of a visit, or those that a program names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.clock import localtime
from comptoir.core.errors import NotFound, Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.inventory.names import full_name, read_name
from comptoir.lending.agreement_pdf import AgreementItem
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.errors import LoanNotFound
from comptoir.lending.loans.facts import SIGNED
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.exceptions.queries import public_calendars
from comptoir.sites.queries import site
from comptoir.sites.schemas import SiteView


class AgreementNotFound(NotFound):
    """No such agreement or visit, or one of a site the actor may not know of."""

    code = "lending.agreement-not-found"

    def message(self) -> str:
        return _("There is no such agreement. Open the person’s visit at the desk.")


class NothingToAgree(Refused):
    """Nothing was lent in this visit, or all of it was brought back."""

    code = "lending.nothing-to-agree"

    def message(self) -> str:
        return _("Nothing was lent in this visit. Scan an item first.")


class LoansApart(Refused):
    """Some of the loans were closed, or are of another person or site than the others."""

    code = "lending.loans-apart"

    def message(self) -> str:
        return _(
            "One agreement is about open loans of one person from one site. "
            "Leave out what does not belong to it."
        )


class AgreedPlace(msgspec.Struct, frozen=True):
    """A site where some of the loans are to be brought back, and when it is open."""

    site: SiteView
    calendar: SiteCalendar


class AgreedLoans(msgspec.Struct, frozen=True, kw_only=True):
    """Loans of one person, as an agreement is to speak of them.

    ``site`` lent them; ``places`` are where they are to be brought back.
    ``signature`` is what the policies want: ``screen``, ``paper`` or ``none``. There
    is one agreement about all of them, so that one that wants paper decides.
    """

    visit_id: UUID | None
    site: SiteView
    places: tuple[AgreedPlace, ...]
    borrower_id: UUID
    borrower: str
    language: str
    loan_ids: tuple[UUID, ...]
    items: tuple[AgreementItem, ...]
    signature: str


class AgreedThing(msgspec.Struct, frozen=True):
    """A loan that an agreement speaks of.

    ``sites`` are those that lent it and that wait for it. ``undone``: it was never meant.
    ``on_paper``: its policy wants ink.
    """

    loan_id: UUID
    sites: tuple[UUID, UUID]
    code: str
    model: str
    undone: bool
    on_paper: bool


_LOANS = """
SELECT loan.site, loan.return_site, loan.visit, loan.borrower, borrower.name, borrower.language,
       loan.id AS loan_id,
       loan.returned_at, loan.checked_out_at, loan.due_at, item.code, item.serial, item.model,
       model.manufacturer, model.name AS model_name, policy.signature, return_site.time_zone
FROM lending_loan loan
JOIN lending_borrower borrower ON borrower.id = loan.borrower
JOIN sites_site return_site ON return_site.id = loan.return_site
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN lending_policy policy ON policy.id = loan.policy
"""
#: An open loan (``loan``, with its ``policy``) that must be signed for, and is not.
UNSIGNED = f"loan.returned_at IS NULL AND policy.signature <> 'none' AND NOT {SIGNED}"
_AS_GOOD_AS = {
    "screen": "agreement.signed_at IS NOT NULL",
    "paper": "(agreement.signed_at IS NOT NULL OR agreement.signature = 'paper')",
    "none": "agreement.signature = 'none'",
}
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_ACCESSORIES = """
SELECT model, names FROM inventory_accessory WHERE model IN :models ORDER BY position, id
"""


async def visit_loans(actor: Principal, visit_id: UUID) -> AgreedLoans:
    """What was lent in a visit and is still out, and what was left unsigned before.

    Raises:
        AgreementNotFound: no such visit, or one of a site the actor may not know of.
        NothingToAgree: nothing of it is out.
    """
    visit = await db.fetch_one(
        "SELECT site, borrower FROM lending_visit WHERE id = :id", id=visit_id
    )
    if visit is None or not actor.sees_site(visit["site"]):
        raise AgreementNotFound
    rows = await db.fetch(
        f"{_LOANS} WHERE loan.borrower = :borrower AND loan.site = :site "
        f"AND loan.returned_at IS NULL AND (loan.visit = :visit_id OR {UNSIGNED}) "
        "ORDER BY loan.id",
        borrower=visit["borrower"],
        site=visit["site"],
        visit_id=visit_id,
    )
    if not rows:
        raise NothingToAgree
    return msgspec.structs.replace(await _agreed(rows), visit_id=visit_id)


async def unsigned_loans(actor: Principal, borrower_id: UUID) -> AgreedLoans:
    """What a borrower left unsigned at one site: where the actor is, else any they know of.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        NothingToAgree: all that must be signed is.
    """
    await find_visible(actor, borrower_id)
    wanted = await unsigned(actor, borrower_id)
    if not wanted:
        raise NothingToAgree
    place = actor.site_id if actor.site_id in wanted.values() else min(wanted.values())
    return await named_loans(actor, [loan for loan, site_id in wanted.items() if site_id == place])


async def unsigned(actor: Principal, borrower_id: UUID) -> dict[UUID, UUID]:
    """The open loans of a borrower that must still be signed for, and the site of each.

    Those of sites that the actor may not know of are left out.
    """
    rows = await db.fetch(
        "SELECT loan.id, loan.site FROM lending_loan loan "
        "JOIN lending_policy policy ON policy.id = loan.policy "
        f"WHERE loan.borrower = :borrower_id AND {UNSIGNED}",
        borrower_id=borrower_id,
    )
    return {row["id"]: row["site"] for row in rows if actor.sees_site(row["site"])}


async def leaves_unsigned(visit_id: UUID) -> UUID | None:
    """The borrower who still has something to sign at the end of a visit that is open."""
    row = await db.fetch_one(
        "SELECT visit.borrower FROM lending_visit visit "
        "JOIN lending_loan loan ON loan.borrower = visit.borrower AND loan.site = visit.site "
        "JOIN lending_policy policy ON policy.id = loan.policy "
        f"WHERE visit.id = :visit_id AND visit.closed_at IS NULL AND {UNSIGNED}",
        visit_id=visit_id,
    )
    return row["borrower"] if row else None


async def named_loans(actor: Principal, loan_ids: Sequence[UUID]) -> AgreedLoans:
    """The open loans with these ids.

    Raises:
        LoanNotFound: there is no such loan, or it is of a site the actor may not know of.
        LoansApart: one is closed, or they are not of one person from one site.
    """
    wanted = set(loan_ids)
    rows = await db.fetch(f"{_LOANS} WHERE loan.id IN :ids ORDER BY loan.id", ids=list(wanted))
    if len(rows) < len(wanted) or not all(actor.sees_site(row["site"]) for row in rows):
        raise LoanNotFound
    together = {(row["borrower"], row["site"]) for row in rows}
    if len(together) != 1 or any(row["returned_at"] is not None for row in rows):
        raise LoansApart
    return await _agreed(rows)


async def kept_already(loans: AgreedLoans, kind: str, *, since: datetime) -> db.Row | None:
    """The latest agreement in whose place one of this kind would only say the same again.

    It covers all of the loans, and says until when each runs now: after a renewal
    there is another thing to agree to. Whatever was signed is as good as ``screen``
    or ``paper``; a paper that waits for its signature is as good as another one. A
    receipt (``none``) counts only if it was made after ``since``: one may want another.
    """
    return await db.fetch_one(
        "SELECT agreement.id, agreement.number, agreement.signed_at "
        "FROM lending_agreement agreement "
        f"WHERE agreement.borrower = :borrower_id AND {_AS_GOOD_AS[kind]} "
        "AND agreement.created_at > :since "
        "AND (SELECT COUNT(*) FROM lending_agreement_loan covered "
        "     JOIN lending_loan loan ON loan.id = covered.loan "
        "     WHERE covered.agreement = agreement.id AND covered.loan IN :loans "
        "     AND COALESCE(covered.due_at, loan.due_at) = loan.due_at) = :all "
        "ORDER BY agreement.created_at DESC, agreement.id DESC LIMIT 1",
        borrower_id=loans.borrower_id,
        since=since if kind == "none" else _LONG_AGO,
        loans=list(loans.loan_ids),
        all=len(loans.loan_ids),
    )


async def papers_waiting(loans: AgreedLoans) -> list[db.Row]:
    """The latest three printed agreements about some of these loans that wait for a pen.

    One with another due time than the loan has now is left out: it is to be printed anew.
    """
    return await db.fetch(
        "SELECT agreement.id, agreement.number FROM lending_agreement agreement "
        "WHERE agreement.borrower = :borrower_id AND agreement.signature = 'paper' "
        "AND agreement.signed_at IS NULL AND EXISTS ("
        "SELECT 1 FROM lending_agreement_loan covered "
        "JOIN lending_loan loan ON loan.id = covered.loan "
        "JOIN lending_policy policy ON policy.id = loan.policy "
        "WHERE covered.agreement = agreement.id AND covered.loan IN :loans "
        f"AND COALESCE(covered.due_at, loan.due_at) = loan.due_at AND {UNSIGNED}) "
        "ORDER BY agreement.created_at DESC, agreement.id DESC LIMIT 3",
        borrower_id=loans.borrower_id,
        loans=list(loans.loan_ids),
    )


async def agreed_things(agreement_id: UUID) -> list[AgreedThing]:
    """What an agreement speaks of. Whether the actor may know of it is for the caller to ask."""
    rows = await db.fetch(
        "SELECT loan.id AS loan_id, loan.site, loan.return_site, item.code, "
        "model.short_name AS model, loan.undone_at IS NOT NULL AS undone, policy.signature "
        "FROM lending_agreement_loan covered "
        "JOIN lending_loan loan ON loan.id = covered.loan "
        "JOIN inventory_item item ON item.id = loan.item "
        "JOIN inventory_model model ON model.id = item.model "
        "LEFT JOIN lending_policy policy ON policy.id = loan.policy "
        "WHERE covered.agreement = :agreement_id ORDER BY loan.id",
        agreement_id=agreement_id,
    )
    return [
        AgreedThing(
            row["loan_id"],
            (row["site"], row["return_site"]),
            row["code"],
            row["model"],
            undone=bool(row["undone"]),
            on_paper=row["signature"] == "paper",
        )
        for row in rows
    ]


async def lock_loans(loans: AgreedLoans) -> None:
    """Let nobody else sign for these loans until the end of the transaction."""
    await db.fetch(
        "SELECT id FROM lending_loan WHERE id IN :ids ORDER BY id" + db.for_update("lending_loan"),
        ids=list(loans.loan_ids),
    )


async def _agreed(rows: list[db.Row]) -> AgreedLoans:
    first = rows[0]
    accessories = await db.fetch(_ACCESSORIES, models=list({row["model"] for row in rows}))
    wanted = {row["signature"] for row in rows}
    visits = {row["visit"] for row in rows}
    since = min(row["checked_out_at"] for row in rows).date()
    places = list(dict.fromkeys(row["return_site"] for row in rows))
    sites = {each: await site(each) for each in {first["site"], *places}}
    calendars = await public_calendars([sites[each] for each in places], since=since)
    return AgreedLoans(
        visit_id=first["visit"] if len(visits) == 1 else None,
        site=sites[first["site"]],
        places=tuple(
            AgreedPlace(sites[each], calendar)
            for each, calendar in zip(places, calendars, strict=True)
        ),
        borrower_id=first["borrower"],
        borrower=first["name"],
        language=first["language"],
        loan_ids=tuple(row["loan_id"] for row in rows),
        items=tuple(
            _item(row, accessories, first["language"], places.index(row["return_site"]))
            for row in rows
        ),
        signature=next((kind for kind in ("paper", "screen") if kind in wanted), "none"),
    )


def _item(row: db.Row, accessories: list[db.Row], language: str, place: int) -> AgreementItem:
    return AgreementItem(
        name=full_name(row["manufacturer"], row["model_name"]),
        code=row["code"],
        due_at=localtime(row["due_at"], row["time_zone"]),
        serial=row["serial"],
        accessories=tuple(
            read_name(each["names"], language)
            for each in accessories
            if each["model"] == row["model"]
        ),
        place=place,
    )
