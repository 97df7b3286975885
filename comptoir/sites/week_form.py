"""The form of a week's hours: several pairs of times a day, empty ones left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import FormData
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.opening_hours import END_OF_DAY, Span, closing_minutes
from comptoir.sites.validation import span_errors

_TIME = re.compile(r"([0-9]{1,2})[:.h]([0-9]{2})")
_ROOM = 2
_MOST = 6

Pair = tuple[str, str]


class WeekForm(msgspec.Struct, frozen=True):
    """Seven days, Monday first, each a list of pairs of times as they were typed."""

    days: tuple[tuple[Pair, ...], ...]

    @classmethod
    def of(cls, form: FormData) -> WeekForm:
        """What a request sent: fields ``opens_0_0`` and ``closes_0_0``, by day and place."""
        return cls(
            tuple(
                tuple(
                    (form.text(f"opens_{day}_{place}"), form.text(f"closes_{day}_{place}"))
                    for place in range(_MOST)
                    if place < _ROOM or f"opens_{day}_{place}" in form.fields
                )
                for day in range(7)
            )
        )

    @classmethod
    def of_spans(cls, spans: Sequence[Span]) -> WeekForm:
        """What is kept, with room for two pairs a day at least."""
        days = []
        for day in range(7):
            pairs = [
                (write_time(span.opens), _closing_text(span.closes))
                for span in sorted(spans)
                if span.weekday == day
            ]
            days.append(tuple(pairs + [("", "")] * (_ROOM - len(pairs))))
        return cls(tuple(days))

    def with_room(self, day: int) -> WeekForm:
        """The same with one more empty pair on a day."""
        if not 0 <= day < 7 or len(self.days[day]) >= _MOST:
            return self
        wider = (*self.days[day], ("", ""))
        return WeekForm((*self.days[:day], wider, *self.days[day + 1 :]))

    def copied(self) -> WeekForm:
        """The same with Monday's hours from Monday to Friday."""
        return WeekForm((self.days[0],) * 5 + self.days[5:])

    def spans(self) -> list[Span]:
        """The spans.

        Raises:
            Invalid: a time is none, half of a pair is missing, or two spans overlap.
        """
        spans, fields, errors = [], [], []
        for day, pairs in enumerate(self.days):
            for place, (opens, closes) in enumerate(pairs):
                if not opens and not closes:
                    continue
                start, end = read_time(opens), read_time(closes)
                field = f"opens_{day}_{place}"
                if start is None or end is None:
                    message = _("Enter both times, such as 09:00 and 12:00.")
                    errors.append(FieldError(field, "sites.time-invalid", message))
                    continue
                spans.append(Span(day, start, closing_minutes(start, end) or end))
                fields.append(field)
        errors += span_errors(spans, fields)
        if errors:
            raise Invalid(errors)
        return spans


def read_time(text: str) -> int | None:
    """Minutes from midnight of a time such as ``09:00``, ``9h30`` or ``24:00``, or None."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2])
    return minutes if int(match[2]) < 60 and minutes <= END_OF_DAY else None


def _closing_text(minutes: int) -> str:
    """A browser's time field knows no 24:00; midnight as a closing time means the same."""
    return write_time(minutes % END_OF_DAY)
