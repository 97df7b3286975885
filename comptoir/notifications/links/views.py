"""What somebody reads behind their link: things, dates and places, and nothing of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import format_clock, format_day_of_year
from comptoir.lending.due_dates import opens_after
from comptoir.lending.loans.held import HeldLoan
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.notifications.inbound.renewing import REASONS
from comptoir.notifications.texts import language_file
from comptoir.sites import queries as sites
from comptoir.sites.exceptions.queries import public_calendars
from comptoir.sites.opening_hours import Calendar
from comptoir.sites.public.wording import StatusLine, day_name, status_line

#: Nothing of the kind is ever renewed, or the page is to be looked at again.
_UNSAID = frozenset({RefusalCode.NO_POLICY, RefusalCode.DUE_DATE_MOVED})


class Thing(msgspec.Struct, frozen=True):
    """Something they have. ``renewed`` says until when it may be kept, ``refused`` why not longer.

    Both are empty where nothing of the kind is ever renewed. ``seen`` is how often it was,
    ``due_at`` (UTC) the moment that ``due`` tells.
    """

    loan_id: UUID
    name: str
    due: str
    is_late: bool
    seen: int
    due_at: datetime
    renewed: str = ""
    refused: str = ""


class PlaceToGo(msgspec.Struct, frozen=True):
    """Where things are to be brought back. ``slug`` is empty where it has no page of its own."""

    name: str
    street: str
    town: str
    phone: str
    slug: str
    door: StatusLine
    things: list[Thing]


class Said(msgspec.Struct, frozen=True):
    """What became of a button: good news or not; about which loan, if it is still there."""

    loan_id: UUID | None
    text: str
    is_good: bool


async def places_to_go(loans: Sequence[HeldLoan], *, now: datetime) -> list[PlaceToGo]:
    """The places of these loans, that of the first due first, in the reader's language."""
    found = await sites.sites_with_ids(list(dict.fromkeys(loan.site_id for loan in loans)))
    calendars = await public_calendars(found, since=now.date() - timedelta(days=1))
    return [
        PlaceToGo(
            name=site.short_name,
            street=site.street,
            town=f"{site.postcode} {site.city}".strip(),
            phone=site.phone or site.organisation.phone,
            slug=site.slug if site.published else "",
            door=status_line(calendar, now),
            things=[_thing(loan, calendar, now=now) for loan in loans if loan.site_id == site.id],
        )
        for site, calendar in zip(found, calendars, strict=True)
    ]


def unnamed(loans: Sequence[HeldLoan]) -> list[HeldLoan]:
    """The same for who asked for the barest form: nobody who sees the page learns what it is."""
    if len(loans) == 1:
        return [msgspec.structs.replace(loans[0], name=_("A thing to bring back"))]
    return [
        msgspec.structs.replace(
            loan, name=_("Thing %(number)s of %(total)s", number=number, total=len(loans))
        )
        for number, loan in enumerate(loans, 1)
    ]


def refused_text(refusal: Refusal) -> str:
    """Why something is not renewed, as a text message would say; empty where it never is."""
    if refusal.code in _UNSAID or refusal.data.get("limit") == 0:
        return ""
    reason = getattr(language_file(current_language()).reasons, REASONS.get(refusal.code, "other"))
    return _("It cannot be renewed: %(reason)s.", reason=reason)


def nothing_changed() -> str:
    """What is said where a button did nothing, and no rule says why."""
    return _("Nothing was changed. Here is how it stands now.")


def _thing(loan: HeldLoan, calendar: Calendar, *, now: datetime) -> Thing:
    zone = calendar.zone
    refusal = loan.renewed if isinstance(loan.renewed, Refusal) else None
    return Thing(
        loan.id,
        loan.name,
        _due(loan.due_at, calendar),
        loan.due_at < now,
        loan.renewals,
        loan.due_at,
        renewed="" if isinstance(loan.renewed, Refusal) else _until(loan.renewed, zone),
        refused=refused_text(refusal) if refusal else "",
    )


def _due(at: datetime, calendar: Calendar) -> str:
    """When it is due; of a day on which the door is shut no time is told."""
    local = at.astimezone(calendar.zone)
    if opens_after(at, calendar) is not None:
        return _("%(day)s (closed that day)", day=day_name(local.date()))
    return _("%(day)s at %(time)s", day=day_name(local.date()), time=format_clock(local))


def _until(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    day = format_day_of_year(local.date())
    return _("Renew until %(day)s at %(time)s", day=day, time=format_clock(local))
