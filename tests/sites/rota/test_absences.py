"""Who is away, who enters it, and that no reason of it is kept."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest

from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.rota import absences
from comptoir.sites.rota.errors import AbsenceNotFound, NotYours
from comptoir.sites.rota.schemas import AddAbsence
from comptoir.sites.rota.tables import Absence
from comptoir.sites.staff.errors import NotYourColleague
from tests import factories as make
from tests.sites.rota.asking import DAY, codes, week
from tests.sites.rota.world import MONDAY, TUESDAY, Team, actor


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


async def test_of_who_also_works_elsewhere_a_coordinator_of_one_site_enters_none(
    team: Team, now: datetime
) -> None:
    other = await make.site()
    await make.work_at(team.claire, Role.RECEPTION, other.id)
    hers = await absences.add_absence(team.reception, away(team.claire.id), now=now)
    with pytest.raises(NotYourColleague):
        await absences.add_absence(
            team.coordinator, away(team.claire.id, last_day=TUESDAY + DAY), now=now
        )
    with pytest.raises(NotYourColleague):
        await absences.remove_absence(team.coordinator, hers, now=now)
    assert await Absence.count() == 1
    of_both = actor(team.sophie, Role.COORDINATOR, team.site.id, other.id)
    await absences.remove_absence(of_both, hers, now=now)
    assert await Absence.count() == 0


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
