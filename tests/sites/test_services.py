"""Changing places: who may, what is refused, what is recorded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import changing_hours, queries, services
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import SiteChanged, SiteNotFound, SitesForbidden
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.opening_hours import Span
from comptoir.sites.schemas import SaveOrganisation, SaveSite, SiteView
from comptoir.sites.tables import Site
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


async def coordinator_and_site(**values: Any) -> tuple[Principal, SiteView]:
    site = await factories.site(**values)
    return await factories.principal(Role.COORDINATOR, site.id), await queries.site(site.id)


def site_command(organisation: UUID, **values: object) -> SaveSite:
    return SaveSite(
        **{"organisation": organisation, "name": "Comptoir de Bulle", "city": "Bulle", **values}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("email", ["\u200bdesk@example.org\u2060 ", "de\u00adsk@exam\u3164ple.org"])
async def test_what_cannot_be_seen_in_a_pasted_address_is_left_out(
    now: datetime, email: str
) -> None:
    actor, site = await coordinator_and_site()
    command = site_command(site.organisation.id, email=email)
    await services.edit_site(actor, site.id, command, version=1, now=now)
    assert (await queries.site(site.id)).email == "desk@example.org"


async def test_a_coordinator_changes_a_site(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    command = site_command(site.organisation.id, phone="026 555 01 20", language="de")
    await services.edit_site(actor, site.id, command, version=1, now=now)
    changed = await queries.site(site.id)
    assert (changed.name, changed.short_name) == ("Comptoir de Bulle", "Bulle")
    assert changed.phone == "+41265550120"
    assert changed.version == 2
    [(_, entry)] = await audit.timeline(site.id)
    assert entry.action == "site.edited"
    assert entry.changes["language"] == ["fr", "de"]


async def test_what_a_site_says_of_itself_is_kept(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    said: dict[str, Any] = {
        "kind": "library",
        "transport": "Bus 2",
        "wheelchair": "limited",
        "offers": ("wifi", "printing"),
        "audiences": ("seniors",),
        "cost": "free",
        "languages": ("fr", "ti"),
        "visits": "both",
        "workstations": 0,
        "latitude": 46.8,
        "longitude": -7.15,
        "published": True,
        "shows_stock": True,
    }
    command = site_command(site.organisation.id, **said)
    await services.edit_site(actor, site.id, command, version=1, now=now)
    changed = await queries.site(site.id)
    assert {name: getattr(changed, name) for name in said} == said
    [(_, entry)] = await audit.timeline(site.id)
    assert entry.changes["offers"] == ["", "wifi printing"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "palace"}, "sites.kind-unknown"),
        ({"wheelchair": "maybe"}, "sites.wheelchair-unknown"),
        ({"cost": "dear"}, "sites.cost-unknown"),
        ({"visits": "never"}, "sites.visits-unknown"),
        ({"offers": ("wifi", "tea")}, "sites.offers-unknown"),
        ({"audiences": ("cats",)}, "sites.audiences-unknown"),
        ({"languages": ("xx",)}, "sites.languages-unknown"),
        ({"transport": "x" * 301}, "sites.transport-too-long"),
        ({"workstations": -1}, "sites.workstations-out-of-range"),
        ({"workstations": 1000}, "sites.workstations-out-of-range"),
        ({"latitude": 90.5, "longitude": 7.0}, "sites.latitude-out-of-range"),
        ({"latitude": 46.0, "longitude": 180.5}, "sites.longitude-out-of-range"),
        ({"latitude": 46.0}, "sites.coordinates-incomplete"),
    ],
)
async def test_what_a_site_cannot_say_of_itself_is_refused(
    values: dict[str, Any], code: str, now: datetime
) -> None:
    actor, site = await coordinator_and_site()
    with pytest.raises(Invalid) as refused:
        await services.edit_site(
            actor, site.id, site_command(site.organisation.id, **values), version=1, now=now
        )
    assert [error.code for error in refused.value.errors] == [code]


async def test_a_site_changed_by_somebody_else_is_not_overwritten(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    command = site_command(site.organisation.id)
    await services.edit_site(actor, site.id, command, version=1, now=now)
    with pytest.raises(SiteChanged):
        await services.edit_site(actor, site.id, command, version=1, now=now)
    assert len(await audit.timeline(site.id)) == 1


async def test_reception_may_not_change_a_site(now: datetime) -> None:
    _, site = await coordinator_and_site()
    actor = await factories.principal(Role.RECEPTION, site.id)
    with pytest.raises(SitesForbidden):
        await services.edit_site(
            actor, site.id, site_command(site.organisation.id), version=1, now=now
        )


async def test_a_site_of_others_is_not_found(now: datetime) -> None:
    _, site = await coordinator_and_site()
    elsewhere = await factories.site()
    actor = await factories.principal(Role.COORDINATOR, elsewhere.id)
    with pytest.raises(SiteNotFound):
        await services.edit_site(
            actor, site.id, site_command(site.organisation.id), version=1, now=now
        )
    assert [view.id for view in await queries.sites_of(actor, after=None, limit=9)] == [
        elsewhere.id
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "sites.name-missing"),
        ({"name": "x" * 121}, "sites.name-too-long"),
        ({"city": ""}, "sites.city-missing"),
        ({"country": "Schweiz"}, "sites.country-unknown"),
        ({"time_zone": "Europe/Fribourg"}, "sites.time-zone-unknown"),
        ({"language": "es"}, "sites.language-unknown"),
        ({"phone": "call us"}, "sites.phone-invalid"),
        ({"email": "desk"}, "sites.email-invalid"),
        ({"email": '"><script>alert(1)</script>@x.ch'}, "sites.email-invalid"),
        ({"time_zone": "localtime"}, "sites.time-zone-unknown"),
    ],
)
async def test_a_wrong_field_is_named(values: dict[str, str], code: str, now: datetime) -> None:
    actor, site = await coordinator_and_site()
    with pytest.raises(Invalid) as raised:
        await services.edit_site(
            actor, site.id, site_command(site.organisation.id, **values), version=1, now=now
        )
    assert [error.code for error in raised.value.errors] == [code]


async def test_only_a_coordinator_of_all_sites_adds_one(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    command = site_command(site.organisation.id)
    with pytest.raises(SitesForbidden):
        await services.create_site(actor, command, now=now)
    admin = await factories.principal(Role.ADMIN)
    site_id = await services.create_site(admin, command, now=now)
    assert (await queries.site(site_id)).hours == ()
    assert (await Site.objects().get(Site.id == site_id)).created_at == now  # type: ignore[union-attr]


async def test_an_organisation_is_added_and_changed(now: datetime) -> None:
    admin = await factories.principal(Role.ADMIN)
    command = SaveOrganisation(name="Pont", return_to="Pont, Fribourg", website="pont.example")
    with pytest.raises(Invalid):
        await services.create_organisation(admin, command, now=now)
    command = SaveOrganisation(name="Pont", return_to="Pont, Fribourg")
    organisation_id = await services.create_organisation(admin, command, now=now)
    await services.edit_organisation(
        admin,
        organisation_id,
        SaveOrganisation(name="Le Pont", return_to="Le Pont, Fribourg"),
        version=1,
        now=now,
    )
    view = await queries.organisation(organisation_id)
    assert (view.name, view.version) == ("Le Pont", 2)


async def test_opening_hours_are_set_and_make_the_calendar(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    entered = "tu 9:00-12:00,13:30-17:00; sa 10:00-24:00"
    await changing_hours.set_hours(actor, site.id, entered, version=1, now=now)
    calendar = await queries.site_calendar(site.id)
    assert calendar.is_open(now)  # Tuesday, 15:00
    view = await queries.site(site.id)
    assert view.opening_hours == "Tu 09:00-12:00,13:30-17:00; Sa 10:00-24:00"
    assert view.hours == (Span(1, 540, 720), Span(1, 810, 1020), Span(5, 600, 1440))
    [(_, entry)] = await audit.timeline(site.id)
    assert entry.changes["hours"] == ["Mo-Fr 09:00-17:00", view.opening_hours]


async def test_hours_that_overlap_are_refused(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    with pytest.raises(Invalid) as raised:
        await changing_hours.set_hours(
            actor, site.id, "Mo 09:00-12:00,11:00-13:00; We 10:00-09:00", version=1, now=now
        )
    assert [(error.field, error.code) for error in raised.value.errors] == [
        ("opening_hours", "sites.span-ends-before-start"),
    ]
    assert (await queries.site(site.id)).version == 1


async def test_hours_of_holidays_alone_are_refused_where_none_are_known(now: datetime) -> None:
    actor, site = await coordinator_and_site(country="CH", region="FR")
    await changing_hours.set_hours(actor, site.id, "PH 09:00-12:00", version=1, now=now)
    actor, site = await coordinator_and_site(country="AT", region="")
    with pytest.raises(Invalid) as raised:
        await changing_hours.set_hours(actor, site.id, "PH 09:00-12:00", version=1, now=now)
    assert [(each.field, each.code) for each in raised.value.errors] == [
        ("opening_hours", "sites.hours-never-open")
    ]
    text = 'PH 09:00-12:00, Mo 09:00-12:00 unknown "by appointment"'
    await changing_hours.set_hours(actor, site.id, text, version=1, now=now)


async def test_hours_that_closures_leave_nothing_of_are_refused(now: datetime) -> None:
    actor, site = await coordinator_and_site()
    command = AnnounceException(
        sites=(site.id,),
        first_day=date(2026, 12, 20),
        last_day=date(2027, 1, 10),
        kind=ExceptionKind.CLOSED,
        yearly=True,
    )
    await announce_exception(actor, command, now=now)
    with pytest.raises(Invalid) as raised:
        await changing_hours.set_hours(
            actor, site.id, "Dec 24-Jan 03 Mo-Fr 10:00-12:00", version=2, now=now
        )
    assert [(each.field, each.code) for each in raised.value.errors] == [
        ("opening_hours", "sites.no-open-day-left")
    ]
    await changing_hours.set_hours(actor, site.id, "Mo unknown", version=2, now=now)


async def test_the_calendar_of_an_unknown_site_is_refused() -> None:
    with pytest.raises(SiteNotFound):
        await queries.site_calendar(new_id())
