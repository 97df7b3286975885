"""The loan agreement on paper, in the borrower's language and in plain words."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from comptoir.core.i18n import current_language, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.web.formats import format_clock, format_day
from comptoir.inventory.codes import display
from comptoir.lending.due_dates import opens_after
from comptoir.lending.signatures import DrawnSignature, cropped, signature_svg
from comptoir.sites.calendar import DayHours, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.model import Effect
from comptoir.sites.expressions.weeks import week_at
from comptoir.sites.hours import day_reason, plan_text, plan_texts, weekday_names
from comptoir.sites.opening_hours import ONE_DAY, DaySource

#: What the whole field for signing takes of the paper, in millimetres.
_FIELD_WIDTH, _FIELD_HEIGHT = 80, 20
#: A range of closed days is told in one line; more lines than this are not read.
_MOST_CLOSURES = 8

_TEMPLATE = Path(__file__).parent / "print" / "agreement.typ"


class AgreementItem(msgspec.Struct, frozen=True):
    """One thing that is lent. ``due_at`` is aware, on the clock of the place of return.

    ``place`` is that place: the number of it in the document's.
    """

    name: str
    code: str
    due_at: datetime
    serial: str = ""
    accessories: tuple[str, ...] = ()
    place: int = 0


class ReturnPlace(msgspec.Struct, frozen=True):
    """Where things are brought back. ``address`` has one entry a line, ``phone`` is E.164.

    ``opening_hours`` is an expression; empty: nobody has said. ``calendar`` says on
    which days it is not open like that.
    """

    name: str
    address: tuple[str, ...]
    opening_hours: str = ""
    phone: str = ""
    email: str = ""
    calendar: SiteCalendar | None = None


class TypedSignature(msgspec.Struct, frozen=True):
    """A name typed instead of a signature; it counts as much."""

    name: str


class PaperSignature(msgspec.Struct, frozen=True):
    """An empty line, to be signed with a pen."""


Signature = DrawnSignature | TypedSignature | PaperSignature


class AgreementDocument(msgspec.Struct, frozen=True):
    """All that an agreement says. ``made_at`` is aware, on the clock of the desk.

    Without a ``signature`` the agreement is a receipt: nothing is to be signed.
    """

    reference: str
    language: str
    organisation: str
    borrower: str
    made_at: datetime
    places: tuple[ReturnPlace, ...]
    items: tuple[AgreementItem, ...]
    signature: Signature | None = None


def render_agreement(document: AgreementDocument) -> bytes:
    """The agreement as PDF/UA.

    Raises:
        SignatureRefused: the drawn signature is not one.
    """
    return make_pdf(_TEMPLATE, agreement_words(document))


def agreement_words(document: AgreementDocument) -> dict[str, Any]:
    """All that the agreement says, in the borrower's language, for paper and for the screen.

    Raises:
        SignatureRefused: the drawn signature is not one.
    """
    with use_language(document.language):
        return _words(document)


def _words(document: AgreementDocument) -> dict[str, Any]:
    return {
        "title": _("Loan agreement %(reference)s", reference=document.reference),
        "language": current_language(),
        "heading": _("Loan agreement"),
        "organisation": document.organisation,
        "footer": f"{document.organisation} · {document.reference}",
        "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "particulars": [
            [_("Name"), document.borrower],
            [_("Date"), format_day(document.made_at.date(), "long")],
            [_("Agreement number"), document.reference],
        ],
        "borrowed": {
            "heading": _("What you borrow"),
            "columns": [_("Item"), _("Bring it back by")],
            "items": [_item(document, item) for item in document.items],
        },
        "due": _due(document),
        "places": {
            "heading": _("Where to bring it back"),
            "columns": [_("Day"), _("Opening hours")],
            "each": [_place(document, number) for number in range(len(document.places))],
        },
        "trouble": {"heading": _("If something happens"), "cases": trouble_cases()},
        "signature": _signature(document),
    }


def _due(document: AgreementDocument) -> dict[str, Any]:
    apart = len({item.due_at for item in document.items}) > 1
    first = min(document.items, key=lambda item: item.due_at)
    day = format_day(first.due_at.date(), "full")
    return {
        "heading": _("Until when"),
        "words": _("Each item has its own date, see above. The first one is:")
        if apart
        else _("Bring everything back by:"),
        "first": _("%(day)s (closed that day)", day=day)
        if _is_shut(document, first)
        else _("%(day)s at %(time)s", day=day, time=format_clock(first.due_at)),
        "apart": apart,
    }


def _is_shut(document: AgreementDocument, item: AgreementItem) -> bool:
    """Whether nobody can come when it is due: its lending rule counts every day."""
    calendar = document.places[item.place].calendar
    return calendar is not None and opens_after(item.due_at, calendar) is not None


def _place(document: AgreementDocument, number: int) -> dict[str, Any]:
    """One of the places; where there are several, with what is to be brought back there."""
    place = document.places[number]
    items = [item for item in document.items if item.place == number]
    day = min(item.due_at for item in items).date()
    things = ", ".join(f"{item.name} ({display(item.code)})" for item in items)
    ways = ((_("Phone"), show_phone(place.phone)), (_("E-mail"), place.email))
    return {
        "things": _("Bring here: %(things)s", things=things) if len(document.places) > 1 else "",
        "lines": [
            place.name,
            *place.address,
            *(_("%(label)s: %(value)s", label=label, value=way) for label, way in ways if way),
        ],
        "words": how_to_come(place, day),
        "week": week_rows(place.opening_hours, day) if place.opening_hours else [],
        "other_days": {
            "heading": _("Other hours until then"),
            "lines": _other_days(
                place.calendar,
                document.made_at.date(),
                max(item.due_at for item in items).date(),
            ),
        },
    }


def how_to_come(place: ReturnPlace, at: date) -> str:
    """Whether to call first: by appointment alone, or on holidays that we do not know of."""
    effects = _effects(place.opening_hours, at) if place.opening_hours else set()
    knows_holidays = place.calendar is not None and place.calendar.region  # told one by one
    if Effect.BY_APPOINTMENT in effects:
        if Effect.OPEN in effects and knows_holidays:
            return _("For the hours by appointment, call before you come.")
        return _("Call before you come.")
    if not place.opening_hours:
        return _("Call before you come.")
    if knows_holidays:
        return _("You can come in person.")
    return _("You can come in person. On public holidays, call before you come.")


def _effects(opening_hours: str, at: date) -> set[Effect]:
    """What the stretches of the week are: open, or by appointment."""
    week = week_at(Hours.of(opening_hours), at)
    return {piece.effect for plan in week for piece in plan.pieces}


class _Days(msgspec.Struct):
    """Days that follow each other, with the same hours for the same reason."""

    first: date
    last: date
    hours: str
    reason: str
    usually_open: bool


def _other_days(calendar: SiteCalendar | None, day: date, last: date) -> list[str]:
    """From ``day`` until ``last``: closures, holidays and special hours, the next ones first."""
    if calendar is None or calendar.hours is None:
        return []
    ranges: list[_Days] = []
    while day <= last:
        hours = calendar.on(day)
        if hours.source in (DaySource.HOLIDAY, DaySource.EXCEPTION) or hours.reason:
            usual = week_at(calendar.hours, day)[day.weekday()]
            _append(ranges, day, hours, bool(usual.pieces))
        day += ONE_DAY
    told = [_told(days) for days in ranges if days.hours or days.usually_open]
    return told[:_MOST_CLOSURES]


def _append(ranges: list[_Days], day: date, hours: DayHours, usually_open: bool) -> None:
    text, reason = plan_text(hours.plan), day_reason(hours)
    before = ranges[-1] if ranges else None
    alike = before is not None and (before.hours, before.reason) == (text, reason)
    if before is not None and alike and day - before.last == ONE_DAY:
        before.last = day
        before.usually_open |= usually_open
    else:
        ranges.append(_Days(day, day, text, reason, usually_open))


def _told(days: _Days) -> str:
    when = format_day(days.first, "full")
    if days.last != days.first:
        when = _(
            "%(first_day)s to %(last_day)s", first_day=when, last_day=format_day(days.last, "full")
        )
    hours = days.hours or _("closed")
    what = f"{hours} ({days.reason})" if days.reason else hours
    return _("%(label)s: %(value)s", label=when[:1].upper() + when[1:], value=what)


def trouble_cases() -> list[list[str]]:
    """What to do if something happens: the case, and the advice."""
    return [
        [_("It is broken or does not work:"), _("Do not repair it. Bring it to us or call us.")],
        [_("It is lost or stolen:"), _("Tell us at once. If it was stolen, tell the police too.")],
        [_("You need it for longer:"), _("Ask us before the last day.")],
        [
            _("You stored something on it:"),
            _("Save it elsewhere before you bring the item back. We erase everything."),
        ],
    ]


def _item(document: AgreementDocument, item: AgreementItem) -> dict[str, Any]:
    shut = _("closed that day") if _is_shut(document, item) else ""
    facts = [f"{_('Code')} {display(item.code)}"]
    if item.serial:
        facts.append(f"{_('Serial number')} {item.serial}")
    return {
        "name": item.name,
        "facts": facts,
        "accessories": _("With: %(accessories)s", accessories=", ".join(item.accessories))
        if item.accessories
        else "",
        "due": [format_day(item.due_at.date(), "full"), shut or format_clock(item.due_at)],
    }


def week_rows(opening_hours: str, at: date) -> list[tuple[str, list[str]]]:
    """Each day of the week and when it is open then, as people write it on a door."""
    week = week_at(Hours.of(opening_hours), at)
    return [
        (name, plan_texts(plan) or [_("closed")])
        for name, plan in zip(weekday_names(), week, strict=True)
    ]


def _signature(document: AgreementDocument) -> dict[str, Any] | None:
    day = format_day(document.made_at.date(), "long")
    apart = len({item.due_at for item in document.items}) > 1
    common = {
        "heading": _("Signature"),
        "promise": _(
            "I have received these things. I take good care of them "
            "and bring them back by the dates above."
        )
        if apart
        else _(
            "I have received these things. I take good care of them "
            "and bring them back by the date above."
        ),
        "name": document.borrower,
        "day": day,
        "date": _("Date"),
    }
    match document.signature:
        case None:
            return None
        case PaperSignature():
            return common | {"kind": "paper", "day": _("Place and date"), "name": _("Signature")}
        case TypedSignature(name):
            note = _("Signed by typing the name")
            return common | {"kind": "typed", "text": name, "name": note}
        case DrawnSignature():
            alternative = _("Signature of %(name)s", name=document.borrower)
            return common | {"kind": "drawn", "alt": alternative} | _drawn(document.signature)


def _drawn(signature: DrawnSignature) -> dict[str, Any]:
    """The picture, and how many millimetres of the paper it takes."""
    signature_svg(signature.strokes, signature.width, signature.height)
    scale = min(_FIELD_WIDTH / signature.width, _FIELD_HEIGHT / signature.height)
    lines = cropped(signature)
    pen = signature.height / 80
    return {
        "svg": signature_svg(lines.strokes, lines.width, lines.height, pen=pen),
        "width": lines.width * scale,
        "height": lines.height * scale,
    }
