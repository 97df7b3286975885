"""SIM cards at the pages of the desk: by a tap or a scan, with their PIN or unopened."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from comptoir.core import clock
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import VoucherBatch, VoucherBundle
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Loan
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.lending.vouchers.went_with import went_with
from tests import factories as make
from tests.lending.counter import actions
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.at_the_desk import ICCID, shown
from tests.lending.vouchers.drawer import given, status_of
from tests.paper import text_of


async def test_a_card_is_printed_without_its_pin_and_stays_unopened(
    reception: Reception, sim: Any
) -> None:
    visit = await reception.open_visit()
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    assert 'name="closed"' in answer.text
    assert "after that it counts as opened" in answer.text
    [issue] = await VoucherIssue.objects()
    slip = await reception.post("/desk/vouchers/slip", issue=issue.id, closed="true")
    text = text_of(slip.content)
    assert sim.hint in text
    for secret in ("1234", "5678", "0000"):
        assert secret not in text.replace(sim.hint, "")
    assert "voucher.shown" not in await actions()
    opened = await reception.post("/desk/vouchers/slip", issue=issue.id)
    assert "1234 5678" in text_of(opened.content)
    assert "voucher.shown" in await actions()


async def test_it_is_marked_as_in_use_in_the_visit(reception: Reception, sim: Any) -> None:
    visit = await reception.open_visit()
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    assert "/desk/vouchers/activate" in answer.text
    [issue] = await VoucherIssue.objects()
    answer = await reception.post("/desk/vouchers/activate", issue=issue.id, visit=visit)
    assert "In use from today: SIM 10 GB" in answer.text
    assert "/desk/vouchers/activate" not in answer.text
    assert await status_of(sim.id) == "activated"


async def test_a_card_that_was_set_aside_is_taken_from_where_it_lies(
    reception: Reception, sim: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers/reserve", kind=sim.kind, visit=visit, attempt_id="a-1")
    answer = await reception.post("/desk/vouchers", kind=sim.kind, visit=visit, attempt_id="tap-1")
    assert "Take the card that was laid apart" in answer.text
    assert "another card in your hand" not in answer.text


async def test_a_tap_says_which_card_to_take_and_a_scan_does_not(
    reception: Reception, sim: Any
) -> None:
    await VoucherBatch.update({VoucherBatch.order_number: "B-2026-7"}, force=True)
    visit = await reception.open_visit()
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "scan it at once" in page.text
    tap = {"kind": sim.kind, "visit": visit, "attempt_id": "tap-1"}
    answer = await reception.post("/desk/vouchers", **tap)
    assert f'<p class="card-to-take">{sim.hint}</p>' in answer.text
    assert "B-2026-7" in answer.text
    [issue] = await VoucherIssue.objects()
    await reception.post("/desk/undo", kind="voucher", of=issue.id, visit=visit)
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    assert "SIM 10 GB" in answer.text
    assert "card-to-take" not in answer.text


async def test_a_phone_that_comes_back_says_that_a_sim_went_with_it(
    reception: Reception, sim: Any
) -> None:
    await VoucherBundle(model=reception.model.id, kind=sim.kind).save()
    loan = await reception.lend()
    visit = await reception.visit()
    await reception.post("/desk/scan", scan=ICCID, visit=visit.id, attempt_id="scan-1")
    await reception.post("/desk/visits/close", visit=visit.id, unsigned=True)
    earlier: dict[Any, Any] = {Loan.checked_out_at: clock.now() - timedelta(days=3)}
    await Loan.update(earlier).where(Loan.id == loan.id)
    answer = await reception.post("/desk/scan", scan=reception.item.code, attempt_id="scan-2")
    assert "A SIM card went with it: SIM 10 GB" in answer.text
    [issue] = await VoucherIssue.objects()
    assert f'name="issue" value="{issue.id}"' in answer.text
    await VoucherIssue.update({VoucherIssue.shown_at: clock.now()}, force=True)
    [opened] = (await went_with([loan.id]))[loan.id]
    assert not opened.can_return
    await VoucherIssue.update({VoucherIssue.shown_at: None}, force=True)
    [card] = (await went_with([loan.id]))[loan.id]
    assert card.can_return
    await reception.post("/desk/vouchers/return", issue=issue.id)
    assert await went_with([loan.id]) == {}


async def test_one_scan_gives_the_sim_and_it_is_undone(reception: Reception, sim: Any) -> None:
    visit = await reception.open_visit()
    scan = {"scan": f" {ICCID}F", "visit": visit, "attempt_id": "scan-1"}
    answer = await reception.post("/desk/scan", **scan)
    assert 'value="voucher"' in answer.text
    assert "1234" not in re.sub(r"value=\"[^\"]*\"|…\w+", "", answer.text)
    again = await reception.post("/desk/scan", **scan)
    assert "SIM 10 GB" in again.text
    [issue] = await VoucherIssue.objects()
    undone = await reception.post("/desk/undo", kind="voucher", of=issue.id, visit=visit)
    assert "SIM 10 GB" in undone.text
    assert await status_of(sim.id) == "available"


async def test_the_pin_of_a_sim_is_shown_when_somebody_asks(reception: Reception, sim: Any) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    [issue] = await VoucherIssue.objects()
    answer = await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)
    assert shown(answer.text, "12345678")
    undone = await reception.post("/desk/undo", kind="voucher", of=issue.id, visit=visit)
    assert refusal_in(undone) == RefusalCode.VOUCHER_SHOWN


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ("89410000000000000039", RefusalCode.VOUCHER_UNKNOWN),
        ("89410000000000000014", RefusalCode.VOUCHER_MISREAD),
    ],
)
async def test_a_strange_sim_is_refused_and_written_down(
    reception: Reception, sim: Any, scan: str, code: RefusalCode
) -> None:
    answer = await reception.post("/desk/scan", scan=scan, attempt_id="scan-1")
    assert refusal_in(answer) == code
    assert await given() == []
    for row in await AuditEvent.select(AuditEvent.changes):
        assert scan not in row["changes"]


async def test_without_a_visit_a_sim_waits_for_a_card(reception: Reception, sim: Any) -> None:
    answer = await reception.post("/desk/scan", scan=ICCID, attempt_id="scan-1")
    assert refusal_in(answer) == RefusalCode.VOUCHER_AWAITS_VISIT
    assert "SIM 10 GB" in answer.text


async def test_a_phone_that_was_lent_asks_for_its_sim(reception: Reception, sim: Any) -> None:
    await VoucherBundle(model=reception.model.id, kind=sim.kind).save()
    loan = await reception.lend()
    visit = await reception.visit()
    page = await reception.client.get(f"/desk?visit={visit.id}")
    assert f'name="loan" value="{loan.id}"' in page.text
    await reception.post("/desk/scan", scan=ICCID, visit=visit.id, attempt_id="scan-1")
    [issue] = await VoucherIssue.objects()
    assert issue.loan == loan.id


async def test_what_was_given_before_comes_back_unopened_by_one_tap(
    reception: Reception, sim: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    await reception.post("/desk/visits/close", visit=visit)
    [issue] = await VoucherIssue.objects()
    later = await reception.open_visit()
    page = await reception.client.get(f"/desk?visit={later}")
    assert "/desk/vouchers/return" in page.text
    answer = await reception.post("/desk/vouchers/return", issue=issue.id, visit=later)
    assert "SIM 10 GB" in answer.text
    assert "/desk/vouchers/return" not in answer.text
    assert await status_of(sim.id) == "available"
    again = await reception.post("/desk/vouchers/return", issue=issue.id, visit=later)
    assert refusal_in(again) == RefusalCode.VOUCHER_NOT_HELD


async def test_a_sim_whose_pin_was_revealed_on_its_page_is_not_as_new(
    reception: Reception, sim: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    [issue] = await VoucherIssue.objects()
    assert shown((await reception.post(f"/vouchers/{sim.id}/code", back="/desk")).text, "12345678")
    answer = await reception.post("/desk/vouchers/return", issue=issue.id, visit=visit)
    assert refusal_in(answer) == RefusalCode.VOUCHER_OPENED
    assert await status_of(sim.id) == "issued"


async def test_a_sim_without_a_pin_offers_none(reception: Reception) -> None:
    kind = await make.voucher_kind()
    await make.voucher_policy(kind)
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), Secret(ICCID))
    visit = await reception.open_visit()
    for _ in range(2):  # the second is told what the first was told
        answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
        assert "SIM 10 GB" in answer.text
        assert "/desk/vouchers/show" not in answer.text
        assert "/code" not in answer.text
