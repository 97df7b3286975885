"""Agreements: what a borrower agrees to for some loans, kept as it was signed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.printing.pdf import in_background
from comptoir.inventory import codes
from comptoir.lending import rules
from comptoir.lending.agreed_loans import (
    AgreedLoans,
    AgreementNotFound,
    kept_already,
    lock_loans,
)
from comptoir.lending.agreement_pdf import (
    AgreementDocument,
    PaperSignature,
    ReturnPlace,
    Signature,
    TypedSignature,
    render_agreement,
)
from comptoir.sites.schemas import SiteView

#: A receipt asked for again that soon is the same: somebody clicked twice.
RECEIPT_TWICE = timedelta(minutes=1)


class SignatureMissing(Refused):
    """A policy wants the agreement signed, and it is not."""

    code = "lending.signature-missing"

    def message(self) -> str:
        return _(
            "This agreement must be signed. Let the person sign on the screen, "
            "or print it and let them sign on paper."
        )


class AgreementView(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it was made. It never changes.

    ``signature`` is ``screen``, ``paper`` (to be signed with a pen) or ``none`` (a
    receipt). ``sha256`` is the hash of its PDF, in hexadecimal.
    """

    id: UUID
    number: str
    borrower_id: UUID
    site_id: UUID
    loans: tuple[UUID, ...]
    language: str
    signature: rules.Signature
    sha256: str
    created_at: datetime


class AgreementPlace(msgspec.Struct, frozen=True):
    """A place in a list of agreements."""

    at: datetime
    id: UUID


class KeptAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it was made; ``sha256`` is the hash of ``pdf``, in hexadecimal."""

    number: str
    borrower_id: UUID
    visit_id: UUID | None
    signature: str
    sha256: str
    pdf: bytes


_VIEW = """
SELECT agreement.id, agreement.number, agreement.borrower, agreement.site, agreement.language,
       agreement.signature, agreement.sha256, agreement.created_at, covered.loan
FROM lending_agreement agreement
JOIN lending_agreement_loan covered ON covered.agreement = agreement.id
"""
_INSERT = """
INSERT INTO lending_agreement (id, number, visit, borrower, site, language, signature,
                               signed_name, pdf, sha256, created_at)
VALUES (:id, :number, :visit_id, :borrower_id, :site_id, :language, :signature,
        :signed_name, :pdf, :sha256, :now)
"""


async def make_agreement(
    actor: Principal, loans: AgreedLoans, signature: Signature | None, *, now: datetime
) -> UUID:
    """Keep an agreement for loans as they were read, as a PDF that never changes.

    ``signature`` of None makes a receipt, where nothing is to be signed. Paper
    may take the place of the screen: not everybody can draw on one. What was
    signed like that before is not signed again: the first agreement is given.

    Raises:
        SignatureMissing: a policy wants a signature, and there is none.
        SignatureRefused: the drawn signature is not one.
    """
    if signature is None and loans.signature != "none":
        raise SignatureMissing
    zone = ZoneInfo(loans.site.time_zone)
    agreement_id = new_id()
    number = f"{now.astimezone(zone):%y%m%d}-{codes.new_code()[:6]}"
    pdf = await in_background(
        render_agreement,
        agreement_document(loans, number, signature, now=now),
    )
    digest = hashlib.sha256(pdf).hexdigest()
    async with db.transaction():
        await lock_loans(loans)
        before = await kept_already(loans, [_kind(signature)], now - RECEIPT_TWICE)
        if before is not None:
            return before
        await db.execute(
            _INSERT,
            id=agreement_id,
            number=number,
            visit_id=loans.visit_id,
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


def agreement_document(
    loans: AgreedLoans, number: str, signature: Signature | None, *, now: datetime
) -> AgreementDocument:
    """What an agreement about these loans says, if it is made now."""
    return AgreementDocument(
        reference=number,
        language=loans.language,
        organisation=loans.site.organisation.name,
        borrower=loans.borrower,
        made_at=now.astimezone(ZoneInfo(loans.site.time_zone)),
        place=_place(loans.site),
        items=loans.items,
        signature=signature,
    )


async def agreements_of_loan(loan_id: UUID) -> list[AgreementView]:
    """The agreements about a loan, latest first, without their PDF.

    Whether the actor may know of the loan is for the caller to ask.
    """
    rows = await db.fetch(
        f"{_VIEW} WHERE agreement.id IN "
        "(SELECT agreement FROM lending_agreement_loan WHERE loan = :loan_id) "
        "ORDER BY agreement.created_at DESC, agreement.id DESC, covered.loan",
        loan_id=loan_id,
    )
    return _views(rows)


async def agreements_of_borrower(
    actor: Principal, borrower_id: UUID, *, after: AgreementPlace | None = None, limit: int
) -> list[AgreementView]:
    """The latest agreements of a borrower that the actor may know of, without their PDF.

    ``after`` is the place of the last one seen. Whether the actor may know of the
    borrower is for the caller to ask.
    """
    conditions, values = ["borrower = :borrower_id"], dict[str, Any](borrower_id=borrower_id)
    if not actor.all_sites:
        conditions.append("site IN :sites")
        values["sites"] = sorted(actor.site_ids)
    if after is not None:
        conditions.append("(created_at, id) < (:after_at, :after_id)")
        values |= {"after_at": after.at, "after_id": after.id}
    rows = await db.fetch(
        f"{_VIEW} WHERE agreement.id IN "
        f"(SELECT id FROM lending_agreement WHERE {' AND '.join(conditions)} "
        "ORDER BY created_at DESC, id DESC LIMIT :limit) "
        "ORDER BY agreement.created_at DESC, agreement.id DESC, covered.loan",
        limit=limit,
        **values,
    )
    return _views(rows)


async def read_agreement(actor: Principal, agreement_id: UUID) -> AgreementView:
    """What is known of an agreement, without its PDF.

    Raises:
        AgreementNotFound: there is none, or it is of a site the actor may not know of.
    """
    rows = await db.fetch(
        f"{_VIEW} WHERE agreement.id = :agreement_id ORDER BY covered.loan",
        agreement_id=agreement_id,
    )
    if not rows or not actor.sees_site(rows[0]["site"]):
        raise AgreementNotFound
    return _views(rows)[0]


async def agreement_pdf(actor: Principal, agreement_id: UUID) -> KeptAgreement:
    """An agreement, exactly as it was kept.

    Raises:
        AgreementNotFound: there is none, or it is of a site the actor may not know of.
    """
    row = await db.fetch_one(
        "SELECT number, borrower, site, visit, sha256, signature, pdf "
        "FROM lending_agreement WHERE id = :id",
        id=agreement_id,
    )
    if row is None or not actor.sees_site(row["site"]):
        raise AgreementNotFound
    return KeptAgreement(
        number=row["number"],
        borrower_id=row["borrower"],
        visit_id=row["visit"],
        signature=row["signature"],
        sha256=row["sha256"],
        pdf=bytes(row["pdf"]),
    )


def _views(rows: list[db.Row]) -> list[AgreementView]:
    return [
        AgreementView(
            id=row["id"],
            number=row["number"],
            borrower_id=row["borrower"],
            site_id=row["site"],
            loans=tuple(each["loan"] for each in rows if each["id"] == agreement_id),
            language=row["language"],
            signature=rules.Signature(row["signature"]),
            sha256=row["sha256"],
            created_at=row["created_at"],
        )
        for agreement_id, row in {row["id"]: row for row in rows}.items()
    ]


def _kind(signature: Signature | None) -> str:
    if signature is None:
        return "none"
    return "paper" if isinstance(signature, PaperSignature) else "screen"


def _place(where: SiteView) -> ReturnPlace:
    return ReturnPlace(
        name=where.name,
        address=tuple(
            line for line in (where.street, f"{where.postcode} {where.city}".strip()) if line
        ),
        opening_hours=where.opening_hours,
        phone=where.phone or where.organisation.phone,
        email=where.email or where.organisation.email,
    )
