"""Days and hours as people say them in a text message, in the GSM alphabet.

demain 9h-12h et 14h-18h · morgen 9-12 und 14-18 Uhr · domani ore 9-12 · tomorrow 9:00-12:00
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import get_day_names, get_month_names

from comptoir.sites.opening_hours import ONE_DAY, Calendar, Interval

#: Nobody gets there in less: hours that end so soon are not offered.
_TIME_TO_COME = timedelta(minutes=30)
#: The days after tomorrow that their weekday alone names.
_WEEKDAYS_ALONE = range(2, 7)


class _Language(msgspec.Struct, frozen=True):
    """How a language says it. ``clock`` is given hour and minute."""

    today: str
    tomorrow: str
    both: str
    date: Callable[[str, int, str], str]
    clock: Callable[[int, int], str]
    at: Callable[[str, str], str]
    hours: str


def _dotted(hour: int, minute: int) -> str:
    return f"{hour}.{minute:02}" if minute else f"{hour}"


_LANGUAGES = {
    "fr": _Language(
        today="aujourd'hui",
        tomorrow="demain",
        both="{} et {}",
        date=lambda weekday, day, month: f"{weekday} {'1er' if day == 1 else day} {month}",
        clock=lambda hour, minute: f"{hour}h{minute:02}" if minute else f"{hour}h",
        at=lambda day, clock: f"{day} {clock}",
        hours="{} {}",
    ),
    "de": _Language(
        today="heute",
        tomorrow="morgen",
        both="{} und {}",
        date=lambda weekday, day, month: f"{weekday}, {day}. {month}",
        clock=_dotted,
        at=lambda day, clock: f"{day}{',' if ',' in day else ''} {clock} Uhr",
        hours="{} {} Uhr",
    ),
    "it": _Language(
        today="oggi",
        tomorrow="domani",
        both="{} e {}",
        date=lambda weekday, day, month: f"{weekday} {day} {month}",
        clock=_dotted,
        at=lambda day, clock: (
            f"{day} all'{clock}" if clock.split(".")[0] == "1" else f"{day} alle {clock}"
        ),
        hours="{} ore {}",
    ),
    "en": _Language(
        today="today",
        tomorrow="tomorrow",
        both="{} and {}",
        date=lambda weekday, day, month: f"{weekday} {day} {month}",
        clock=lambda hour, minute: f"{hour}:{minute:02}",
        at=lambda day, clock: f"{day} {clock}",
        hours="{} {}",
    ),
}


def day_words(day: date, today: date, language: str) -> str:
    """``demain``, ``vendredi``, ``lundi 1er mars``: as short as it is still plain."""
    words = _LANGUAGES[language]
    days = (day - today).days
    if days == 0:
        return words.today
    if days == 1:
        return words.tomorrow
    if days in _WEEKDAYS_ALONE:
        return _weekday(day, language)
    return _date(day, language)


def date_words(day: date, today: date, language: str) -> str:
    """``vendredi 27 novembre``, ``demain jeudi 26 novembre``: true whenever it is read again."""
    words = _LANGUAGES[language]
    near = {0: words.today, 1: words.tomorrow}.get((day - today).days, "")
    return f"{near} {_date(day, language)}".strip()


def sure_day_words(day: date, today: date, language: str) -> str:
    """As ``day_words``, but tomorrow has its weekday: who reads it a day late is not misled."""
    said = day_words(day, today, language)
    if day != today + ONE_DAY:
        return said
    return f"{said} {_weekday(day, language)}"


def _weekday(day: date, language: str) -> str:
    return str(get_day_names("wide", locale=language)[day.weekday()])


def _date(day: date, language: str) -> str:
    # The one name of a month that has a letter of no GSM alphabet.
    month = str(get_month_names("wide", locale=language)[day.month]).replace("août", "aout")
    return _LANGUAGES[language].date(_weekday(day, language), day.day, month)


def moment_words(at: datetime, zone: ZoneInfo, language: str, *, now: datetime) -> str:
    """``vendredi 17h``: a day and a time of it, such as when something is due."""
    words = _LANGUAGES[language]
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = sure_day_words(local.date(), today, language)
    return words.at(day, words.clock(local.hour, local.minute))


def opening_words(calendar: Calendar, language: str, *, now: datetime) -> str:
    """When one can come next: ``demain 9h-12h et 14h-18h``; empty: nobody knows."""
    return next(iter(_openings(calendar, language, now, 1)), "")


def hours_words(calendar: Calendar, language: str, *, now: datetime, days: int = 3) -> str:
    """The next days on which one can come: ``demain 9h-12h, vendredi 9h-12h``, or empty."""
    return ", ".join(_openings(calendar, language, now, days))


def _openings(calendar: Calendar, language: str, now: datetime, days: int) -> Sequence[str]:
    today = calendar.local_date(now)
    day: date | None = calendar.open_day_from(today)
    found: list[str] = []
    while day is not None and len(found) < days:
        left = [each for each in calendar.intervals(day) if each.closes > now + _TIME_TO_COME]
        if left:
            hours = [_range(each, calendar.zone, language) for each in left]
            found.append(_day_and_hours(day_words(day, today, language), hours, language))
        day = calendar.open_day_from(day + ONE_DAY)
    return found


def _day_and_hours(day: str, hours: list[str], language: str) -> str:
    words = _LANGUAGES[language]
    listed = hours[-1]
    if len(hours) > 1:
        listed = words.both.format(", ".join(hours[:-1]), hours[-1])
    return words.hours.format(f"{day}," if "," in day else day, listed)


def _range(interval: Interval, zone: ZoneInfo, language: str) -> str:
    clock = _LANGUAGES[language].clock
    opens, closes = interval.opens.astimezone(zone), interval.closes.astimezone(zone)
    end = (closes.hour, closes.minute)
    until = clock(24, 0) if end == (0, 0) else clock(*end)
    return f"{clock(opens.hour, opens.minute)}-{until}"
