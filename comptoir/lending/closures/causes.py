"""Why due dates move: for the events, the lists to call, the desk and the timelines."""

from __future__ import annotations

from enum import StrEnum

from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.sites.calendar import PlaceChange


class MoveCause(StrEnum):
    """What moved a due date."""

    #: Days were announced: closed, or at other hours.
    CLOSURE = "closure"
    #: What was announced was withdrawn.
    WITHDRAWAL = "withdrawal"
    WEEKLY_HOURS = "weekly-hours"
    TIME_ZONE = "time-zone"
    HOLIDAYS = "holidays"
    #: The time zone and the public holidays.
    PLACE = "place"
    #: Something of these, while the item was not on loan or due later.
    OPENING_HOURS = "opening-hours"
    #: Another site was chosen for the return.
    RETURN_SITE = "return-site"


_SENTENCES: dict[str, LazyProxy] = {
    MoveCause.CLOSURE: _l("Closure or special hours"),
    MoveCause.WITHDRAWAL: _l("Announcement withdrawn"),
    MoveCause.WEEKLY_HOURS: _l("Weekly hours changed"),
    MoveCause.TIME_ZONE: _l("Time zone changed"),
    MoveCause.HOLIDAYS: _l("Public holidays changed"),
    MoveCause.PLACE: _l("Time zone and public holidays changed"),
    MoveCause.OPENING_HOURS: _l("Opening hours changed"),
    MoveCause.RETURN_SITE: _l("Another site chosen for the return"),
}


def cause_text(cause: object) -> str:
    """A cause in a few words; "" where none is known."""
    return str(_SENTENCES.get(cause, "")) if isinstance(cause, str) else ""


def cause_of_place(change: PlaceChange) -> MoveCause:
    """What of a place has changed."""
    if change.before.holidays == change.after.holidays:
        return MoveCause.TIME_ZONE
    return MoveCause.HOLIDAYS if change.before.zone == change.after.zone else MoveCause.PLACE
