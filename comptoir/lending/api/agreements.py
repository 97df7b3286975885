"""Agreements about loans: what was signed, and how."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Page, PageQuery, Pdf, decode_cursor, get, page_of, post
from comptoir.lending.agreed_loans import AgreementNotFound, LoansApart, named_loans
from comptoir.lending.agreement_pdf import PaperSignature, Signature, TypedSignature
from comptoir.lending.agreement_queries import (
    AgreementPlace,
    AgreementView,
    agreement_pdf,
    agreements_of_borrower,
    agreements_of_loan,
    read_agreement,
)
from comptoir.lending.agreements import (
    AgreementKeptAlready,
    AgreementNotOnPaper,
    PaperWanted,
    SignatureMissing,
    make_agreement,
    sign_on_paper,
)
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.lending.errors import (
    BorrowerNotFound,
    LoanNotFound,
    SignatureRefused,
    SignedNameRefused,
)
from comptoir.lending.loans import listing
from comptoir.lending.signatures import LONGEST_NAME, DrawnSignature, read_typed

READERS = ("desk", "borrowers")
TAG = "Agreements"
#: Nobody takes more in one visit.
MOST_LOANS = 50


class Agreements(msgspec.Struct, frozen=True):
    """The agreements about a loan, latest first."""

    items: list[AgreementView]


class AgreementBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open loans of one person from one site, and how they sign for them.

    `screen` takes a `drawing` or the typed `name`, which counts as much. `paper`
    makes a line to sign on: it counts once `paper-signature` says that it is signed.
    `none` makes a receipt, where no policy wants more. Where a policy of one of the
    loans wants paper, `screen` is refused.
    """

    loans: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=MOST_LOANS)]
    signature: Annotated[Literal["screen", "paper", "none"], msgspec.Meta(examples=["screen"])]
    name: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME, examples=["Amina Diallo"])] = ""
    drawing: Annotated[DrawnSignature | None, msgspec.Meta(examples=[None])] = None


@get("/loans/{loan_id:uuid}/agreements", scopes=READERS, tag=TAG, errors=(LoanNotFound,))
async def list_agreements(call: Call, loan_id: UUID) -> Agreements:
    """List the agreements about a loan."""
    if await listing.read_loan(call.actor, loan_id, now=call.now) is None:
        raise LoanNotFound
    return Agreements(await agreements_of_loan(loan_id))


@get(
    "/borrowers/{borrower_id:uuid}/agreements",
    scopes=READERS,
    tag=TAG,
    errors=(BorrowerNotFound,),
)
async def list_borrower_agreements(
    call: Call, borrower_id: UUID, query: PageQuery
) -> Page[AgreementView]:
    """List the agreements of a borrower, the latest first."""
    await find_visible(call.actor, borrower_id)
    found = await agreements_of_borrower(
        call.actor,
        borrower_id,
        after=decode_cursor(query.cursor, AgreementPlace),
        limit=query.limit + 1,
    )
    return page_of(found, query.limit, key=lambda each: AgreementPlace(each.created_at, each.id))


@post(
    "/agreements",
    scopes=("desk",),
    tag=TAG,
    status=201,
    errors=(
        LoanNotFound,
        LoansApart,
        SignatureMissing,
        PaperWanted,
        SignatureRefused,
        SignedNameRefused,
        AgreementKeptAlready,
    ),
    location="/agreements/{id}",
)
async def sign_agreement(call: Call, data: AgreementBody) -> AgreementView:
    """Let a person sign for what they borrow; the agreement is kept as it is signed now.

    Where all was agreed to before and is due as then, nothing is kept: the refusal
    names the agreement that there is. After a renewal there is a new one.
    """
    loans = await named_loans(call.actor, data.loans)
    made = await make_agreement(call.actor, loans, _signature(data), now=call.now)
    return await read_agreement(call.actor, made)


@post(
    "/agreements/{agreement_id:uuid}/paper-signature",
    scopes=("desk",),
    tag=TAG,
    errors=(AgreementNotFound, AgreementNotOnPaper),
)
async def sign_agreement_on_paper(call: Call, agreement_id: UUID) -> AgreementView:
    """Say that a printed agreement was signed with a pen. Until then it is not signed."""
    await sign_on_paper(call.actor, agreement_id, now=call.now)
    return await read_agreement(call.actor, agreement_id)


@get("/agreements/{agreement_id:uuid}", scopes=READERS, tag=TAG, errors=(AgreementNotFound,))
async def read_one_agreement(call: Call, agreement_id: UUID) -> AgreementView:
    """Read an agreement, without its PDF."""
    return await read_agreement(call.actor, agreement_id)


@get("/agreements/{agreement_id:uuid}/pdf", scopes=READERS, tag=TAG, errors=(AgreementNotFound,))
async def read_agreement_pdf(call: Call, agreement_id: UUID) -> Pdf:
    """Read an agreement as it was kept, byte for byte: a PDF/UA in the borrower's language."""
    kept = await agreement_pdf(call.actor, agreement_id)
    return Pdf(kept.pdf, f"{kept.number}.pdf")


def _signature(data: AgreementBody) -> Signature | None:
    if data.signature == "none":
        return None
    if data.signature == "paper":
        return PaperSignature()
    if data.drawing is not None:
        return data.drawing
    if not data.name.strip():
        raise SignatureMissing
    return TypedSignature(read_typed(data.name))


ROUTES = [
    list_agreements,
    list_borrower_agreements,
    sign_agreement,
    sign_agreement_on_paper,
    read_one_agreement,
    read_agreement_pdf,
]
