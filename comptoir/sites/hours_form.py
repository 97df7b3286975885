"""The form of opening hours: a week, seasons and services, each with times by weekday."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import FormData
from comptoir.sites.expressions.model import DateRange, MonthDay
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.week_form import WeekForm
from comptoir.sites.week_plan import (
    LEAP_YEAR,
    LONGEST_NAME,
    MOST_PARTS,
    HoursPlan,
    SeasonPlan,
    ServicePlan,
    clashes,
)

Read = TypeVar("Read")

_PART = re.compile(r"([sv])([0-9]{1,2})_")
_DATE_FIELDS = ("first_day", "first_month", "last_day", "last_month")

#: Day and month of the last day of each month; February has two.
_LAST_DAYS = {(day.day, day.month) for day in LEAP_YEAR if (day + ONE_DAY).month != day.month} | {
    (28, 2)
}


class PartForm(msgspec.Struct, frozen=True):
    """A season or a service. ``dates`` are its first day and month, and its last."""

    week: WeekForm
    dates: tuple[str, ...] = ("", "", "", "")
    name: str = ""

    @property
    def prefix(self) -> str:
        """What the names of its fields begin with."""
        return self.week.prefix

    @classmethod
    def of(cls, form: FormData, prefix: str) -> PartForm:
        """What a request sent."""
        dates = tuple(form.text(prefix + field) for field in _DATE_FIELDS)
        name = " ".join(form.text(f"{prefix}name").replace('"', "").split())
        return cls(WeekForm.of(form, prefix), dates, name)

    def season(self) -> SeasonPlan:
        """The season; it may do without a name.

        Raises:
            Invalid: the name is too long, a day is none, or a time is wrong.
        """
        if len(self.name) > LONGEST_NAME:
            message = _("Make this shorter: at most %(most)s characters.", most=LONGEST_NAME)
            raise Invalid([FieldError(f"{self.prefix}name", "sites.season-name-too-long", message)])
        return SeasonPlan(self._dates(), self.week.spans(), self.name)

    def service(self) -> ServicePlan:
        """The service; without days it is there all year.

        Raises:
            Invalid: it has no name or no hours, a day is none, or a time is wrong.
        """
        if not 1 <= len(self.name) <= LONGEST_NAME:
            message = _("Enter a name of at most %(most)s characters.", most=LONGEST_NAME)
            raise Invalid([FieldError(f"{self.prefix}name", "sites.service-name-invalid", message)])
        spans = self.week.spans()
        if not spans:
            message = _("Enter when the service is there, or remove it.")
            field = f"{self.prefix}opens_0_0"
            raise Invalid([FieldError(field, "sites.service-hours-missing", message)])
        return ServicePlan(self.name, spans, self._dates() if any(self.dates) else None)

    def _dates(self) -> DateRange:
        first, last = (self._month_day(place) for place in (0, 2))
        if first.day == 1 and (last.day, last.month) in _LAST_DAYS:
            last = MonthDay(last.month, 31)  # whole months are written as months
        return DateRange(first, last)

    def _month_day(self, place: int) -> MonthDay:
        try:
            day = date(2028, int(self.dates[place + 1]), int(self.dates[place]))
        except (ValueError, OverflowError):
            message = _("Enter a day that there is, such as 1 July.")
            field = self.prefix + _DATE_FIELDS[place]
            raise Invalid([FieldError(field, "sites.season-date-invalid", message)]) from None
        return MonthDay(day.month, day.day)


class HoursForm(msgspec.Struct, frozen=True):
    """The whole form."""

    week: WeekForm
    seasons: tuple[PartForm, ...] = ()
    services: tuple[PartForm, ...] = ()

    @classmethod
    def of(cls, form: FormData) -> HoursForm:
        """What a request sent, without the part that its button ``drop`` names."""
        gone = form.text("drop")

        def parts(kind: str) -> tuple[PartForm, ...]:
            matches = (_PART.match(name) for name in form.fields)
            numbers = {int(match[2]) for match in matches if match and match[1] == kind}
            sent = [f"{kind}{number}_" for number in sorted(numbers)]
            found = [PartForm.of(form, each) for each in sent if each != gone]
            return tuple(_numbered(each, f"{kind}{n}_") for n, each in enumerate(found))

        return cls(WeekForm.of(form), parts("s"), parts("v"))

    @classmethod
    def of_plan(cls, plan: HoursPlan) -> HoursForm:
        """What is kept."""
        seasons = (
            PartForm(WeekForm.of_spans(each.spans, f"s{n}_"), _date_texts(each.dates), each.name)
            for n, each in enumerate(plan.seasons)
        )
        services = (
            PartForm(WeekForm.of_spans(each.spans, f"v{n}_"), _date_texts(each.dates), each.name)
            for n, each in enumerate(plan.services)
        )
        return cls(WeekForm.of_spans(plan.spans), tuple(seasons), tuple(services))

    def pressed(self, form: FormData) -> Pressed | None:
        """The form after one of its own buttons; None if another was pressed.

        Raises:
            Invalid: it has no such button, or no room for more.
        """
        buttons: dict[str, Callable[[str], Pressed]] = {
            "copy": self._copied,
            "more": self._widened,
            "add": self._longer,
            "drop": lambda part: self._dropped(part, form),
        }
        name = next((each for each in buttons if form.text(each)), None)
        return buttons[name](form.text(name)) if name else None

    def plan(self) -> HoursPlan:
        """What was entered.

        Raises:
            Invalid: something is wrong with a part, there are too many, or two seasons
                overlap; as on the page, from top to bottom.
        """
        errors: list[FieldError] = []

        def part(read: Callable[[], Read]) -> Read | None:
            try:
                return read()
            except Invalid as invalid:
                errors.extend(invalid.errors)
                return None

        spans = part(self.week.spans)
        seasons = [part(each.season) for each in self.seasons]
        errors += _too_many(self.seasons) + _season_clashes(seasons)
        services = [part(each.service) for each in self.services]
        errors += _too_many(self.services)
        if errors:
            raise Invalid(errors)
        return HoursPlan(
            spans or (),
            tuple(each for each in seasons if each),
            tuple(each for each in services if each),
        )

    def _copied(self, button: str) -> Pressed:
        match = re.fullmatch(r"(week|[sv][0-9]+_):([0-6]):([57])", button)
        week = self._weeks().get(match[1]) if match else None
        if match is None or week is None:
            raise _no_such_button()
        copied = Copied(match[1], int(match[2]), int(match[3]))
        changed = self._with_week(copied.week, lambda week: week.copied(copied.day, copied.days))
        focus = f"{week.prefix}opens_{0 if copied.day else 1}_0"
        return Pressed(changed, focus, copied, week.overwritten(copied.day, copied.days))

    def _widened(self, button: str) -> Pressed:
        match = re.fullmatch(r"([sv][0-9]+_)?([0-6])", button)
        week = self._weeks().get(match[1] or "week") if match else None
        if match is None or week is None:
            raise _no_such_button()
        day = int(match[2])
        wider = self._with_week(match[1] or "week", lambda week: week.with_room(day))
        return Pressed(wider, f"{week.prefix}opens_{day}_{len(week.days[day])}")

    def _longer(self, button: str) -> Pressed:
        if button == "season":
            new = PartForm(WeekForm.of_spans((), f"s{len(self.seasons)}_"))
            longer = msgspec.structs.replace(self, seasons=(*self.seasons, new))
            pressed = Pressed(longer, f"{new.prefix}first_day")
        elif button == "service":
            new = PartForm(WeekForm.of_spans((), f"v{len(self.services)}_"))
            longer = msgspec.structs.replace(self, services=(*self.services, new))
            pressed = Pressed(longer, f"{new.prefix}name")
        else:
            raise _no_such_button()
        if errors := _too_many(self.seasons if button == "season" else self.services, more=1):
            raise Invalid(errors)
        return pressed

    def _dropped(self, part: str, form: FormData) -> Pressed:
        """The form without a part, which ``of`` has left out already."""
        if not (_PART.fullmatch(part) and any(name.startswith(part) for name in form.fields)):
            raise _no_such_button()
        return Pressed(self, "add_season" if part.startswith("s") else "add_service")

    def _weeks(self) -> dict[str, WeekForm]:
        """Each week by what the buttons call it."""
        parts = (*self.seasons, *self.services)
        return {"week": self.week} | {part.prefix: part.week for part in parts}

    def _with_week(self, prefix: str, change: Callable[[WeekForm], WeekForm]) -> HoursForm:
        def changed(part: PartForm) -> PartForm:
            if part.prefix != prefix:
                return part
            return msgspec.structs.replace(part, week=change(part.week))

        return HoursForm(
            change(self.week) if prefix == "week" else self.week,
            tuple(map(changed, self.seasons)),
            tuple(map(changed, self.services)),
        )


class Copied(msgspec.Struct, frozen=True):
    """A day whose hours were put on the first ``days`` days of a week, as the buttons call it."""

    week: str
    day: int
    days: int


class Pressed(msgspec.Struct, frozen=True):
    """The form after one of its own buttons.

    ``focus`` is the field or button to go on from. ``copied`` is the day that was copied,
    and ``replaced`` the hours that this took away, by weekday.
    """

    form: HoursForm
    focus: str
    copied: Copied | None = None
    replaced: tuple[tuple[int, str], ...] = ()


def _no_such_button() -> Invalid:
    message = _("This page has no such button. Nothing was changed.")
    return Invalid([FieldError("", "sites.button-unknown", message)])


def _too_many(parts: Sequence[PartForm], *, more: int = 0) -> list[FieldError]:
    """Seasons or services beyond those that a site may have."""
    if len(parts) + more <= MOST_PARTS:
        return []
    part = parts[min(MOST_PARTS, len(parts) - 1)]
    message = _("There may be %(most)s of these. Remove one first.", most=MOST_PARTS)
    return [FieldError(f"{part.prefix}first_day", "sites.too-many-parts", message)]


def _season_clashes(seasons: Sequence[SeasonPlan | None]) -> list[FieldError]:
    message = _("This season overlaps with another. Correct the days of one of them.")
    return [
        FieldError(f"s{later}_first_day", "sites.seasons-overlap", message)
        for later in clashes([each.dates if each else None for each in seasons])
    ]


def _numbered(part: PartForm, prefix: str) -> PartForm:
    return msgspec.structs.replace(part, week=WeekForm(part.week.days, prefix))


def _date_texts(dates: DateRange | None) -> tuple[str, ...]:
    if dates is None:
        return ("", "", "", "")
    last = next(day for day in reversed(LEAP_YEAR) if _is_at_most(day, dates.last))
    return (str(dates.first.day), str(dates.first.month), str(last.day), str(last.month))


def _is_at_most(day: date, last: MonthDay) -> bool:
    return MonthDay(day.month, day.day) <= last
