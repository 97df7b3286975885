"""What is missing, damaged, elsewhere or to be checked is put right at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory import codes as codes_of_items
from comptoir.inventory.tables import Accessory, Item, ItemProblem
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.lending.reception import Reception, refusal_in


async def test_what_comes_back_without_its_charger_is_not_lent_again(reception: Reception) -> None:
    await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    [charger] = await Accessory.objects()
    form = {"item": reception.item.code, "kind": "missing", "accessory": charger.id}
    await reception.post("/desk/problems", **form)
    [problem] = await ItemProblem.objects()
    assert (problem.item, problem.accessory, problem.kind) == (
        reception.item.id,
        charger.id,
        "missing",
    )
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    await Loan.update({Loan.returned_at: clock.now() - timedelta(minutes=1)}, force=True)
    answer = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert refusal_in(answer) == "lending.item-to-check"


async def test_what_is_damaged_when_it_is_lent_stays_here(reception: Reception) -> None:
    await reception.lend()
    await reception.post("/desk/problems", item=reception.item.code, kind="damaged")
    assert await reception.status() == "to_check"
    assert (await reception.loan()).undone_at is not None


@pytest.mark.parametrize("wrong", [{"kind": "zzz"}, {"kind": "missing", "accessory": "x"}])
async def test_a_problem_that_makes_no_sense_sets_nothing_aside(
    reception: Reception, wrong: dict[str, str]
) -> None:
    for path in ("/desk/problems", f"/items/{reception.item.code}/problems"):
        answer = await reception.post(path, item=reception.item.code, **wrong)
        assert answer.status_code in (400, 404, 422)
    assert await reception.status() == "available"


async def test_what_is_damaged_when_it_is_lent_stays_at_this_site(reception: Reception) -> None:
    elsewhere = await make.site(short_name="Lyon")
    reception.item = await make.item(site_id=elsewhere.id, model=reception.model.id)
    await reception.lend()
    await reception.post("/desk/problems", item=reception.item.code, kind="damaged")
    assert (await reception.status(), await reception.present_site()) == (
        "to_check",
        reception.site.id,
    )


async def test_an_item_of_another_site_is_sent_there(reception: Reception) -> None:
    home = await make.site(short_name="Lausanne")
    await reception.lend_earlier(home)
    back = await reception.post("/desk/scan", scan=reception.item.code)
    assert f'name="site" value="{home.id}"' in back.text
    await reception.post("/desk/transfer", item=reception.item.code, site=home.id)
    row = await Item.objects().get(Item.id == reception.item.id)
    assert row is not None
    assert (row.status, row.destination_site) == ("in_transit", home.id)


async def test_a_scan_of_what_is_in_transit_says_from_where_to_where(
    reception: Reception,
) -> None:
    home = await make.site(name="Comptoir de Lausanne", short_name="Lausanne")
    await reception.lend_earlier(home)
    await reception.post("/desk/scan", scan=reception.item.code)
    await reception.post("/desk/transfer", item=reception.item.code, site=home.id)
    await Loan.update({Loan.returned_at: clock.now() - timedelta(minutes=1)}, force=True)
    for scan in (reception.item.code, reception.item.code):  # told again as it was told first
        attempt = {"attempt_id": "the-same", "scan": scan}
        refused = await reception.post("/desk/scan", **attempt)
        assert refusal_in(refused) == "lending.item-in-transit"
        assert "It left Fribourg for Lausanne." in refused.text
    looked_up = await reception.post("/desk/scan", scan="ThinkPad")
    assert "from Comptoir de Fribourg to Comptoir de Lausanne" in looked_up.text
    for address in (f"/items/{reception.item.code}", "/items"):
        page = (await reception.client.get(address)).text
        assert "Comptoir de Fribourg" in page
        assert "Comptoir de Lausanne" in page


async def test_a_program_is_told_from_where_to_where_something_is_in_transit(
    reception: Reception,
) -> None:
    home = await make.site(short_name="Lausanne")
    await reception.lend_earlier(home)
    await reception.post("/desk/scan", scan=reception.item.code)
    await reception.post("/desk/transfer", item=reception.item.code, site=home.id)
    async with client_of() as client:
        await use_token(client, "desk")
        body = {"item": reception.item.code, "borrower": reception.card.code}
        answer = await client.post("/api/v1/check-outs", json=body)
    assert codes(answer) == ["lending.item-in-transit"]
    assert answer.json()["details"] == {"from": "Fribourg", "to": "Lausanne"}


async def test_what_must_be_checked_is_put_right_at_the_desk_and_lent(reception: Reception) -> None:
    await Item.update({Item.status: "to_check"}, force=True)
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    refused = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert 'action="/desk/ready"' in refused.text
    await reception.post("/desk/ready", item=reception.item.code, what="checked", visit=visit.id)
    assert await reception.status() == "available"
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert await reception.status() == "on_loan"


async def test_what_arrives_from_another_site_is_received_at_the_desk(reception: Reception) -> None:
    home = await make.site(short_name="Lausanne")
    await Item.update(
        {
            Item.status: "in_transit",
            Item.present_site: home.id,
            Item.destination_site: reception.site.id,
            Item.arrives_as: "available",
        },
        force=True,
    )
    refused = await reception.post("/desk/scan", scan=reception.item.code)
    assert 'name="what" value="arrived"' in refused.text
    await reception.post("/desk/ready", item=reception.item.code, what="arrived")
    row = await Item.objects().get(Item.id == reception.item.id)
    assert row is not None
    assert (row.status, row.present_site) == ("available", reception.site.id)


async def test_what_arrives_amid_a_visit_is_lent_as_its_scan_meant(reception: Reception) -> None:
    home = await make.site(short_name="Lausanne")
    await Item.update(
        {
            Item.status: "in_transit",
            Item.present_site: home.id,
            Item.destination_site: reception.site.id,
            Item.arrives_as: "available",
        },
        force=True,
    )
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    answer = await reception.post(
        "/desk/ready", item=reception.item.code, what="arrived", visit=visit.id
    )
    assert answer.status_code == 200
    assert await reception.status() == "on_loan"


async def test_a_page_that_sends_two_scans_as_one_is_told_in_words(reception: Reception) -> None:
    same = str(new_id())
    await reception.post("/desk/scan", scan=codes_of_items.new_code(), attempt_id=same)
    answer = await reception.post("/desk/scan", scan=reception.item.code, attempt_id=same)
    assert "Scan again" in answer.text
    assert "key" not in answer.text.lower()
    assert await reception.status() == "available"


async def test_a_very_long_scan_is_told_once_and_shortened(reception: Reception) -> None:
    answer = await reception.post("/desk/scan", scan="9" * 150)
    assert "9" * 30 not in answer.text
    assert answer.text.count("9" * 20) <= 2  # to be read, and to be heard


async def test_whether_hours_hold_is_asked_of_whoever_can_change_them(reception: Reception) -> None:
    client = reception.client
    assert "tell a coordinator" in (await client.get("/desk")).text
    user = await make.user(role=Role.COORDINATOR, site_id=reception.site.id)
    await sign_in(client, user, site_id=reception.site.id)
    text = (await client.get("/desk")).text
    assert "tell a coordinator" not in text
    assert f'href="/settings/sites/{reception.site.id}/hours"' in text


@pytest.mark.parametrize(
    ("role", "method", "told"),
    [
        (Role.COORDINATOR, "pin", True),
        (Role.COORDINATOR, "password", False),
        (Role.RECEPTION, "pin", False),
    ],
)
async def test_whoever_came_by_pin_is_told_once_that_the_password_shows_more(
    reception: Reception, role: Role, method: str, told: bool
) -> None:
    client, site = reception.client, reception.site
    user = await make.user(role=role, site_id=site.id)
    await sign_in(client, user, site_id=site.id, method=method)
    path = f"/items/{reception.item.code}"
    text = (await client.get(path)).text
    assert text.count(f'href="/sign-in?next={path}"') == (1 if told else 0)
    # The desk is worked at by PIN all day.
    assert "more-by-password" not in (await client.get("/desk")).text
    assert "more-by-password" not in (await client.get("/sign-in?next=/desk")).text


async def test_a_free_item_of_another_site_is_told_and_can_be_sent_there(
    reception: Reception,
) -> None:
    home = await make.site(short_name="Lausanne")
    await Item.update({Item.home_site: home.id}, force=True)
    waiting = await reception.post("/desk/scan", scan=reception.item.code)
    assert "Lausanne" in waiting.text
    assert f'name="site" value="{home.id}"' in waiting.text
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    lent = await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    assert "Lausanne" in lent.text
