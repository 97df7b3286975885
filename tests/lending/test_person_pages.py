"""The page of one borrower: household, card, suspension, history, and who sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory import codes
from comptoir.lending.desk.scanning import begin_visit
from comptoir.lending.tables import BorrowerCard
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    """Reception at the site."""
    async with client_of() as client:
        user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
        await sign_in(client, user, site_id=site.id)
        yield client


async def as_coordinator(client: AsyncClient, site: Site) -> None:
    user = await factories.user(role=Role.COORDINATOR, site_id=site.id)
    await sign_in(client, user, site_id=site.id)


async def test_a_household_is_chosen_and_left(client: AsyncClient, site: Site) -> None:
    amina = await factories.borrower(site_id=site.id)
    bilal = await factories.borrower(site_id=site.id, name="Bilal Sow")
    found = await client.post(f"/borrowers/{amina.id}/household/search", data={"q": "bilal"})
    assert str(bilal.id) in found.text
    itself = await client.post(f"/borrowers/{amina.id}/household/search", data={"q": "amina"})
    assert f'value="{amina.id}"' not in itself.text
    await client.post(f"/borrowers/{amina.id}/household", data={"borrower": str(bilal.id)})
    assert "Bilal Sow" in (await client.get(f"/borrowers/{amina.id}")).text
    await client.post(f"/borrowers/{amina.id}/household/leave")
    assert "Bilal Sow" not in (await client.get(f"/borrowers/{amina.id}")).text


async def test_a_card_is_given_printed_and_replaced(client: AsyncClient, site: Site) -> None:
    borrower = await factories.borrower(site_id=site.id)
    url = f"/borrowers/{borrower.id}/card"
    assert (await client.get(f"{url}.pdf")).status_code == 409
    await client.post(url, data={})
    for query in (
        "",
        "?format=A4&start=10",
        "?format=L7160&start=21",
        "?format=A4&start=",
        "?start=9",
    ):
        pdf = await client.get(f"{url}.pdf{query}")
        assert pdf.headers["Content-Type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")
    assert (await client.get(f"{url}.pdf?format=A4&start=11")).status_code == 409
    assert (await client.get(f"{url}.pdf?format=A3")).status_code == 404
    assert (await client.get(f"{url}.pdf?format=A4&start=x")).status_code == 409
    [card] = await BorrowerCard.objects()
    assert card.code in (await client.get(f"{url}/replace")).text
    await client.post(url, data={"replaces": card.code})
    assert (await client.post(url, data={"replaces": card.code})).status_code == 412
    assert await BorrowerCard.count() == 2


async def test_suspending_is_for_coordinators(client: AsyncClient, site: Site) -> None:
    borrower = await factories.borrower(site_id=site.id)
    url = f"/borrowers/{borrower.id}"
    assert (await client.get(f"{url}/suspend")).status_code == 403
    assert (await client.post(f"{url}/suspend", data={})).status_code == 403
    assert (await client.post(f"{url}/lift")).status_code == 403
    await as_coordinator(client, site)
    for day in ("2020-01-01", "soon", "9" * 5_000):
        wrong = await client.post(f"{url}/suspend", data={"may_borrow_from": day})
        assert wrong.status_code == 422
        assert 'href="#may_borrow_from"' in wrong.text
    await client.post(f"{url}/suspend", data={"may_borrow_from": ""})
    assert f'action="{url}/lift"' in (await client.get(url)).text
    await client.post(f"{url}/lift")
    assert f'action="{url}/lift"' not in (await client.get(url)).text


async def test_borrowers_of_other_sites_are_not_found(client: AsyncClient) -> None:
    elsewhere = await factories.borrower(site_id=(await factories.site()).id)
    url = f"/borrowers/{elsewhere.id}"
    for path in ("", "/edit", "/household", "/card/replace", "/card.pdf"):
        assert (await client.get(url + path)).status_code == 404
    form = {"name": "Amina", "language": "fr", "version": "1"}
    assert (await client.post(f"{url}/edit", data=form)).status_code == 404
    assert (await client.post(f"{url}/card", data={})).status_code == 404
    assert (await client.post(f"{url}/household/leave")).status_code == 404
    assert "Diallo" not in (await client.get("/borrowers")).text


async def test_what_is_lent_elsewhere_is_named_for_the_limit_and_leads_nowhere(
    client: AsyncClient, site: Site
) -> None:
    now = clock.now()
    borrower = await factories.borrower(site_id=site.id)
    elsewhere = await factories.site(short_name="Elsewhere")
    here, there = [
        await factories.item(site_id=each.id, model=(await factories.model(short_name=name)).id)
        for each, name in ((site, "Laptop here"), (elsewhere, "Phone there"))
    ]
    loans = [
        await factories.loan(item=item, borrower_id=borrower.id, now=now, due_at=due)
        for item, due in ((here, now + timedelta(days=1)), (there, now - timedelta(days=9)))
    ]
    page = (await client.get(f"/borrowers/{borrower.id}")).text
    visit = (await client.post("/desk/visits", data={"borrower": str(borrower.id)})).text
    for shown in (page, visit):
        assert "Laptop here" in shown
        assert codes.display(here.code) in shown
        assert "Phone there" in shown
        assert "Elsewhere" in shown
        assert codes.display(there.code) not in shown
        assert "was due on" in shown
        assert shown.count("until ") >= 1
    assert f"/loans/{loans[0].id}" in page
    assert f"/loans/{loans[1].id}" not in page
    assert (await client.get(f"/loans/{loans[1].id}")).status_code == 404


async def test_the_history_tells_what_happened_at_ones_own_sites(
    client: AsyncClient, site: Site
) -> None:
    borrower = await factories.borrower(site_id=site.id)
    elsewhere = await factories.site()
    model = await factories.model()
    await factories.policy(category_id=model.category)
    items = [await factories.item(site_id=each, model=model.id) for each in (site.id, elsewhere.id)]
    for item in items:
        at_desk = await factories.principal(Role.RECEPTION, item.present_site)
        await begin_visit(
            at_desk,
            borrower.id,
            item.present_site,
            lend=(item.id,),
            by_card=True,
            now=clock.now(),
        )
    here, there = [f"Lent: {model.short_name} {codes.display(item.code)}" for item in items]
    url = f"/borrowers/{borrower.id}"
    page = (await client.get(url)).text
    assert here in page
    assert there not in page
    assert page.count("Came to the desk.") == 1
    await sign_in(client, await factories.user(role=Role.ADMIN, language="en"), site_id=site.id)
    page = (await client.get(url)).text
    assert here in page
    assert there in page


async def test_nobody_sees_borrowers_without_signing_in(database: Any) -> None:
    async with client_of() as client:
        for path in ("/borrowers", f"/borrowers/{new_id()}", "/borrowers/new"):
            assert (await client.get(path)).headers["Location"].startswith("/sign-in")


async def test_a_page_takes_the_same_statements_however_much_there_is(
    client: AsyncClient, site: Site
) -> None:
    now = clock.now()
    borrower = await factories.borrower(site_id=site.id)
    counts = []
    for _ in range(2):
        with db.count_statements() as sent:
            assert (await client.get(f"/borrowers/{borrower.id}")).status_code == 200
        counts.append(len(sent))
        for returned in (None, None, now, now):
            item = await factories.item(site_id=site.id)
            await factories.loan(item=item, borrower_id=borrower.id, now=now, returned_at=returned)
    assert counts[0] == counts[1]
