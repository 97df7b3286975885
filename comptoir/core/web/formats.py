"""Dates, times, money and codes as the reader writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_interval, format_skeleton
from babel.dates import format_time as babel_time
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

from comptoir.core.clock import localtime
from comptoir.core.i18n import current_language, gettext, ngettext

# British English, for the 24-hour clock and the day before the month.
_LOCALES = {"fr": "fr", "de": "de", "it": "it", "en": "en_GB"}
_PARTS = re.compile(r"(?<=[$.])")


def locale() -> Locale:
    """Babel's locale for the current reader."""
    return Locale.parse(_LOCALES[current_language()])


def format_day(day: date, style: str = "full") -> str:
    """A calendar day: ``full`` names the weekday, ``long``, ``medium``, ``short`` are briefer.

    A moment must go through ``localtime`` first: its day depends on the zone.
    """
    text: str = babel_date(day, format=style, locale=locale())
    return text if style == "short" else _with_ordinals(text)


def format_day_of_year(day: date) -> str:
    """A calendar day with its weekday and without its year, as ``mardi 1er décembre``."""
    weekday = babel_date(day, "EEEE", locale=locale())
    return gettext("%(weekday)s %(date)s", weekday=weekday, date=format_month_day(day))


def format_month_day(day: date) -> str:
    """A calendar day without weekday and year, as ``1er décembre``."""
    return _with_ordinals(format_skeleton("MMMMd", day, locale=locale()))


def format_weekday(day: date) -> str:
    """The weekday and the number of a day within a week that is known, as ``mardi 1er``."""
    return _with_ordinals(babel_date(day, "EEEE d", locale=locale()))


def format_days(first: date, last: date) -> str:
    """Two days and those between, as ``23–29 November 2026``."""
    return _with_ordinals(format_interval(first, last, "yMMMMd", locale=locale()))


def _with_ordinals(text: str) -> str:
    """Each first of a month as French writes it; the text has no other 1 by itself."""
    if current_language() != "fr":
        return text
    return re.sub(r"\b1(?=[ –]|$)", "1er", text)  # Babel knows no ordinals


def example_day() -> str:
    """A day as a date field shows it to the reader, for messages: ``03/05/2027``."""
    text: str = format_skeleton("yMMdd", date(2027, 5, 3), locale=locale())
    return text


def format_clock(moment: datetime) -> str:
    """Hours and minutes of a moment that went through ``localtime``."""
    return babel_time(moment, format="short", tzinfo=moment.tzinfo, locale=locale())


def format_moment(moment: datetime, time_zone: str, style: str = "medium") -> str:
    """Day and time on the clock of ``time_zone``, without seconds."""
    local = localtime(moment, time_zone)
    day = format_day(local.date(), style)
    return gettext("%(day)s at %(time)s", day=day, time=format_clock(local))


def format_money(amount: Decimal, currency: str = "CHF") -> str:
    """An amount in whole units of ``currency`` (ISO 4217)."""
    return format_currency(amount, currency, locale=locale())


def format_number(number: int | Decimal) -> str:
    """A number with the reader's thousands and decimal marks."""
    return format_decimal(number, locale=locale())


def relative_day(day: date, today: date) -> str:
    """How far a due day is from today: "tomorrow", "in 3 days", "2 days late".

    Both are calendar days at the same site.
    """
    days = (day - today).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days > 1:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    return ngettext("%(num)s day late", "%(num)s days late", -days)


def tag_code(code: str) -> str:
    """A tag code as it is printed: ``BCDFGHJK`` is shown ``BCDF-GHJK``."""
    return f"{code[:4]}-{code[4:]}"


def breaks_between_parts(text: str) -> Markup:
    """A text such as that of an eSIM, which a narrow screen may break after its ``$`` and ``.``.

    What is copied from the page is the text alone.
    """
    return Markup("<wbr>").join(part for part in _PARTS.split(text) if part)
