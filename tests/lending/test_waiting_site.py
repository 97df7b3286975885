"""The site that waits for a thing opens all that its lists show, and changes nothing of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.tables import Item
from comptoir.lending.tables import Agreement, Loan, Policy
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.lending.reception import Reception

LISTS = ("/loans?state=open", "/loans?state=unsigned", "/loans?state=closed")


@pytest.fixture
async def lausanne(reception: Reception) -> Site:
    """Waits for a thing that is to be signed for, and that its borrower got in Fribourg."""
    site = await make.site(name="Lausanne, rue du Lac", short_name="Lausanne", published=True)
    await Policy.update({Policy.signature: "screen"}, force=True)
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    path = f"/desk/visits/{visit.id}"
    await reception.client.post(f"{path}/return-site", data={"site": site.id})
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert (await reception.loan()).return_site == site.id
    return site


@pytest.fixture
async def there(lausanne: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        user = await make.user(role=Role.COORDINATOR, site_id=lausanne.id)
        await sign_in(client, user, site_id=lausanne.id)
        yield client


async def sign(reception: Reception, *, how: str) -> None:
    path = f"/desk/visits/{(await reception.visit()).id}/agreement"
    await reception.client.post(path, data={"how": how, "signature_typed": "Amina Diallo"})
    assert await Agreement.count() == 1


def links(html: str) -> Iterator[str]:
    main = html[html.index("<main") :]
    for link in set(re.findall(r'href="(/(?:items|loans|agreements|borrowers)/[^"#]+)"', main)):
        yield link.replace("&amp;", "&")


@pytest.mark.parametrize("signed", ["", "screen", "paper"])
@pytest.mark.parametrize("is_back", [False, True], ids=["out", "back"])
async def test_no_link_from_its_lists_is_dead(
    reception: Reception, there: AsyncClient, signed: str, is_back: bool
) -> None:
    if signed:
        await sign(reception, how=signed)
    if is_back:  # to Fribourg after all, whose it is
        await Loan.update({Loan.returned_at: clock.now()}, force=True)
        await Item.update({Item.status: "available"}, force=True)
    seen: dict[str, str] = {}
    waiting = list(LISTS)
    while waiting:
        path = waiting.pop()
        answer = await there.get(path)
        assert answer.status_code == 200, path
        seen[path] = answer.headers["content-type"]
        if "html" in seen[path] and not path.startswith("/borrowers/"):
            waiting += [link for link in links(answer.text) if link not in {*seen, *waiting}]
    opened = {path.split("/")[1] for path in seen}
    assert {"items", "loans", "borrowers"} <= opened
    assert ("agreements" in opened) == bool(signed)


async def test_it_reads_the_thing_and_changes_nothing(
    reception: Reception, there: AsyncClient
) -> None:
    path = f"/items/{reception.item.code}"
    shown = await there.get(path)
    assert "Only Comptoir de Fribourg can change something here." in shown.text
    main = shown.text[shown.text.index("<main") :].partition("</main>")[0]
    assert "<form" not in main
    assert not re.search(r'href="[^"]*/(labels|edit|actions)', main)
    for action, form in (
        ("problems", {"kind": "damaged"}),
        ("send", {"destination": str(reception.site.id)}),
        ("actions/set_aside", {}),
        ("actions/mark_lost", {}),
    ):
        assert (await there.post(f"{path}/{action}", data=form)).status_code == 404, action
    assert (await there.get(f"{path}/edit")).status_code == 403
    assert (await there.get(f"/t/{reception.item.code}")).headers["location"] == path
    assert await reception.status() == "on_loan"


async def test_it_reads_the_paper_and_does_not_say_that_it_is_signed(
    reception: Reception, there: AsyncClient
) -> None:
    await sign(reception, how="paper")
    [agreement] = await Agreement.objects()
    path = f"/agreements/{agreement.id}"
    page = await there.get(path)
    assert "It is signed at the site that lent it." in page.text
    assert f'action="{path}/signed"' not in page.text
    assert (await there.get(f"{path}/pdf")).content == agreement.pdf
    assert (await there.post(f"{path}/signed")).status_code == 404


async def test_it_is_theirs_to_act_on_once_it_is_there(
    reception: Reception, there: AsyncClient
) -> None:
    await Loan.update({Loan.checked_out_at: clock.now() - timedelta(hours=1)}, force=True)
    await there.post("/desk/scan", data={"scan": reception.item.code})
    form = {"kind": "damaged"}
    answer = await there.post(f"/items/{reception.item.code}/problems", data=form)
    assert answer.status_code == 303


async def test_a_third_site_knows_nothing_of_it(reception: Reception, lausanne: Site) -> None:
    await sign(reception, how="paper")
    [agreement] = await Agreement.objects()
    bulle = await make.site(short_name="Bulle")
    async with client_of() as client:
        user = await make.user(role=Role.COORDINATOR, site_id=bulle.id)
        await sign_in(client, user, site_id=bulle.id)
        for path in (f"/items/{reception.item.code}", f"/agreements/{agreement.id}"):
            assert (await client.get(path)).status_code == 404


async def test_a_program_of_the_site_reads_it_and_changes_nothing(
    reception: Reception, lausanne: Site
) -> None:
    await sign(reception, how="paper")
    [agreement] = await Agreement.objects()
    item = f"/api/v1/items/{reception.item.code}"
    async with client_of() as client:
        await use_token(client, "desk", "inventory", "borrowers", site_id=lausanne.id)
        for path in (item, f"{item}/timeline", f"/api/v1/agreements/{agreement.id}"):
            assert (await client.get(path)).status_code == 200, path
        answer = await client.post(f"{item}/problems", json={"kind": "damaged"})
        assert (answer.status_code, codes(answer)) == (404, ["inventory.item-not-found"])
        signed = await client.post(f"/api/v1/agreements/{agreement.id}/paper-signature")
        assert signed.status_code == 404
