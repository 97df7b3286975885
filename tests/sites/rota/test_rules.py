"""Coverage against an oracle that asks every minute; shifts against one that asks every day."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.ids import new_id
from comptoir.sites.opening_hours import END_OF_DAY, Interval, Times
from comptoir.sites.rota.occurrences import (
    Absence,
    Occurrence,
    Presence,
    Shift,
    absent,
    first_clash,
    occurrences,
    presences,
    span,
    without,
)
from comptoir.sites.rota.rules import Gap, Need, day_gaps, hours_left, with_helpers
from comptoir.sites.skills.schemas import Skills
from tests.sites.calendars import ZONES, ZURICH, WeeklyHours, office, weekly_hours

CLAIRE, LUCA, NADIA = (UUID(int=number) for number in (1, 2, 3))
SITE, WORKSHOP = UUID(int=10), UUID(int=20)
TUESDAY = date(2026, 11, 24)
MINUTE = timedelta(minutes=1)

TEAM = {
    CLAIRE: Skills(frozenset({"fr", "de"})),
    LUCA: Skills(frozenset({"fr", "it"}), frozenset({WORKSHOP})),
    NADIA: Skills(frozenset({"fr"})),
}


def shift(person: UUID, starts: int, ends: int, *, day: date = TUESDAY, **values: object) -> Shift:
    """A single shift in Fribourg, in minutes; ``values`` make another of it."""
    single = Shift(new_id(), SITE, person, day, day, 1, starts, ends, ZURICH)
    return msgspec.structs.replace(single, **values)


def hours(*pairs: tuple[float, float], day: date = TUESDAY) -> list[Interval]:
    return [span(day, int(opens * 60), int(closes * 60), ZURICH) for opens, closes in pairs]


def gaps_of(
    needs: Iterable[Need], shifts: Iterable[Shift], absences: Iterable[Absence] = ()
) -> list[Gap]:
    away = absent(absences, TUESDAY, TUESDAY, ZURICH)
    there = presences(occurrences(shifts, TUESDAY, TUESDAY), away)
    return day_gaps(TUESDAY, office().intervals(TUESDAY), there, needs, TEAM, ZURICH)


def told(gaps: Iterable[Gap]) -> list[tuple[str, int]]:
    """Gaps as one would say them: ``09:00-12:00`` and how many are missing."""
    return [
        (
            f"{gap.interval.opens.astimezone(ZURICH):%H:%M}"
            f"-{gap.interval.closes.astimezone(ZURICH):%H:%M}",
            gap.missing,
        )
        for gap in gaps
    ]


ONE, TWO = Need(UUID(int=30)), Need(UUID(int=31), people=2)


def test_an_empty_day_lacks_everybody_while_it_is_open() -> None:
    assert told(gaps_of([TWO], [])) == [("09:00-12:00", 2), ("14:00-18:00", 2)]


def test_who_is_there_counts_for_the_time_of_the_shift() -> None:
    shifts = [shift(CLAIRE, 540, 720), shift(LUCA, 600, 1080)]
    assert told(gaps_of([TWO], shifts)) == [("09:00-10:00", 1), ("14:00-18:00", 1)]
    assert told(gaps_of([ONE], shifts)) == []


def test_how_many_are_missing_is_said_for_each_time() -> None:
    shifts = [shift(CLAIRE, 540, 600), shift(LUCA, 540, 570)]
    assert told(gaps_of([TWO], shifts))[:2] == [("09:30-10:00", 1), ("10:00-12:00", 2)]


def test_who_is_away_takes_nobody_else_along() -> None:
    away = [Absence(LUCA, TUESDAY, TUESDAY)]
    assert told(gaps_of([ONE], [shift(CLAIRE, 540, 1080)], away)) == []


def test_nobody_counts_twice() -> None:
    shifts = [shift(CLAIRE, 540, 700), shift(CLAIRE, 600, 1080)]
    assert told(gaps_of([TWO], shifts)) == [("09:00-12:00", 1), ("14:00-18:00", 1)]


def test_an_absence_leaves_a_gap() -> None:
    away = [Absence(CLAIRE, TUESDAY, TUESDAY, 600, 660)]
    assert told(gaps_of([ONE], [shift(CLAIRE, 540, 1080)], away)) == [("10:00-11:00", 1)]
    whole = [Absence(CLAIRE, TUESDAY - timedelta(days=3), TUESDAY + timedelta(days=1))]
    assert len(gaps_of([ONE], [shift(CLAIRE, 540, 1080)], whole)) == 2


def test_a_language_or_a_competence_is_needed_of_somebody_who_has_it() -> None:
    german = Need(UUID(int=32), language="de")
    workshop = Need(UUID(int=33), weekday=1, starts=14 * 60, ends=16 * 60, competence=WORKSHOP)
    other_day = msgspec.structs.replace(workshop, weekday=2)
    shifts = [shift(NADIA, 540, 1080), shift(CLAIRE, 540, 720)]
    assert told(gaps_of([german], shifts)) == [("14:00-18:00", 1)]
    assert told(gaps_of([workshop, other_day], shifts)) == [("14:00-16:00", 1)]


def test_who_could_come_has_what_is_needed_and_is_free() -> None:
    [gap] = gaps_of([Need(UUID(int=34), starts=840, language="fr")], [])
    taken = [
        *[Presence(CLAIRE, each) for each in hours((8, 20))],
        *[Presence(LUCA, each) for each in hours((15, 16))],
    ]
    helped = with_helpers(gap, TEAM, taken)
    assert [helper.person for helper in helped.helpers] == [LUCA, NADIA]
    assert helped.helpers[0].free == tuple(hours((14, 15), (16, 18)))
    assert helped.nobody == ()
    [german] = gaps_of([Need(UUID(int=35), starts=840, language="de")], [])
    assert with_helpers(german, TEAM, taken).helpers == ()


def test_where_nobody_can_come_the_day_is_shortened_or_closed() -> None:
    opened = office().intervals(TUESDAY)
    morning = Presence(CLAIRE, hours((9, 12))[0])
    gaps = day_gaps(TUESDAY, opened, [morning], [ONE], TEAM, ZURICH)
    busy = [Presence(person, each) for person in TEAM for each in hours((0, 24))]
    alone = [with_helpers(gap, TEAM, busy) for gap in gaps]
    assert hours_left(TUESDAY, opened, alone, ZURICH) == (Times(540, 720),)
    nobody = [with_helpers(gap, TEAM, busy) for gap in gaps_of([ONE], [])]
    assert hours_left(TUESDAY, opened, nobody, ZURICH) == ()
    helped = [with_helpers(gap, TEAM, []) for gap in gaps]
    assert hours_left(TUESDAY, opened, helped, ZURICH) is None
    german = gaps_of([Need(UUID(int=36), language="de")], [])
    assert hours_left(TUESDAY, opened, german, ZURICH) is None, "the door can be open all the same"


def test_hours_with_what_is_needed_are_those_when_somebody_has_it_or_could_come() -> None:
    opened = office().intervals(TUESDAY)
    german = Need(UUID(int=37), starts=10 * 60, language="de")
    two = msgspec.structs.replace(german, people=2, language="fr")
    there = [Presence(NADIA, each) for each in opened]
    gaps = day_gaps(TUESDAY, opened, there, [german, two], TEAM, ZURICH)
    busy = [Presence(person, each) for person in TEAM for each in hours((0, 15))]
    helped = [with_helpers(gap, TEAM, busy) for gap in gaps]
    assert hours_left(TUESDAY, opened, helped, ZURICH) is None
    left = hours_left(TUESDAY, opened, helped, ZURICH, with_skills=True)
    assert left == (Times(540, 600), Times(15 * 60, 18 * 60)), "one who speaks French is there"


def test_hours_past_midnight_are_covered_by_the_shifts_of_both_days() -> None:
    """From 20:00 to 02:00: who comes in the evening stays until midnight."""
    opened = [span(TUESDAY, 20 * 60, 26 * 60, ZURICH)]
    night = shift(LUCA, 0, 90, day=TUESDAY + timedelta(days=1))
    shifts = [shift(CLAIRE, 20 * 60, 24 * 60), night]
    there = presences(occurrences(shifts, TUESDAY, TUESDAY + timedelta(days=1)), [])
    gaps = day_gaps(TUESDAY, opened, there, [ONE], TEAM, ZURICH)
    assert told(gaps) == [("01:30-02:00", 1)]
    alone = [with_helpers(gap, {}, []) for gap in gaps]
    assert hours_left(TUESDAY, opened, alone, ZURICH) == (Times(20 * 60, 25 * 60 + 30),)


def test_shifts_that_meet_clash_and_those_that_touch_do_not() -> None:
    weekly = shift(CLAIRE, 540, 720, last_day=None)
    later = TUESDAY + timedelta(days=70)
    assert first_clash(shift(CLAIRE, 700, 800, day=later), [weekly]) == later
    assert first_clash(shift(CLAIRE, 720, 800, day=later), [weekly]) is None
    assert first_clash(shift(LUCA, 540, 720), [weekly]) is None
    assert first_clash(weekly, [weekly]) is None, "not with itself"
    odd = shift(CLAIRE, 540, 720, last_day=None, every_weeks=2)
    even = msgspec.structs.replace(odd, id=new_id(), first_day=TUESDAY + timedelta(days=7))
    assert first_clash(even, [odd]) is None
    skipped = msgspec.structs.replace(weekly, skipped=frozenset({later}))
    assert first_clash(shift(CLAIRE, 540, 720, day=later), [skipped]) is None


# Against oracles

#: Coarse, so that edges meet.
_minutes = st.integers(0, END_OF_DAY // 90).map(lambda number: number * 90)
_pairs = st.tuples(_minutes, _minutes).filter(lambda pair: pair[0] < pair[1])
#: Days on which some clocks change, and an ordinary one.
_days = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4), TUESDAY]
)
_needs = st.lists(
    st.builds(
        lambda weekday, pair, people, language, competence: Need(
            new_id(), weekday, pair[0], pair[1], people, language, competence
        ),
        st.sampled_from([None, None, 1, 6]),
        st.just((0, END_OF_DAY)) | _pairs,
        st.integers(1, 3),
        st.sampled_from(["", "", "de", "fr"]),
        st.sampled_from([None, None, WORKSHOP]),
    ),
    min_size=1,
    max_size=3,
)
_people = st.sampled_from(list(TEAM))
_shifts = st.lists(st.tuples(_people, _pairs), min_size=2, max_size=6)
_absences = st.lists(st.tuples(_people, _pairs), max_size=3)


@settings(max_examples=150)
@given(weekly_hours(least_days=7), _days, _needs, _shifts, _absences)
def test_gaps_are_those_that_a_look_at_every_minute_finds(
    week: WeeklyHours,
    day: date,
    needs: list[Need],
    at_work: list[tuple[UUID, tuple[int, int]]],
    away: list[tuple[UUID, tuple[int, int]]],
) -> None:
    zone = week.zone
    shifts = [Shift(new_id(), SITE, person, day, day, 1, *pair, zone) for person, pair in at_work]
    absences = [Absence(person, day, day, *pair) for person, pair in away]
    opened = week.intervals(day)
    there = presences(occurrences(shifts, day, day), absent(absences, day, day, zone))
    found = day_gaps(day, opened, there, needs, TEAM, zone)
    assert _by_minute(found, opened) == _oracle(day, opened, shifts, absences, needs, zone)
    for one, other in itertools.pairwise(found):
        touches = one.interval.closes == other.interval.opens and one.need == other.need
        assert not (touches and one.missing == other.missing), "said in one"


def _by_minute(gaps: Sequence[Gap], opened: Sequence[Interval]) -> dict[tuple[datetime, UUID], int]:
    return {
        (minute, gap.need.id): gap.missing
        for minute in _each_minute(opened)
        for gap in gaps
        if minute in gap.interval
    }


def _oracle(
    day: date,
    opened: Sequence[Interval],
    shifts: Sequence[Shift],
    absences: Sequence[Absence],
    needs: Sequence[Need],
    zone: ZoneInfo,
) -> dict[tuple[datetime, UUID], int]:
    missing = {}
    for minute in _each_minute(opened):
        there = {
            each.person
            for each in shifts
            if minute in span(day, each.starts, each.ends, zone)
            and not any(
                minute in span(day, off.starts, off.ends, zone)
                for off in absences
                if off.person == each.person
            )
        }
        for need in needs:
            if need.weekday is not None and need.weekday != day.weekday():
                continue
            if minute not in span(day, need.starts, need.ends, zone):
                continue
            count = sum(TEAM[person].meet(need.language, need.competence) for person in there)
            if count < need.people:
                missing[minute, need.id] = need.people - count
    return missing


def _each_minute(opened: Iterable[Interval]) -> Iterable[datetime]:
    for interval in opened:
        minute = interval.opens
        while minute < interval.closes:
            yield minute
            minute += MINUTE


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.none() | st.integers(0, 100),
    st.sampled_from([1, 2]),
    st.dates(date(2025, 12, 1), date(2027, 2, 1)),
    st.integers(20, 120),
    st.sets(st.integers(0, 8), max_size=3),
)
def test_the_days_of_a_shift_are_those_that_a_look_at_every_day_finds(
    first: date, lasts: int | None, every: int, since: date, days: int, weeks: set[int]
) -> None:
    skipped = {first + timedelta(days=7 * every * number) for number in weeks}
    last = None if lasts is None else first + timedelta(days=lasts)
    it = shift(
        CLAIRE,
        540,
        720,
        first_day=first,
        last_day=last,
        every_weeks=every,
        skipped=frozenset(skipped),
    )
    until = since + timedelta(days=days)
    expected = [
        day
        for day in (since + timedelta(days=number) for number in range(days + 1))
        if first <= day <= (last or date.max)
        and (day - first).days % (7 * every) == 0
        and day not in skipped
    ]
    assert list(it.days(since, until)) == expected
    days_between = (since + timedelta(days=number) for number in range(days + 1))
    assert [day for day in days_between if it.falls_on(day)] == expected


@given(st.lists(_pairs, max_size=4), st.lists(_pairs, max_size=4), st.sampled_from(ZONES))
def test_what_is_left_is_what_was_there_and_is_not_taken(
    given_: list[tuple[int, int]], taken: list[tuple[int, int]], zone: ZoneInfo
) -> None:
    day = date(2026, 3, 29)
    whole = [span(day, *pair, zone) for pair in given_]
    away = [span(day, *pair, zone) for pair in taken]
    left = without(whole, away)
    assert all(each.opens < each.closes for each in left)
    for minute in range(0, END_OF_DAY, 7):
        at = span(day, 0, END_OF_DAY, zone).opens + minute * MINUTE
        expected = sum(at in each for each in whole) if not any(at in each for each in away) else 0
        assert sum(at in each for each in left) == expected


@pytest.mark.parametrize(("starts", "ends", "left"), [(0, 1440, 0), (0, 600, 1), (600, 660, 2)])
def test_an_absence_cuts_a_shift(starts: int, ends: int, left: int) -> None:
    at_work = [Occurrence(shift(CLAIRE, 540, 720), TUESDAY)]
    away = absent([Absence(CLAIRE, TUESDAY, TUESDAY, starts, ends)], TUESDAY, TUESDAY, ZURICH)
    assert len(presences(at_work, away)) == left
