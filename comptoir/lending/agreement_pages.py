"""Signing for what was lent: on the screen, on paper, or just a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.fonts import is_printable
from comptoir.core.web import Flash, page, redirect
from comptoir.lending.agreed_loans import (
    AgreedLoans,
    agreed_things,
    kept_already,
    leaves_unsigned,
    papers_waiting,
    unsigned_loans,
    visit_loans,
)
from comptoir.lending.agreement_pdf import (
    PaperSignature,
    Signature,
    TypedSignature,
    agreement_words,
)
from comptoir.lending.agreement_queries import agreement_pdf, read_agreement
from comptoir.lending.agreements import (
    AgreementKeptAlready,
    PaperWanted,
    SignatureMissing,
    agreement_document,
    make_agreement,
    sign_on_paper,
)
from comptoir.lending.desk import visits
from comptoir.lending.errors import SignatureRefused, SignedNameRefused
from comptoir.lending.signatures import read_drawing, read_typed

Page = Request[Principal, Any, Any]


class SignForm(msgspec.Struct, frozen=True):
    """A drawing, or a typed name; ``how`` is the button: screen, paper or none."""

    how: str = "screen"
    signature: str = ""
    signature_typed: str = ""


@get("/desk/visits/{visit_id:uuid}/agreement", guards=[require(Role.RECEPTION)])
async def agreement(request: Page, visit_id: FromPath[UUID]) -> Response[str]:
    """What is agreed to, for all items of the visit at once; once signed, how it is kept."""
    loans = await visit_loans(request.user, visit_id)
    kept = await kept_already(loans, "screen", since=clock.now())
    if kept is not None:
        return redirect(request, f"/agreements/{kept['id']}")
    return await _form(request, loans, _to_desk(visit_id))


@post("/desk/visits/{visit_id:uuid}/agreement", guards=[require(Role.RECEPTION)])
async def sign(
    request: Page,
    visit_id: FromPath[UUID],
    data: Annotated[SignForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Keep the agreement as it is signed now. Signed on the screen, the visit is over."""
    loans = await visit_loans(request.user, visit_id)
    return await _keep(request, loans, data, _to_desk(visit_id), visit_id)


@get("/borrowers/{borrower_id:uuid}/agreement", guards=[require(Role.RECEPTION)])
async def later_agreement(request: Page, borrower_id: FromPath[UUID]) -> Response[str]:
    """What was left unsigned, whenever it was lent."""
    loans = await unsigned_loans(request.user, borrower_id)
    return await _form(request, loans, f"/borrowers/{borrower_id}")


@post("/borrowers/{borrower_id:uuid}/agreement", guards=[require(Role.RECEPTION)])
async def sign_later(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[SignForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Keep the agreement about what was left unsigned."""
    loans = await unsigned_loans(request.user, borrower_id)
    return await _keep(request, loans, data, f"/borrowers/{borrower_id}")


@get("/agreements/{agreement_id:uuid}", guards=[require(Role.RECEPTION)])
async def agreement_kept(request: Page, agreement_id: FromPath[UUID]) -> Response[str]:
    """The agreement is kept: go on at the desk, print it, or say that it is signed."""
    kept = await agreement_pdf(request.user, agreement_id)
    return page(
        request,
        "lending/agreement_kept.html",
        agreement=await read_agreement(request.user, agreement_id),
        things=await agreed_things(agreement_id),
        kept=kept,
        desk=_to_desk(kept.visit_id) if kept.visit_id else "/desk",
        attempt_id=new_id(),
    )


@post("/agreements/{agreement_id:uuid}/signed", guards=[require(Role.RECEPTION)])
async def paper_signed(request: Page, agreement_id: FromPath[UUID]) -> Response[str]:
    """The printed agreement is signed; the visit that it was made in is over."""
    now = clock.now()
    await sign_on_paper(request.user, agreement_id, now=now)
    kept = await agreement_pdf(request.user, agreement_id)
    if await visits.borrower_of(request.user, kept.visit_id, now=now):
        return await _leave_signed(request, kept.visit_id, agreement_id)
    text = _("It is written down that the paper was signed.")
    return redirect(request, f"/agreements/{agreement_id}", flash=Flash("ok", text))


@get("/agreements/{agreement_id:uuid}/pdf", guards=[require(Role.RECEPTION)])
async def agreement_file(request: Page, agreement_id: FromPath[UUID]) -> Response[bytes]:
    """The agreement as it was kept, byte for byte."""
    kept = await agreement_pdf(request.user, agreement_id)
    return Response(
        kept.pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{kept.number}.pdf"'},
    )


async def _keep(
    request: Page, loans: AgreedLoans, data: SignForm, back: str, visit_id: UUID | None = None
) -> Response[str]:
    flash = None
    try:
        kept = await make_agreement(request.user, loans, _signature(data), now=clock.now())
    except AgreementKeptAlready as error:
        kept, flash = error.agreement_id, Flash("info", error.message())
    except (SignatureMissing, SignatureRefused) as error:
        return await _form(request, loans, back, [_problem("signature", error)])
    except PaperWanted as error:  # since the form was opened; now it has no field for it
        return await _form(request, loans, back, [_problem("", error)])
    except SignedNameRefused as error:
        return await _form(request, loans, back, [_problem("signature_typed", error)])
    if data.how == "paper":  # in a window of its own, from where it is printed
        return redirect(request, f"/agreements/{kept}/pdf")
    if data.how == "screen" and visit_id is not None:
        return await _leave_signed(request, visit_id, kept, flash)
    return redirect(request, f"/agreements/{kept}", flash=flash)


async def _leave_signed(
    request: Page, visit_id: UUID | None, agreement_id: UUID, flash: Flash | None = None
) -> Response[str]:
    """To the desk, which is free for the next person unless more is left to sign."""
    desk = f"/desk?signed={agreement_id}"
    if visit_id is not None:
        if await leaves_unsigned(visit_id):
            desk = f"{_to_desk(visit_id)}&signed={agreement_id}"
        else:
            await visits.close_visit(request.user, visit_id, now=clock.now())
    return redirect(request, desk, flash=flash)


def _problem(field: str, error: Refused) -> FieldError:
    return FieldError(field, error.code, error.message())


async def _form(
    request: Page, loans: AgreedLoans, back: str, errors: Sequence[FieldError] = ()
) -> Response[str]:
    # To be read before it is signed: as on paper, where only the line is empty.
    to_sign = None if loans.signature == "none" else PaperSignature()
    now = clock.now()
    document = agreement_document(loans, "", to_sign, now=now)
    printed = await kept_already(loans, "paper", since=now) if to_sign else None
    return page(
        request,
        "lending/agreement.html",
        status=422 if errors else 200,
        loans=loans,
        name_prints=is_printable(loans.borrower),
        words=agreement_words(document),
        printed=printed,
        waiting=[printed] if printed else await papers_waiting(loans) if to_sign else [],
        back=back,
        errors=errors,
    )


def _to_desk(visit_id: UUID) -> str:
    return f"/desk?visit={visit_id}"


def _signature(form: SignForm) -> Signature | None:
    if form.how == "none":
        return None
    if form.how == "paper":
        return PaperSignature()
    if form.signature:
        return read_drawing(form.signature)
    if not form.signature_typed.strip():
        raise SignatureMissing
    return TypedSignature(read_typed(form.signature_typed))


ROUTES = [
    agreement,
    sign,
    later_agreement,
    sign_later,
    agreement_kept,
    paper_signed,
    agreement_file,
]
