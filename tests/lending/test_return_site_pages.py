"""Another site for the return, at the pages of the desk and over the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from comptoir.core.ids import new_id
from comptoir.inventory.tables import Item
from comptoir.lending.tables import Loan, Policy, Visit
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import codes
from tests.lending.api_desk import program
from tests.lending.counter import Desk
from tests.lending.reception import Reception, refusal_in


async def lausanne() -> Site:
    return await make.site(name="Lausanne, rue du Lac", short_name="Lausanne", published=True)


def path_of(visit: Visit) -> str:
    return f"/desk/visits/{visit.id}/return-site"


async def lent_at(reception: Reception, other: Site) -> None:
    """A loan of the other site's, whose rule wants its things back there."""
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    await reception.lend_earlier(other)
    policy = await Policy.objects().first()
    assert policy is not None
    await Loan.update({Loan.policy: policy.id}, force=True)


async def opened(reception: Reception) -> tuple[Visit, str]:
    answer = await reception.post("/desk/scan", scan=reception.card.code)
    return await reception.visit(), answer.text


async def test_choice_is_offered_chosen_and_lends_without_another_scan(
    reception: Reception,
) -> None:
    other = await lausanne()
    visit, shown = await opened(reception)
    assert path_of(visit) in shown
    assert other.name in (await reception.client.get(path_of(visit))).text
    answer = await reception.client.post(path_of(visit), data={"site": other.id})
    assert answer.headers["Location"] == f"/desk?visit={visit.id}"
    lent = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert lent.text.count("Lausanne") >= 3  # what was lent, the list, the choice
    assert (await reception.loan()).return_site == other.id


@pytest.mark.parametrize("why", ["alone", "private", "forbidden", "on site"])
async def test_nothing_is_offered_where_there_is_nothing_to_choose(
    reception: Reception, why: str
) -> None:
    if why != "alone":
        await make.site(published=why != "private")
    if why == "forbidden":
        await Policy.update({Policy.returns_elsewhere: False}, force=True)
    if why == "on site":
        await Policy.update({Policy.mode: "on_site"}, force=True)
    visit, shown = await opened(reception)
    assert path_of(visit) not in shown


async def test_item_that_must_come_back_here_is_refused_with_its_code(
    reception: Reception,
) -> None:
    other = await lausanne()
    visit, _ = await opened(reception)
    await reception.client.post(path_of(visit), data={"site": other.id})
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    answer = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert refusal_in(answer) == "lending.return-site-not-allowed"
    assert path_of(visit) in answer.text  # the way to choose again


async def test_site_that_cannot_be_chosen_is_said_on_the_page(reception: Reception) -> None:
    visit, _ = await opened(reception)
    for site_id in (new_id(), (await make.site()).id):
        answer = await reception.client.post(path_of(visit), data={"site": site_id})
        assert answer.headers["Location"] == path_of(visit)
    assert (await reception.visit()).return_site is None


async def test_another_site_for_a_loan_that_changed_meanwhile_is_looked_at_again(
    reception: Reception,
) -> None:
    here, other = reception.site, await lausanne()
    await Site.update({Site.published: True}).where(Site.id == here.id)
    await reception.lend_earlier(here)
    loan = await reception.loan()
    path = f"/loans/{loan.id}/return-site"
    page = (await reception.client.get(path)).text
    [version] = re.findall(r'name="version" value="([0-9]+)"', page)
    form = {"site": str(other.id), "version": version, "next": "/desk"}
    await Loan.update({Loan.version: Loan.version + 1}, force=True)
    answer = await reception.client.post(path, data=form)
    assert answer.headers["Location"] == path
    assert (await reception.loan()).return_site == here.id
    form["version"] = str(int(version) + 1)
    answer = await reception.client.post(path, data=form)
    assert answer.headers["Location"] == "/desk"
    assert (await reception.loan()).return_site == other.id


async def test_visit_that_is_over_is_not_found(reception: Reception) -> None:
    missing = f"/desk/visits/{new_id()}/return-site"
    assert (await reception.client.get(missing)).status_code == 404
    answer = await reception.client.post(missing, data={"site": reception.site.id})
    assert answer.status_code == 404


async def test_thing_at_the_wrong_site_is_taken_back_and_sent_on(reception: Reception) -> None:
    other = await lausanne()
    await lent_at(reception, other)
    answer = await reception.post("/desk/scan", scan=reception.item.code)
    assert 'class="answer back warn"' in answer.text
    assert "<strong>It should have gone back to Lausanne.</strong>" in answer.text
    assert await reception.status() == "available"
    sent = await reception.post("/desk/transfer", item=reception.item.code, site=other.id)
    assert "Lausanne" in sent.text
    assert await reception.status() == "in_transit"


async def test_it_is_sent_where_it_was_expected_rather_than_home(reception: Reception) -> None:
    other, home = await lausanne(), await make.site(short_name="Bulle")
    await lent_at(reception, other)
    await Item.update({Item.home_site: home.id}).where(Item.id == reception.item.id)
    answer = await reception.post("/desk/scan", scan=reception.item.code)
    assert f'value="{other.id}"' in answer.text
    sent = await reception.post("/desk/transfer", item=reception.item.code, site=other.id)
    assert "Lausanne" in sent.text


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("desk") as client:
        yield client


async def test_program_says_where_it_is_brought_back(desk: Desk, client: AsyncClient) -> None:
    other = await lausanne()
    body = {"item": desk.item.code, "borrower": desk.card.code}
    unknown = await client.post("/api/v1/check-outs", json={**body, "return_site": str(new_id())})
    assert (unknown.status_code, codes(unknown)) == (409, ["lending.return-site-unknown"])
    made = await client.post("/api/v1/check-outs", json={**body, "return_site": str(other.id)})
    assert made.status_code == 201
    loan = made.json()
    assert (loan["return_site_id"], loan["place"]) == (str(other.id), "Lausanne")
    listed = (await client.get("/api/v1/loans", params={"site": str(other.id)})).json()
    assert [each["id"] for each in listed["items"]] == [loan["id"]]


async def test_program_is_told_that_it_came_to_the_wrong_site(
    desk: Desk, client: AsyncClient
) -> None:
    other = await lausanne()
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    body = {"item": desk.item.code, "borrower": desk.card.code, "site": str(desk.site.id)}
    assert (await client.post("/api/v1/check-outs", json=body)).status_code == 201
    body = {"item": desk.item.code, "site": str(other.id)}
    back = (await client.post("/api/v1/check-ins", json=body)).json()
    assert (back["expected_at"], back["transfer_to"]) == (str(desk.site.id),) * 2
    assert back["status"] == "available"
