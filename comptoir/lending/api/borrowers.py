"""Borrowers: who borrows, their card and their household."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.api import (
    Call,
    CardCode,
    Moment,
    Page,
    PageQuery,
    decode_cursor,
    delete,
    encode_cursor,
    get,
    post,
    put,
)
from comptoir.core.fields import Language
from comptoir.lending.api.desk import UNREAD, site_of
from comptoir.lending.api.scanned import code_of
from comptoir.lending.borrowers import cards, duplicates, finding, households, queries, services
from comptoir.lending.borrowers.duplicates import Namesake
from comptoir.lending.borrowers.errors import (
    BorrowerChanged,
    CardChanged,
    SameBorrower,
    SuspensionForbidden,
)
from comptoir.lending.borrowers.finding import FoundBorrower
from comptoir.lending.borrowers.schemas import (
    BorrowerFilter,
    BorrowerPlace,
    BorrowerState,
    BorrowerView,
    CardView,
    ContactKind,
    Housemate,
    SaveBorrower,
)
from comptoir.lending.errors import BorrowerNotFound, NoSiteChosen
from comptoir.sites.errors import SiteNotFound

SCOPES = ("desk", "borrowers")
TAG = "Borrowers"


class NewBorrower(SaveBorrower, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A borrower to register. Only name and language are needed."""

    site: (
        Annotated[UUID, msgspec.Meta(description="Where they are known; else the token's site.")]
        | None
    ) = None


class BorrowersQuery(PageQuery, frozen=True, kw_only=True):
    """Which borrowers."""

    state: Annotated[BorrowerState, msgspec.Meta(description="Without it, all of them.")] | None = (
        None
    )
    group: Annotated[UUID, msgspec.Meta(description="The id of a group.")] | None = None


class BorrowerLine(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower in a list. `open_loans` counts what they hold."""

    id: UUID
    name: str
    language: Language
    phone: str
    group: UUID
    suspended: bool
    open_loans: int


class BorrowerDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A borrower with everything that is kept about them.

    `may_borrow_from` is a day at the site; null while suspended: until lifted.
    """

    id: UUID
    name: str
    language: Language
    group: UUID
    contact_kind: ContactKind
    phone: str
    email: str
    address: str
    referrer: str
    counsellor: str
    note: str
    eligible_until: date | None
    eligible: bool
    suspended: bool
    may_borrow_from: date | None
    household: UUID | None
    housemates: tuple[Housemate, ...]
    card: CardView | None
    time_zone: str
    created_at: Moment
    version: int


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name, a phone or the code of a card, as one would type it at the desk."""

    text: Annotated[str, msgspec.Meta(max_length=200, examples=["amina d"])]
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be meant: enough to tell two namesakes apart."""

    id: UUID
    name: str
    language: Language
    phone: str
    referrer: str
    eligible_until: date | None
    suspended: bool
    open_loans: int


class Found(msgspec.Struct, frozen=True):
    """Who may be meant, best first."""

    items: list[Match]


class Newcomer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may be registered already; `besides` is the borrower being edited."""

    name: Annotated[str, msgspec.Meta(max_length=200, examples=["Amina Diallo"])]
    phone: Annotated[str, msgspec.Meta(max_length=60, examples=["+41 26 555 01 10"])] = ""
    besides: UUID | None = None


class Namesakes(msgspec.Struct, frozen=True):
    """Who may be the same person, by name."""

    items: list[Namesake]


class CardBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`replaces` is the code of the card they have; null if they have none."""

    replaces: CardCode | None = None


class Suspension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which day on they may borrow again; null: once it is lifted."""

    may_borrow_from: date | None = None


class LivesWith(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody of the household to join."""

    lives_with: UUID


@get("/borrowers", scopes=SCOPES, tag=TAG)
async def list_borrowers(call: Call, query: BorrowersQuery) -> Page[BorrowerLine]:
    """List the borrowers of the token's sites, by name."""
    wanted = BorrowerFilter(
        state=query.state,
        group=query.group,
        after=decode_cursor(query.cursor, BorrowerPlace),
        limit=query.limit,
    )
    found = await queries.list_borrowers(call.actor, wanted, now=call.now)
    lines = [
        BorrowerLine(**{**msgspec.structs.asdict(row), "group": row.group.id}) for row in found.rows
    ]
    return Page(lines, encode_cursor(found.next) if found.next else None)


@post("/borrowers/searches", scopes=("read", *SCOPES), tag=TAG)
async def find_borrowers(call: Call, data: Search) -> Found:
    """Find borrowers by name, phone or card.

    Accents and case do not count, and one slip in a word is forgiven. It is a
    `POST` so that no name stands in an address; it changes nothing.
    """
    found = await finding.find_borrowers(call.actor, data.text, limit=data.limit)
    return Found([_match(each, call.now) for each in found])


@post("/borrowers/duplicates", scopes=("read", *SCOPES), tag=TAG)
async def find_duplicates(call: Call, data: Newcomer) -> Namesakes:
    """Find who has the same name, in any order of its words, or the same phone.

    It is a `POST` so that no name stands in an address; it changes nothing.
    """
    return Namesakes(
        await duplicates.find_duplicates(call.actor, data.name, data.phone, besides=data.besides)
    )


@post(
    "/borrowers",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(PlaceNotYours, SiteNotFound, NoSiteChosen),
    location="/borrowers/{id}",
)
async def register_borrower(call: Call, data: NewBorrower) -> BorrowerDetail:
    """Register a borrower."""
    values = msgspec.structs.asdict(data)
    site_id = await site_of(call.actor, values.pop("site")) or call.actor.site_id
    actor = msgspec.structs.replace(call.actor, site_id=site_id)
    borrower_id = await services.register_borrower(actor, SaveBorrower(**values), now=call.now)
    return await _read(call, borrower_id)


@get("/borrowers/{borrower_id:uuid}", scopes=SCOPES, tag=TAG, errors=(BorrowerNotFound,))
async def read_borrower(call: Call, borrower_id: UUID) -> BorrowerDetail:
    """Read a borrower."""
    return await _read(call, borrower_id)


@put(
    "/borrowers/{borrower_id:uuid}",
    scopes=SCOPES,
    tag=TAG,
    errors=(BorrowerNotFound, BorrowerChanged),
)
async def edit_borrower(call: Call, borrower_id: UUID, data: SaveBorrower) -> BorrowerDetail:
    """Replace what is known of a borrower."""
    await services.edit_borrower(call.actor, borrower_id, data, version=call.version, now=call.now)
    return await _read(call, borrower_id)


@post(
    "/borrowers/{borrower_id:uuid}/cards",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(BorrowerNotFound, CardChanged, *UNREAD),
)
async def issue_card(call: Call, borrower_id: UUID, data: CardBody) -> BorrowerDetail:
    """Give a borrower a card, or replace a lost one, which is refused from now on."""
    replaces = await code_of(data.replaces) if data.replaces else None
    await cards.issue_card(call.actor, borrower_id, replaces=replaces, now=call.now)
    return await _read(call, borrower_id)


@put(
    "/borrowers/{borrower_id:uuid}/suspension",
    scopes=("borrowers",),
    tag=TAG,
    errors=(BorrowerNotFound, SuspensionForbidden, BorrowerChanged),
)
async def suspend_borrower(call: Call, borrower_id: UUID, data: Suspension) -> BorrowerDetail:
    """Let a borrower borrow nothing for a time; what they have, they may bring back."""
    await _same(call, borrower_id)
    await services.suspend_borrower(
        call.actor, borrower_id, may_borrow_from=data.may_borrow_from, now=call.now
    )
    return await _read(call, borrower_id)


@delete(
    "/borrowers/{borrower_id:uuid}/suspension",
    scopes=("borrowers",),
    tag=TAG,
    errors=(BorrowerNotFound, SuspensionForbidden),
)
async def lift_suspension(call: Call, borrower_id: UUID) -> None:
    """Let a borrower borrow again at once."""
    await services.lift_suspension(call.actor, borrower_id, now=call.now)


@put(
    "/borrowers/{borrower_id:uuid}/household",
    scopes=SCOPES,
    tag=TAG,
    errors=(BorrowerNotFound, SameBorrower, BorrowerChanged),
)
async def join_household(call: Call, borrower_id: UUID, data: LivesWith) -> BorrowerDetail:
    """Let a borrower share the limits of somebody they live with."""
    await _same(call, borrower_id)
    await households.join_household(
        call.actor, borrower_id, lives_with=data.lives_with, now=call.now
    )
    return await _read(call, borrower_id)


@delete(
    "/borrowers/{borrower_id:uuid}/household", scopes=SCOPES, tag=TAG, errors=(BorrowerNotFound,)
)
async def leave_household(call: Call, borrower_id: UUID) -> None:
    """Let a borrower belong to no household."""
    await households.leave_household(call.actor, borrower_id, now=call.now)


def _match(found: FoundBorrower, now: datetime) -> Match:
    return Match(
        id=found.id,
        name=found.name,
        language=found.language,
        phone=found.phone,
        referrer=found.referrer,
        eligible_until=found.eligible_until,
        suspended=found.is_suspended(now),
        open_loans=found.open_loans,
    )


async def _read(call: Call, borrower_id: UUID) -> BorrowerDetail:
    found: BorrowerView = await queries.read_borrower(call.actor, borrower_id, now=call.now)
    return BorrowerDetail(**{**msgspec.structs.asdict(found), "group": found.group.id})


async def _same(call: Call, borrower_id: UUID) -> None:
    """Hold an edit of a part against the version of the whole."""
    if (await _read(call, borrower_id)).version != call.version:
        raise BorrowerChanged


ROUTES = [
    list_borrowers,
    find_borrowers,
    find_duplicates,
    register_borrower,
    read_borrower,
    edit_borrower,
    issue_card,
    suspend_borrower,
    lift_suspension,
    join_household,
    leave_household,
]
