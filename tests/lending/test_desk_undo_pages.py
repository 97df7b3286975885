"""What the desk did in the last minute is listed, and undone by a tap."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from comptoir.inventory.tables import ItemProblem
from tests import factories as make
from tests.lending.reception import Reception, refusal_in


async def test_a_renewal_is_undone(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=0)
    assert 'name="kind" value="renewal"' in answer.text
    await reception.post("/desk/undo", of=loan.id, kind="renewal")
    assert (await reception.loan()).due_at == loan.due_at


async def test_a_loan_is_undone(reception: Reception) -> None:
    loan = await reception.lend()
    await reception.post("/desk/undo", of=loan.id, kind="check_out")
    assert (await reception.loan()).undone_at is not None
    assert await reception.status() == "available"


async def test_a_return_is_undone(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    await reception.post("/desk/scan", scan=reception.item.code)
    assert await reception.status() == "available"
    await reception.post("/desk/undo", of=loan.id, kind="check_in")
    assert (await reception.loan()).returned_at is None
    assert await reception.status() == "on_loan"


async def test_what_is_undone_is_where_it_was(reception: Reception) -> None:
    elsewhere = await make.site(short_name="Lyon")
    reception.item = await make.item(site_id=elsewhere.id, model=reception.model.id)
    loan = await reception.lend()
    assert await reception.present_site() == reception.site.id
    await reception.post("/desk/undo", of=loan.id, kind="check_out")
    assert await reception.present_site() == elsewhere.id


async def test_what_is_with_somebody_again_is_where_it_was_lent(reception: Reception) -> None:
    elsewhere = await make.site(short_name="Lyon")
    loan = await reception.lend_earlier(elsewhere)
    await reception.post("/desk/scan", scan=reception.item.code)
    assert await reception.present_site() == reception.site.id
    await reception.post("/desk/undo", of=loan.id, kind="check_in")
    assert await reception.present_site() == elsewhere.id


def recent_in(answer: Response) -> str:
    found = re.search(r'name="recent" value="([^"]*)"', answer.text)
    return found[1] if found else ""


async def test_whatever_was_done_in_the_last_minute_can_still_be_undone(
    reception: Reception,
) -> None:
    loan = await reception.lend_earlier()
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=0)
    answer = await reception.post("/desk/scan", scan=reception.card.code, recent=recent_in(answer))
    assert f'name="of" value="{loan.id}"' in answer.text
    answer = await reception.post("/desk/visits/close", recent=recent_in(answer))
    assert f'name="of" value="{loan.id}"' in answer.text
    recent = recent_in(answer)
    answer = await reception.post("/desk/undo", of=loan.id, kind="renewal", recent=recent)
    assert (await reception.loan()).due_at == loan.due_at
    assert recent_in(answer) == ""
    assert f'name="of" value="{loan.id}"' not in answer.text


async def test_a_page_loaded_anew_still_shows_what_can_be_undone(reception: Reception) -> None:
    loan = await reception.lend()
    page = await reception.client.get(f"/desk?visit={(await reception.visit()).id}")
    assert f'name="of" value="{loan.id}"' in page.text


async def test_a_page_loaded_anew_shows_what_the_page_before_it_showed(
    reception: Reception,
) -> None:
    await reception.lend_earlier()
    lost = await make.item(site_id=reception.site.id, model=reception.model.id, status="lost")
    answer = await reception.post("/desk/renew", loan=(await reception.loan()).id, renewals=0)
    problem = {"item": reception.item.code, "kind": "damaged"}
    answer = await reception.post("/desk/problems", recent=recent_in(answer), **problem)
    answer = await reception.post("/desk/scan", scan=lost.code, recent=recent_in(answer))
    assert [part.partition(":")[0] for part in recent_in(answer).split()] == [
        "renewal",
        "problem",
        "found",
    ]
    page = await reception.client.get("/desk")
    assert recent_in(page) == recent_in(answer)
    assert re.findall(r'name="kind" value="(\w+)"', page.text) == ["found", "problem", "renewal"]


async def test_what_is_undone_is_not_shown_again_on_a_page_loaded_anew(
    reception: Reception,
) -> None:
    loan = await reception.lend()
    await reception.post("/desk/undo", of=loan.id, kind="check_out")
    page = await reception.client.get(f"/desk?visit={(await reception.visit()).id}")
    assert (recent_in(page), str(loan.id) in page.text) == ("", False)


@pytest.mark.parametrize(
    "recent",
    [
        "x",
        "check_out:1@2",
        "nothing:{loan}@2026-11-25T12:00:00+00:00",
        "check_out:{loan}@2999-01-01",
    ],
)
async def test_a_list_of_steps_that_makes_no_sense_is_left_out(
    reception: Reception, recent: str
) -> None:
    loan = await reception.lend()
    answer = await reception.post("/desk/visits/close", recent=recent.format(loan=loan.id))
    assert (answer.status_code, recent_in(answer)) == (200, "")


async def test_a_report_at_the_desk_is_taken_back(reception: Reception) -> None:
    await reception.lend()
    await reception.post("/desk/problems", item=reception.item.code, kind="damaged")
    [problem] = await ItemProblem.objects()
    await reception.post("/desk/undo", of=problem.id, kind="problem")
    assert await reception.status() == "on_loan"


async def test_an_undo_too_late_is_refused_with_its_reason(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    answer = await reception.post("/desk/undo", of=loan.id, kind="check_out")
    assert refusal_in(answer) == "lending.undo-too-late"
    assert await reception.status() == "on_loan"
