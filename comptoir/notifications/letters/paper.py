"""Letters as paper: one page each, in the language of whom it is for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from comptoir.core.i18n import current_language, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import show_phone
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.web.formats import format_clock, format_day
from comptoir.lending.agreement_pdf import ReturnPlace, how_to_come, week_rows
from comptoir.notifications.letters.windows import position_in
from comptoir.notifications.reminders.plans import ENDING, OF_MOVES

#: More than these are counted, so that a letter is one page.
_MOST_THINGS = 8
_TEMPLATE = Path(__file__).parents[1] / "print" / "letter.typ"


class LetterThing(msgspec.Struct, frozen=True):
    """Something to bring back, in the reader's language. ``due_at`` is on the site's clock."""

    name: str
    due_at: datetime


class LetterDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All that a letter says. ``recipient`` has one entry a line, the name first.

    ``things`` is empty for whoever asked that they are not named.
    """

    language: str
    kind: str
    recipient: tuple[str, ...]
    text: str
    things: tuple[LetterThing, ...] = ()


def render_letters(
    letters: Sequence[LetterDocument], place: ReturnPlace, *, country: str, city: str, day: date
) -> bytes:
    """Letters of a place as one PDF/UA, a page each. ``day`` is the date they bear."""
    address = position_in(country).address
    return make_pdf(
        _TEMPLATE,
        {
            "title": _("Letters of %(day)s", day=format_day(day, "long")),
            "language": current_language(),
            "address": {
                name: getattr(address, name) for name in ("left", "top", "width", "height")
            },
            "letters": [_letter(letter, place, city, day) for letter in letters],
        },
    )


def _letter(letter: LetterDocument, place: ReturnPlace, city: str, day: date) -> dict[str, Any]:
    with use_language(letter.language):
        phone = show_phone(place.phone) if place.phone else ""
        return {
            "language": current_language(),
            "sender": [place.name, *place.address, *filter(None, (phone, place.email))],
            "recipient": list(letter.recipient),
            "date": _("%(city)s, %(day)s", city=city, day=format_day(day, "long")),
            "heading": _heading(letter.kind),
            "paragraphs": letter.text.split("\n"),
            "things": {
                "columns": [_("Item"), _("Bring it back by")],
                "rows": _things(letter.things),
            },
            "where": {
                "heading": _("Where to find us")
                if letter.kind == ENDING
                else _("Where to bring it back"),
                "columns": [_("Day"), _("Opening hours")],
                "lines": [place.name, *place.address],
                "words": how_to_come(place, day),
                "week": week_rows(place.opening_hours, day) if place.opening_hours else [],
            },
            "ways": [
                _("A question, or something broken? Call %(phone)s, or come by.", phone=phone)
                if phone
                else _("A question, or something broken? Come by."),
                _("You want no more letters? Tell us."),
            ],
        }


def heading_of(kind: str, language: str) -> str:
    """What stands above the text of a letter."""
    with use_language(language):
        return _heading(kind)


def _heading(kind: str) -> str:
    if kind == ENDING:
        return _("What you were given")
    moved = kind in OF_MOVES
    return _("A new date for what you borrowed") if moved else _("What you borrowed")


def _things(things: Sequence[LetterThing]) -> list[list[str]]:
    rows = [
        [
            thing.name,
            _(
                "%(day)s at %(time)s",
                day=format_day(thing.due_at.date(), "full"),
                time=format_clock(thing.due_at),
            ),
        ]
        for thing in things
    ]
    left = len(rows) - _MOST_THINGS
    return [*rows[:_MOST_THINGS], [f"+{left}", ""]] if left > 0 else rows
