"""What a closure does to due dates, and whom to tell of it, for other programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Code,
    Moment,
    Page,
    PageQuery,
    decode_cursor,
    delete,
    encode_cursor,
    get,
    post,
)
from comptoir.core.fields import example
from comptoir.lending.closures import announcements, telling
from comptoir.lending.closures.causes import MoveCause
from comptoir.lending.closures.preview import KIND, DueDatesPreview
from comptoir.lending.closures.telling import PersonPlace, PersonToTell
from comptoir.lending.closures.told import take_telling_back, tell
from comptoir.lending.errors import MovesNotFound
from comptoir.sites import changing_hours
from comptoir.sites.errors import ExceptionNotFound, SiteNotFound, SitesForbidden
from comptoir.sites.exceptions.previews import (
    Preview,
    preview_exception,
    preview_withdrawal,
)
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.local_holidays import KeepHolidays, preview_local_holidays
from comptoir.sites.schemas import SaveSite
from comptoir.sites.services import preview_site

TAG = "Sites"
READERS = ("desk", "borrowers")
#: Loans, or people, that a preview lists; it counts all of them.
MOST_LOANS = 1000


class LookAtHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Opening hours to look at, as an OpenStreetMap expression."""

    opening_hours: Annotated[str, example("Mo-Fr 09:00-12:00,14:00-17:00")]


class Hanging(msgspec.Struct, frozen=True):
    """Something that depends on the days: what, how many, and a sentence for people."""

    kind: str
    count: int
    text: str


class MovingLoan(msgspec.Struct, frozen=True):
    """A loan whose due date would move."""

    id: UUID
    item: Code
    borrower_id: UUID
    site: UUID
    due_at: Moment
    moved_to: Moment


class StayingLoan(msgspec.Struct, frozen=True):
    """A loan that would stay due when no door is open."""

    id: UUID
    item: Code
    borrower_id: UUID
    site: UUID
    due_at: Moment


class UnreachedPerson(msgspec.Struct, frozen=True):
    """Somebody to tell whom no message reaches."""

    borrower_id: UUID
    contact_kind: str


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """What an announcement would bring about. Send `seen` with it to make sure of that.

    What hangs on it has a `kind` that stays: `services`, `shifts`, `due-dates`,
    `vouchers-set-aside`, and `lending.no-open-day-in-horizon` where lending rules have no open
    day in reach.
    `moving` lists the first 1,000 of `loans`. `kept` loans stay due when no door is open, as
    their policy counts every day, or as no open day is in sight; `staying` lists the first 1,000
    of them. `unreachable` counts those of the `people` to tell whom no message reaches, by
    `contact_kind`; `not_reached` lists the first 1,000 of them.
    """

    seen: str
    warnings: list[str]
    consequences: list[Hanging]
    loans: int = 0
    kept: int = 0
    people: int = 0
    unreachable: Annotated[dict[str, int], example({"letter": 2, "none": 1})] = {}
    moving: list[MovingLoan] = []
    staying: list[StayingLoan] = []
    not_reached: list[UnreachedPerson] = []


class AnnouncementsQuery(PageQuery, frozen=True, kw_only=True):
    """Which announcements."""

    site: Annotated[UUID, msgspec.Meta(description="Of this site.")] | None = None


class AnnouncementLine(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement that moved due dates, from `first_due` on.

    `cause` says what it was. `withdrawn` of its loans are at sites that have withdrawn it
    since, or were taken back by a later change; `restored` of them went
    back to their old day. Of the people, `to_tell` have yet to be told and `told` were;
    whoever brought all back untold needs no telling.
    """

    id: UUID
    announced_at: Moment
    first_due: Moment
    people: int
    loans: int
    withdrawn: int
    restored: int
    to_tell: int
    told: int
    cause: MoveCause


class ToldLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan to tell somebody of. `due_at` is when it is due now; `was_due` the day before.

    `undone`: the announcement was withdrawn, and the loan is due as it was. `to_tell`:
    the person has yet to hear what holds now; `told_at` is when they did.
    """

    id: UUID
    item: Code
    model: str
    was_due: date
    due_at: Moment
    undone: bool
    open: bool
    to_tell: bool
    told_at: Moment | None


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to tell of moved due dates, and how they are reached.

    `to_tell`: there is something left to tell them; `told_at` is when they heard the last.
    """

    borrower_id: UUID
    name: str
    language: str
    contact_kind: str
    phone: str
    email: str
    to_tell: bool
    told_at: Moment | None
    loans: list[ToldLoan]


@post(
    "/exceptions/preview",
    scopes=("read", "settings"),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
)
async def preview_closure(call: Call, data: AnnounceException) -> PreviewView:
    """Look at what a closure, or other hours, would bring about.

    Nothing is changed. It is refused where the announcement would be.
    """
    return _preview(await preview_exception(call.actor, data, now=call.now))


@post(
    "/sites/{site_id:uuid}/hours/preview",
    scopes=("read", "settings"),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
)
async def preview_of_hours(call: Call, site_id: UUID, data: LookAtHours) -> PreviewView:
    """Look at what other opening hours of a site would bring about.

    Nothing is changed. It is refused where setting them would be. What earlier hours have
    moved goes back where these open the door at the old time again.
    """
    found = await changing_hours.preview_hours(
        call.actor, site_id, data.opening_hours, now=call.now
    )
    return _preview(found)


@post(
    "/sites/{site_id:uuid}/preview",
    scopes=("read", "settings"),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
)
async def preview_of_site(call: Call, site_id: UUID, data: SaveSite) -> PreviewView:
    """Look at what changing a site would bring about.

    Nothing is changed. Its time zone, and the public holidays of its region, say when its
    door is open: what is due while that is shut would move.
    """
    return _preview(await preview_site(call.actor, site_id, data, now=call.now))


@post(
    "/sites/{site_id:uuid}/local-holidays/preview",
    scopes=("read", "settings"),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
)
async def preview_of_holidays(call: Call, site_id: UUID, data: KeepHolidays) -> PreviewView:
    """Look at what keeping other local holidays would bring about.

    Nothing is changed. What is due on a day kept from then on would move; what such a day
    has moved before would be due as it was, where it is kept no more.
    """
    found = await preview_local_holidays(call.actor, site_id, data.kept, now=call.now)
    return _preview(found)


@post(
    "/exceptions/{exception_id:uuid}/withdrawal/preview",
    scopes=("read", "settings"),
    tag=TAG,
    errors=(ExceptionNotFound, SitesForbidden),
)
async def preview_of_withdrawal(call: Call, exception_id: UUID) -> PreviewView:
    """Look at what taking an exception back would bring about.

    Nothing is changed. What is due in hours that it had opened would move; what it has
    moved itself would be due as it was.
    """
    _, found = await preview_withdrawal(call.actor, exception_id, now=call.now)
    return _preview(found)


def _preview(found: Preview) -> PreviewView:
    hanging = [Hanging(each.kind, each.count, each.text) for each in found.consequences]
    view = PreviewView(seen=found.seen, warnings=list(found.warnings), consequences=hanging)
    for each in found.consequences:
        if each.kind == KIND and isinstance(each.data, DueDatesPreview):
            return _with_loans(view, each.data)
    return view


@get("/announcements", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_announcements(call: Call, query: AnnouncementsQuery) -> Page[AnnouncementLine]:
    """List the announcements that moved due dates at the token's sites, the latest first."""
    found, following = await announcements.announced(
        call.actor,
        site_id=query.site,
        after=decode_cursor(query.cursor, UUID),
        limit=query.limit,
    )
    lines = [
        AnnouncementLine(
            id=each.id,
            announced_at=each.moved_at,
            first_due=each.first_due,
            people=each.people,
            loans=each.loans,
            withdrawn=each.withdrawn,
            restored=each.restored,
            to_tell=each.to_tell,
            told=each.told,
            cause=each.cause,
        )
        for each in found
    ]
    return Page(lines, encode_cursor(following) if following else None)


@get(
    "/announcements/{announcement_id:uuid}/people",
    scopes=READERS,
    tag=TAG,
    errors=(MovesNotFound,),
)
async def people_to_tell(call: Call, announcement_id: UUID, query: PageQuery) -> Page[PersonLine]:
    """List whom to tell of an announcement, each person once.

    Who has yet to be told comes first, by name; then who needs no telling any more.
    """
    found = await telling.people(
        call.actor,
        announcement_id,
        after=decode_cursor(query.cursor, PersonPlace),
        limit=query.limit,
    )
    lines = [_line(person) for person in found.people]
    return Page(lines, encode_cursor(found.next) if found.next else None)


@post(
    "/announcements/{announcement_id:uuid}/people/{borrower_id:uuid}/telling",
    scopes=READERS,
    tag=TAG,
    errors=(MovesNotFound,),
)
async def tell_person(call: Call, announcement_id: UUID, borrower_id: UUID) -> PersonLine:
    """Write down that somebody was told what an announcement moved at the token's sites."""
    await tell(call.actor, announcement_id, borrower_id, now=call.now)
    return _line(await telling.person(call.actor, announcement_id, borrower_id))


@delete(
    "/announcements/{announcement_id:uuid}/people/{borrower_id:uuid}/telling",
    scopes=READERS,
    tag=TAG,
    errors=(MovesNotFound,),
)
async def untell_person(call: Call, announcement_id: UUID, borrower_id: UUID) -> None:
    """Write down that somebody was not told after all: they have yet to be."""
    await take_telling_back(call.actor, announcement_id, borrower_id, now=call.now)


def _line(person: PersonToTell) -> PersonLine:
    return PersonLine(
        borrower_id=person.id,
        name=person.name,
        language=person.language,
        contact_kind=person.contact_kind,
        phone=person.phone,
        email=person.email,
        to_tell=person.to_tell,
        told_at=person.told_at,
        loans=[
            ToldLoan(
                id=loan.loan_id,
                item=loan.code,
                model=loan.model,
                was_due=loan.was_due,
                due_at=loan.due_at,
                undone=loan.undone,
                open=loan.open,
                to_tell=loan.to_tell,
                told_at=loan.told_at,
            )
            for loan in person.loans
        ],
    )


def _with_loans(view: PreviewView, found: DueDatesPreview) -> PreviewView:
    moving = [
        MovingLoan(move.loan_id, move.code, move.borrower_id, site.site_id, move.before, move.after)
        for site in found.sites
        for move in site.moves
        if move.after is not None
    ]
    staying = [
        StayingLoan(loan.loan_id, loan.code, loan.borrower_id, site.site_id, loan.before)
        for site in found.sites
        for loan in site.kept
    ]
    return msgspec.structs.replace(
        view,
        loans=found.loans,
        kept=found.kept,
        people=found.people,
        unreachable=found.unreachable,
        moving=moving[:MOST_LOANS],
        staying=staying[:MOST_LOANS],
        not_reached=[
            UnreachedPerson(each.borrower_id, each.contact_kind)
            for each in found.unreached[:MOST_LOANS]
        ],
    )


ROUTES = [
    preview_closure,
    preview_of_hours,
    preview_of_site,
    preview_of_holidays,
    preview_of_withdrawal,
    list_announcements,
    people_to_tell,
    tell_person,
    untell_person,
]
