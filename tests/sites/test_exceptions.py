"""Announcing closures and special hours: who may, what is refused, what follows."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.errors import Invalid
from comptoir.core.i18n import use_language
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries as sites
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import ExceptionNotFound, SiteNotFound, SitesForbidden
from comptoir.sites.exceptions import queries, services
from comptoir.sites.exceptions.schemas import AnnounceException, Announcement
from comptoir.sites.opening_hours import DaySource, Times
from comptoir.sites.tables import Site
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

THURSDAY = date(2026, 11, 26)  # the day after tomorrow of ``now``
MORNING = (Times(9 * 60, 11 * 60),)


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def coordinator(site: Site) -> Principal:
    return await factories.principal(Role.COORDINATOR, site.id)


def closing(*site_ids: UUID, **values: Any) -> AnnounceException:
    command: dict[str, Any] = {
        "sites": site_ids,
        "first_day": THURSDAY,
        "last_day": THURSDAY,
        "kind": ExceptionKind.CLOSED,
        **values,
    }
    return AnnounceException(**command)


async def codes_of(actor: Principal, command: AnnounceException, now: datetime) -> list[str]:
    with pytest.raises(Invalid) as refused:
        await services.announce_exception(actor, command, now=now)
    return [error.code for error in refused.value.errors]


async def test_announced_closure_closes_the_day_and_is_told(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    assert (await sites.site_calendar(site.id)).is_open_day(THURSDAY)
    await services.announce_exception(
        coordinator, closing(site.id, reason="Chauffage en panne"), now=now
    )
    assert not (await sites.site_calendar(site.id)).is_open_day(THURSDAY)
    view = await sites.site(site.id)
    told = (await queries.public_calendar(view, since=THURSDAY)).on(THURSDAY)
    assert (told.source, told.reason) == (DaySource.EXCEPTION, "Chauffage en panne")
    [(_, entry)] = await audit.timeline(site.id)
    assert entry.action == "site.exception_announced"
    assert entry.changes["exception"][1] == "2026-11-26/2026-11-26 closed Chauffage en panne"


async def test_special_hours_are_kept_as_they_were_entered(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = closing(
        site.id, kind=ExceptionKind.OPEN, hours=(Times(840, 900), *MORNING), yearly=True
    )
    await services.announce_exception(coordinator, command, now=now)
    calendar = await sites.site_calendar(site.id)
    [kept] = calendar.exceptions
    assert (kept.hours, kept.yearly) == ((*MORNING, Times(840, 900)), True)
    assert len(calendar.intervals(date(2031, 11, 26))) == 2


async def test_special_hours_may_go_past_midnight(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = closing(site.id, kind=ExceptionKind.OPEN, hours=(Times(1200, 1560),))
    await services.announce_exception(coordinator, command, now=now)
    calendar = await sites.site_calendar(site.id)
    [night] = calendar.intervals(THURSDAY)
    assert night.closes - night.opens == timedelta(hours=6)
    assert calendar.is_open(night.closes - timedelta(minutes=1))


async def test_several_sites_take_it_together(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    other = await factories.site()
    admin = await factories.principal(Role.ADMIN)
    await services.announce_exception(admin, closing(site.id, other.id), now=now)
    for each in (site, other):
        assert not (await sites.site_calendar(each.id)).is_open_day(THURSDAY)


async def test_all_sites_take_it_or_none(site: Site, now: datetime) -> None:
    other = await factories.site()
    admin = await factories.principal(Role.ADMIN)
    await services.announce_exception(admin, closing(other.id), now=now)
    assert await codes_of(admin, closing(site.id, other.id), now) == ["sites.exceptions-collide"]
    assert (await sites.site_calendar(site.id)).is_open_day(THURSDAY)
    assert await audit.timeline(site.id) == []


async def test_withdrawn_exception_leaves_the_week(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    [added] = (await services.announce_exception(coordinator, closing(site.id), now=now)).ids
    await services.withdraw_exception(coordinator, added, now=now)
    assert (await sites.site_calendar(site.id)).is_open_day(THURSDAY)
    with pytest.raises(ExceptionNotFound):
        await services.withdraw_exception(coordinator, added, now=now)


async def test_what_comes_back_every_year_is_taken_back_whole_after_its_first_day(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = closing(site.id, yearly=True)
    [added] = (await services.announce_exception(coordinator, command, now=now)).ids
    await services.withdraw_exception(coordinator, added, now=now + timedelta(days=30))
    assert await queries.exceptions([site.id], since=date.min) == []


async def test_each_change_gives_the_site_a_new_version(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    [added] = (await services.announce_exception(coordinator, closing(site.id), now=now)).ids
    assert (await sites.site(site.id)).version == 2
    await services.withdraw_exception(coordinator, added, now=now)
    assert (await sites.site(site.id)).version == 3


async def test_reception_may_not_announce_or_withdraw(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    actor = await factories.principal(Role.RECEPTION, site.id)
    with pytest.raises(SitesForbidden):
        await services.announce_exception(actor, closing(site.id), now=now)
    [added] = (await services.announce_exception(coordinator, closing(site.id), now=now)).ids
    with pytest.raises(SitesForbidden):
        await services.withdraw_exception(actor, added, now=now)


async def test_site_of_others_is_not_found(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    stranger = await factories.principal(Role.COORDINATOR, (await factories.site()).id)
    with pytest.raises(SiteNotFound):
        await services.announce_exception(stranger, closing(site.id), now=now)
    [added] = (await services.announce_exception(coordinator, closing(site.id), now=now)).ids
    with pytest.raises(ExceptionNotFound):
        await services.withdraw_exception(stranger, added, now=now)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"sites": ()}, "sites.site-missing"),
        ({"last_day": THURSDAY - timedelta(days=1)}, "sites.days-end-before-start"),
        ({"last_day": date(2027, 11, 26), "yearly": True}, "sites.yearly-too-long"),
        ({"last_day": date(2027, 11, 28)}, "sites.too-many-days"),
        ({"last_day": date(9999, 12, 31)}, "sites.day-out-of-reach"),
        ({"last_day": date(9999, 12, 31), "yearly": True}, "sites.day-out-of-reach"),
        ({"first_day": date(2101, 1, 1), "last_day": date(2100, 12, 31)}, "sites.day-out-of-reach"),
        ({"first_day": date(2026, 11, 23)}, "sites.exception-began"),
        ({"hours": MORNING}, "sites.hours-superfluous"),
        (
            {"first_day": date(2024, 11, 26), "last_day": date(2024, 11, 26), "yearly": True},
            "sites.exception-began",
        ),
        ({"kind": ExceptionKind.OPEN}, "sites.hours-missing"),
        ({"kind": ExceptionKind.OPEN, "hours": (Times(720, 540),)}, "sites.span-ends-before-start"),
        ({"kind": ExceptionKind.OPEN, "hours": (*MORNING, *MORNING)}, "sites.spans-overlap"),
        ({"kind": ExceptionKind.OPEN, "hours": (Times(540, 1500),)}, "sites.span-outside-day"),
        ({"reason": "x" * 121}, "sites.reason-too-long"),
        ({"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 23)}, "sites.exception-over"),
    ],
)
async def test_what_is_wrong_is_refused(
    coordinator: Principal, site: Site, now: datetime, values: dict[str, Any], code: str
) -> None:
    assert await codes_of(coordinator, closing(**{"sites": (site.id,), **values}), now) == [code]
    assert await queries.exceptions([site.id], since=date.min) == []


async def test_closures_that_leave_no_open_day_are_refused(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    year = closing(site.id, last_day=THURSDAY + timedelta(days=365))
    await services.announce_exception(coordinator, year, now=now)
    first = year.last_day + timedelta(days=1)
    more = closing(site.id, first_day=first, last_day=first + timedelta(days=365))
    assert await codes_of(coordinator, more, now) == ["sites.no-open-day-left"]


async def test_what_comes_back_every_year_may_have_begun(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = closing(site.id, first_day=date(2026, 11, 20), last_day=now.date(), yearly=True)
    assert await services.announce_exception(coordinator, command, now=now)


async def test_taking_back_what_has_begun_leaves_the_days_that_are_over(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    command = closing(site.id, first_day=now.date(), last_day=THURSDAY, reason="Chauffage")
    [added] = (await services.announce_exception(coordinator, command, now=now)).ids
    await services.withdraw_exception(coordinator, added, now=now + timedelta(days=1))
    calendar = await sites.site_calendar(site.id)
    assert not calendar.is_open_day(now.date())
    assert calendar.is_open_day(now.date() + timedelta(days=1))
    [over] = await queries.exceptions([site.id], since=date.min)
    assert (over.first_day, over.last_day, over.reason) == (now.date(), now.date(), "Chauffage")
    with pytest.raises(ExceptionNotFound):
        await services.withdraw_exception(coordinator, over.id, now=now + timedelta(days=1))


async def test_two_coordinators_at_once_announce_one(site: Site, now: datetime) -> None:
    actors = [await factories.principal(Role.COORDINATOR, site.id) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(services.announce_exception(actor, closing(site.id), now=now) for actor in actors),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Announcement) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 3
    assert len(await queries.exceptions([site.id], since=THURSDAY)) == 1


async def test_a_collision_with_one_day_names_it_once(
    coordinator: Principal, site: Site, now: datetime
) -> None:
    await services.announce_exception(coordinator, closing(site.id), now=now)
    with pytest.raises(Invalid) as refused, use_language("fr"):
        await services.announce_exception(coordinator, closing(site.id), now=now)
    [error] = refused.value.errors
    assert error.message.count("26 novembre 2026") == 1
