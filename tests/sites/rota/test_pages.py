"""The rota over HTTP: the week, its forms, what is lacking, paper; for each role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.sites.rota.tables import Absence, Need, Shift, ShiftOffer
from comptoir.sites.tables import HoursException, Site
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.paper import is_pdf_ua, text_of
from tests.sites.rota.world import Team

#: A Wednesday in three weeks, when the door is open.
DAY = clock.now().date() + timedelta(days=21 + (2 - clock.now().date().weekday()) % 7)


@pytest.fixture
async def client(team: Team) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        yield client


async def as_(client: AsyncClient, team: Team, person: User) -> None:
    await sign_in(client, person, site_id=team.site.id)


async def week(client: AsyncClient, day: date = DAY) -> str:
    answer = await client.get(f"/rota?day={day}")
    assert answer.status_code == 200
    return unescape(answer.text)


def plain(page: str) -> str:
    """The text of a page."""
    return re.sub(r"<[^>]+>", "", page)


def errors(answer: Response) -> list[str]:
    """The fields that have something to correct."""
    assert answer.status_code == 422
    return re.findall(r'id="(\w+)-error"', answer.text)


def new_shift(team: Team, person: User, **values: str) -> dict[str, str]:
    return {
        "site": str(team.site.id),
        "person": str(person.id),
        "day": DAY.isoformat(),
        "starts": "09:00",
        "ends": "17:00",
        **values,
    }


async def test_a_coordinator_fills_the_rota_by_forms(team: Team, client: AsyncClient) -> None:
    await as_(client, team, team.sophie)
    form = await client.get(f"/rota/shifts/new?person={team.claire.id}&day={DAY}")
    assert 'value="09:00"' in form.text, "the hours of the door"
    assert 'value="17:00"' in form.text
    answer = await client.post("/rota/shifts/new", data=new_shift(team, team.claire))
    assert answer.headers["location"] == f"/rota?site={team.site.id}&day={DAY}"
    assert "09:00–17:00, Claire Monney" in plain(await week(client))
    [shift] = await Shift.objects()
    page = await client.get(f"/rota/shifts/{shift.id}?day={DAY}")
    assert "Claire Monney" in page.text
    changed = {"day": str(DAY), "new_day": str(DAY), "person": str(team.luca.id)}
    answer = await client.post(
        f"/rota/shifts/{shift.id}", data={**changed, "starts": "10:00", "ends": "16:00"}
    )
    assert answer.status_code == 303
    assert "10:00–16:00, Luca Bernasconi" in plain(await week(client))
    [shift] = await Shift.objects()
    answer = await client.post(f"/rota/shifts/{shift.id}/remove", data={"day": str(DAY)})
    assert answer.status_code == 303
    assert await Shift.count() == 0


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"person": ""}, ["person"]),
        ({"day": "tomorrow", "starts": "late"}, ["day", "starts"]),
        ({"ends": "08:00"}, ["ends"]),
        ({"every_weeks": "1", "last_day": "2020-01-01"}, ["last_day"]),
        ({"starts": "25:00"}, ["starts"]),
        ({"starts": "9h", "ends": "8h"}, ["ends"]),
        ({"starts": ""}, ["starts"]),
        ({"every_weeks": "9"}, ["every_weeks"]),
    ],
)
async def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(
    team: Team, client: AsyncClient, values: dict[str, str], fields: list[str]
) -> None:
    await as_(client, team, team.sophie)
    data = new_shift(team, team.claire) | values
    answer = await client.post("/rota/shifts/new", data=data)
    assert errors(answer) == fields
    assert 'value="17:00"' in answer.text or "ends" in values


async def test_a_series_is_removed_only_after_a_question(team: Team, client: AsyncClient) -> None:
    shift = await team.shift(team.claire, DAY, last_day=None)
    await as_(client, team, team.sophie)
    form = (await client.get(f"/rota/shifts/{shift.id}?day={DAY}")).text
    [address] = re.findall(r'href="(/rota/shifts/[^"]+/remove[^"]+)"', form)
    assert re.findall(r'<button[^>]* name="reach" value="(\w+)"', form) == ["day"]
    question = await client.get(address)
    assert "Claire Monney would not be on the rota any more" in question.text
    assert await Shift.count() == 1
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', question.text))
    answer = await client.post(f"/rota/shifts/{shift.id}/remove", data=data)
    said = (await client.get(answer.headers["location"])).text
    assert re.search("Taken off the rota from .* on: Claire Monney, 09:00–17:00", said)
    assert await Shift.count() == 0


@pytest.mark.parametrize(
    ("every_weeks", "often"), [("0", "<"), ("1", ", every week<"), ("2", ", every other week<")]
)
async def test_who_was_put_on_the_rota_is_said_and_undone_as_a_whole(
    team: Team, client: AsyncClient, every_weeks: str, often: str
) -> None:
    await as_(client, team, team.sophie)
    data = new_shift(team, team.claire) | {"every_weeks": every_weeks}
    answer = await client.post("/rota/shifts/new", data=data)
    said = (await client.get(answer.headers["location"])).text
    assert re.search(f"On the rota: Claire Monney, Wednesday.*, 09:00–17:00{often}", said)
    [undo] = re.findall(r'action="(/rota/shifts/[^"]+/remove[^"]+)"', said)
    assert (await client.post(unescape(undo), data={"next": "/rota"})).status_code == 303
    assert await Shift.count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"new_day": str(DAY + timedelta(days=1))}, "Claire Monney: Wednesday.* → Thursday"),
        ({"ends": "12:00"}, "Claire Monney: Wednesday.*, 09:00–17:00 → Wednesday.*, 09:00–12:00"),
        ({"reach": "following", "ends": "12:00"}, "09:00–12:00, and all later ones"),
        ({}, "Nothing is changed."),
    ],
)
async def test_a_changed_shift_says_what_became_of_it(
    team: Team, client: AsyncClient, changed: dict[str, str], said: str
) -> None:
    shift = await team.shift(team.claire, DAY, last_day=None)
    await as_(client, team, team.sophie)
    data = new_shift(team, team.claire, new_day=str(DAY)) | changed
    answer = await client.post(f"/rota/shifts/{shift.id}", data=data)
    assert re.search(said, (await client.get(answer.headers["location"])).text)


async def test_what_is_lacking_is_said_with_who_could_come(team: Team, client: AsyncClient) -> None:
    await team.need(people=1, language="it", weekday=DAY.weekday())
    await team.shift(team.luca, DAY, starts=540, ends=720)
    await team.shift(team.claire, DAY)
    await as_(client, team, team.sophie)
    page = await week(client)
    assert "Somebody is missing for: Italian" in page
    assert "12:00–17:00" in page
    [address] = re.findall(r'href="(/rota/shifts/new[^"]+starts[^"]+)"', page)
    assert parse_qs(urlsplit(address).query) == {
        "site": [str(team.site.id)],
        "day": [str(DAY)],
        "person": [str(team.luca.id)],
        "starts": ["12:00"],
        "ends": ["17:00"],
        "for_gap": ["yes"],
    }
    form = await client.get(address)
    assert 'value="12:00"' in form.text
    assert f'value="{team.luca.id}" selected' in form.text
    await as_(client, team, team.claire)
    page = await week(client)
    assert "Could come:" in page, "reception sees it too"
    assert "/rota/shifts/new" not in page


async def test_a_gap_that_somebody_else_filled_meanwhile_is_filled_again_only_on_purpose(
    team: Team, client: AsyncClient
) -> None:
    await team.need()
    await as_(client, team, team.sophie)
    entered = new_shift(team, team.claire) | {"for_gap": "yes"}
    await team.shift(team.luca, DAY)
    answer = await client.post("/rota/shifts/new", data=entered)
    assert (answer.status_code, await Shift.count()) == (409, 1)
    assert "Not on the rota yet" in answer.text
    assert 'name="for_gap"' not in answer.text
    answer = await client.post("/rota/shifts/new", data=new_shift(team, team.claire))
    assert (answer.status_code, await Shift.count()) == (303, 2)


async def test_a_rota_that_cannot_warn_says_so_to_who_can_change_it(
    team: Team, client: AsyncClient
) -> None:
    said = "nobody has said what this site needs"
    await as_(client, team, team.luca)
    assert said not in await week(client)
    await as_(client, team, team.sophie)
    assert said in await week(client)
    await team.need()
    assert said not in await week(client)


async def test_where_nobody_can_come_who_has_what_is_needed_shorter_hours_are_offered(
    team: Team, client: AsyncClient
) -> None:
    await team.site.update_self({"opening_hours": "Mo-Fr 09:00-12:00,13:00-17:00"})
    await team.need(language="pt", starts=840, ends=960)
    await team.shift(team.claire, DAY)
    await as_(client, team, team.sophie)
    page = await week(client)
    assert "nobody can come who has what is needed" in page
    [address] = re.findall(rf'href="(/settings/exceptions/new[^"]+day={DAY}[^"]+)"', page)
    form = (await client.get(address)).text
    assert re.findall(r'name="(?:opens|closes)_\d" value="([^"]*)"', form) == [
        *("09:00", "12:00"),
        *("13:00", "14:00"),
        *("16:00", "17:00"),
    ]


async def test_reception_comes_forward_by_one_button_and_steps_back(
    team: Team, client: AsyncClient
) -> None:
    await team.need(weekday=DAY.weekday(), starts=840, ends=960)
    await as_(client, team, team.luca)
    [form] = re.findall(r'<form method="post" action="/rota/gaps">(.*?)</form>', await week(client))
    assert "I can come: 14:00–16:00" in plain(form)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = await client.post("/rota/gaps", data=sent)
    assert answer.status_code == 303
    page = await week(client)
    assert "The coordinator sees that you came forward." in page
    assert "Came forward" in page
    assert 'action="/rota/gaps"' not in page
    odd = await client.post("/rota/gaps", data=sent | {"starts": "25:00"})
    assert odd.status_code == 303
    assert "There is no time 25:00." in await week(client)
    late = await client.post("/rota/gaps", data=sent | {"starts": "15"})
    assert late.status_code == 303
    assert "already on the rota" in await week(client)
    [undo] = re.findall(r'action="(/rota/gaps/[^"]+/leave[^"]*)"', page)
    await as_(client, team, team.claire)
    assert (await client.post("/rota/gaps", data=sent)).status_code == 409
    assert (await client.post(undo)).status_code == 403, "it is Luca’s"
    await as_(client, team, team.luca)
    shift = re.sub(r"/rota/gaps/(.*)/leave", r"/rota/shifts/\1", undo)
    assert "I cannot come after all" in (await client.get(shift)).text
    assert (await client.post(undo, data={"next": "/rota"})).headers["location"] == "/rota"
    assert await Shift.count() == 0


@pytest.mark.parametrize(
    ("away", "kind", "hours"),
    [((0, 1440), "closed", ["", ""]), ((720, 1440), "open", ["09:00", "12:00"])],
)
async def test_where_nobody_can_come_the_day_is_closed_or_shortened_by_a_form(
    team: Team, client: AsyncClient, away: tuple[int, int], kind: str, hours: list[str]
) -> None:
    await team.need(weekday=DAY.weekday())
    await team.shift(team.claire, DAY)
    for person in (team.sophie, team.claire, team.luca):
        starts, ends = away
        await Absence(user=person.id, first_day=DAY, last_day=DAY, starts=starts, ends=ends).save()
    await as_(client, team, team.sophie)
    [address] = re.findall(r'href="(/settings/exceptions/new[^"]+)"', await week(client))
    form = (await client.get(address)).text
    assert f'value="{DAY}"' in form
    assert re.search(rf'value="{kind}"[^>]* checked', form)
    found = [re.search(rf'name="{name}_0" value="([^"]*)"', form) for name in ("opens", "closes")]
    assert [each and each[1] for each in found] == hours
    data = {"sites": str(team.site.id), "first_day": str(DAY), "kind": kind}
    data |= {"opens_0": hours[0], "closes_0": hours[1]}
    preview = (await client.post("/settings/exceptions/new", data=data)).text
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', preview)
    data |= {"seen": seen, "step": "announce"}
    assert (await client.post("/settings/exceptions/new", data=data)).status_code == 303
    assert await HoursException.count() == 1
    assert "What is lacking" not in await week(client)


async def test_reception_reads_offers_and_takes_but_changes_nothing(
    team: Team, client: AsyncClient
) -> None:
    shift = await team.shift(team.claire, DAY)
    await as_(client, team, team.claire)
    page = (await client.get(f"/rota/shifts/{shift.id}?day={DAY}")).text
    assert f'action="/rota/shifts/{shift.id}"' not in page
    assert 'action="/rota/offers"' in page
    place = {"site": str(team.site.id), "day": str(DAY)}
    answer = await client.post("/rota/offers", data={"shift": str(shift.id), **place})
    assert answer.status_code == 303
    [offer] = await ShiftOffer.objects()
    assert f"/rota/offers/{offer.id}/withdraw" in await week(client)
    await as_(client, team, team.luca)
    assert f"/rota/offers/{offer.id}/take" in await week(client)
    assert 'action="/rota/offers' not in (await client.get(f"/rota/shifts/{shift.id}")).text
    answer = await client.post(f"/rota/offers/{offer.id}/take", data=place)
    assert answer.headers["location"] == f"/rota?site={team.site.id}&day={DAY}"
    await as_(client, team, team.sophie)
    assert "Luca Bernasconi in the place of Claire Monney" in await week(client)


async def test_an_offer_for_a_colleague_says_whose_shift_it_stays(
    team: Team, client: AsyncClient
) -> None:
    shift = await team.shift(team.claire, DAY)
    place = {"site": str(team.site.id), "day": str(DAY), "shift": str(shift.id)}
    await as_(client, team, team.sophie)
    answer = await client.post("/rota/offers", data=place)
    said = (await client.get(answer.headers["location"])).text
    assert "stays with Claire Monney until" in said


async def test_who_cannot_take_a_shift_is_told_so_on_the_rota(
    team: Team, client: AsyncClient
) -> None:
    shift = await team.shift(team.claire, DAY)
    await team.shift(team.luca, DAY)
    offer = ShiftOffer(
        site=team.site.id, shift=shift.id, day=DAY, starts=540, ends=1020,
        user=team.claire.id, offered_at=clock.now(),
    )  # fmt: skip
    await offer.save()
    await as_(client, team, team.luca)
    place = {"site": str(team.site.id), "day": str(DAY)}
    answer = await client.post(f"/rota/offers/{offer.id}/take", data=place)
    assert answer.status_code == 303
    assert "already on the rota" in (await client.get(answer.headers["location"])).text
    answer = await client.post(f"/rota/offers/{offer.id}/withdraw", data=place)
    assert answer.status_code == 403


async def test_an_absence_is_entered_for_oneself_and_taken_back(
    team: Team, client: AsyncClient
) -> None:
    await as_(client, team, team.claire)
    form = (await client.get("/rota/absences/new")).text
    assert "<select" not in form
    assert "reason" not in re.findall(r'name="(\w+)"', form)
    data = {"site": str(team.site.id), "first_day": str(DAY), "starts": "13:00", "ends": "15:00"}
    assert errors(await client.post("/rota/absences/new", data={**data, "starts": ""})) == [
        "starts"
    ]
    assert (await client.post("/rota/absences/new", data=data)).status_code == 303
    [absence] = await Absence.objects()
    assert (absence.user, absence.starts, absence.ends) == (team.claire.id, 780, 900)
    page = await week(client)
    assert "13:00–15:00" in page
    place = {"site": str(team.site.id), "day": str(DAY)}
    answer = await client.post(f"/rota/absences/{absence.id}/remove", data=place)
    assert answer.status_code == 303
    assert await Absence.count() == 0


async def test_a_coordinator_enters_the_absence_of_somebody_on_the_team(
    team: Team, client: AsyncClient
) -> None:
    await as_(client, team, team.sophie)
    data = {"site": str(team.site.id), "first_day": str(DAY), "person": str(team.luca.id)}
    assert (await client.post("/rota/absences/new", data=data)).status_code == 303
    [absence] = await Absence.objects()
    assert absence.user == team.luca.id


async def test_what_a_site_needs_is_listed_added_and_removed(
    team: Team, client: AsyncClient
) -> None:
    await as_(client, team, team.sophie)
    data = {"site": str(team.site.id), "people": "2", "weekday": "2", "language": "de"}
    assert errors(await client.post("/rota/needs", data={**data, "people": "0"})) == ["people"]
    for field in ("weekday", "competence"):  # no competence is offered, so it has no field
        answer = await client.post("/rota/needs", data={**data, field: "somehow"})
        assert answer.status_code == 422
    assert (await client.post("/rota/needs", data=data)).status_code == 303
    page = (await client.get("/rota/needs")).text
    assert "Wednesday: 2 people, German" in page
    [need] = await Need.objects()
    assert (await client.post(f"/rota/needs/{need.id}/remove")).status_code == 303
    assert await Need.count() == 0


async def test_needs_are_said_for_the_sites_that_one_coordinates(
    team: Team, client: AsyncClient
) -> None:
    elsewhere, third = await make.site(), await make.site()
    await make.work_at(team.sophie, Role.RECEPTION, elsewhere.id)
    await make.work_at(team.sophie, Role.COORDINATOR, third.id)
    await sign_in(client, team.sophie, site_id=elsewhere.id)
    page = (await client.get("/rota/needs")).text
    choice = page[page.index('<select id="site"') :].partition("</select>")[0]
    offered = set(re.findall(r'value="([^"]+)"', choice))
    assert offered == {str(team.site.id), str(third.id)}
    refused = await client.get(f"/rota/needs?site={elsewhere.id}")
    assert refused.status_code == 403


async def test_no_day_that_is_over_is_shown_or_printed(team: Team, client: AsyncClient) -> None:
    """Added up, it would say who was there how often; coordinators see no more than others."""
    await as_(client, team, team.sophie)
    today = clock.localtime(clock.now(), team.site.time_zone).date()
    yesterday = today - timedelta(days=1)
    # Today it is on the rota for certain, whatever weekday that is.
    weekly = await team.shift(team.claire, yesterday - timedelta(days=70), last_day=None)
    await team.shift(team.luca, today)
    for day in (yesterday - timedelta(days=7), date(1990, 1, 1), today):
        page = await week(client, day)
        shown = re.findall(r'data-day="([0-9-]+)"', page)
        assert min(shown) == str(today)
        assert 'rel="prev"' not in page
    for day in (yesterday, yesterday - timedelta(days=7)):
        assert (await client.get(f"/rota/shifts/{weekly.id}?day={day}")).status_code == 404
    paper = text_of((await client.get(f"/rota/rota.pdf?day={yesterday}")).content)
    assert paper.count("09:00–17:00") >= 1
    assert "Claire Monney 09:00" not in " ".join(paper.split())


async def test_an_absence_that_is_over_is_shown_no_more(team: Team, client: AsyncClient) -> None:
    await as_(client, team, team.sophie)
    today = clock.localtime(clock.now(), team.site.time_zone).date()
    ends = {team.claire.id: today - timedelta(days=1), team.luca.id: today}
    for person, last in ends.items():
        await Absence(user=person, first_day=today - timedelta(days=2), last_day=last).save()
    page = await week(client, today)
    listed = page[page.index('id="absences"') :]
    assert "Luca Bernasconi" in listed
    assert "Claire Monney" not in listed


async def test_the_week_on_paper_has_names_and_hours(team: Team, client: AsyncClient) -> None:
    await team.shift(team.claire, DAY, ends=720)
    await team.shift(team.luca, DAY)
    await Absence(user=team.luca.id, first_day=DAY, last_day=DAY).save()
    await as_(client, team, team.claire)
    answer = await client.get(f"/rota/rota.pdf?day={DAY}")
    assert answer.headers["content-type"] == "application/pdf"
    assert is_pdf_ua(answer.content)
    text = text_of(answer.content)
    for part in ("Comptoir de Fribourg", "Claire Monney", "Luca Bernasconi", "Wednesday"):
        assert part in text
    assert text.count("09:00–12:00") == 1
    assert text.count("09:00–17:00") == 5, "the door's hours, and not of who is away"
    assert text.count("Away") == 1


@pytest.mark.parametrize("day", [date.min, date.max])
async def test_no_date_is_too_far_away_to_be_answered(
    team: Team, client: AsyncClient, day: date
) -> None:
    weekly = await team.shift(team.claire, DAY, last_day=None)
    await as_(client, team, team.sophie)
    for path in ("/rota", "/rota/rota.pdf", "/rota/shifts/new", f"/rota/shifts/{weekly.id}"):
        answer = await client.get(f"{path}?day={day}")
        assert answer.status_code in (200, 404), path
    fields = {"day": str(DAY), "new_day": str(day), "person": str(team.claire.id)}
    times = {"starts": "09:00", "ends": "10:00"}
    answer = await client.post(f"/rota/shifts/{weekly.id}", data={**fields, **times})
    assert errors(answer) == ["new_day"]
    data = {"site": str(team.site.id), "first_day": str(day)}
    assert errors(await client.post("/rota/absences/new", data=data)) == ["last_day"]
    for last in ("", str(DAY)):
        answer = await client.post(
            "/rota/shifts/new",
            data=new_shift(team, team.claire, day=str(day), every_weeks="1", last_day=last),
        )
        assert "day" in errors(answer)


async def test_only_a_day_that_is_closed_is_said_to_be(team: Team, client: AsyncClient) -> None:
    await as_(client, team, team.sophie)
    for hours, said in (
        ("Mo-Tu,Th-Su 09:00-12:00", "closed"),
        ('We 09:00-12:00 unknown "by appointment"', "by appointment"),
        ("", ""),
    ):
        await Site.update({Site.opening_hours: hours}).where(Site.id == team.site.id)
        page = await week(client)
        head = page[page.index("Wednesday") : page.index("Thursday")]
        assert plain(head).split("Wednesday ")[1].strip(" 0123456789\n") == said, hours


async def test_a_closed_day_is_marked_and_says_which_shifts_stand_on_it(
    team: Team, client: AsyncClient
) -> None:
    today = clock.now().date()
    day = today - timedelta(days=today.weekday()) + timedelta(days=8)
    await HoursException(
        site=team.site.id,
        batch=new_id(),
        first_day=day,
        last_day=day,
        kind="closed",
        reason="Boiler broken",
        created_at=clock.now(),
    ).save()
    await as_(client, team, team.sophie)
    path = f"/rota?site={team.site.id}&day={day}"
    empty = (await client.get(path)).text
    assert "on the rota. Take" not in empty
    await team.shift(team.claire, day)
    await team.shift(team.luca, day + timedelta(days=1))
    page = (await client.get(path)).text
    head = page[page.index("<thead") : page.index("</thead>")]
    [closed] = [part for part in head.split("<th ") if " closed" in part.partition(">")[0]]
    assert "closed<br>Boiler broken" in closed
    cells = re.findall(r'<td role="cell" class="closed"[^>]*data-day="([^"]+)"', page)
    assert set(cells) == {day.isoformat()}
    assert page.count(">closed, Boiler broken<") == len(cells), "where no head of a column shows"
    assert page.count("closed, and 1 shift stands on the rota.") == 1


async def test_another_sites_rota_is_not_found(team: Team, client: AsyncClient) -> None:
    other = await make.site()
    person = await make.user(site_id=other.id)
    shift = await team.shift(team.claire, DAY, site=other.id)
    await as_(client, team, team.sophie)
    for path in (
        f"/rota?site={other.id}",
        f"/rota/rota.pdf?site={other.id}",
        f"/rota/needs?site={other.id}",
        f"/rota/links?site={other.id}",
        f"/rota/shifts/new?site={other.id}",
        f"/rota/shifts/{shift.id}",
    ):
        assert (await client.get(path)).status_code == 404, path
    answer: Any = await client.post(
        "/rota/shifts/new", data={**new_shift(team, person), "site": str(other.id)}
    )
    assert answer.status_code == 404


async def test_nothing_on_the_rota_counts_what_somebody_does(
    team: Team, client: AsyncClient
) -> None:
    """Two people with very different weeks: nothing is said of either but when they come."""
    for number in range(5):
        await team.shift(team.claire, DAY - timedelta(days=DAY.weekday() - number))
    await as_(client, team, team.sophie)
    page = await week(client)
    rows = [
        plain(each) for each in re.findall(r'<th scope="row" role="rowheader">(.*?)</th>', page)
    ]
    assert rows == ["Claire Monney", "Luca Bernasconi", "Sophie Aebischer"]
    assert "40" not in plain(page[page.index("<tbody") : page.index("</tbody")])


async def test_what_is_lacking_cannot_be_read_as_somebody_who_is_there(
    team: Team, client: AsyncClient
) -> None:
    """« Personne pour : italien » is both."""
    await team.need(language="it")
    await team.sophie.update_self({"language": "fr"})
    await as_(client, team, team.sophie)
    page = await week(client)
    assert "Il manque quelqu’un pour" in page
    assert "Personne pour" not in page


async def test_the_form_of_an_absence_names_its_reader_once(
    team: Team, client: AsyncClient
) -> None:
    await as_(client, team, team.sophie)
    page = (await client.get("/rota/absences/new")).text
    choice = page[page.index('<select id="person"') :].partition("</select>")[0]
    assert "Myself" in choice
    assert "Claire Monney" in choice
    assert team.sophie.name not in choice
