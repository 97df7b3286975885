"""The loans that an agreement is about: those of a visit, or those that a program names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.errors import NotFound, Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.inventory.names import full_name, read_names
from comptoir.lending.agreement_pdf import AgreementItem
from comptoir.lending.errors import LoanNotFound
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


class AgreedLoans(msgspec.Struct, frozen=True, kw_only=True):
    """Loans of one person, as an agreement is to speak of them.

    ``signature`` is what the policies want: ``screen``, ``paper`` or ``none``.
    """

    visit_id: UUID | None
    site: SiteView
    borrower_id: UUID
    borrower: str
    language: str
    loan_ids: tuple[UUID, ...]
    items: tuple[AgreementItem, ...]
    signature: str


_LOANS = """
SELECT loan.site, loan.visit, loan.borrower, borrower.name, borrower.language, loan.id AS loan_id,
       loan.returned_at, loan.due_at, item.code, item.serial, item.model, model.manufacturer,
       model.name AS model_name, policy.signature, return_site.time_zone
FROM lending_loan loan
JOIN lending_borrower borrower ON borrower.id = loan.borrower
JOIN sites_site return_site ON return_site.id = loan.return_site
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN lending_policy policy ON policy.id = loan.policy
"""
_ACCESSORIES = """
SELECT model, names FROM inventory_accessory WHERE model IN :models ORDER BY position, id
"""


async def visit_loans(actor: Principal, visit_id: UUID) -> AgreedLoans:
    """What was lent in a visit and is still out.

    Raises:
        AgreementNotFound: no such visit, or one of a site the actor may not know of.
        NothingToAgree: nothing of it is out.
    """
    visit = await db.fetch_one("SELECT site FROM lending_visit WHERE id = :id", id=visit_id)
    if visit is None or not actor.sees_site(visit["site"]):
        raise AgreementNotFound
    rows = await db.fetch(
        f"{_LOANS} WHERE loan.visit = :visit_id AND loan.returned_at IS NULL ORDER BY loan.id",
        visit_id=visit_id,
    )
    if not rows:
        raise NothingToAgree
    return await _agreed(rows)


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


async def _agreed(rows: list[db.Row]) -> AgreedLoans:
    first = rows[0]
    accessories = await db.fetch(_ACCESSORIES, models=list({row["model"] for row in rows}))
    wanted = {row["signature"] for row in rows}
    visits = {row["visit"] for row in rows}
    return AgreedLoans(
        visit_id=first["visit"] if len(visits) == 1 else None,
        site=await site(first["site"]),
        borrower_id=first["borrower"],
        borrower=first["name"],
        language=first["language"],
        loan_ids=tuple(row["loan_id"] for row in rows),
        items=tuple(_item(row, accessories, first["language"]) for row in rows),
        signature=next((kind for kind in ("screen", "paper") if kind in wanted), "none"),
    )


def _item(row: db.Row, accessories: list[db.Row], language: str) -> AgreementItem:
    return AgreementItem(
        name=full_name(row["manufacturer"], row["model_name"]),
        code=row["code"],
        due_at=row["due_at"].astimezone(ZoneInfo(row["time_zone"])),
        serial=row["serial"],
        accessories=tuple(
            localized(read_names(each["names"]), language)
            for each in accessories
            if each["model"] == row["model"]
        ),
    )
