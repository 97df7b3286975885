"""Commands and views of days that are not as the week says."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import example
from comptoir.core.plain_text import clean_line
from comptoir.sites.calendar import DayException, ExceptionKind
from comptoir.sites.opening_hours import Times

#: How many stretches a day has at most.
MOST_HOURS = 6


class AnnounceException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days, both included, on which these sites are not open as their week says.

    ``hours`` are for ``open`` alone; ``reason`` is what the public reads. With
    ``seen``, which the preview gave, nothing is announced if what hangs on the days has
    changed since. ``take_shifts_off``: the shifts of days that are closed leave the rota.
    """

    sites: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=500)]
    first_day: date
    last_day: date
    kind: ExceptionKind
    hours: Annotated[tuple[Times, ...], msgspec.Meta(max_length=MOST_HOURS)] = ()
    reason: Annotated[str, example("Stocktake")] = ""
    yearly: bool = False
    seen: Annotated[str, msgspec.Meta(max_length=64)] = ""
    take_shifts_off: bool = False

    def exception(self) -> DayException:
        """The same as the calendar knows it."""
        return DayException(
            self.first_day,
            self.last_day,
            self.kind,
            tuple(sorted(self.hours)),
            clean_line(self.reason),
            self.yearly,
        )


class Announcement(msgspec.Struct, frozen=True):
    """What was announced: its id, and those of its exceptions, one for each site."""

    id: UUID
    ids: list[UUID]


class ExceptionView(msgspec.Struct, frozen=True):
    """One exception of one site."""

    id: UUID
    site: UUID
    first_day: date
    last_day: date
    kind: ExceptionKind
    hours: tuple[Times, ...]
    reason: str
    yearly: bool

    def exception(self) -> DayException:
        """The same as the calendar knows it."""
        return DayException(
            self.first_day, self.last_day, self.kind, self.hours, self.reason, self.yearly
        )
