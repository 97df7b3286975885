"""Agreements: what a borrower agrees to for the loans of one visit, kept as it was signed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import NotFound, Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.names import in_language
from comptoir.core.principal import Principal
from comptoir.core.printing.pdf import in_background
from comptoir.inventory import codes
from comptoir.lending.agreement_pdf import (
    AgreementDocument,
    AgreementItem,
    PaperSignature,
    ReturnPlace,
    Signature,
    TypedSignature,
    render_agreement,
)
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


class SignatureMissing(Refused):
    """A policy wants the agreement signed, and it is not."""

    code = "lending.signature-missing"

    def message(self) -> str:
        return _(
            "This agreement must be signed. Let the person sign on the screen, "
            "or print it and let them sign on paper."
        )


class VisitLoans(msgspec.Struct, frozen=True, kw_only=True):
    """The loans of a visit, as an agreement is to speak of them."""

    visit_id: UUID
    site: SiteView
    borrower_id: UUID
    borrower: str
    language: str
    loan_ids: tuple[UUID, ...]
    items: tuple[AgreementItem, ...]
    signature: str


class KeptAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it was made; ``sha256`` is the hash of ``pdf``, in hexadecimal."""

    number: str
    visit_id: UUID | None
    signature: str
    sha256: str
    pdf: bytes


_LOANS = """
SELECT visit.site, visit.borrower, borrower.name, borrower.language, loan.id AS loan_id,
       loan.due_at, item.code, item.serial, item.model, model.manufacturer,
       model.name AS model_name, policy.signature, return_site.time_zone
FROM lending_visit visit
JOIN lending_borrower borrower ON borrower.id = visit.borrower
JOIN lending_loan loan ON loan.visit = visit.id AND loan.returned_at IS NULL
JOIN sites_site return_site ON return_site.id = loan.return_site
JOIN inventory_item item ON item.id = loan.item
JOIN inventory_model model ON model.id = item.model
LEFT JOIN lending_policy policy ON policy.id = loan.policy
WHERE visit.id = :visit_id
ORDER BY loan.id
"""
_ACCESSORIES = """
SELECT model, names FROM inventory_accessory WHERE model IN :models ORDER BY position, id
"""
_INSERT = """
INSERT INTO lending_agreement (id, number, visit, borrower, site, language, signature,
                               signed_name, pdf, sha256, created_at)
VALUES (:id, :number, :visit_id, :borrower_id, :site_id, :language, :signature,
        :signed_name, :pdf, :sha256, :now)
"""


async def visit_loans(actor: Principal, visit_id: UUID) -> VisitLoans:
    """What was lent in a visit and is still out, in three statements.

    Raises:
        AgreementNotFound: no such visit, or one of a site the actor may not know of.
        NothingToAgree: nothing of it is out.
    """
    visit = await db.fetch_one("SELECT site FROM lending_visit WHERE id = :id", id=visit_id)
    if visit is None or not actor.sees_site(visit["site"]):
        raise AgreementNotFound
    rows = await db.fetch(_LOANS, visit_id=visit_id)
    if not rows:
        raise NothingToAgree
    first = rows[0]
    accessories = await db.fetch(_ACCESSORIES, models=list({row["model"] for row in rows}))
    wanted = {row["signature"] for row in rows}
    return VisitLoans(
        visit_id=visit_id,
        site=await site(visit["site"]),
        borrower_id=first["borrower"],
        borrower=first["name"],
        language=first["language"],
        loan_ids=tuple(row["loan_id"] for row in rows),
        items=tuple(_item(row, accessories, first["language"]) for row in rows),
        signature=next((kind for kind in ("screen", "paper") if kind in wanted), "none"),
    )


async def make_agreement(
    actor: Principal, visit_id: UUID, signature: Signature | None, *, now: datetime
) -> UUID:
    """Keep an agreement for everything lent in a visit, as a PDF that never changes.

    ``signature`` of None makes a receipt, where nothing is to be signed. Paper
    may take the place of the screen: not everybody can draw on one.

    Raises:
        AgreementNotFound: no such visit, or one of a site the actor may not know of.
        NothingToAgree: nothing of it is out.
        SignatureMissing: a policy wants a signature, and there is none.
    """
    loans = await visit_loans(actor, visit_id)
    if signature is None and loans.signature != "none":
        raise SignatureMissing
    zone = ZoneInfo(loans.site.time_zone)
    agreement_id = new_id()
    number = f"{now.astimezone(zone):%y%m%d}-{codes.new_code()[:6]}"
    pdf = await in_background(
        render_agreement,
        AgreementDocument(
            reference=number,
            language=loans.language,
            organisation=loans.site.organisation.name,
            borrower=loans.borrower,
            made_at=now.astimezone(zone),
            place=_place(loans.site),
            items=loans.items,
            signature=signature,
        ),
    )
    digest = hashlib.sha256(pdf).hexdigest()
    async with db.transaction():
        await db.execute(
            _INSERT,
            id=agreement_id,
            number=number,
            visit_id=visit_id,
            borrower_id=loans.borrower_id,
            site_id=loans.site.id,
            language=loans.language,
            signature=_kind(signature),
            signed_name=signature.name if isinstance(signature, TypedSignature) else "",
            pdf=pdf,
            sha256=digest,
            now=now,
        )
        for loan_id in loans.loan_ids:
            await db.execute(
                "INSERT INTO lending_agreement_loan (agreement, loan) VALUES (:agreement, :loan)",
                agreement=agreement_id,
                loan=loan_id,
            )
        await audit.record(
            actor,
            "agreement.made",
            "agreement",
            agreement_id,
            now=now,
            related=(loans.borrower_id,),
            site_id=loans.site.id,
            changes={"number": number, "signature": _kind(signature), "sha256": digest},
        )
    return agreement_id


async def agreement_pdf(actor: Principal, agreement_id: UUID) -> KeptAgreement:
    """An agreement, exactly as it was kept.

    Raises:
        AgreementNotFound: there is none, or it is of a site the actor may not know of.
    """
    row = await db.fetch_one(
        "SELECT number, site, visit, sha256, signature, pdf FROM lending_agreement WHERE id = :id",
        id=agreement_id,
    )
    if row is None or not actor.sees_site(row["site"]):
        raise AgreementNotFound
    return KeptAgreement(
        number=row["number"],
        visit_id=row["visit"],
        signature=row["signature"],
        sha256=row["sha256"],
        pdf=bytes(row["pdf"]),
    )


def _kind(signature: Signature | None) -> str:
    if signature is None:
        return "none"
    return "paper" if isinstance(signature, PaperSignature) else "screen"


def _item(row: db.Row, accessories: list[db.Row], language: str) -> AgreementItem:
    return AgreementItem(
        name=f"{row['manufacturer']} {row['model_name']}".strip(),
        code=row["code"],
        due_at=row["due_at"].astimezone(ZoneInfo(row["time_zone"])),
        serial=row["serial"],
        accessories=tuple(
            in_language(each["names"], language)
            for each in accessories
            if each["model"] == row["model"]
        ),
    )


def _place(where: SiteView) -> ReturnPlace:
    return ReturnPlace(
        name=where.name,
        address=tuple(
            line for line in (where.street, f"{where.postcode} {where.city}".strip()) if line
        ),
        hours=tuple(where.hours),
        phone=where.phone or where.organisation.phone,
        email=where.email or where.organisation.email,
    )
