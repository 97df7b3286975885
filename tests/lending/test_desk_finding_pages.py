"""What is typed at the desk finds people, items, and slips in a code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.core import clock
from comptoir.inventory.tables import Item
from comptoir.lending.desk.kept import encode_waiting
from comptoir.lending.scans import WaitingItem
from comptoir.lending.tables import Borrower, Loan
from tests import factories as make
from tests.lending.reception import Reception, refusal_in


async def test_somebody_found_by_name_takes_the_place_of_who_was_there(
    reception: Reception,
) -> None:
    await reception.post("/desk/scan", scan=reception.card.code)
    first = await reception.visit()
    other = await make.borrower(site_id=reception.site.id, name="Besnik Hoxha")
    answer = await reception.post("/desk/visits", borrower=other.id, visit=first.id)
    second = await reception.visit()
    assert (second.borrower, second.id != first.id) == (other.id, True)
    assert f"/desk?visit={second.id}" in answer.text


async def test_somebody_found_by_name_who_is_there_already_goes_on(reception: Reception) -> None:
    await reception.lend()
    visit = await reception.visit()
    await reception.post("/desk/visits", borrower=reception.borrower.id, visit=visit.id)
    assert (await reception.visit()).id == visit.id


async def test_the_visit_stays_open_where_the_next_person_is_not_found(
    reception: Reception,
) -> None:
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    stranger = await make.borrower(site_id=(await make.site()).id)
    answer = await reception.post("/desk/visits", borrower=stranger.id, visit=visit.id)
    assert answer.status_code == 404
    assert (await reception.visit()).id == visit.id


@pytest.mark.parametrize(("minutes", "lent"), [(0, 1), (2, 0)])
async def test_an_item_waits_a_minute_for_somebody_found_by_name(
    reception: Reception, minutes: int, lent: int
) -> None:
    waits = WaitingItem(reception.item.id, clock.now() - timedelta(minutes=minutes))
    form = {"borrower": reception.borrower.id, "waiting": encode_waiting((waits,))}
    await reception.post("/desk/visits", **form)
    assert await Loan.count() == lent


async def test_a_name_at_the_desk_finds_borrowers_of_ones_own_sites(reception: Reception) -> None:
    elsewhere = await make.borrower(site_id=(await make.site()).id)
    answer = await reception.post("/desk/scan", scan="diallo")
    known = await Borrower.select(Borrower.id).where(Borrower.name == "Amina Diallo")
    assert len(known) == 2
    assert f'value="{reception.borrower.id}"' in answer.text
    assert str(elsewhere.id) not in answer.text


async def test_an_item_is_found_by_its_model_and_what_is_out_is_not_taken_back_by_that(
    reception: Reception,
) -> None:
    other = await make.item(site_id=reception.site.id, model=reception.model.id)
    await Item.update({Item.status: "on_loan"}).where(Item.id == other.id)
    answer = await reception.post("/desk/scan", scan=reception.model.short_name)
    assert f'name="scan" value="{reception.item.code}"' in answer.text
    assert f'href="/items/{other.code}"' in answer.text


@pytest.mark.parametrize("slip", ["one less", "one that is none of ours"])
async def test_a_code_typed_with_one_slip_is_recognised(reception: Reception, slip: str) -> None:
    code = reception.item.code
    typed = code[:3] + code[4:] if slip == "one less" else code[:-1] + "Z"
    answer = await reception.post("/desk/scan", scan=typed.lower())
    assert refusal_in(answer) == "lending.code-misread"
    assert f'name="scan" value="{code[:4]}-{code[4:]}"' in answer.text


@pytest.mark.parametrize("name", ["Schwartz", "Müllers", "ZZZZZZZZ", "Tschirr"])
async def test_a_name_is_no_code(reception: Reception, name: str) -> None:
    answer = await reception.post("/desk/scan", scan=name)
    assert (refusal_in(answer), "newcomer" in answer.text) == ("lending.nothing-found", True)


@pytest.mark.parametrize(
    ("text", "offered"), [("7610032065156", False), ("Nobody Here", True), ("0791234567", True)]
)
async def test_a_barcode_of_a_shop_is_nobodys_name(
    reception: Reception, text: str, offered: bool
) -> None:
    answer = await reception.post("/desk/scan", scan=text)
    assert ('class="newcomer" open' in answer.text) is offered
