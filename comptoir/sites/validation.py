"""What may be wrong with a place as somebody entered it: values in, errors out."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from comptoir.core.emails import is_email
from comptoir.core.errors import FieldError
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.phones import phone_error, read_phone
from comptoir.core.plain_text import says_something
from comptoir.sites import welcome
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.expressions.problems import Problem, ProblemCode, problem_message
from comptoir.sites.opening_hours import (
    ONE_DAY,
    SEARCH_DAYS,
    Span,
    SpanProblemCode,
    span_problems,
)
from comptoir.sites.regions import is_region
from comptoir.sites.schemas import SaveOrganisation, SaveSite
from comptoir.sites.skills.languages import SPOKEN

#: The longest text of each field, as the tables have it.
LONGEST = {
    "name": 120,
    "return_to": 120,
    "short_name": 40,
    "street": 160,
    "postcode": 12,
    "city": 80,
    "email": 200,
    "website": 200,
    "transport": 300,
}
#: More computers than any site has: whoever enters them has made a slip.
MOST_WORKSTATIONS = 999
_CHOICES: dict[str, Container[str]] = {
    "kind": welcome.KINDS,
    "wheelchair": welcome.WHEELCHAIR,
    "cost": welcome.COSTS,
    "visits": welcome.VISITS,
    "offers": welcome.OFFERS,
    "audiences": welcome.AUDIENCES,
    "languages": SPOKEN,
}
_WEBSITE = re.compile(r"https?://[\w.-]+(:\d+)?([/?#][^\s<>\"`{}|\\^]*)?")
_COUNTRY = re.compile(r"[A-Z]{2}")
#: How many digits a postcode has.
_POSTCODES = {"AT": 4, "BE": 4, "CH": 4, "DE": 5, "FR": 5, "IT": 5, "LI": 4, "LU": 4}
_POSTCODE_ELSEWHERE = re.compile(r"[0-9A-Za-z]+([ -][0-9A-Za-z]+)*")


def site_errors(command: SaveSite) -> list[FieldError]:
    """Everything wrong with a site, field by field."""
    errors = [
        *_required(command, "name", "city"),
        *_too_long(
            command, "name", "short_name", "street", "postcode", "city", "email", "transport"
        ),
        *_contact_errors(command, command.country),
    ]
    if not _COUNTRY.fullmatch(command.country):
        errors.append(
            FieldError("country", "sites.country-unknown", _("Choose a country from the list."))
        )
    errors += _postcode_errors(command)
    if command.region and not is_region(command.country, command.region):
        errors.append(
            FieldError("region", "sites.region-unknown", _("Choose a canton from the list."))
        )
    if command.time_zone not in time_zones():
        errors.append(
            FieldError(
                "time_zone", "sites.time-zone-unknown", _("Choose a time zone from the list.")
            )
        )
    if command.language not in LANGUAGES:
        errors.append(
            FieldError("language", "sites.language-unknown", _("Choose one of the languages."))
        )
    return errors + _welcome_errors(command)


def _postcode_errors(command: SaveSite) -> list[FieldError]:
    """A postcode that its country cannot have; it may be left out."""
    digits = _POSTCODES.get(command.country)
    known = re.compile(f"[0-9]{{{digits}}}") if digits else _POSTCODE_ELSEWHERE
    if not command.postcode or known.fullmatch(command.postcode):
        return []
    if digits:
        message = _("A postcode of this country has %(digits)s digits.", digits=digits)
    else:
        message = _("Write the postcode with letters and digits alone.")
    return [FieldError("postcode", "sites.postcode-invalid", message)]


def _welcome_errors(command: SaveSite) -> list[FieldError]:
    errors = [
        FieldError(field, f"sites.{field}-unknown", _("Choose from the list."))
        for field, known in _CHOICES.items()
        if any(code and code not in known for code in _as_codes(getattr(command, field)))
    ]
    if command.workstations is not None and not 0 <= command.workstations <= MOST_WORKSTATIONS:
        errors.append(
            FieldError(
                "workstations",
                "sites.workstations-out-of-range",
                _("Enter a number from 0 to %(most)s.", most=MOST_WORKSTATIONS),
            )
        )
    for field, most, value in (
        ("latitude", 90, command.latitude),
        ("longitude", 180, command.longitude),
    ):
        if value is not None and not -most <= value <= most:
            message = _("Enter degrees from −%(most)s to %(most)s.", most=most)
            errors.append(FieldError(field, f"sites.{field}-out-of-range", message))
    if (command.latitude is None) != (command.longitude is None):
        field = "latitude" if command.latitude is None else "longitude"
        message = _("Enter both latitude and longitude, or neither.")
        errors.append(FieldError(field, "sites.coordinates-incomplete", message))
    return errors


def _as_codes(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def organisation_errors(command: SaveOrganisation) -> list[FieldError]:
    """Everything wrong with an organisation, field by field."""
    errors = [
        *_required(command, "name", "return_to"),
        *_too_long(command, "name", "return_to", "email", "website"),
        *_contact_errors(command, "CH"),
    ]
    if command.website and not _WEBSITE.fullmatch(command.website):
        errors.append(
            FieldError(
                "website",
                "sites.website-invalid",
                _("Write the whole address, beginning with https://."),
            )
        )
    return errors


def hours_errors(text: str, *, today: date) -> list[FieldError]:
    """Everything wrong with opening hours from ``today`` on, the date at the site."""
    return [
        FieldError("opening_hours", str(problem.code), problem_message(problem, text))
        for problem in expression_problems(text, today=today)
    ]


def horizon_errors(hours: Hours, calendar: SiteCalendar, *, today: date) -> list[FieldError]:
    """What speaks against hours beside a site's holidays and announcements.

    Hours that say anything must come true on a day: those of public holidays alone never do
    where none are known. Hours that open the door must leave a day in the time that is searched
    for due dates.
    """
    usual = replace(calendar, hours=hours, exceptions=())
    ahead = (today + number * ONE_DAY for number in range(SEARCH_DAYS + 1))
    if hours.rules and not any(usual.on(day).plan.pieces for day in ahead):
        problem = Problem(ProblemCode.NEVER_OPEN, 0, 0)
        return [FieldError("opening_hours", str(problem.code), problem_message(problem, ""))]
    alone, together = SiteCalendar(calendar.zone, hours), replace(calendar, hours=hours)
    if together.open_day_from(today) or not alone.open_day_from(today):
        return []
    message = _(
        "With the closures that are announced, the door would not open on any day for more "
        "than a year. Enter other hours, or withdraw a closure first."
    )
    return [FieldError("opening_hours", "sites.no-open-day-left", message)]


def span_errors(spans: Sequence[Span], fields: Sequence[str]) -> list[FieldError]:
    """Everything wrong with spans of a week; ``fields[i]`` is where ``spans[i]`` was entered."""
    return [
        FieldError(fields[problem.index], str(problem.code), _span_message(problem.code))
        for problem in span_problems(spans)
    ]


def departement(postcode: str) -> str:
    """The département that a French postcode begins with; empty where it is none.

    Overseas it has three figures. Corsica, whose two share a beginning, is ``20``.
    """
    if not re.fullmatch(r"[0-9]{5}", postcode):
        return ""
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA time zones, without those of a machine's own files."""
    zones = available_timezones()
    return frozenset(zone for zone in zones if "/" in zone or zone == "UTC")


def _span_message(code: SpanProblemCode) -> str:
    if code is SpanProblemCode.ENDS_BEFORE_START:
        return _(
            "The closing time must be later than the opening time. "
            "Only hours of an afternoon or evening may go past midnight, until 06:00."
        )
    if code is SpanProblemCode.OVERLAP:
        return _("These hours overlap with others of the same day. Join them, or correct one.")
    return _("Enter times from 00:00 to 24:00.")


def _required(command: SaveSite | SaveOrganisation, *fields: str) -> list[FieldError]:
    wanted = {
        "name": _("Enter the name."),
        "city": _("Enter the town."),
        "return_to": _("Enter the line for the labels."),
    }
    return [
        FieldError(field, f"sites.{field.replace('_', '-')}-missing", wanted[field])
        for field in fields
        if not says_something(getattr(command, field))
    ]


def _too_long(command: SaveSite | SaveOrganisation, *fields: str) -> list[FieldError]:
    return [
        FieldError(
            field,
            f"sites.{field.replace('_', '-')}-too-long",
            _("Make this shorter: at most %(most)s characters.", most=LONGEST[field]),
        )
        for field in fields
        if len(getattr(command, field)) > LONGEST[field]
    ]


def _contact_errors(command: SaveSite | SaveOrganisation, region: str) -> list[FieldError]:
    errors = []
    if command.phone and read_phone(command.phone, region) is None:
        errors.append(phone_error("phone", "sites.phone-invalid"))
    if command.email and not is_email(command.email):
        errors.append(
            FieldError(
                "email",
                "sites.email-invalid",
                _("This is not an e-mail address. Example: desk@example.org."),
            )
        )
    return errors
