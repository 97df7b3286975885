"""What may be wrong with a shift, an absence or a need: values in, errors out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import format_day
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.rota.occurrences import (
    Absence,
    Occurrence,
    Shift,
    absent,
    first_clash,
    presences,
)
from comptoir.sites.rota.schemas import AddAbsence, AddNeed
from comptoir.sites.skills.languages import SPOKEN

#: Nobody plans further ahead; a later year is a slip of the finger.
FURTHEST = timedelta(days=800)
LONGEST_ABSENCE = timedelta(days=400)


def shift_errors(
    new: Shift, *, team: Iterable[UUID], today: date, day_field: str = "day"
) -> list[FieldError]:
    """Everything wrong with a shift in itself; ``today`` is the date at its site.

    ``day_field`` is the field of the command that its first day came from.
    """
    errors = _times_errors(new.starts, new.ends) + _day_errors(day_field, new.first_day, today)
    if new.last_day is not None and new.last_day < new.first_day:
        message = _("The last day comes before the first. Correct one of them.")
        errors.append(FieldError("last_day", "sites.days-end-before-start", message))
    elif new.last_day is not None and new.last_day > new.first_day:
        errors += _day_errors("last_day", new.last_day, today)
    if new.person not in team:
        message = _("Choose somebody who works at this site.")
        errors.append(FieldError("person", "sites.not-on-team", message))
    return errors


def clash_errors(
    new: Shift, others: Sequence[Shift], absences: Sequence[Absence]
) -> list[FieldError]:
    """What keeps its person from a shift; ``others`` are those they have, at any site.

    Of a shift at another site nothing is told, not even its day: that rota is not for
    whoever plans this one.
    """
    if day := first_clash(new, [each for each in others if each.site == new.site]):
        message = _(
            "This person is already on the rota at that time on %(day)s. "
            "Choose another time, or somebody else.",
            day=format_day(day),
        )
        return [FieldError("person", "sites.shift-clash", message)]
    if first_clash(new, others):
        message = _("This person cannot be there then. Choose another time, or somebody else.")
        return [FieldError("person", "sites.shift-clash", message)]
    if new.once and not _is_there(new, absences):
        message = _("This person is away then. Choose somebody else.")
        return [FieldError("person", "sites.person-away", message)]
    return []


def absence_errors(command: AddAbsence, *, today: date) -> list[FieldError]:
    """Everything wrong with an absence."""
    errors = _times_errors(command.starts, command.ends)
    if command.last_day < command.first_day:
        message = _("The last day comes before the first. Correct one of them.")
        errors.append(FieldError("last_day", "sites.days-end-before-start", message))
    elif command.last_day - command.first_day > LONGEST_ABSENCE:
        message = _("These are too many days. Is the year right?")
        errors.append(FieldError("last_day", "sites.too-many-days", message))
    else:
        errors += _day_errors("last_day", command.last_day, today)
    return errors


def need_errors(command: AddNeed, competences: Iterable[UUID]) -> list[FieldError]:
    """Everything wrong with what a site is said to need."""
    errors = _times_errors(command.starts, command.ends)
    if command.language and command.language not in SPOKEN:
        message = _("Choose one of the languages.")
        errors.append(FieldError("language", "sites.language-unknown", message))
    if command.competence is not None and command.competence not in competences:
        message = _("This competence does not exist any more.")
        errors.append(FieldError("competence", "sites.competence-not-found", message))
    return errors


def _times_errors(starts: int, ends: int) -> list[FieldError]:
    if starts < ends:
        return []
    message = _("The end comes before the start. What goes on after midnight is two shifts.")
    return [FieldError("ends", "sites.span-ends-before-start", message)]


def _day_errors(field: str, day: date, today: date) -> list[FieldError]:
    if day < today:
        message = _("This day is over. Enter a day from today on.")
        return [FieldError(field, "sites.day-over", message)]
    if day > today + FURTHEST:
        message = _("This day is too far away. Is the year right?")
        return [FieldError(field, "sites.day-too-far", message)]
    return []


def _is_there(new: Shift, absences: Sequence[Absence]) -> bool:
    day = new.first_day
    away = absent(absences, day - ONE_DAY, day + ONE_DAY, new.zone)
    planned = Occurrence(new, day)
    return [each.interval for each in presences([planned], away)] == [planned.interval]
