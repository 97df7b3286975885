"""Letters for other programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Moment,
    Page,
    PageQuery,
    Pdf,
    decode_cursor,
    delete,
    encode_cursor,
    get,
    post,
)
from comptoir.core.printing.errors import NothingToPrint
from comptoir.lending.errors import BorrowerNotFound
from comptoir.notifications.errors import (
    AddressNotAsked,
    BatchNotFound,
    BatchPrinted,
    LetterNotReturned,
    MessageNotFound,
)
from comptoir.notifications.letters import queries, returned, services
from comptoir.notifications.letters.returned import ConfirmAddress
from comptoir.notifications.letters.schemas import Batch, LetterFilter, LetterRow, MakeBatch
from comptoir.sites.errors import SiteNotFound

TAG = "Letters"
ONE = "/letter-batches/{batch_id:uuid}"


class LettersQuery(PageQuery, frozen=True, kw_only=True):
    """Which letters."""

    site: Annotated[UUID, msgspec.Meta(description="Of this site.")] | None = None


class LetterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that waits to be printed; `id` is that of its message.

    `others` wait there for the same person about the same: one of them all, which `is_printed`,
    stands for them.
    """

    id: UUID
    site_id: UUID
    borrower_id: UUID
    kind: str
    language: str
    created_at: Moment
    others: int
    is_printed: bool


class BatchView(msgspec.Struct, frozen=True, kw_only=True):
    """Letters that are one document. They count as sent from `printed_at` on.

    `printable` are those whose text is still known; it is forgotten after 90 days.
    """

    id: UUID
    site_id: UUID
    letters: int
    printable: int
    made_at: Moment
    printed_at: Moment | None


@get("/letters", scopes=("borrowers",), tag=TAG, errors=(SiteNotFound,))
async def list_letters(call: Call, query: LettersQuery) -> Page[LetterLine]:
    """List the letters that wait to be printed, the oldest first."""
    wanted = LetterFilter(
        site_id=query.site, after=decode_cursor(query.cursor, UUID), limit=query.limit
    )
    found = await queries.list_waiting(call.actor, wanted)
    following = encode_cursor(found.next) if found.next else None
    return Page([_line(row) for row in found.rows], following)


@get("/letter-batches", scopes=("borrowers",), tag=TAG)
async def list_letter_batches(call: Call, query: PageQuery) -> Page[BatchView]:
    """List the bundles of letters, the latest first."""
    found = await queries.list_batches(
        call.actor, after=decode_cursor(query.cursor, UUID), limit=query.limit
    )
    following = encode_cursor(found.next) if found.next else None
    return Page([_view(row) for row in found.rows], following)


@post(
    "/letter-batches",
    scopes=("borrowers",),
    tag=TAG,
    status=201,
    errors=(NothingToPrint,),
)
async def make_letter_batch(call: Call, data: MakeBatch) -> BatchView:
    """Make one document of the letters that wait at a site, a page each, for 200 people at most.

    A person gets one letter, however many reminders waited.
    """
    made = await services.make_batch(call.actor, data, now=call.now)
    return await _read(call, made)


@get(f"{ONE}/pdf", scopes=("borrowers",), tag=TAG, errors=(BatchNotFound, NothingToPrint))
async def print_letter_batch(call: Call, batch_id: UUID) -> Pdf:
    """Print the letters of a bundle as a PDF/UA, for window envelopes of the site's country.

    Nothing is changed by it; it can be printed again for 90 days.
    """
    pdf = await services.print_batch(call.actor, batch_id, now=call.now)
    return Pdf(pdf, "letters.pdf")


@post(f"{ONE}/printed", scopes=("borrowers",), tag=TAG, errors=(BatchNotFound,))
async def mark_letters_printed(call: Call, batch_id: UUID) -> BatchView:
    """Say that the letters of a bundle were printed: they count as sent."""
    await services.mark_printed(call.actor, batch_id, now=call.now)
    return await _read(call, batch_id)


@delete(ONE, scopes=("borrowers",), tag=TAG, errors=(BatchNotFound, BatchPrinted))
async def put_letters_back(call: Call, batch_id: UUID) -> None:
    """Dissolve a bundle that was not printed: its letters wait again."""
    await services.put_back(call.actor, batch_id, now=call.now)


@post(
    "/letters/{letter_id:uuid}/returned",
    scopes=("borrowers",),
    tag=TAG,
    errors=(MessageNotFound, BorrowerNotFound, LetterNotReturned),
    status=204,
)
async def mark_letter_returned(call: Call, letter_id: UUID) -> None:
    """Say that the post brought a printed letter back.

    No letter goes to the borrower's address until it is another, and they are to be called.
    """
    await returned.mark_returned(call.actor, letter_id, now=call.now)


@post(
    "/borrowers/{borrower_id:uuid}/address-confirmations",
    scopes=("desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound, AddressNotAsked),
    status=204,
)
async def confirm_address(call: Call, borrower_id: UUID, data: ConfirmAddress) -> None:
    """Write down that an address is right, though a letter to it was said to have come back.

    That letter counts as sent again, unless somebody has called meanwhile.
    """
    await returned.confirm_address(call.actor, borrower_id, data, now=call.now)


async def _read(call: Call, batch_id: UUID) -> BatchView:
    batch = await queries.read_batch(call.actor, batch_id)
    if batch is None:
        raise BatchNotFound
    return _view(batch)


def _line(row: LetterRow) -> LetterLine:
    """A letter without the person's name."""
    return LetterLine(**{name: getattr(row, name) for name in LetterLine.__struct_fields__})


def _view(batch: Batch) -> BatchView:
    return BatchView(**{name: getattr(batch, name) for name in BatchView.__struct_fields__})


ROUTES = [
    list_letters,
    list_letter_batches,
    make_letter_batch,
    print_letter_batch,
    mark_letters_printed,
    put_letters_back,
    mark_letter_returned,
    confirm_address,
]
