"""Agreements by the API: signed for, read and printed as at the desk."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core.tables import AuditEvent
from comptoir.lending.tables import Agreement, Policy
from tests import factories as make
from tests.http_client import client_of, codes, use_token
from tests.lending.api_desk import CHECK_INS, CHECK_OUTS, LOANS, program
from tests.lending.counter import Desk
from tests.paper import is_pdf_ua, text_of

AGREEMENTS = "/api/v1/agreements"
UNREADABLE = "lending.signature-unreadable"
DRAWING = {"width": 600, "height": 200, "strokes": [[[10, 10], [200, 120], [400, 60]]]}


@pytest.fixture
async def desk(database: Any) -> Desk:
    desk = await Desk().set_up()
    await Policy.update({Policy.signature: "screen"}, force=True)
    return desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("desk", site_id=desk.site.id) as client:
        yield client


async def lend(client: AsyncClient, item: str, card: str) -> str:
    answer = await client.post(CHECK_OUTS, json={"item": item, "borrower": card})
    loan: str = answer.json()["id"]
    return loan


async def sign(client: AsyncClient, *loans: str, **values: Any) -> Response:
    body = {"loans": loans, "signature": "screen", **values}
    return await client.post(AGREEMENTS, json=body)


async def test_one_agreement_is_signed_for_several_loans(desk: Desk, client: AsyncClient) -> None:
    loans = [
        await lend(client, item.code, desk.card.code)
        for item in (desk.item, await desk.add_item(serial="SN-1"))
    ]
    signed = await sign(client, *loans, name="Amina Diallo")
    assert signed.status_code == 201
    agreement = signed.json()
    assert agreement["loans"] == loans
    assert agreement["signature"] == "screen"
    assert (await client.get(signed.headers["location"])).json() == agreement
    for loan in loans:
        listed = await client.get(f"{LOANS}/{loan}/agreements")
        assert listed.json() == {"items": [agreement]}
    assert await AuditEvent.count().where(AuditEvent.action == "agreement.made") == 1


async def test_a_loan_says_whether_it_must_be_signed_for_and_is(
    desk: Desk, client: AsyncClient
) -> None:
    lent = await client.post(CHECK_OUTS, json={"item": desk.item.code, "borrower": desk.card.code})
    path = f"{LOANS}/{lent.json()['id']}"
    before = (await client.get(path)).json()
    # What is said once, while one can still change until when they may borrow, and where to.
    told_at_the_desk = {"cut_short", "opens_local", "place"}
    kept = {name: value for name, value in lent.json().items() if name not in told_at_the_desk}
    assert kept.items() <= before.items(), "the same loan, and more of it"
    assert (before["signature"], before["signed"]) == ("screen", False)
    await sign(client, before["id"], name="Amina Diallo")
    after = (await client.get(path)).json()
    assert (after["signature"], after["signed"]) == ("screen", True)


async def test_a_second_signature_is_kept_or_refused_and_never_dropped(
    desk: Desk, client: AsyncClient
) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    first = (await sign(client, loan, name="First")).json()
    again = await sign(client, loan, name="Second")
    assert (again.status_code, codes(again)[0]) == (409, "lending.agreement-kept-already")
    assert again.json()["details"]["agreement"] == first["id"]
    tag = (await client.get(f"{LOANS}/{loan}")).headers["etag"]
    renewed = await client.post(f"{LOANS}/{loan}/renewals", headers={"If-Match": tag})
    assert renewed.status_code == 201
    second = await sign(client, loan, name="Second")
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]


async def test_a_paper_is_signed_once_a_call_says_so(desk: Desk, client: AsyncClient) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    printed = (await sign(client, loan, signature="paper")).json()
    assert printed["signed_at"] is None
    assert (await client.get(f"{LOANS}/{loan}")).json()["signed"] is False
    said = await client.post(f"{AGREEMENTS}/{printed['id']}/paper-signature")
    assert (said.status_code, said.json()["signed_at"] is None) == (200, False)
    assert (await client.get(f"{LOANS}/{loan}")).json()["signed"] is True


async def test_an_agreement_about_an_undone_loan_is_void(desk: Desk, client: AsyncClient) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    signed = await sign(client, loan, name="Amina Diallo")
    await client.post(f"{LOANS}/{loan}/undo-check-out")
    void = (await client.get(signed.headers["location"])).json()
    assert (void["void"], void["undone"]) == (True, [loan])


async def test_the_agreements_of_a_borrower_come_page_by_page(
    desk: Desk, client: AsyncClient
) -> None:
    made = []
    for item in (desk.item, await desk.add_item(), await desk.add_item()):
        loan = await lend(client, item.code, desk.card.code)
        made.append((await sign(client, loan, name="Amina Diallo")).json())
    path: str | None = f"/api/v1/borrowers/{desk.borrower.id}/agreements?limit=2"
    found = []
    while path:
        answer = (await client.get(path)).json()
        found += answer["items"]
        path = answer["next"]
    assert found == made[::-1]
    async with program("read", site_id=(await make.site()).id) as stranger:
        hidden = await stranger.get(f"/api/v1/borrowers/{desk.borrower.id}/agreements")
    assert (hidden.status_code, codes(hidden)[0]) == (404, "lending.borrower-not-found")


async def test_the_pdf_is_the_one_that_was_kept(desk: Desk, client: AsyncClient) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    signed = await sign(client, loan, drawing=DRAWING)
    answer = await client.get(f"{signed.headers['location']}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert signed.json()["number"] in answer.headers["content-disposition"]
    assert hashlib.sha256(answer.content).hexdigest() == signed.json()["sha256"]
    assert is_pdf_ua(answer.content)
    assert signed.json()["number"] in text_of(answer.content)


async def test_a_repeated_call_makes_no_second_agreement(desk: Desk, client: AsyncClient) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    client.headers["Idempotency-Key"] = "k-1"
    first, again = [await sign(client, loan, signature="paper") for _ in range(2)]
    assert first.json() == again.json()
    assert await Agreement.count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"signature": "none"}, "lending.signature-missing"),
        ({"name": "  "}, "lending.signature-missing"),
        ({"name": "Race <b>"}, "lending.signed-name-unusable"),
        ({"name": "."}, "lending.signed-name-unusable"),
        ({"name": "👍"}, "lending.signed-name-unusable"),
        ({"drawing": {**DRAWING, "strokes": [[[9, 9], [9, 9.001]]]}}, UNREADABLE),
        ({"drawing": {**DRAWING, "strokes": [[[1, 1]]]}}, UNREADABLE),
        ({"drawing": {**DRAWING, "strokes": [[[1e9, 1], [1, 1]]]}}, UNREADABLE),
        ({"signature": "pen"}, "core.invalid"),
        ({"name": "x" * 121}, "core.invalid"),
        ({"loans": []}, "core.invalid"),
    ],
)
async def test_what_is_no_signature_keeps_nothing(
    desk: Desk, client: AsyncClient, values: dict[str, Any], code: str
) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    answer = await sign(client, loan, **values)
    assert codes(answer)[0] == code
    assert await Agreement.count() == 0
    assert (await client.get(f"{LOANS}/{loan}/agreements")).json() == {"items": []}


async def test_loans_that_do_not_belong_together_are_not_in_one_agreement(
    desk: Desk, client: AsyncClient
) -> None:
    mine = await lend(client, desk.item.code, desk.card.code)
    other = await make.card((await make.borrower(site_id=desk.site.id)).id)
    theirs = await lend(client, (await desk.add_item()).code, other.code)
    assert codes(await sign(client, mine, theirs, name="A")) == ["lending.loans-apart"]
    await client.post(CHECK_INS, json={"item": desk.item.code})
    assert codes(await sign(client, mine, name="A")) == ["lending.loans-apart"]


async def test_agreements_of_other_sites_are_not_found(desk: Desk, client: AsyncClient) -> None:
    loan = await lend(client, desk.item.code, desk.card.code)
    made = (await sign(client, loan, signature="paper")).headers["location"]
    elsewhere = await make.site()
    async with client_of() as stranger:
        await use_token(stranger, "desk", site_id=elsewhere.id)
        assert codes(await sign(stranger, loan, name="A")) == ["lending.loan-not-found"]
        for path in (made, f"{made}/pdf", f"{LOANS}/{loan}/agreements"):
            assert (await stranger.get(path)).status_code == 404, path


async def test_a_receipt_is_made_where_no_policy_wants_a_signature(
    desk: Desk, client: AsyncClient
) -> None:
    await Policy.update({Policy.signature: "none"}, force=True)
    loan = await lend(client, desk.item.code, desk.card.code)
    assert (await sign(client, loan, signature="none")).json()["signature"] == "none"
