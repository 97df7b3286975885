"""An expression as its text: always the same one for the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comptoir.sites.expressions.model import (
    DateRange,
    Effect,
    MonthDay,
    NthWeekday,
    Rule,
    WeekRange,
)
from comptoir.sites.opening_hours import END_OF_DAY, Times

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MODIFIERS = {
    Effect.OPEN: "",
    Effect.SERVICE: "open",
    Effect.BY_APPOINTMENT: "unknown",
    Effect.CLOSED: "off",
}


def write(rules: Iterable[Rule]) -> str:
    """The rules as an expression; no rules at all give an empty text."""
    text = ""
    for rule in rules:
        text += (", " if rule.adds else "; ") if text else ""
        text += _rule(rule)
    return text


def write_time(minutes: int) -> str:
    """A time such as ``09:00`` or ``24:00``; what lies in the next day is written as there."""
    if minutes > END_OF_DAY:
        minutes -= END_OF_DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_times(times: Iterable[Times]) -> str:
    """Times such as ``09:00-12:00,22:00-02:00``."""
    return ",".join(f"{write_time(each.opens)}-{write_time(each.closes)}" for each in times)


def write_weekdays(weekdays: Sequence[int]) -> str:
    """Weekdays such as ``Mo-Fr,Su``, neighbours together."""
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ",".join(
        "-".join(WEEKDAYS[day] for day in (run[0], run[-1])[: len(run)]) for run in runs
    )


def _rule(rule: Rule) -> str:
    days = [write_weekdays(rule.weekdays)] if rule.weekdays else []
    days += [_place(each) for each in rule.places]
    days += ["PH"] if rule.holidays else []
    weeks = ",".join(_weeks(each) for each in rule.weeks)
    parts = [
        ",".join(_dates(each) for each in rule.dates),
        f"week {weeks}" if weeks else "",
        ",".join(days) or ("" if rule.is_dated else "Mo-Su"),
        write_times(rule.times),
        _MODIFIERS[rule.effect],
        f'"{rule.note}"' if rule.note else "",
    ]
    return " ".join(part for part in parts if part)


def _dates(dates: DateRange) -> str:
    first, last = dates.first, dates.last
    if (first.day, last.day) == (1, 31):
        months = (first.month, last.month)[: 1 + (first.month != last.month)]
        return "-".join(MONTHS[month - 1] for month in months)
    return _month_day(first) if first == last else f"{_month_day(first)}-{_month_day(last)}"


def _month_day(day: MonthDay) -> str:
    return f"{MONTHS[day.month - 1]} {day.day:02}"


def _weeks(weeks: WeekRange) -> str:
    if weeks.first == weeks.last:
        return f"{weeks.first:02}"
    step = f"/{weeks.step}" if weeks.step > 1 else ""
    return f"{weeks.first:02}-{weeks.last:02}{step}"


def _place(place: NthWeekday) -> str:
    return f"{WEEKDAYS[place.weekday]}[{','.join(map(str, place.places))}]"
