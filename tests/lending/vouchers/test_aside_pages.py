"""Vouchers that are set aside: at the desk, on the page of a person, on that of the voucher."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx import Response

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.core.web.panels import Fill
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import BorrowerSite
from comptoir.lending.vouchers.aside_pages import OnPersonPage, for_person
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.rules import LONGEST_ASIDE
from comptoir.lending.vouchers.schemas import ReserveVoucher
from comptoir.lending.vouchers.tables import VoucherReservation
from comptoir.sites.tables import StaffMember
from tests import factories as make
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.drawer import given, status_of

ICCID = "89410000000000000013"
OTHER = "89410000000000000039"


@pytest.fixture
async def sims(reception: Reception) -> list[Any]:
    """Two SIM cards in the drawer."""
    kind = await make.voucher_kind(names=make.names("SIM 10 GB"))
    await make.voucher_policy(kind, limit_person=1)
    batch = await make.voucher_batch(kind, site_id=reception.site.id)
    return [await make.voucher(batch, Secret(iccid)) for iccid in (ICCID, OTHER)]


async def set_aside_for_them(reception: Reception, sim: Any) -> None:
    actor = await make.principal(Role.RECEPTION, reception.site.id)
    wish = ReserveVoucher(borrower_id=reception.borrower.id, voucher_id=sim.id)
    await reserve_voucher(actor, wish, now=clock.now())


async def person_page(reception: Reception) -> str:
    return (await reception.client.get(f"/borrowers/{reception.borrower.id}")).text


async def keep(reception: Reception, **fields: Any) -> Response:
    path = f"/borrowers/{reception.borrower.id}/vouchers"
    return await reception.client.post(path, data=fields, follow_redirects=True)


async def test_one_tap_in_a_visit_sets_aside_and_one_gives_that_one(
    reception: Reception, sims: list[Any]
) -> None:
    visit = await reception.open_visit()
    tap = {"kind": sims[0].kind, "visit": visit, "attempt_id": "tap-1"}
    for _ in range(2):  # sent again, it is the same
        answer = await reception.post("/desk/vouchers/reserve", **tap)
        assert "Set aside: SIM 10 GB" in answer.text
    assert "/desk/vouchers/release" in answer.text
    assert await status_of(sims[0].id) == "reserved"
    await reception.post("/desk/vouchers", kind=sims[0].kind, visit=visit)
    assert await given() == [sims[0].id]


async def test_a_tap_is_undone_and_taken_back_by_another(
    reception: Reception, sims: list[Any]
) -> None:
    visit = await reception.open_visit()
    tap = {"kind": sims[0].kind, "visit": visit}
    answer = await reception.post("/desk/vouchers/reserve", **tap)
    assert f'name="of" value="{sims[0].id}"' in answer.text
    undone = await reception.post("/desk/undo", kind="reservation", of=sims[0].id, visit=visit)
    assert "Undone" in undone.text
    assert await status_of(sims[0].id) == "available"
    await reception.post("/desk/vouchers/reserve", **tap)
    put_back = await reception.post("/desk/vouchers/release", voucher=sims[0].id, visit=visit)
    assert "Back in the drawer" in put_back.text
    assert await status_of(sims[0].id) == "available"
    late = await reception.post("/desk/undo", kind="reservation", of=sims[0].id, visit=visit)
    assert late.status_code == 404


async def test_the_card_that_is_scanned_is_set_aside_where_that_was_said(
    reception: Reception, sims: list[Any]
) -> None:
    visit = await reception.open_visit()
    page = await reception.client.get(f"/desk?visit={visit}")
    assert 'name="sets_aside"' in page.text
    scanned = {"scan": OTHER, "visit": visit, "sets_aside": 1, "attempt_id": "scan-1"}
    for _ in range(2):
        answer = await reception.post("/desk/scan", **scanned)
        assert "Set aside: SIM 10 GB" in answer.text
    assert await status_of(sims[1].id) == "reserved"
    assert 'name="sets_aside"' not in answer.text
    # Another one is not given instead; this one is.
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit)
    assert refusal_in(answer) == RefusalCode.VOUCHER_OTHER_SET_ASIDE
    await reception.post("/desk/scan", scan=OTHER, visit=visit)
    assert await given() == [sims[1].id]


async def test_somebody_else_is_refused_it_and_told_no_name(
    reception: Reception, sims: list[Any]
) -> None:
    await keep(reception, kind=sims[0].kind)
    stranger = await make.borrower(site_id=reception.site.id, name="Zoé Blanc")
    card = await make.card(stranger.id)
    await reception.post("/desk/scan", scan=card.code)
    visit = (await reception.visit()).id
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit)
    assert refusal_in(answer) == RefusalCode.VOUCHER_RESERVED
    assert reception.borrower.name not in answer.text
    assert str(reception.borrower.id) not in answer.text
    await Voucher.delete().where(Voucher.id == sims[1].id)
    page = await reception.client.get(f"/desk?visit={visit}")
    assert f'name="kind" value="{sims[0].kind}"' not in page.text
    answer = await reception.post("/desk/vouchers", kind=sims[0].kind, visit=visit)
    assert refusal_in(answer) == RefusalCode.VOUCHER_NONE_LEFT


async def test_without_a_visit_nothing_is_set_aside(reception: Reception, sims: list[Any]) -> None:
    answer = await reception.post("/desk/vouchers/reserve", kind=sims[0].kind)
    assert answer.status_code == 404
    assert await VoucherReservation.count() == 0


async def test_on_the_page_of_a_person_one_tap_sets_aside(
    reception: Reception, sims: list[Any]
) -> None:
    assert "Vouchers set aside" in await person_page(reception)
    answer = await keep(reception, kind=sims[0].kind)
    assert "Set aside." in answer.text
    text = await person_page(reception)
    assert f"/vouchers/{sims[0].id}/release" in text
    assert "until " in text
    path = f"/vouchers/{sims[0].id}/release"
    answer = await reception.client.post(path, data={"borrower": str(reception.borrower.id)})
    assert answer.headers["location"] == f"/borrowers/{reception.borrower.id}"
    assert await status_of(sims[0].id) == "available"


async def test_a_form_sent_twice_sets_one_aside(reception: Reception, sims: list[Any]) -> None:
    for _ in range(2):
        await keep(reception, kind=sims[0].kind, form="f1")
    assert await VoucherReservation.count() == 1
    assert "Set aside." in (await keep(reception, kind=sims[0].kind, form="f1")).text


async def test_the_days_to_choose_begin_with_the_day_of_the_site(
    reception: Reception, sims: list[Any]
) -> None:
    actor = await make.principal(site_id=reception.site.id)
    night = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Switzerland
    panel = await for_person(Fill(actor, reception.borrower.id, night))
    assert panel
    assert isinstance(panel.data, OnPersonPage)
    assert panel.data.first_day == date(2026, 11, 25)
    assert panel.data.last_day == date(2026, 11, 25) + LONGEST_ASIDE


async def test_a_card_and_a_day_are_chosen_on_the_page_of_a_person(
    reception: Reception, sims: list[Any]
) -> None:
    # Enter in the field of the card sends the first button with it.
    day = (clock.now() + timedelta(days=9)).date()
    await keep(reception, kind=sims[0].kind, sim=OTHER, until=day.isoformat())
    assert await status_of(sims[1].id) == "reserved"
    row = await Voucher.objects().get(Voucher.id == sims[1].id)
    assert row is not None
    assert row.reserved_until is not None
    assert row.reserved_until.date() == day


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": "2020-01-01"}, "Choose today or a later day"),
        ({"until": "2999-01-01"}, "Choose today or a later day"),
        ({"until": "31.12."}, "This is not a day."),
        ({"until": "9" * 400}, "This is not a day."),
        ({"sim": "89410000000000000054"}, "not in our stock"),
        ({"sim": "89410000000000000014"}, "one digit is wrong"),
        ({"sim": "'; DROP TABLE inventory_voucher; --"}, "one digit is wrong"),
        ({"kind": "no-kind"}, "This kind of voucher does not exist"),
        ({"kind": ""}, "This kind of voucher does not exist"),
    ],
)
async def test_what_makes_no_sense_is_said_and_changes_nothing(
    reception: Reception, sims: list[Any], fields: dict[str, str], said: str
) -> None:
    answer = await keep(reception, **{"kind": str(sims[0].kind), **fields})
    assert said in answer.text
    assert await VoucherReservation.count() == 0
    assert {await status_of(sim.id) for sim in sims} == {"available"}


async def test_the_page_of_the_voucher_says_for_whom_and_puts_it_back(
    reception: Reception, sims: list[Any]
) -> None:
    await keep(reception, kind=sims[0].kind)
    page = await reception.client.get(f"/vouchers/{sims[0].id}")
    assert f'href="/borrowers/{reception.borrower.id}"' in page.text
    listed = await reception.client.get(
        f"/vouchers/batches/{sims[0].batch}/vouchers?status=reserved"
    )
    assert (str(sims[0].id) in listed.text, str(sims[1].id) in listed.text) == (True, False)
    assert "until " in listed.text
    answer = await reception.client.post(f"/vouchers/{sims[0].id}/release")
    assert answer.headers["location"] == f"/vouchers/{sims[0].id}"
    page = await reception.client.get(f"/vouchers/{sims[0].id}")
    assert "Not set aside any more: SIM 10 GB." in page.text
    again = await reception.client.post(f"/vouchers/{sims[0].id}/release")
    assert again.status_code == 404


async def test_another_site_finds_neither_the_person_nor_the_voucher(
    reception: Reception, sims: list[Any]
) -> None:
    await keep(reception, kind=sims[0].kind)
    elsewhere = await make.site()
    moved: dict[Any, Any] = {StaffMember.site: elsewhere.id}
    await StaffMember.update(moved, force=True)
    assert (await reception.client.post(f"/vouchers/{sims[0].id}/release")).status_code == 404
    answer = await reception.post("/desk/vouchers/release", voucher=sims[0].id)
    assert answer.status_code in (303, 404, 409)
    path = f"/borrowers/{reception.borrower.id}/vouchers"
    answer = await reception.client.post(path, data={"kind": str(sims[0].kind)})
    assert answer.status_code in (404, 409)
    assert await status_of(sims[0].id) == "reserved"


async def test_scanned_without_a_visit_it_leads_to_whom_it_is_set_aside_for_and_names_nobody(
    reception: Reception, sims: list[Any]
) -> None:
    await set_aside_for_them(reception, sims[0])
    answer = await reception.post("/desk/scan", scan=ICCID, attempt_id="scan-1")
    assert refusal_in(answer) == RefusalCode.VOUCHER_AWAITS_ITS_VISIT
    assert reception.borrower.name not in answer.text
    assert f'value="{reception.borrower.id}"' in answer.text
    opened = await reception.post("/desk/visits", borrower=reception.borrower.id)
    assert reception.borrower.name in opened.text
    await reception.post("/desk/visits/close", visit=(await reception.visit()).id)
    free = await reception.post("/desk/scan", scan=OTHER, attempt_id="scan-2")
    assert refusal_in(free) == RefusalCode.VOUCHER_AWAITS_VISIT


async def test_whoever_may_not_know_of_them_is_only_told_that_it_is_set_aside(
    reception: Reception, sims: list[Any]
) -> None:
    await set_aside_for_them(reception, sims[0])
    await BorrowerSite.delete(force=True)
    answer = await reception.post("/desk/scan", scan=ICCID, attempt_id="scan-1")
    assert refusal_in(answer) == RefusalCode.VOUCHER_AWAITS_ITS_VISIT
    assert str(reception.borrower.id) not in answer.text


async def test_a_day_that_is_over_keeps_it_for_nobody(
    reception: Reception, sims: list[Any]
) -> None:
    await set_aside_for_them(reception, sims[0])
    await Voucher.update({Voucher.reserved_until: clock.now()}).where(Voucher.id == sims[0].id)
    answer = await reception.post("/desk/scan", scan=ICCID, attempt_id="scan-1")
    assert refusal_in(answer) == RefusalCode.VOUCHER_AWAITS_VISIT


@pytest.mark.parametrize("name", [None, "", "two words", "é"])
async def test_a_tap_without_a_name_gives_nothing_and_sets_nothing_aside(
    reception: Reception, sims: list[Any], name: str | None
) -> None:
    """It could not be told from the same one sent twice."""
    visit = await reception.open_visit()
    tap = {"kind": str(sims[0].kind), "visit": str(visit)}
    if name is not None:
        tap["attempt_id"] = name
    for path in ("/desk/vouchers", "/desk/vouchers/reserve"):
        answer = await reception.client.post(path, data=tap)
        assert answer.status_code == 422, path
    assert await given() == []
    assert await status_of(sims[0].id) == "available"
