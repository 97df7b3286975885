"""Agreements: what a borrower agrees to for some loans, kept as it was signed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.clock import localtime
from comptoir.core.errors import Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.core.printing.pdf import in_background
from comptoir.inventory import codes
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
from comptoir.sites.calendar import SiteCalendar
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


class PaperWanted(Refused):
    """A policy wants the agreement signed on paper, and it was signed on the screen."""

    code = "lending.paper-wanted"

    def message(self) -> str:
        return _("This agreement must be signed on paper. Print it and let the person sign it.")


class AgreementKeptAlready(Refused):
    """The same was agreed to before, and nothing has changed since."""

    code = "lending.agreement-kept-already"

    def __init__(self, agreement_id: UUID, number: str) -> None:
        super().__init__(self.code)
        self.agreement_id = agreement_id
        self.number = number

    def message(self) -> str:
        return _(
            "There is an agreement about this already: %(number)s. "
            "Nothing has changed since, so no second one was kept.",
            number=self.number,
        )

    def details(self) -> dict[str, object]:
        return {"agreement": str(self.agreement_id), "number": self.number}


class AgreementNotOnPaper(Refused):
    """What was signed on the screen, or is a receipt, is not signed on paper."""

    code = "lending.agreement-not-on-paper"

    def message(self) -> str:
        return _("This agreement was not printed to be signed, so there is nothing to write down.")


_INSERT = """
INSERT INTO lending_agreement (id, number, visit, borrower, site, language, signature,
                               signed_name, pdf, sha256, created_at, signed_at)
VALUES (:id, :number, :visit_id, :borrower_id, :site_id, :language, :signature,
        :signed_name, :pdf, :sha256, :now, :signed_at)
"""
_INSERT_LOAN = """
INSERT INTO lending_agreement_loan (agreement, loan, due_at) VALUES (:agreement, :loan, :due_at)
"""


async def make_agreement(
    actor: Principal, loans: AgreedLoans, signature: Signature | None, *, now: datetime
) -> UUID:
    """Keep an agreement for loans as they were read, as a PDF that never changes.

    ``signature`` of None makes a receipt, where nothing is to be signed. Paper
    may take the place of the screen: not everybody can draw on one. It is not
    signed before ``sign_on_paper`` says so.

    Raises:
        SignatureMissing: a policy wants a signature, and there is none.
        PaperWanted: a policy wants it on paper, and this one is not.
        AgreementKeptAlready: it would say the same again as one that is kept.
        SignatureRefused: the drawn signature is not one.
    """
    if signature is None and loans.signature != "none":
        raise SignatureMissing
    if _kind(signature) == "screen" and loans.signature == "paper":
        raise PaperWanted
    agreement_id, kind = new_id(), _kind(signature)
    number = f"{localtime(now, loans.site.time_zone):%y%m%d}-{codes.new_code()[:6]}"
    pdf = await in_background(
        render_agreement,
        agreement_document(loans, number, signature, now=now),
    )
    digest = hashlib.sha256(pdf).hexdigest()
    async with db.transaction():
        await lock_loans(loans)
        before = await kept_already(loans, kind, since=now - RECEIPT_TWICE)
        if before is not None:
            raise AgreementKeptAlready(before["id"], before["number"])
        await db.execute(
            _INSERT,
            id=agreement_id,
            number=number,
            visit_id=loans.visit_id,
            borrower_id=loans.borrower_id,
            site_id=loans.site.id,
            language=loans.language,
            signature=kind,
            signed_name=signature.name if isinstance(signature, TypedSignature) else "",
            pdf=pdf,
            sha256=digest,
            now=now,
            signed_at=now if kind == "screen" else None,
        )
        for loan_id, item in zip(loans.loan_ids, loans.items, strict=True):
            due = item.due_at.astimezone(UTC)
            await db.execute(_INSERT_LOAN, agreement=agreement_id, loan=loan_id, due_at=due)
        await audit.record(
            actor,
            "agreement.made",
            "agreement",
            agreement_id,
            now=now,
            related=(loans.borrower_id,),
            site_id=loans.site.id,
            changes={"number": number, "signature": kind, "sha256": digest},
        )
    return agreement_id


async def sign_on_paper(actor: Principal, agreement_id: UUID, *, now: datetime) -> None:
    """Somebody has the printed agreement in the hand, and it is signed. Once more changes nothing.

    Raises:
        AgreementNotFound: there is none, or it is of a site the actor may not know of.
        AgreementNotOnPaper: it was not printed to be signed.
    """
    async with db.transaction():
        row = await db.fetch_one(
            "SELECT number, borrower, site, signature, signed_at "
            "FROM lending_agreement WHERE id = :id" + db.for_update("lending_agreement"),
            id=agreement_id,
        )
        if row is None or not actor.sees_site(row["site"]):
            raise AgreementNotFound
        if row["signature"] != "paper":
            raise AgreementNotOnPaper
        if row["signed_at"] is not None:
            return
        await db.execute(
            "UPDATE lending_agreement SET signed_at = :now WHERE id = :id",
            now=now,
            id=agreement_id,
        )
        await audit.record(
            actor,
            "agreement.signed",
            "agreement",
            agreement_id,
            now=now,
            related=(row["borrower"],),
            site_id=row["site"],
            changes={"number": row["number"]},
        )


def agreement_document(
    loans: AgreedLoans, number: str, signature: Signature | None, *, now: datetime
) -> AgreementDocument:
    """What an agreement about these loans says, if it is made now."""
    return AgreementDocument(
        reference=number,
        language=loans.language,
        organisation=loans.site.organisation.name,
        borrower=loans.borrower,
        made_at=localtime(now, loans.site.time_zone),
        places=tuple(_place(each.site, each.calendar) for each in loans.places),
        items=loans.items,
        signature=signature,
    )


def _kind(signature: Signature | None) -> str:
    if signature is None:
        return "none"
    return "paper" if isinstance(signature, PaperSignature) else "screen"


def _place(where: SiteView, calendar: SiteCalendar) -> ReturnPlace:
    return ReturnPlace(
        name=where.name,
        address=tuple(
            line for line in (where.street, f"{where.postcode} {where.city}".strip()) if line
        ),
        opening_hours=where.opening_hours,
        phone=where.phone or where.organisation.phone,
        email=where.email or where.organisation.email,
        calendar=calendar,
    )
