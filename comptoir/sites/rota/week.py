"""A site's rota for some days, put together: the plan, what it lacks, and who could help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.sites import queries as sites
from comptoir.sites.calendar import SiteCalendar
from comptoir.sites.exceptions.queries import public_calendar
from comptoir.sites.hours import day_reason
from comptoir.sites.opening_hours import ONE_DAY, DayState
from comptoir.sites.rota import queries
from comptoir.sites.rota.occurrences import (
    Occurrence,
    Presence,
    Shift,
    absent,
    occurrences,
    presences,
)
from comptoir.sites.rota.rules import Gap, Need, day_gaps, hours_left, with_helpers
from comptoir.sites.rota.schemas import (
    AbsenceView,
    GapView,
    HelperView,
    LeftOutView,
    OfferView,
    Person,
    RotaDay,
    RotaView,
    ShiftView,
)
from comptoir.sites.skills.queries import skills_by_person
from comptoir.sites.skills.schemas import Skills


class Facts(msgspec.Struct, frozen=True):
    """All that a rota is made of. ``shifts`` are those of its team, at any site."""

    site: UUID
    calendar: SiteCalendar
    team: tuple[Person, ...]
    skills: Mapping[UUID, Skills]
    shifts: Sequence[Shift]
    absences: Sequence[AbsenceView]
    needs: Sequence[Need]
    offers: Sequence[OfferView]
    left_out: Sequence[LeftOutView]


async def rota(actor: Principal, site_id: UUID, first: date, last: date) -> RotaView:
    """A site's rota from one day to another, both included.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
    """
    site = await sites.site(site_id, actor)
    calendar = await public_calendar(site, since=first - ONE_DAY)
    return view(await facts(site_id, calendar, first, last), first, last)


async def facts(site_id: UUID, calendar: SiteCalendar, first: date, last: date) -> Facts:
    """Read what the rota of these days is made of."""
    team = await queries.team(site_id)
    people = [person.id for person in team]
    wide = queries.around(first, last)
    return Facts(
        site=site_id,
        calendar=calendar,
        team=tuple(team),
        skills=await skills_by_person(people),
        shifts=await queries.shifts_of(people, *wide),
        absences=await queries.absences_of(people, *wide),
        needs=await queries.needs(site_id),
        offers=await queries.offers(site_id, first, last),
        left_out=await queries.left_out(site_id, first, last),
    )


def view(found: Facts, first: date, last: date) -> RotaView:
    """The rota of these days, from what was read."""
    zone = found.calendar.zone
    wide = queries.around(first, last)
    planned = occurrences(found.shifts, *wide)
    away = absent(queries.as_absences(found.absences), *wide, zone)
    here = [each for each in planned if each.shift.site == found.site]
    there = presences(here, away)
    taken = [Presence(each.shift.person, each.interval) for each in planned] + away
    offers = {(each.shift, each.day): each.id for each in found.offers if not each.taken_by}
    team = {person.id: found.skills[person.id] for person in found.team}
    days = []
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        hours = found.calendar.on(day)
        gaps = [
            with_helpers(gap, team, taken)
            for gap in day_gaps(day, hours.intervals, there, found.needs, team, zone)
        ]
        left = hours_left(day, hours.intervals, gaps, zone)
        skilled = hours_left(day, hours.intervals, gaps, zone, with_skills=True)
        off = {each.person for each in found.absences if each.first_day <= day <= each.last_day}
        days.append(
            RotaDay(
                day=day,
                intervals=hours.intervals,
                state=hours.state,
                source=hours.source,
                reason=day_reason(hours),
                shifts=tuple(
                    _shift(each, away, offers.get((each.shift.id, day)))
                    for each in here
                    if each.day == day
                ),
                away=tuple(person for person in team if person in off),
                gaps=tuple(_gap(gap) for gap in gaps),
                hours_left=left,
                hours_with_skills=None if skilled == left else skilled,
                left_out=tuple(
                    each
                    for each in found.left_out
                    if each.day == day
                    and each.person in team
                    and hours.state is not DayState.CLOSED
                ),
            )
        )
    return RotaView(
        site=found.site,
        time_zone=zone.key,
        team=found.team,
        days=tuple(days),
        absences=tuple(each for each in found.absences if each.last_day >= first),
        offers=tuple(found.offers),
    )


def _shift(planned: Occurrence, away: Sequence[Presence], offer: UUID | None) -> ShiftView:
    shift = planned.shift
    left = [each.interval for each in presences([planned], away)]
    return ShiftView(
        shift=shift.id,
        day=planned.day,
        person=shift.person,
        starts=shift.starts,
        ends=shift.ends,
        every_weeks=0 if shift.once else shift.every_weeks,
        absent=left != [planned.interval],
        offer=offer,
        volunteered=shift.volunteered,
    )


def _gap(gap: Gap) -> GapView:
    helpers = tuple(HelperView(each.person, each.free) for each in gap.helpers)
    return GapView(gap.interval, gap.missing, gap.need, helpers)
