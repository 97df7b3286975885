"""Commands that change a rota, and views of it. Days and minutes are those of the site."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import example
from comptoir.sites.opening_hours import END_OF_DAY, DaySource, DayState, Interval, Times
from comptoir.sites.rota.rules import Need

Minute = Annotated[int, msgspec.Meta(ge=0, le=END_OF_DAY, examples=[540])]
#: The minute at which something ends.
UntilMinute = Annotated[int, msgspec.Meta(ge=0, le=END_OF_DAY, examples=[1020])]
Weeks = Annotated[int, msgspec.Meta(ge=0, le=2, examples=[1])]


class AddShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at a site from one minute of a day to another.

    ``every_weeks`` is 0 for that day alone, 1 for every week, 2 for every other
    one; ``last_day`` ends what comes back. ``for_gap``: only if somebody is still missing
    for some of that time on its first day.
    """

    site: UUID
    person: UUID
    day: date
    starts: Minute
    ends: UntilMinute
    every_weeks: Weeks = 0
    last_day: date | None = None
    for_gap: bool = False


class Reach(StrEnum):
    """Which days of a shift that comes back are meant."""

    DAY = "day"  #: that day alone
    FOLLOWING = "following"  #: that day and every later one


class ChangeShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the shift that falls on ``day``."""

    day: date
    person: UUID
    new_day: date
    starts: Minute
    ends: UntilMinute
    reach: Reach = Reach.DAY


class AddAbsence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody does not come on these days, or in these minutes of each. Nobody is told why."""

    person: UUID
    first_day: date
    last_day: date
    starts: Minute = 0
    ends: UntilMinute = END_OF_DAY


class AddNeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people are needed while the door is open; see ``rules.Need``."""

    people: Annotated[int, msgspec.Meta(ge=1, le=50, examples=[2])]
    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None
    starts: Minute = 0
    ends: UntilMinute = END_OF_DAY
    language: Annotated[str, example("pt")] = ""
    competence: Annotated[UUID | None, example(None)] = None


class OfferShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shift of one day that somebody else may take."""

    shift: UUID
    day: date


class FillGap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody comes for a time when a person is missing, or for a part of it."""

    person: UUID
    day: date
    starts: Minute
    ends: UntilMinute


class Person(msgspec.Struct, frozen=True):
    """Somebody who works at the site."""

    id: UUID
    name: str


class ShiftView(msgspec.Struct, frozen=True):
    """A shift on one day.

    ``absent``: the person is away for all or part of it. ``volunteered``: they put
    themselves on the rota where somebody was missing.
    """

    shift: UUID
    day: date
    person: UUID
    starts: int
    ends: int
    every_weeks: int
    absent: bool
    offer: UUID | None
    volunteered: bool


class HelperView(msgspec.Struct, frozen=True):
    """Somebody who could come, and when in that time they are free."""

    person: UUID
    free: tuple[Interval, ...]


class GapView(msgspec.Struct, frozen=True):
    """A time when the door is open and too few are there; who could help, by name."""

    interval: Interval
    missing: int
    need: Need
    helpers: tuple[HelperView, ...]


class LeftOutView(msgspec.Struct, frozen=True):
    """A shift that was taken off a day for a closure which has been withdrawn since."""

    shift: UUID
    day: date
    person: UUID
    starts: int
    ends: int


class RotaDay(msgspec.Struct, frozen=True):
    """One day: when the door is open, who means to be there, who is away, and what is lacking.

    ``left_out`` are shifts that could come back: they were taken off for a closure that was
    withdrawn.

    ``state`` says what a day without ``intervals`` is like: only some are ``closed``.

    ``hours_left`` are the hours that could be kept where nobody can come for the
    rest; an empty list is a day better closed, null is no reason to change any.
    ``hours_with_skills`` are fewer: those for which also somebody with each language and
    competence that is needed is there or could come; null if they are the same.
    """

    day: date
    intervals: tuple[Interval, ...]
    state: DayState
    source: DaySource
    reason: str
    shifts: tuple[ShiftView, ...]
    away: tuple[UUID, ...]
    gaps: tuple[GapView, ...]
    hours_left: tuple[Times, ...] | None
    hours_with_skills: tuple[Times, ...] | None
    left_out: tuple[LeftOutView, ...]


class AbsenceView(msgspec.Struct, frozen=True):
    """When somebody is away."""

    id: UUID
    person: UUID
    first_day: date
    last_day: date
    starts: int
    ends: int


class OfferView(msgspec.Struct, frozen=True):
    """A shift of one day that its holder would like somebody else to take, or that was taken."""

    id: UUID
    shift: UUID
    day: date
    starts: int
    ends: int
    person: UUID
    taken_by: UUID | None


class RotaView(msgspec.Struct, frozen=True):
    """A site's rota for some days: a plan. Whether somebody came is not known here."""

    site: UUID
    time_zone: str
    team: tuple[Person, ...]
    days: tuple[RotaDay, ...]
    absences: tuple[AbsenceView, ...]
    offers: tuple[OfferView, ...]


class LinksView(msgspec.Struct, frozen=True):
    """When one's own calendar link and that of a site were made; null: there is none."""

    own: datetime | None
    site: datetime | None
