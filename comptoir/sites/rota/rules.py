"""Whether enough people mean to be there while the door is open, and who else could come.

Values in, values out. A need holds for the part of each day that it names, as far
as the door is open then. A person counts once, however their shifts overlap.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.sites.opening_hours import END_OF_DAY, Interval, Times
from comptoir.sites.rota.occurrences import Presence, span, without
from comptoir.sites.skills.schemas import Skills


class Need(msgspec.Struct, frozen=True):
    """How many people with a language and a competence, if any are named, are needed.

    On a weekday (0 is Monday; None is every day) between two minutes of the day.
    """

    id: UUID
    weekday: int | None = None
    starts: int = 0
    ends: int = END_OF_DAY
    people: int = 1
    language: str = ""
    competence: UUID | None = None

    @property
    def of_anybody(self) -> bool:
        """True if whoever comes will do."""
        return not self.language and self.competence is None


class Helper(msgspec.Struct, frozen=True):
    """Somebody who could come, and when in the time that is asked about."""

    person: UUID
    free: tuple[Interval, ...]


class Gap(msgspec.Struct, frozen=True):
    """A time when so many people are missing. ``helpers`` could come for all or part of it."""

    need: Need
    interval: Interval
    missing: int
    helpers: tuple[Helper, ...] = ()

    @property
    def nobody(self) -> tuple[Interval, ...]:
        """The parts of it when nobody could come."""
        free = [each for helper in self.helpers for each in helper.free]
        return tuple(without([self.interval], free))


def day_gaps(
    day: date,
    opened: Iterable[Interval],
    there: Sequence[Presence],
    needs: Iterable[Need],
    skills: Mapping[UUID, Skills],
    zone: ZoneInfo,
) -> list[Gap]:
    """When too few are there while the door is open on a day, in the order of time.

    A span that goes on after midnight belongs to the day that it began on.
    """
    found = []
    there = _once(there)
    for need in needs:
        if need.weekday not in (None, day.weekday()):
            continue
        fitting = [
            each.interval
            for each in there
            if skills.get(each.person, Skills()).meet(need.language, need.competence)
        ]
        for interval in opened:
            for asked in _asked(need, day, interval, zone):
                found += [Gap(need, *short) for short in _short(asked, fitting, need.people)]
    return sorted(found, key=lambda gap: (gap.interval.opens, gap.interval.closes))


def with_helpers(gap: Gap, team: Mapping[UUID, Skills], taken: Sequence[Presence]) -> Gap:
    """A gap with whoever has what it needs and is not taken up all the time.

    ``taken`` is when people are at work, here or elsewhere, or away. They come in
    the order of ``team``: nothing of how much somebody works goes into it.
    """
    helpers = []
    for person, skills in team.items():
        if not skills.meet(gap.need.language, gap.need.competence):
            continue
        busy = [each.interval for each in taken if each.person == person]
        if free := without([gap.interval], busy):
            helpers.append(Helper(person, tuple(free)))
    return msgspec.structs.replace(gap, helpers=tuple(helpers))


def hours_left(
    day: date,
    opened: Sequence[Interval],
    gaps: Iterable[Gap],
    zone: ZoneInfo,
    *,
    with_skills: bool = False,
) -> tuple[Times, ...] | None:
    """The hours of a day that can be kept open, where nobody could come for a part of them.

    None: somebody could, or comes, at any time. Empty: the day is better closed.
    ``with_skills``: nor anybody with a language or competence that is needed and that
    nobody there has.
    """
    nobody = [
        part
        for gap in gaps
        if gap.need.of_anybody or (with_skills and gap.missing == gap.need.people)
        for part in gap.nobody
    ]
    if not nobody:
        return None
    return tuple(
        Times(_minutes(day, left.opens, zone), _minutes(day, left.closes, zone))
        for left in without(opened, nobody)
    )


def _asked(need: Need, day: date, interval: Interval, zone: ZoneInfo) -> list[Interval]:
    """The part of an open interval that a need speaks of."""
    if (need.starts, need.ends) == (0, END_OF_DAY):
        return [interval]
    window = span(day, need.starts, need.ends, zone)
    opens, closes = max(interval.opens, window.opens), min(interval.closes, window.closes)
    return [Interval(opens, closes)] if opens < closes else []


def _short(asked: Interval, there: Sequence[Interval], people: int) -> list[tuple[Interval, int]]:
    """The parts of a time when fewer are there, and how many are missing in each."""
    edges = {moment for each in there for moment in (each.opens, each.closes) if moment in asked}
    points = sorted({asked.opens, asked.closes, *edges})
    short: list[tuple[Interval, int]] = []
    for opens, closes in itertools.pairwise(points):
        missing = people - sum(opens in each for each in there)
        if missing <= 0:
            continue
        if short and short[-1][0].closes == opens and short[-1][1] == missing:
            opens = short.pop()[0].opens
        short.append((Interval(opens, closes), missing))
    return short


def _once(there: Sequence[Presence]) -> list[Presence]:
    """The same without overlaps of one person."""
    found: list[Presence] = []
    until: dict[UUID, datetime] = {}
    for each in sorted(there, key=lambda presence: presence.interval.opens):
        opens = max(each.interval.opens, until.get(each.person, each.interval.opens))
        if opens < each.interval.closes:
            found.append(Presence(each.person, Interval(opens, each.interval.closes)))
            until[each.person] = each.interval.closes
    return found


def _minutes(day: date, at: datetime, zone: ZoneInfo) -> int:
    """The minute of a day, by the clock on the wall; the night after it counts on."""
    local = at.astimezone(zone)
    return (local.date() - day).days * END_OF_DAY + local.hour * 60 + local.minute
