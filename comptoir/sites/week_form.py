"""The form of one week: several pairs of times a day, empty ones left out."""

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
from comptoir.sites.week_plan import GridSpan

_TIME = re.compile(r"([0-9]{1,2})[:.h]([0-9]{2})")
_ROOM = 2
_MOST = 6


class Pair(msgspec.Struct, frozen=True):
    """An opening and a closing time as they were typed."""

    opens: str = ""
    closes: str = ""
    by_appointment: bool = False

    @property
    def text(self) -> str:
        """As people read it: ``09:00–12:00``."""
        times = f"{self.opens}–{self.closes}"
        return _("%(hours)s by appointment", hours=times) if self.by_appointment else times


class WeekForm(msgspec.Struct, frozen=True):
    """Seven days, Monday first, each a list of pairs. ``prefix`` begins the names of fields."""

    days: tuple[tuple[Pair, ...], ...]
    prefix: str = ""

    @classmethod
    def of(cls, form: FormData, prefix: str = "") -> WeekForm:
        """What a request sent: fields such as ``opens_0_0``, by day and place."""

        def pair(day: int, place: int) -> Pair:
            at = f"{day}_{place}"
            return Pair(
                form.text(f"{prefix}opens_{at}"),
                form.text(f"{prefix}closes_{at}"),
                form.checked(f"{prefix}appointment_{at}"),
            )

        return cls(
            tuple(
                tuple(
                    pair(day, place)
                    for place in range(_MOST)
                    if place < _ROOM or f"{prefix}opens_{day}_{place}" in form.fields
                )
                for day in range(7)
            ),
            prefix,
        )

    @classmethod
    def of_spans(cls, spans: Sequence[GridSpan], prefix: str = "") -> WeekForm:
        """What is kept, with room for two pairs a day at least."""
        days = []
        for day in range(7):
            pairs = [
                Pair(write_time(each.opens), _closing_text(each.closes), each.by_appointment)
                for each in sorted(spans)
                if each.weekday == day
            ]
            days.append(tuple(pairs + [Pair()] * (_ROOM - len(pairs))))
        return cls(tuple(days), prefix)

    def with_room(self, day: int) -> WeekForm:
        """The same with one more empty pair on a day."""
        if not 0 <= day < 7 or len(self.days[day]) >= _MOST:
            return self
        wider = (*self.days[day], Pair())
        return WeekForm((*self.days[:day], wider, *self.days[day + 1 :]), self.prefix)

    def copied(self, day: int, days: int) -> WeekForm:
        """The same with the hours of ``day`` on the first ``days`` days of the week."""
        return WeekForm((self.days[day],) * days + self.days[days:], self.prefix)

    def overwritten(self, day: int, days: int) -> tuple[tuple[int, str], ...]:
        """What ``copied`` would replace, as texts by weekday."""
        filled = [[pair for pair in pairs if pair.opens or pair.closes] for pairs in self.days]
        return tuple(
            (other, ", ".join(pair.text for pair in filled[other]))
            for other in range(days)
            if filled[other] and filled[other] != filled[day]
        )

    def spans(self) -> tuple[GridSpan, ...]:
        """The spans.

        Raises:
            Invalid: a time is none, half of a pair is missing, or two spans overlap; by
                day and place.
        """
        spans, fields, errors = [], [], []
        for day, pairs in enumerate(self.days):
            for place, pair in enumerate(pairs):
                if not pair.opens and not pair.closes:
                    continue
                start, end = read_time(pair.opens), read_time(pair.closes)
                field = f"{self.prefix}opens_{day}_{place}"
                if start is None or end is None:
                    message = _("Enter both times, such as 09:00 and 12:00.")
                    errors.append(FieldError(field, "sites.time-invalid", message))
                    continue
                closes = closing_minutes(start, end) or end
                spans.append(GridSpan(day, start, closes, pair.by_appointment))
                fields.append(field)
        errors += span_errors(
            [Span(each.weekday, each.opens, each.closes) for each in spans], fields
        )
        if errors:
            raise Invalid(sorted(errors, key=lambda error: error.field))
        return tuple(sorted(spans))


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
