"""Times of the clock as people write them into forms: ``9``, ``9h30``, ``9.30``, ``0930``."""

from __future__ import annotations

import re
from enum import StrEnum

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.opening_hours import END_OF_DAY, Times, closing_minutes

#: The most pairs of times of a day.
MOST_SPANS = 6

_TIME = re.compile(
    r"([0-9]{1,2})(?:\s*(?:[:.h]|uhr)\s*([0-9]{2})|([0-9]{2}))?\s*(?:h|uhr)?", re.IGNORECASE
)


class TimeProblemCode(StrEnum):
    """What may be wrong with one time."""

    MISSING = "sites.time-missing"
    UNREADABLE = "sites.time-invalid"
    IMPOSSIBLE = "sites.time-impossible"


def read_time(text: str) -> int | None:
    """Minutes from midnight of a time such as ``09:00``, ``9h30`` or ``24:00``, or None."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    minute = int(match[2] or match[3] or 0)
    minutes = int(match[1]) * 60 + minute
    return minutes if minute < 60 and minutes <= END_OF_DAY else None


def time_problem(text: str) -> TimeProblemCode:
    """Why a text that ``read_time`` does not read is no time."""
    if not text.strip():
        return TimeProblemCode.MISSING
    if _TIME.fullmatch(text.strip()):
        return TimeProblemCode.IMPOSSIBLE
    return TimeProblemCode.UNREADABLE


def time_error(field: str, text: str) -> FieldError:
    """The same at the field where it was entered, with what to do."""
    code = time_problem(text)
    if code is TimeProblemCode.MISSING:
        message = _("Enter both times, such as 09:00 and 12:00.")
    elif code is TimeProblemCode.IMPOSSIBLE:
        message = _("There is no time %(time)s. Enter one from 00:00 to 24:00.", time=text.strip())
    else:
        message = _("Enter a time, such as 09:00.")
    return FieldError(field, code.value, message)


def read_times(opens: str, closes: str, fields: tuple[str, str]) -> Times:
    """Hours that somebody entered in two fields; they may go on past midnight.

    Whether the end comes before the start is for ``opening_hours.span_problems`` to say.

    Raises:
        Invalid: one of them is no time, or missing.
    """
    start, end = read_time(opens), read_time(closes)
    if start is None or end is None:
        read = zip(fields, (opens, closes), (start, end), strict=True)
        raise Invalid([time_error(field, text) for field, text, minute in read if minute is None])
    return Times(start, closing_minutes(start, end) or end)


def too_many_spans(field: str) -> FieldError:
    """A day has more pairs of times than it may; ``field`` is the first of those beyond."""
    message = _("A day has room for %(most)s pairs of times. Join some of them.", most=MOST_SPANS)
    return FieldError(field, "sites.too-many-spans", message)


def tidied(text: str) -> str:
    """A time as a browser's time field has it; what is none stays as it was typed."""
    minutes = read_time(text)
    return text if minutes is None else time_field(minutes)


def time_field(minutes: int) -> str:
    """Minutes for a browser's time field, which knows no 24:00 and nothing later."""
    return write_time(minutes % END_OF_DAY)
