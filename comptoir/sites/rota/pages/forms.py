"""Times and days as forms of the rota have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.formats import example_day
from comptoir.core.web.forms import FormData, choice_error, read_day
from comptoir.sites.opening_hours import END_OF_DAY
from comptoir.sites.times import read_time, time_error


class FormReader:
    """Reads the fields of a form and collects what is wrong with them."""

    def __init__(self, data: FormData) -> None:
        self.data = data
        self.errors: list[FieldError] = []

    def day(self, field: str) -> date:
        """A day; any, if it is none."""
        day = read_day(self.data.text(field))
        if day is None:
            message = _("Enter a day, such as %(day)s.", day=example_day())
            self.errors.append(FieldError(field, "sites.day-invalid", message))
        return day or date.min

    def day_or_none(self, field: str) -> date | None:
        """A day, or None where the field is empty."""
        return self.day(field) if self.data.text(field) else None

    def times(self, starts: str = "starts", ends: str = "ends") -> tuple[int, int]:
        """Two minutes of a day; midnight as the end is that of the day."""
        found = []
        for field in (starts, ends):
            minute = read_time(self.data.text(field))
            if minute is None:
                self.errors.append(time_error(field, self.data.text(field)))
            found.append(minute or 0)
        return found[0], found[1] or END_OF_DAY

    def times_or_all_day(self, starts: str = "starts", ends: str = "ends") -> tuple[int, int]:
        """The same; the whole day where both fields are empty."""
        if not self.data.text(starts) and not self.data.text(ends):
            return 0, END_OF_DAY
        return self.times(starts, ends)

    def number(self, field: str, numbers: range) -> int | None:
        """One of a choice of numbers, or None where the field is empty."""
        number = self.data.whole(field)
        if self.data.text(field) and number not in numbers:
            self.errors.append(choice_error(field))
        return number

    def identifier(self, field: str) -> UUID | None:
        """An id, or None where the field is empty."""
        found = self.data.identifier(field)
        if self.data.text(field) and found is None:
            self.errors.append(choice_error(field))
        return found

    def done(self) -> None:
        """Go on if everything could be read.

        Raises:
            Invalid: something could not.
        """
        if self.errors:
            raise Invalid(self.errors)


def texts(data: FormData, names: Iterable[str]) -> dict[str, str]:
    """What fields were filled in with, to show them again."""
    return {name: data.text(name) for name in names}
