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
from comptoir.lending.signatures import DrawnSignature, signature_svg
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.weeks import week_at
from comptoir.sites.hours import plan_texts, weekday_names

_TEMPLATE = Path(__file__).parent / "print" / "agreement.typ"


class AgreementItem(msgspec.Struct, frozen=True):
    """One thing that is lent. ``due_at`` is aware, on the clock of the place of return."""

    name: str
    code: str
    due_at: datetime
    serial: str = ""
    accessories: tuple[str, ...] = ()


class ReturnPlace(msgspec.Struct, frozen=True):
    """Where things are brought back. ``address`` has one entry a line.

    ``opening_hours`` is an expression; empty: nobody has said.
    """

    name: str
    address: tuple[str, ...]
    opening_hours: str = ""
    phone: str = ""
    email: str = ""


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
    place: ReturnPlace
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
            "items": [_item(item) for item in document.items],
        },
        "due": _due(document.items),
        "place": _place(document.place, min(item.due_at for item in document.items).date()),
        "trouble": {"heading": _("If something happens"), "cases": _cases()},
        "signature": _signature(document),
    }


def _due(items: tuple[AgreementItem, ...]) -> dict[str, Any]:
    dues = {item.due_at for item in items}
    first = min(dues)
    day = format_day(first.date(), "full")
    apart = len(dues) > 1
    return {
        "heading": _("Until when"),
        "words": _("Each item has its own date, see above. The first one is:")
        if apart
        else _("Bring everything back by:"),
        "first": _("%(day)s at %(time)s", day=day, time=format_clock(first)),
        "apart": apart,
    }


def _place(place: ReturnPlace, day: date) -> dict[str, Any]:
    ways = ((_("Phone"), show_phone(place.phone)), (_("E-mail"), place.email))
    return {
        "heading": _("Where to bring it back"),
        "lines": [
            place.name,
            *place.address,
            *(_("%(label)s: %(value)s", label=label, value=way) for label, way in ways if way),
        ],
        "words": _("You can come in person. On public holidays, call before you come.")
        if place.opening_hours
        else _("Call before you come."),
        "columns": [_("Day"), _("Opening hours")],
        "week": _week(place.opening_hours, day) if place.opening_hours else [],
    }


def _cases() -> list[list[str]]:
    return [
        [_("It is broken or does not work:"), _("Do not repair it. Bring it to us or call us.")],
        [_("It is lost or stolen:"), _("Tell us at once. If it was stolen, tell the police too.")],
        [_("You need it for longer:"), _("Ask us before the last day.")],
        [
            _("You stored something on it:"),
            _("Save it elsewhere before you bring the item back. We erase everything."),
        ],
    ]


def _item(item: AgreementItem) -> dict[str, Any]:
    facts = [f"{_('Code')} {display(item.code)}"]
    if item.serial:
        facts.append(f"{_('Serial number')} {item.serial}")
    return {
        "name": item.name,
        "facts": facts,
        "accessories": _("With: %(accessories)s", accessories=", ".join(item.accessories))
        if item.accessories
        else "",
        "due": [format_day(item.due_at.date(), "full"), format_clock(item.due_at)],
    }


def _week(opening_hours: str, at: date) -> list[tuple[str, list[str]]]:
    """Each day of the week and when it is open then, as people write it on a door."""
    week = week_at(Hours.of(opening_hours), at)
    return [
        (name, plan_texts(plan) or [_("closed")])
        for name, plan in zip(weekday_names(), week, strict=True)
    ]


def _signature(document: AgreementDocument) -> dict[str, Any] | None:
    day = format_day(document.made_at.date(), "long")
    common = {
        "heading": _("Signature"),
        "promise": _(
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
        case DrawnSignature(width, height, strokes):
            alternative = _("Signature of %(name)s", name=document.borrower)
            svg = signature_svg(strokes, width, height)
            ratio = width / height
            return common | {"kind": "drawn", "svg": svg, "ratio": ratio, "alt": alternative}
