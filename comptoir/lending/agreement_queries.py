"""Agreements as they were made: read one by one, or those of a loan or a borrower."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.lending import rules
from comptoir.lending.agreed_loans import AgreementNotFound
from comptoir.sites.queries import of_own_sites


class AgreementView(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it was made. Its PDF never changes.

    ``signature`` is ``screen``, ``paper`` (to be signed with a pen) or ``none`` (a
    receipt). ``signed_at`` is null until it is signed: a paper when somebody says
    that it was, a receipt never. ``undone`` are those of its loans that were closed
    as never meant: for them it is void, and where all were, ``void`` is true.
    ``sha256`` is the hash of its PDF, in hexadecimal.
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
    signed_at: datetime | None
    undone: tuple[UUID, ...]
    void: bool


class AgreementPlace(msgspec.Struct, frozen=True):
    """A place in a list of agreements."""

    at: datetime
    id: UUID


class KeptAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it was made; ``sha256`` is the hash of ``pdf``, in hexadecimal."""

    number: str
    borrower_id: UUID
    borrower: str
    visit_id: UUID | None
    signature: str
    sha256: str
    pdf: bytes


_VIEW = """
SELECT agreement.id, agreement.number, agreement.borrower, agreement.site, agreement.language,
       agreement.signature, agreement.sha256, agreement.created_at, agreement.signed_at,
       covered.loan, loan.undone_at
FROM lending_agreement agreement
JOIN lending_agreement_loan covered ON covered.agreement = agreement.id
JOIN lending_loan loan ON loan.id = covered.loan
"""


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
    own, values = of_own_sites(actor, "site")
    values["borrower_id"] = borrower_id
    conditions = ["borrower = :borrower_id", own]
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
        AgreementNotFound: there is none, or it is of a site the actor may not know of, and
            nothing of it is to be brought back to one of theirs.
    """
    rows = await db.fetch(
        f"{_VIEW} WHERE agreement.id = :agreement_id ORDER BY covered.loan",
        agreement_id=agreement_id,
    )
    if not rows or not await _may_read(actor, agreement_id, rows[0]["site"]):
        raise AgreementNotFound
    return _views(rows)[0]


async def _may_read(actor: Principal, agreement_id: UUID, site_id: UUID) -> bool:
    """Whoever waits for a thing may read until when, and on what terms, it was lent."""
    if actor.sees_site(site_id):
        return True
    row = await db.fetch_one(
        "SELECT 1 AS expected FROM lending_agreement_loan covered "
        "JOIN lending_loan loan ON loan.id = covered.loan "
        "WHERE covered.agreement = :agreement_id AND loan.return_site IN :sites LIMIT 1",
        agreement_id=agreement_id,
        sites=list(actor.site_ids),
    )
    return row is not None


async def agreement_pdf(actor: Principal, agreement_id: UUID) -> KeptAgreement:
    """An agreement, exactly as it was kept.

    Raises:
        AgreementNotFound: as for ``read_agreement``.
    """
    row = await db.fetch_one(
        "SELECT agreement.number, agreement.borrower, borrower.name, agreement.site, "
        "agreement.visit, agreement.sha256, agreement.signature, agreement.pdf "
        "FROM lending_agreement agreement "
        "JOIN lending_borrower borrower ON borrower.id = agreement.borrower "
        "WHERE agreement.id = :id",
        id=agreement_id,
    )
    if row is None or not await _may_read(actor, agreement_id, row["site"]):
        raise AgreementNotFound
    return KeptAgreement(
        number=row["number"],
        borrower_id=row["borrower"],
        borrower=row["name"],
        visit_id=row["visit"],
        signature=row["signature"],
        sha256=row["sha256"],
        pdf=bytes(row["pdf"]),
    )


def _views(rows: list[db.Row]) -> list[AgreementView]:
    covered: dict[UUID, list[db.Row]] = {}
    for row in rows:
        covered.setdefault(row["id"], []).append(row)
    return [_view(rows_of_one) for rows_of_one in covered.values()]


def _view(rows: list[db.Row]) -> AgreementView:
    first = rows[0]
    undone = tuple(row["loan"] for row in rows if row["undone_at"] is not None)
    return AgreementView(
        id=first["id"],
        number=first["number"],
        borrower_id=first["borrower"],
        site_id=first["site"],
        loans=tuple(row["loan"] for row in rows),
        language=first["language"],
        signature=rules.Signature(first["signature"]),
        sha256=first["sha256"],
        created_at=first["created_at"],
        signed_at=first["signed_at"],
        undone=undone,
        void=len(undone) == len(rows),
    )
