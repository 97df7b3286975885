"""The pages about borrowers, over HTTP: who may, what they say, what bad input gets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.lending.borrowers.cards import issue_card
from comptoir.lending.desk.kept import encode_waiting
from comptoir.lending.desk.visits import open_visit
from comptoir.lending.scans import WaitingItem
from comptoir.lending.tables import Borrower, Loan, Visit
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")

HTMX = {"HX-Request": "true"}
RADIO = re.compile(r'<input type="radio" name="contact_kind"[^>]*>')


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


async def only_borrower() -> Borrower:
    [borrower] = await Borrower.objects()
    return borrower


async def test_somebody_is_registered_found_and_shown(client: AsyncClient) -> None:
    form = {
        "id": str(new_id()),
        "name": "Amina Diallo",
        "language": "fr",
        "contact_kind": "phone",
        "phone": "079 123 45 67",
    }
    answer = await client.post("/borrowers/new", data=form)
    borrower = await only_borrower()
    assert answer.headers["Location"] == f"/borrowers/{borrower.id}"
    again = await client.post("/borrowers/new", data=form)
    assert again.headers["Location"] == answer.headers["Location"]
    page = await client.get(f"/borrowers/{borrower.id}")
    assert "+41 79 123 45 67" in page.text
    found = await client.post("/borrowers/search", data={"q": "amnia"}, headers=HTMX)
    assert "Amina Diallo" in found.text
    assert "<html" not in found.text
    assert "Amina Diallo" in (await client.post("/borrowers/search", data={"q": "0791"})).text
    assert "Amina Diallo" in (await client.get("/borrowers")).text


async def test_only_the_chosen_way_is_kept(client: AsyncClient) -> None:
    form = {"name": "Amina", "language": "fr", "contact_kind": "none", "phone": "079 123 45 67"}
    await client.post("/borrowers/new", data=form)
    assert (await only_borrower()).phone == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 5_000),
        ("name", "\x07\x08"),
        ("language", "es"),
        ("phone", "12"),
        ("contact_kind", "pigeon"),
        ("group", "x"),
        ("eligible_until", "2020-01-01"),
        ("eligible_until", "soon"),
        ("note", "x" * 5_000),
    ],
)
async def test_bad_input_is_said_at_its_field(client: AsyncClient, field: str, value: str) -> None:
    form = {"name": "Amina", "language": "fr", "contact_kind": "phone", "phone": "079 123 45 67"}
    answer = await client.post("/borrowers/new", data={**form, field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert await Borrower.count() == 0


async def test_digits_alone_are_a_name_too(client: AsyncClient) -> None:
    answer = await client.post("/borrowers/new", data={"name": "4711", "language": "fr"})
    assert answer.status_code == 303
    assert (await only_borrower()).name == "4711"


async def test_markup_in_a_name_is_shown_as_text(client: AsyncClient) -> None:
    name = "<script>alert(1)</script>"
    await client.post("/borrowers/new", data={"name": name, "language": "fr", "note": name})
    borrower = await only_borrower()
    for answer in (
        await client.get("/borrowers"),
        await client.get(f"/borrowers/{borrower.id}"),
        await client.get(f"/borrowers/{borrower.id}/edit"),
        await client.post("/borrowers/search", data={"q": "script"}),
        await client.post("/borrowers/duplicates", data={"name": name}),
    ):
        assert "&lt;script&gt;alert" in answer.text
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["", "x" * 5_000, "\x07", "%00", "' OR 1=1 --", "🙂", "079"])
async def test_no_search_is_too_strange(client: AsyncClient, text: str) -> None:
    answer = await client.post("/borrowers/search", data={"q": text}, headers=HTMX)
    assert answer.status_code == 200


async def test_a_replaced_card_is_named_in_the_search(client: AsyncClient, site: Site) -> None:
    now = clock.now()
    borrower = await factories.borrower(site_id=site.id)
    lost = await issue_card(SYSTEM, borrower.id, now=now)
    await issue_card(SYSTEM, borrower.id, replaces=lost, now=now)
    answer = await client.post("/borrowers/search", data={"q": lost})
    assert "was replaced" in answer.text


async def test_somebody_registered_at_the_desk_has_a_visit_open(
    client: AsyncClient, site: Site
) -> None:
    assert 'action="/borrowers/quick"' in (await client.get("/borrowers/new?desk=1")).text
    answer = await client.post("/borrowers/quick", data={"name": "Amina", "language": "fr"})
    [visit] = await Visit.objects()
    assert f'data-address="/desk?visit={visit.id}"' in answer.text
    assert visit.borrower == (await only_borrower()).id
    refused = await client.post("/borrowers/quick", data={"name": "", "language": "fr"})
    assert refused.status_code == 422
    assert 'action="/borrowers/quick"' in refused.text


async def test_what_waited_is_lent_to_whoever_is_registered_and_said_again_if_sent_twice(
    client: AsyncClient, site: Site
) -> None:
    model = await factories.model()
    await factories.policy(category_id=model.category, length=10)
    item = await factories.item(site_id=site.id, model=model.id)
    before = await open_visit(
        SYSTEM,
        (await factories.borrower(site_id=site.id)).id,
        site_id=site.id,
        by_card=True,
        now=clock.now(),
    )
    waited = WaitingItem(item.id, clock.now() - timedelta(minutes=5))
    form = {
        "id": str(new_id()),
        "name": "Amina",
        "language": "fr",
        "visit": str(before),
        "waiting": encode_waiting((waited,)),
    }
    answers = [await client.post("/borrowers/quick", data=form) for _ in range(2)]
    [loan] = await Loan.objects()
    assert loan.item == item.id
    due = loan.due_at.astimezone(ZoneInfo(site.time_zone)).isoformat()
    for answer in answers:
        assert 'class="answer ok"' in answer.text
        assert f'datetime="{due}"' in answer.text
    [closed] = await Visit.objects().where(Visit.id == before)
    assert closed.closed_at is not None


ASKED = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')


async def gone_back_to(client: AsyncClient, path: str) -> list[tuple[str, dict[str, str]]]:
    """Send a form, go back, correct the name, send it again: what may be done about it."""
    form = {"id": str(new_id()), "name": "Amina Dialo", "language": "fr", "phone": "079 000 64 00"}
    await client.post(path, data=form)
    asked = await client.post(path, data=form | {"name": "Amina Diallo"})
    assert asked.status_code == 409
    assert "Amina Dialo before" in asked.text
    assert await Borrower.count() == 1
    found = [(to, dict(HIDDEN.findall(fields))) for to, fields in ASKED.findall(asked.text)]
    return [each for each in found if each[0] == path or each[0].endswith("/edit")]


@pytest.mark.parametrize("path", ["/borrowers/new", "/borrowers/quick"])
async def test_somebody_new_is_corrected_by_the_form_that_was_gone_back_to(
    client: AsyncClient, path: str
) -> None:
    [(edit, fields), _other] = await gone_back_to(client, path)
    assert (await client.post(edit, data=fields)).status_code == 303
    borrower = await only_borrower()
    assert (borrower.name, borrower.phone) == ("Amina Diallo", "+41790006400")


@pytest.mark.parametrize("path", ["/borrowers/new", "/borrowers/quick"])
async def test_a_form_that_was_gone_back_to_registers_somebody_else_where_that_is_said(
    client: AsyncClient, path: str
) -> None:
    [_edit, (again, fields)] = await gone_back_to(client, path)
    for _ in range(2):
        await client.post(again, data=fields)
    assert sorted(each.name for each in await Borrower.objects()) == ["Amina Diallo", "Amina Dialo"]


async def test_a_correction_shows_what_somebody_else_has_changed_since(
    client: AsyncClient,
) -> None:
    [(edit, fields), _other] = await gone_back_to(client, "/borrowers/quick")
    borrower = await only_borrower()
    full = {"name": "Amina D.", "language": "de", "note": "On Tuesdays", "version": "1"}
    await client.post(f"/borrowers/{borrower.id}/edit", data=full)
    late = await client.post(edit, data=fields)
    assert late.status_code == 412
    assert "On Tuesdays" in late.text


async def test_an_edit_that_comes_too_late_is_refused(client: AsyncClient, site: Site) -> None:
    borrower = await factories.borrower(site_id=site.id)
    form = {"name": "Amina Sow", "language": "de", "version": "1"}
    first = await client.post(f"/borrowers/{borrower.id}/edit", data=form)
    assert first.headers["Location"] == f"/borrowers/{borrower.id}"
    assert (await only_borrower()).name == "Amina Sow"
    late = await client.post(f"/borrowers/{borrower.id}/edit", data={**form, "name": "Amina X"})
    assert late.status_code == 412


async def test_an_edit_that_comes_too_late_loses_nothing(client: AsyncClient, site: Site) -> None:
    borrower = await factories.borrower(site_id=site.id)
    path = f"/borrowers/{borrower.id}/edit"
    form = {"name": "Amina Sow", "language": "de", "version": "1", "note": "Comes on Tuesdays."}
    await client.post(path, data=form)
    mine = {"name": "Amina Ba", "language": "fr", "version": "1", "counsellor": "S. Favre"}
    late = await client.post(path, data=mine)
    for text in ('value="Amina Ba"', 'value="S. Favre"', "<dd>Amina Sow</dd>", "<dd>Deutsch</dd>"):
        assert text in late.text
    assert "<dd>Comes on Tuesdays.</dd>" in late.text
    assert "<dt>Phone</dt>" not in late.text
    again = await client.post(path, data={**mine, "version": "2"})
    assert 'name="version" value="2"' in late.text
    assert (again.status_code, (await only_borrower()).name) == (303, "Amina Ba")


async def test_namesakes_are_shown_while_typing(client: AsyncClient, site: Site) -> None:
    there = await factories.borrower(site_id=site.id)
    answer = await client.post("/borrowers/duplicates", data={"name": "diallo amina"})
    assert f'href="/borrowers/{there.id}"' in answer.text
    nobody = await client.post("/borrowers/duplicates", data={"name": "amina d"})
    assert "/borrowers/" not in nobody.text


async def test_the_list_is_filtered_and_paged(client: AsyncClient, site: Site) -> None:
    group = await factories.group("Families")
    for number in range(51):
        await factories.borrower(
            site_id=site.id, name=f"Amina {number:03}", borrower_group=group.id
        )
    with db.count_statements() as sent:
        first = await client.get(f"/borrowers?group={group.id}")
    assert "Amina 049" in first.text
    assert "Amina 050" not in first.text
    assert len(sent) <= 8
    match = re.search(r'href="(/borrowers\?after=[^"]+)"', first.text)
    assert match is not None
    second = await client.get(match[1].replace("&amp;", "&"))
    assert "Amina 050" in second.text
    assert "Amina 000" not in second.text
    cut_off = await client.get(f"/borrowers?group={group.id}&after={match[1][20:40]}")
    assert "Amina 000" in cut_off.text
    assert (await client.get("/borrowers?state=suspended")).status_code == 200
    assert (await client.get("/borrowers?state=odd")).status_code in (400, 422)


async def test_who_has_no_site_is_asked_where_they_work_before_the_desk(database: Any) -> None:
    async with client_of() as client:
        await sign_in(client, await factories.user(role=Role.ADMIN))
        answer = await client.get("/desk")
        assert answer.headers["Location"] == "/site?next=/desk"
        assert (await client.get("/site")).status_code == 200


@pytest.mark.parametrize("path", ["/borrowers/new", "/borrowers/new?desk=1"])
async def test_no_way_to_reach_somebody_new_is_chosen_beforehand(
    client: AsyncClient, path: str
) -> None:
    radios = RADIO.findall((await client.get(path)).text)
    assert len(radios) == 5
    assert not [radio for radio in radios if "checked" in radio]


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ("none", "")), ("+41 26 555 01 12", ("phone", "+41265550112"))]
)
async def test_what_is_not_chosen_is_none_and_a_typed_number_is_a_phone(
    client: AsyncClient, typed: str, kept: tuple[str, str]
) -> None:
    form = {"id": str(new_id()), "name": "Amina Diallo", "language": "fr", "phone": typed}
    assert (await client.post("/borrowers/new", data=form)).status_code == 303
    [borrower] = await Borrower.objects()
    assert (borrower.contact_kind, borrower.phone) == kept
