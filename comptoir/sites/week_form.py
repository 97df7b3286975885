"""The form of one week: several pairs of times a day, empty ones left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import FormData
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.opening_hours import Span
from comptoir.sites.times import MOST_SPANS, read_times, tidied, time_field, too_many_spans
from comptoir.sites.validation import span_errors
from comptoir.sites.week_plan import GridSpan

#: How many pairs a day has at least.
_ROOM = 2
_FIELD = re.compile(r"(?:opens|closes)_([0-6])_([0-9]{1,2})")


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
        """What a request sent: fields such as ``opens_0_0``, by day and place.

        More pairs than a day may have are kept too, for ``spans`` to refuse them.
        """
        rooms = [_ROOM] * 7
        for name in form.fields:
            field = name.removeprefix(prefix) if name.startswith(prefix) else ""
            if match := _FIELD.fullmatch(field):
                day = int(match[1])
                rooms[day] = max(rooms[day], int(match[2]) + 1)

        def pair(day: int, place: int) -> Pair:
            at = f"{day}_{place}"
            return Pair(
                tidied(form.text(f"{prefix}opens_{at}")),
                tidied(form.text(f"{prefix}closes_{at}")),
                form.text(f"{prefix}appointment_{at}") == "yes",
            )

        days = (tuple(pair(day, place) for place in range(rooms[day])) for day in range(7))
        return cls(tuple(days), prefix)

    @classmethod
    def of_spans(cls, spans: Sequence[GridSpan], prefix: str = "") -> WeekForm:
        """What is kept, with room for two pairs a day at least."""
        days = []
        for day in range(7):
            pairs = [
                Pair(write_time(each.opens), time_field(each.closes), each.by_appointment)
                for each in sorted(spans)
                if each.weekday == day
            ]
            days.append(tuple(pairs + [Pair()] * (_ROOM - len(pairs))))
        return cls(tuple(days), prefix)

    def with_room(self, day: int) -> WeekForm:
        """The same with one more empty pair on a day.

        Raises:
            Invalid: it has as many as it may.
        """
        if len(self.days[day]) >= MOST_SPANS:
            raise Invalid([too_many_spans(f"{self.prefix}opens_{day}_0")])
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
            Invalid: a time is none, half of a pair is missing, two spans overlap, or a day
                has too many; by day and place.
        """
        spans, fields = [], []
        errors: list[FieldError] = []
        for day, pairs in enumerate(self.days):
            filled = [each for each in enumerate(pairs) if each[1].opens or each[1].closes]
            for place, pair in filled:
                names = (f"{self.prefix}opens_{day}_{place}", f"{self.prefix}closes_{day}_{place}")
                try:
                    times = read_times(pair.opens, pair.closes, names)
                except Invalid as invalid:
                    errors += invalid.errors
                    continue
                spans.append(GridSpan(day, times.opens, times.closes, pair.by_appointment))
                fields.append(names[0])
            if filled[MOST_SPANS:]:
                errors.append(too_many_spans(f"{self.prefix}opens_{day}_{filled[MOST_SPANS][0]}"))
        errors += span_errors(
            [Span(each.weekday, each.opens, each.closes) for each in spans], fields
        )
        if errors:
            raise Invalid(sorted(errors, key=lambda error: _place(error.field)))
        return tuple(sorted(spans))


def _place(field: str) -> tuple[int, ...]:
    """Where a field stands on the page."""
    return tuple(int(number) for number in field.rsplit("_", 2)[1:])
