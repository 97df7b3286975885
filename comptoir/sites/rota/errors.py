"""What the rota refuses: stable codes, and sentences that say what to do. None names anybody."""

from __future__ import annotations

from comptoir.core.errors import Forbidden, NotFound, Refused
from comptoir.core.i18n import gettext as _


class ShiftNotFound(NotFound):
    """There is no such shift on that day, or the actor does not work at its site."""

    code = "sites.shift-not-found"

    def message(self) -> str:
        return _("This shift is no longer on the rota. Look at the rota again.")


class AbsenceNotFound(NotFound):
    """There is no such absence, as far as the actor may know."""

    code = "sites.absence-not-found"

    def message(self) -> str:
        return _("This absence has already been taken back.")


class OfferNotFound(NotFound):
    """The shift is not offered, or the actor does not work at its site."""

    code = "sites.offer-not-found"

    def message(self) -> str:
        return _("This shift is not offered any more. Look at the rota again.")


class OfferTaken(Refused):
    """Somebody else was faster."""

    code = "sites.offer-taken"

    def message(self) -> str:
        return _("Somebody else has already taken this shift.")


class GapFilled(Refused):
    """Nobody is missing at that time, or nobody who can what the person can."""

    code = "sites.gap-filled"

    def message(self) -> str:
        return _("Nobody is missing at that time any more. Look at the rota again.")


class DayNotClosed(Refused):
    """The site is not closed on that day: its shifts stay."""

    code = "sites.day-not-closed"

    def message(self) -> str:
        return _("The site is not closed on that day any more. Look at the rota again.")


class NeedNotFound(NotFound):
    """The site does not ask for this, or not any more."""

    code = "sites.need-not-found"

    def message(self) -> str:
        return _("This was already removed.")


class LinkNotFound(NotFound):
    """The private link was renewed, or its person or site is gone."""

    code = "sites.link-not-found"

    def message(self) -> str:
        return _("This calendar link does not work any more. Ask for a new one at your site.")


class NotYours(Forbidden):
    """Somebody else's shift or absence, and the actor is no coordinator there."""

    code = "sites.not-yours"

    def message(self) -> str:
        return _("You can do this for yourself only. Ask a coordinator of the site.")
