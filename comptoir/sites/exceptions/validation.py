"""What may be wrong with an exception as somebody entered it: values in, errors out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from comptoir.core.errors import FieldError
from comptoir.core.fields import year_errors
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line
from comptoir.core.web.formats import format_day
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar, collision
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.opening_hours import ONE_DAY, Span
from comptoir.sites.validation import span_errors

LONGEST_REASON = 120
#: A closure of more days is a slip of the finger; a longer one is announced again in time.
MOST_DAYS = 366
#: For how long what comes back every year may have begun: its first day names the date.
YEARLY_BEGAN = timedelta(days=366)


def exception_errors(
    command: AnnounceException, hours_fields: Sequence[str] = ()
) -> list[FieldError]:
    """Everything wrong with an exception in itself.

    ``hours_fields[i]`` is where ``command.hours[i]`` was entered.
    """
    errors = []
    if not command.sites:
        errors.append(FieldError("sites", "sites.site-missing", _("Choose at least one site.")))
    if len(clean_line(command.reason)) > LONGEST_REASON:
        message = _("Make this shorter: at most %(most)s characters.", most=LONGEST_REASON)
        errors.append(FieldError("reason", "sites.reason-too-long", message))
    errors.extend(_day_errors(command))
    errors.extend(_hours_errors(command, hours_fields))
    return errors


def clash_errors(
    new: DayException, calendar: SiteCalendar, site_name: str, *, today: date
) -> list[FieldError]:
    """What speaks against an exception at one site; ``today`` is the date there."""
    if new.last_day < today and not new.yearly:
        message = _("These days are over. Enter days from today on.")
        return [FieldError("last_day", "sites.exception-over", message)]
    # What the public and whoever came were told of a day stays as it was.
    if new.first_day < (today - YEARLY_BEGAN if new.yearly else today):
        message = _("Some of these days are over. Enter the first day from today on.")
        return [FieldError("first_day", "sites.exception-began", message)]
    if other := collision(calendar.exceptions, new):
        first, last = (format_day(day, "long") for day in (other.first_day, other.last_day))
        message = (
            _(
                "%(site)s has already announced something for %(day)s. "
                "Remove that first, or choose another day.",
                site=site_name,
                day=first,
            )
            if first == last
            else _(
                "%(site)s has already announced something from %(first)s to %(last)s. "
                "Remove that first, or choose other days.",
                site=site_name,
                first=first,
                last=last,
            )
        )
        return [FieldError("first_day", "sites.exceptions-collide", message)]
    after = calendar.with_exception(new)
    start = shut_from(new, after, today=today)
    if calendar.open_day_from(start) and not after.open_day_from(start):
        message = _(
            "%(site)s would not open on any day for more than a year, so that nothing could "
            "be due there. Choose fewer days.",
            site=site_name,
        )
        return [FieldError("last_day", "sites.no-open-day-left", message)]
    return []


def shut_from(new: DayException, after: SiteCalendar, *, today: date) -> date:
    """The first day, from ``today`` on, of the shut ones that ``new`` is among or begins."""
    open_before = after.open_day_until(new.first_day)
    return max(today, open_before + ONE_DAY if open_before else new.first_day)


def _day_errors(command: AnnounceException) -> list[FieldError]:
    errors = [
        *year_errors("first_day", "sites.day-out-of-reach", command.first_day),
        *year_errors("last_day", "sites.day-out-of-reach", command.last_day),
    ]
    if errors:
        return errors
    if command.last_day < command.first_day:
        message = _("The last day comes before the first. Correct one of them.")
        return [FieldError("last_day", "sites.days-end-before-start", message)]
    days = (command.last_day - command.first_day) // timedelta(days=1) + 1
    if command.yearly and days > 365:
        message = _("What comes back every year must be shorter than a year.")
        return [FieldError("last_day", "sites.yearly-too-long", message)]
    if days > MOST_DAYS:
        message = _("Announce at most a year at a time. Is the year right?")
        return [FieldError("last_day", "sites.too-many-days", message)]
    return []


def _hours_errors(command: AnnounceException, fields: Sequence[str]) -> list[FieldError]:
    if command.kind is not ExceptionKind.OPEN:
        if not command.hours:
            return []
        message = _("Only days with other hours have hours. Leave them out, or choose that.")
        return [FieldError("hours", "sites.hours-superfluous", message)]
    if not command.hours:
        message = _("Enter when the door is open, such as 09:00 and 12:00.")
        return [FieldError("hours", "sites.hours-missing", message)]
    spans = [Span(0, each.opens, each.closes) for each in command.hours]
    return span_errors(spans, fields or [f"hours[{i}].opens" for i in range(len(spans))])
