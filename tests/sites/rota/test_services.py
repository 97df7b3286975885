"""Putting people on the rota, swaps, absences and needs; what each of these refuses."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.errors import ComptoirError, Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SiteNotFound, SitesForbidden
from comptoir.sites.rota import absences, needs, offers, shifts
from comptoir.sites.rota.errors import (
    AbsenceNotFound,
    NeedNotFound,
    NotYours,
    OfferNotFound,
    OfferTaken,
    ShiftNotFound,
)
from comptoir.sites.rota.forgetting import forget
from comptoir.sites.rota.schemas import (
    AddAbsence,
    AddNeed,
    AddShift,
    ChangeShift,
    OfferShift,
    Reach,
    RotaView,
)
from comptoir.sites.rota.tables import Absence, Need, Shift, ShiftOffer, ShiftSkip
from comptoir.sites.rota.week import rota
from tests import factories as make
from tests.sites.rota.world import MONDAY, TUESDAY, Team

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


async def week(team: Team, first: date = MONDAY) -> RotaView:
    return await rota(team.coordinator, team.site.id, first, first + timedelta(days=6))


async def at_work(team: Team, day: date) -> list[UUID]:
    """Who is on the rota that day."""
    found = await rota(team.coordinator, team.site.id, day, day)
    return [each.person for each in found.days[0].shifts]


def adding(team: Team, person: UUID, **values: object) -> AddShift:
    fields = {"day": TUESDAY, "starts": 540, "ends": 720, **values}
    return AddShift(site=team.site.id, person=person, **fields)  # type: ignore[arg-type]


def changing(person: UUID, **values: object) -> ChangeShift:
    fields = {"day": TUESDAY, "new_day": TUESDAY, "starts": 540, "ends": 1020, **values}
    return ChangeShift(person=person, **fields)  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in refused.value.errors]


async def test_a_weekly_shift_comes_back_and_one_for_a_day_does_not(
    team: Team, now: datetime
) -> None:
    await shifts.add_shift(team.coordinator, adding(team, team.claire.id, every_weeks=1), now=now)
    await shifts.add_shift(team.coordinator, adding(team, team.luca.id, every_weeks=2), now=now)
    await shifts.add_shift(team.coordinator, adding(team, team.sophie.id), now=now)
    assert len(await at_work(team, TUESDAY)) == 3
    assert await at_work(team, TUESDAY + WEEK) == [team.claire.id]
    assert len(await at_work(team, TUESDAY + 2 * WEEK)) == 2
    assert await at_work(team, TUESDAY + DAY) == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"ends": 540}, ("ends", "sites.span-ends-before-start")),
        ({"day": TUESDAY - DAY}, ("day", "sites.day-over")),
        ({"day": date(2062, 1, 1)}, ("day", "sites.day-too-far")),
        ({"day": date.max}, ("day", "sites.day-too-far")),
        ({"day": date.min, "every_weeks": 1}, ("day", "sites.day-over")),
        ({"every_weeks": 1, "last_day": MONDAY}, ("last_day", "sites.days-end-before-start")),
        ({"starts": 700, "ends": 800}, ("person", "sites.shift-clash")),
        ({"day": TUESDAY + WEEK, "starts": 0, "ends": 560}, ("person", "sites.shift-clash")),
        ({"day": TUESDAY + DAY}, ("person", "sites.person-away")),
    ],
)
async def test_a_shift_that_cannot_be_is_refused_at_its_field(
    team: Team, now: datetime, values: dict[str, object], error: tuple[str, str]
) -> None:
    await team.shift(team.claire, last_day=None, starts=540, ends=720)
    await Absence(
        user=team.claire.id, first_day=TUESDAY + DAY, last_day=TUESDAY + DAY, starts=700
    ).save()
    with pytest.raises(Invalid) as refused:
        await shifts.add_shift(
            team.coordinator,
            adding(team, team.claire.id, **{"starts": 720, "ends": 800, **values}),
            now=now,
        )
    assert codes(refused) == [error]
    assert await Shift.count() == 1


async def test_only_who_works_there_is_put_on_the_rota(team: Team, now: datetime) -> None:
    stranger = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    boss = await make.user(role=Role.ADMIN)
    gone = await make.user(role=Role.RECEPTION, site_id=team.site.id, active=False)
    for person in (stranger, boss, gone):
        with pytest.raises(Invalid) as refused:
            await shifts.add_shift(team.coordinator, adding(team, person.id), now=now)
        assert codes(refused) == [("person", "sites.not-on-team")]


async def test_somebody_is_at_one_site_at_a_time(team: Team, now: datetime) -> None:
    other = await make.site()
    await make.work_at(team.claire, Role.RECEPTION, other.id)
    await team.shift(team.claire, site=other.id)
    with pytest.raises(Invalid) as refused:
        await shifts.add_shift(team.coordinator, adding(team, team.claire.id), now=now)
    assert codes(refused) == [("person", "sites.shift-clash")]


async def test_a_week_is_read_by_as_many_statements_whoever_works_there(team: Team) -> None:
    async def statements() -> int:
        with db.count_statements() as sent:
            await week(team)
        return len(sent)

    few = await statements()
    for number in range(5):
        person = await make.user(role=Role.RECEPTION, site_id=team.site.id)
        await team.shift(person, MONDAY + timedelta(days=number), last_day=None)
    assert await statements() == few <= 12


async def test_who_left_a_site_is_no_longer_on_its_rota(team: Team, now: datetime) -> None:
    await team.shift(team.claire, last_day=None)
    assert await at_work(team, TUESDAY) == [team.claire.id]
    await team.claire.update_self({"active": False})
    assert await at_work(team, TUESDAY) == []


async def test_of_two_shifts_at_one_moment_one_is_refused(team: Team, now: datetime) -> None:
    results = await asyncio.gather(
        *(
            shifts.add_shift(team.coordinator, adding(team, team.claire.id), now=now)
            for _ in range(2)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Invalid) for each in results) == 1
    assert await Shift.count() == 1


async def test_one_day_of_a_weekly_shift_is_given_to_somebody_else(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await shifts.change_shift(team.coordinator, weekly.id, changing(team.luca.id), now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]
    assert await at_work(team, TUESDAY + WEEK) == [team.claire.id]


async def test_a_shift_changes_from_a_day_on_and_days_left_out_stay_so(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    third, fourth = TUESDAY + 2 * WEEK, TUESDAY + 3 * WEEK
    await shifts.remove_shift(team.coordinator, weekly.id, fourth, Reach.DAY, now=now)
    command = changing(team.luca.id, day=third, new_day=third, starts=600, reach=Reach.FOLLOWING)
    await shifts.change_shift(team.coordinator, weekly.id, command, now=now)
    days = [await at_work(team, TUESDAY + number * WEEK) for number in range(5)]
    claire, luca = team.claire.id, team.luca.id
    assert days == [[claire], [claire], [luca], [], [luca]]


async def test_of_two_who_change_a_shift_at_one_moment_one_is_told(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    later = {"day": TUESDAY + WEEK, "new_day": TUESDAY + WEEK, "reach": Reach.FOLLOWING}
    results = await asyncio.gather(
        *(
            shifts.change_shift(team.coordinator, weekly.id, changing(person.id, **later), now=now)
            for person in (team.luca, team.sophie)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ShiftNotFound) for each in results) == 1
    assert len(await at_work(team, TUESDAY + 2 * WEEK)) == 1


async def test_a_shift_moves_to_another_day(team: Team, now: datetime) -> None:
    single = await team.shift(team.claire)
    command = changing(team.claire.id, new_day=TUESDAY + DAY)
    moved = await shifts.change_shift(team.coordinator, single.id, command, now=now)
    assert await at_work(team, TUESDAY) == []
    assert await at_work(team, TUESDAY + DAY) == [team.claire.id]
    with pytest.raises(ShiftNotFound):
        await shifts.change_shift(team.coordinator, moved, command, now=now)


async def test_a_weekly_shift_ends(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY + WEEK, Reach.FOLLOWING, now=now)
    assert [len(await at_work(team, TUESDAY + number * WEEK)) for number in range(3)] == [1, 0, 0]
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY, Reach.FOLLOWING, now=now)
    assert await Shift.count() == 0


async def test_reception_changes_no_shift_and_strangers_know_of_none(
    team: Team, now: datetime
) -> None:
    single = await team.shift(team.claire)
    add, change = adding(team, team.luca.id), changing(team.luca.id)
    elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
    for who, errors in (
        (team.reception, (SitesForbidden, SitesForbidden, SitesForbidden)),
        (elsewhere, (SiteNotFound, ShiftNotFound, ShiftNotFound)),
    ):
        with pytest.raises(errors[0]):
            await shifts.add_shift(who, add, now=now)
        with pytest.raises(errors[1]):
            await shifts.change_shift(who, single.id, change, now=now)
        with pytest.raises(errors[2]):
            await shifts.remove_shift(who, single.id, TUESDAY, Reach.DAY, now=now)
    with pytest.raises(SiteNotFound):
        await rota(elsewhere, team.site.id, MONDAY, TUESDAY)


# Swaps


async def offer(team: Team, shift: Shift, now: datetime, day: date = TUESDAY) -> UUID:
    return await offers.offer_shift(team.reception, OfferShift(shift.id, day), now=now)


@pytest.mark.parametrize("weekly", [True, False])
async def test_an_offered_shift_is_taken_by_a_colleague(
    team: Team, now: datetime, weekly: bool
) -> None:
    last_day = None if weekly else TUESDAY
    shift = await team.shift(team.claire, last_day=last_day)
    asked = await offer(team, shift, now)
    assert await offer(team, shift, now) == asked, "the same offer"
    [seen] = (await week(team)).days[1].shifts
    assert (seen.person, seen.offer) == (team.claire.id, asked)
    await offers.take_offer(team.colleague, asked, team.luca.id, now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]
    assert await at_work(team, TUESDAY + WEEK) == ([team.claire.id] if weekly else [])
    [told] = (await week(team)).offers
    assert (told.person, told.taken_by) == (team.claire.id, team.luca.id)
    with pytest.raises(OfferTaken):
        await offers.take_offer(team.coordinator, asked, team.sophie.id, now=now)
    with pytest.raises(OfferTaken):
        await offers.withdraw_offer(team.reception, asked, now=now)


async def test_of_two_who_take_a_shift_at_one_moment_one_gets_it(team: Team, now: datetime) -> None:
    asked = await offer(team, await team.shift(team.claire, last_day=None), now)
    results = await asyncio.gather(
        offers.take_offer(team.colleague, asked, team.luca.id, now=now),
        offers.take_offer(team.coordinator, asked, team.sophie.id, now=now),
        return_exceptions=True,
    )
    assert sum(isinstance(each, OfferTaken) for each in results) == 1
    assert len(await at_work(team, TUESDAY)) == 1


async def test_who_is_at_work_or_away_takes_no_shift(team: Team, now: datetime) -> None:
    asked = await offer(team, await team.shift(team.claire), now)
    await team.shift(team.luca, starts=900, ends=960)
    with pytest.raises(Invalid) as refused:
        await offers.take_offer(team.colleague, asked, team.luca.id, now=now)
    assert codes(refused) == [("person", "sites.shift-clash")]


async def test_an_offer_is_withdrawn_or_kept_by_whoever_made_it(team: Team, now: datetime) -> None:
    shift = await team.shift(team.claire)
    await offers.withdraw_offer(team.reception, await offer(team, shift, now), now=now)
    asked = await offer(team, shift, now)
    assert await offers.take_offer(team.reception, asked, team.claire.id, now=now) == shift.id
    assert await ShiftOffer.count() == 0
    assert await at_work(team, TUESDAY) == [team.claire.id]
    with pytest.raises(OfferNotFound):
        await offers.withdraw_offer(team.reception, asked, now=now)


async def test_nobody_offers_or_takes_for_others_but_the_coordinator(
    team: Team, now: datetime
) -> None:
    shift = await team.shift(team.claire)
    with pytest.raises(NotYours):
        await offers.offer_shift(team.colleague, OfferShift(shift.id, TUESDAY), now=now)
    asked = await offers.offer_shift(team.coordinator, OfferShift(shift.id, TUESDAY), now=now)
    with pytest.raises(NotYours):
        await offers.take_offer(team.reception, asked, team.luca.id, now=now)
    with pytest.raises(NotYours):
        await offers.withdraw_offer(team.colleague, asked, now=now)
    elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(OfferNotFound):
        await offers.take_offer(elsewhere, asked, team.luca.id, now=now)
    await offers.take_offer(team.coordinator, asked, team.luca.id, now=now)
    assert await at_work(team, TUESDAY) == [team.luca.id]


async def test_a_day_that_is_over_or_without_the_shift_is_not_offered(
    team: Team, now: datetime
) -> None:
    weekly = await team.shift(team.claire, TUESDAY - WEEK, last_day=None)
    for day in (TUESDAY - WEEK, TUESDAY + DAY):
        with pytest.raises(ShiftNotFound):
            await offer(team, weekly, now, day)


async def test_what_the_coordinator_changes_is_offered_no_more(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    await offer(team, weekly, now)
    later = await offer(team, weekly, now, TUESDAY + WEEK)
    await shifts.remove_shift(team.coordinator, weekly.id, TUESDAY, Reach.DAY, now=now)
    assert [row["id"] for row in await ShiftOffer.select(ShiftOffer.id)] == [later]


# Absences


def away(person: UUID, **values: object) -> AddAbsence:
    fields = {"first_day": TUESDAY, "last_day": TUESDAY, **values}
    return AddAbsence(person, **fields)  # type: ignore[arg-type]


async def test_an_absence_leaves_the_shift_uncovered_until_it_is_taken_back(
    team: Team, now: datetime
) -> None:
    await team.shift(team.claire)
    await team.need()
    assert (await week(team)).days[1].gaps == ()
    absence = await absences.add_absence(team.reception, away(team.claire.id), now=now)
    assert await absences.add_absence(team.reception, away(team.claire.id), now=now) == absence
    tuesday = (await week(team)).days[1]
    assert [gap.missing for gap in tuesday.gaps] == [1]
    assert tuesday.shifts[0].absent
    assert tuesday.away == (team.claire.id,)
    helpers = {helper.person for helper in tuesday.gaps[0].helpers}
    assert helpers == {team.sophie.id, team.luca.id}
    await absences.remove_absence(team.reception, absence, now=now)
    assert (await week(team)).days[1].gaps == ()


async def test_one_enters_ones_own_absence_and_the_coordinator_that_of_the_team(
    team: Team, now: datetime
) -> None:
    stranger = await make.user(role=Role.RECEPTION, site_id=(await make.site()).id)
    for who, person in ((team.reception, team.luca), (team.coordinator, stranger)):
        with pytest.raises(NotYours):
            await absences.add_absence(who, away(person.id), now=now)
    hers = await absences.add_absence(team.coordinator, away(team.claire.id), now=now)
    with pytest.raises(AbsenceNotFound):
        await absences.remove_absence(team.colleague, hers, now=now)
    await absences.remove_absence(team.reception, hers, now=now)
    with pytest.raises(AbsenceNotFound):
        await absences.remove_absence(team.reception, hers, now=now)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"last_day": MONDAY}, ("last_day", "sites.days-end-before-start")),
        ({"first_day": MONDAY, "last_day": MONDAY}, ("last_day", "sites.day-over")),
        ({"last_day": date(2028, 6, 1)}, ("last_day", "sites.too-many-days")),
        ({"starts": 600, "ends": 600}, ("ends", "sites.span-ends-before-start")),
    ],
)
async def test_an_absence_that_cannot_be_is_refused_at_its_field(
    team: Team, now: datetime, values: dict[str, object], error: tuple[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await absences.add_absence(team.reception, away(team.claire.id, **values), now=now)
    assert codes(refused) == [error]


async def test_no_reason_of_an_absence_is_kept_anywhere(team: Team, now: datetime) -> None:
    await absences.add_absence(team.reception, away(team.claire.id), now=now)
    assert {column._meta.name for column in Absence._meta.columns} == {
        "id", "user", "first_day", "last_day", "starts", "ends",
    }  # fmt: skip
    [event] = await AuditEvent.select().where(AuditEvent.action == "rota.absence_entered")
    assert event["changes"] == '{"days":null}'


# What a site needs


async def test_a_coordinator_says_what_the_site_needs(team: Team, now: datetime) -> None:
    command = AddNeed(people=1, weekday=1, starts=540, ends=600, language="it")
    need = await needs.add_need(team.coordinator, team.site.id, command, now=now)
    [gap] = [gap for day in (await week(team)).days for gap in day.gaps]
    assert [helper.person for helper in gap.helpers] == [team.luca.id]
    with pytest.raises(SitesForbidden):
        await needs.add_need(team.reception, team.site.id, command, now=now)
    with pytest.raises(SitesForbidden):
        await needs.remove_need(team.reception, need, now=now)
    await needs.remove_need(team.coordinator, need, now=now)
    with pytest.raises(NeedNotFound):
        await needs.remove_need(team.coordinator, need, now=now)
    assert await Need.count() == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"language": "xx"}, ("language", "sites.language-unknown")),
        ({"competence": new_id()}, ("competence", "sites.competence-not-found")),
        ({"starts": 700, "ends": 600}, ("ends", "sites.span-ends-before-start")),
    ],
)
async def test_a_need_that_cannot_be_is_refused(
    team: Team, now: datetime, values: dict[str, object], error: tuple[str, str]
) -> None:
    command = AddNeed(people=1, **values)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        await needs.add_need(team.coordinator, team.site.id, command, now=now)
    assert codes(refused) == [error]


# Privacy


async def test_the_trail_says_what_happened_to_the_rota_and_not_to_whom(
    team: Team, now: datetime
) -> None:
    shift = await shifts.add_shift(
        team.coordinator, adding(team, team.claire.id, every_weeks=1), now=now
    )
    await shifts.change_shift(team.coordinator, shift, changing(team.luca.id), now=now)
    for event in await AuditEvent.select().where(AuditEvent.action.like("rota.%")):
        written = f"{event['subject_id']} {event['related_a_id']} {event['changes']}"
        for person in (team.claire, team.luca):
            assert str(person.id) not in written
            assert person.name not in written


async def test_what_is_over_for_four_weeks_is_forgotten(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, TUESDAY - 10 * WEEK, last_day=None)
    old = TUESDAY - 5 * WEEK
    await team.shift(team.luca, old)
    for day in (old, TUESDAY):
        await ShiftSkip(shift=weekly.id, day=day).save()
        await Absence(user=team.luca.id, first_day=day, last_day=day).save()
        await ShiftOffer(
            site=team.site.id, shift=weekly.id, day=day, starts=540, ends=600,
            user=team.claire.id, offered_at=now,
        ).save()  # fmt: skip
    await forget(now=now)
    assert [row["id"] for row in await Shift.select(Shift.id)] == [weekly.id]
    for table in (ShiftSkip, ShiftOffer):
        assert [row["day"] for row in await table.select(table.day)] == [TUESDAY]
    assert [row["first_day"] for row in await Absence.select()] == [TUESDAY]


async def test_each_error_says_what_to_do() -> None:
    def every(kind: type[ComptoirError]) -> list[type[ComptoirError]]:
        return [each for sub in kind.__subclasses__() for each in (sub, *every(sub))]

    for kind in every(ComptoirError):
        if kind.__module__.startswith("comptoir.sites.rota"):
            assert kind().message()
