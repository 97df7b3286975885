"""What the door does, in words for whoever wants to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

import msgspec

from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import format_clock, format_day_of_year, locale
from comptoir.sites.calendar import DayHours, SiteCalendar
from comptoir.sites.expressions.model import Effect
from comptoir.sites.hours import day_reason, plan_text, plan_texts, times_text
from comptoir.sites.opening_hours import ONE_DAY, DayState, DoorStatus, Times
from comptoir.sites.public_holidays import NAMES


class StatusLine(msgspec.Struct, frozen=True):
    """What the door does now: in a word or two, and what comes next. Either may be empty."""

    state: DayState
    now: str
    following: str
    reason: str = ""


class DayText(msgspec.Struct, frozen=True):
    """A day: when the door is open, why, and what is there at hours of its own."""

    day: date
    name: str
    hours: str
    reason: str = ""
    services: tuple[tuple[str, str], ...] = ()


class Period(msgspec.Struct, frozen=True):
    """Days that follow each other and differ from the usual week in the same way."""

    name: str
    hours: str
    reason: str


def status_line(calendar: SiteCalendar, now: datetime) -> StatusLine:
    """What a door does now, and what comes next."""
    status = calendar.status(now)
    return StatusLine(
        status.state,
        _now_text(status, calendar, now),
        _following_text(status, calendar, now),
        _reason(status),
    )


def day_text(calendar: SiteCalendar, day: date) -> DayText:
    """One day in words."""
    hours = calendar.on(day)
    services = tuple(
        (piece.note, times_text([Times(piece.opens, piece.closes)]))
        for piece in hours.plan.pieces
        if piece.effect is Effect.SERVICE
    )
    return DayText(day, day_name(day), _hours_text(hours), day_reason(hours), services)


def periods_ahead(calendar: SiteCalendar, first: date, last: date) -> list[Period]:
    """Exceptions and holidays from ``first`` to ``last``, days that are alike together."""
    found: list[tuple[date, date, str, str]] = []
    day = first
    while day <= last:
        hours = calendar.on(day)
        if hours.source.value in ("exception", "holiday"):
            text, reason = _hours_text(hours), day_reason(hours)
            if found and found[-1][1:] == (day - ONE_DAY, text, reason):
                found[-1] = (found[-1][0], day, text, reason)
            else:
                found.append((day, day, text, reason))
        day += ONE_DAY
    return [Period(_days_name(begin, end), text, why) for begin, end, text, why in found]


def day_name(day: date) -> str:
    """``Wednesday 25 November``, with a capital."""
    text = format_day_of_year(day)
    return text[:1].upper() + text[1:]


def listed(names: Iterable[str]) -> str:
    """Names of things in one line, as the reader's language writes those after the first."""
    first, *rest = [*names] or [""]
    return ", ".join([first, *map(_lower, rest)])


def _days_name(first: date, last: date) -> str:
    if first == last:
        return day_name(first)
    return _(
        "%(first_day)s to %(last_day)s",
        first_day=day_name(first),
        last_day=_lower(day_name(last)),
    )


def _lower(text: str) -> str:
    """Weekdays and languages are small within a sentence, except in German and English."""
    return text if locale().language in ("de", "en") else text[:1].lower() + text[1:]


def _hours_text(hours: DayHours) -> str:
    match hours.state:
        case DayState.CLOSED:
            return _("closed")
        case DayState.UNKNOWN:
            return _("not known, ask before you come")
        case DayState.SERVICE:
            return _("for this only:")
    if hours.state is DayState.BY_APPOINTMENT and not plan_texts(hours.plan):
        return _("by appointment")
    return plan_text(hours.plan)


def _now_text(status: DoorStatus, calendar: SiteCalendar, now: datetime) -> str:
    until = _until(status, calendar, now)
    match status.state:
        case DayState.OPEN:
            return _("Open now, until %(time)s", time=until) if until else _("Open now")
        case DayState.BY_APPOINTMENT:
            if until and not _is_whole_day(status, calendar):
                return _("By appointment, until %(time)s", time=until)
            return _("By appointment")
        case DayState.SERVICE:
            if until:
                return _(
                    "Until %(time)s for this only: %(service)s", time=until, service=status.reason
                )
            return _("Now for this only: %(service)s", service=status.reason)
        case DayState.UNKNOWN:
            return _("Opening hours not known")
    return _("Closed now")


def _until(status: DoorStatus, calendar: SiteCalendar, now: datetime) -> str:
    """The time of day at which it ends; empty where that is later than tomorrow."""
    if status.until is None or status.until - now > ONE_DAY:
        return ""
    return format_clock(status.until.astimezone(calendar.zone))


def _is_whole_day(status: DoorStatus, calendar: SiteCalendar) -> bool:
    """True for an appointment on any hour: nobody has said until when."""
    return status.until is not None and status.until.astimezone(calendar.zone).time() == time.min


def _following_text(status: DoorStatus, calendar: SiteCalendar, now: datetime) -> str:
    if status.state is DayState.OPEN:
        return ""
    if status.opens is None:
        return _("Ask before you come.")
    local = status.opens.astimezone(calendar.zone)
    clock = format_clock(local)
    match (local.date() - calendar.local_date(now)).days:
        case 0:
            return _("Opens at %(time)s.", time=clock)
        case 1:
            return _("Opens tomorrow at %(time)s.", time=clock)
    return _("Opens on %(day)s at %(time)s.", day=_lower(day_name(local.date())), time=clock)


def _reason(status: DoorStatus) -> str:
    """Why it is closed, or what is said of an appointment."""
    if status.state is DayState.SERVICE:
        return ""  # the text names it
    return str(NAMES.get(status.reason, status.reason))
