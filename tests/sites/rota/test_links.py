"""Private calendar links: what they tell, when they end, and that their secret stays one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.ical import Event, calendar_file
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.rota import links, offers
from comptoir.sites.rota.errors import LinkNotFound, NotYours
from comptoir.sites.rota.schemas import OfferShift
from comptoir.sites.rota.tables import Absence, CalendarLink
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.sites.rota.world import TUESDAY, Team

WEEK = timedelta(days=7)


def read(file: bytes) -> list[dict[str, str]]:
    """The components of a calendar, by a reader of our own: RFC 5545, section 3.1.

    Each is a mapping of names, with their parameters, to values; the calendar is the first.
    """
    assert file.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n")), "folded at 75 octets"
    lines = file.decode().replace("\r\n ", "").split("\r\n")[:-1]
    open_, found = [], []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_.append({"BEGIN": value})
            found.append(open_[-1])
        elif name == "END":
            assert open_.pop()["BEGIN"] == value
        else:
            open_[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    assert not open_
    return found


def events(file: bytes) -> list[dict[str, str]]:
    return [each for each in read(file) if each["BEGIN"] == "VEVENT"]


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_a_file_is_folded_escaped_and_in_utc(now: datetime) -> None:
    name = "Comptoir; de l’été, à Fribourg\\ " + "é" * 60
    event = Event("1@comptoir", now, now + timedelta(hours=1), name, "rue A, 1\nFribourg")
    calendar, told = read(calendar_file("Les jeudis, le soir", [event], now=now))
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Les jeudis, le soir"
    assert told["SUMMARY"] == name
    assert told["LOCATION"] == "rue A, 1\nFribourg"
    assert [at(told[each]) for each in ("DTSTART", "DTEND", "DTSTAMP")] == [
        now, now + timedelta(hours=1), now,
    ]  # fmt: skip


def test_a_calendar_of_nothing_is_one(now: datetime) -> None:
    assert events(calendar_file("Comptoir", [], now=now)) == []


async def test_a_persons_calendar_has_their_shifts_and_no_others(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None, ends=720)
    await team.shift(team.luca)
    token = await links.renew_own_link(team.reception, now=now)
    told = events(await links.calendar_of(token, now=now))
    assert len(told) == 13
    assert at(told[0]["DTSTART"]) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert at(told[0]["DTEND"]) == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert told[0]["SUMMARY"] == team.site.name
    assert told[0]["LOCATION"] == "rue de Lausanne 12, 1700 Fribourg"
    assert len({each["UID"] for each in told}) == 13
    again = events(await links.calendar_of(token, now=now + timedelta(hours=1)))
    assert [each["UID"] for each in again] == [each["UID"] for each in told], "the same ones"
    assert str(weekly.id) in told[0]["UID"]


async def test_a_calendar_keeps_to_the_clock_on_the_wall(team: Team, now: datetime) -> None:
    spring = datetime(2027, 3, 20, tzinfo=UTC)
    await team.shift(team.claire, date(2027, 3, 23), last_day=None)
    token = await links.renew_own_link(team.reception, now=now)
    told = events(await links.calendar_of(token, now=spring))
    assert [at(each["DTSTART"]).hour for each in told[:2]] == [8, 7]


async def test_absences_and_swaps_show_in_the_calendar(team: Team, now: datetime) -> None:
    weekly = await team.shift(team.claire, last_day=None)
    day = TUESDAY + WEEK
    await Absence(user=team.claire.id, first_day=day, last_day=day, starts=600, ends=660).save()
    away = TUESDAY + 2 * WEEK
    await Absence(user=team.claire.id, first_day=away, last_day=away).save()
    offer = await offers.offer_shift(team.reception, OfferShift(weekly.id, TUESDAY), now=now)
    await offers.take_offer(team.colleague, offer, team.luca.id, now=now)
    hers = await links.renew_own_link(team.reception, now=now)
    his = await links.renew_own_link(team.colleague, now=now)
    starts = [at(each["DTSTART"]) for each in events(await links.calendar_of(hers, now=now))]
    assert [each.date() for each in starts[:3]] == [day, day, TUESDAY + 3 * WEEK]
    [taken] = events(await links.calendar_of(his, now=now))
    assert at(taken["DTSTART"]).date() == TUESDAY


async def test_a_sites_calendar_has_its_team(team: Team, now: datetime) -> None:
    await team.shift(team.claire)
    await team.shift(team.luca, site=(await make.site()).id)
    token = await links.renew_site_link(team.coordinator, team.site.id, now=now)
    file = await links.calendar_of(token, now=now)
    assert [each["SUMMARY"] for each in events(file)] == ["Claire Monney"]
    assert read(file)[0]["NAME"] == team.site.name


async def test_only_ones_own_calendar_knows_days_that_are_over(team: Team, now: datetime) -> None:
    for day in (TUESDAY - timedelta(days=1), TUESDAY):
        await team.shift(team.claire, day)
    own = await links.renew_own_link(team.reception, now=now)
    whole = await links.renew_site_link(team.coordinator, team.site.id, now=now)
    assert len(events(await links.calendar_of(own, now=now))) == 2
    [told] = events(await links.calendar_of(whole, now=now))
    assert at(told["DTSTART"]).date() == TUESDAY


async def test_a_new_link_ends_the_one_before(team: Team, now: datetime) -> None:
    first = await links.renew_own_link(team.reception, now=now)
    second = await links.renew_own_link(team.reception, now=now)
    with pytest.raises(LinkNotFound):
        await links.calendar_of(first, now=now)
    await links.calendar_of(second, now=now)
    assert await CalendarLink.count() == 1
    await team.claire.update_self({"active": False})
    with pytest.raises(LinkNotFound):
        await links.calendar_of(second, now=now)


async def test_a_closed_down_site_has_no_calendar(team: Team, now: datetime) -> None:
    token = await links.renew_site_link(team.coordinator, team.site.id, now=now)
    await team.site.update_self({"active": False})
    with pytest.raises(LinkNotFound):
        await links.calendar_of(token, now=now)


async def test_only_coordinators_make_a_sites_link_and_only_people_their_own(
    team: Team, now: datetime
) -> None:
    with pytest.raises(SitesForbidden):
        await links.renew_site_link(team.reception, team.site.id, now=now)
    program = await make.principal(Role.ADMIN)
    with pytest.raises(NotYours):
        await links.renew_own_link(type(program)("token", id=program.id), now=now)


async def test_the_database_keeps_no_secret(team: Team, now: datetime) -> None:
    token = await links.renew_own_link(team.reception, now=now)
    kept = str(await CalendarLink.select()) + str(await AuditEvent.select())
    assert token not in kept


# Over HTTP


@pytest.fixture
async def client(team: Team) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def test_the_page_tells_a_link_once_and_it_works_without_signing_in(
    team: Team, client: AsyncClient
) -> None:
    await team.shift(team.claire, clock.now().date())
    await sign_in(client, team.claire, site_id=team.site.id)
    made = await client.post("/rota/links/own")
    [address] = re.findall(r'value="(http[^"]+)"', made.text)
    assert re.fullmatch(r"http://[^/]+/rota/links/[\w-]{43}/rota\.ics", address)
    assert address not in (await client.get("/rota/links")).text
    client.cookies.clear()
    answer = await client.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert len(events(answer.content)) == 1
    nowhere = await client.get("/rota/links/made-up/rota.ics")
    assert nowhere.status_code == 404
    for each in (answer, nowhere):
        assert each.headers.get_list("referrer-policy") == ["no-referrer"]
        assert each.headers.get_list("x-robots-tag") == ["noindex, nofollow"]


async def test_the_secret_is_in_no_line_of_the_log(
    team: Team, client: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    token = await links.renew_own_link(team.reception, now=clock.now())
    capsys.readouterr()
    for path in (f"/rota/links/{token}/rota.ics", f"/rota/links/{token}x/rota.ics"):
        await client.get(path)
    written = capsys.readouterr()
    # The test's own client tells where it went; that is no line of the program's.
    logged = [line for line in (written.err + written.out).splitlines() if "[httpx]" not in line]
    assert any("/rota/links/{token}" in line for line in logged)
    assert not any(token in line for line in logged)
