"""Lending and taking back over the API, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.api.calls import version_of
from comptoir.core.tables import AuditEvent
from comptoir.inventory import codes as tag_codes
from comptoir.lending.tables import Loan
from tests import factories as make
from tests.http_client import codes
from tests.lending.api_desk import CHECK_INS, CHECK_OUTS, LOANS, program
from tests.lending.counter import Desk, actions, status_of


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[AsyncClient]:
    async with program("desk", site_id=desk.site.id) as client:
        yield client


def both(desk: Desk) -> dict[str, str]:
    return {"item": desk.item.code, "borrower": desk.card.code}


async def test_an_item_and_a_card_make_a_loan_with_its_due_date(
    desk: Desk, client: AsyncClient
) -> None:
    answer = await client.post(CHECK_OUTS, json=both(desk))
    assert answer.status_code == 201
    loan = answer.json()
    assert answer.headers["location"] == f"{LOANS}/{loan['id']}"
    assert loan["item"] == desk.item.code
    assert loan["borrower_id"] == str(desk.borrower.id)
    due = datetime.fromisoformat(loan["due_at"])
    assert (due - clock.now()).days in range(13, 17)
    assert datetime.fromisoformat(loan["due_local"]) == due
    assert await status_of(desk.item) == "on_loan"


async def test_an_item_is_taken_back_by_its_code_alone(desk: Desk, client: AsyncClient) -> None:
    loan = (await client.post(CHECK_OUTS, json=both(desk))).json()
    answer = await client.post(CHECK_INS, json={"item": desk.item.code})
    assert answer.status_code == 200
    assert answer.json()["loan_id"] == loan["id"]
    assert answer.json()["status"] == "available"
    assert await status_of(desk.item) == "available"


async def test_codes_are_read_as_they_were_scanned(desk: Desk, client: AsyncClient) -> None:
    card = tag_codes.display(desk.card.code).lower()
    item = tag_codes.url("https://desk.example.org", tag_codes.Kind.ITEM, desk.item.code)
    answer = await client.post(CHECK_OUTS, json={"item": item, "borrower": card})
    assert answer.status_code == 201
    answer = await client.post(CHECK_INS, json={"item": tag_codes.display(desk.item.code)})
    assert answer.status_code == 200


async def test_each_bad_code_is_refused_by_its_own_code(desk: Desk, client: AsyncClient) -> None:
    good = desk.item.code
    swapped = next(
        good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        for place in range(7)
        if good[place] != good[place + 1]
    )
    expected = {
        "BCDFGHJK": "lending.code-unknown",
        swapped: "lending.code-misread",
        "https://example.org/menu": "lending.code-foreign",
        "Amina": "lending.code-foreign",
        "": "lending.code-foreign",
        "x" * 5000: "lending.code-too-long",
        "B" * 300: "lending.code-too-long",
    }
    for text, code in expected.items():
        answer = await client.post(CHECK_OUTS, json={**both(desk), "item": text})
        assert (answer.status_code, answer.json()["code"]) == (409, code), text
        answer = await client.post(CHECK_INS, json={"item": text})
        assert (answer.status_code, answer.json()["code"]) == (409, code), text


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("item", "BCDFGHJL", "lending.code-misread"),
        ("borrower", "https://example.org/menu", "lending.code-foreign"),
        ("item", "x" * 5000, "lending.code-too-long"),
    ],
)
async def test_a_code_that_cannot_be_read_is_recorded_and_is_the_outcome_of_its_key(
    desk: Desk, client: AsyncClient, field: str, text: str, code: str
) -> None:
    body, key = {**both(desk), field: text}, {"Idempotency-Key": "k-1"}
    first = await client.post(CHECK_OUTS, json=body, headers=key)
    again = await client.post(CHECK_OUTS, json=body, headers=key)
    assert [first.json()["code"], again.json()["code"]] == [code, code]
    [event] = await AuditEvent.select().where(AuditEvent.action == "scan.refused")
    assert event["site_id"] == desk.site.id
    assert code in str(event["changes"])
    other = await client.post(CHECK_OUTS, json=both(desk), headers=key)
    assert codes(other)[0] == "core.idempotency-key-reused"


async def test_the_same_unreadable_code_sent_five_times_at_once_is_recorded_once(
    desk: Desk, client: AsyncClient
) -> None:
    key = {"Idempotency-Key": "k-2"}
    body = {"item": "https://example.org/menu"}
    answers = await asyncio.gather(
        *(client.post(CHECK_INS, json=body, headers=key) for _ in range(5))
    )
    assert {answer.json()["code"] for answer in answers} == {"lending.code-foreign"}
    assert await AuditEvent.count().where(AuditEvent.action == "scan.refused") == 1


async def test_a_misread_code_is_answered_with_the_one_that_exists(
    desk: Desk, client: AsyncClient
) -> None:
    letter = "C" if desk.item.code[2] == "B" else "B"
    wrong = desk.item.code[:2] + letter + desk.item.code[3:]
    answer = await client.post(CHECK_INS, json={"item": wrong})
    assert answer.json()["details"]["suggestion"] == tag_codes.display(desk.item.code)


async def test_a_refusal_has_its_code_a_sentence_and_data(desk: Desk, client: AsyncClient) -> None:
    await client.post(CHECK_OUTS, json=both(desk))
    other = await make.card((await make.borrower(site_id=desk.site.id)).id)
    answer = await client.post(CHECK_OUTS, json={**both(desk), "borrower": other.code})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "lending.item-on-loan"
    assert problem["type"] == "urn:comptoir:problem:lending.item-on-loan"
    assert problem["detail"]
    assert await actions() == ["token.created", "loan.opened", "scan.refused"]


async def test_a_refusal_speaks_the_language_of_the_caller(desk: Desk, client: AsyncClient) -> None:
    answer = await client.post(
        CHECK_INS, json={"item": desk.item.code}, headers={"Accept-Language": "de-CH, fr;q=0.5"}
    )
    assert answer.headers["content-language"] == "de"


async def test_a_wrong_body_is_answered_field_by_field(desk: Desk, client: AsyncClient) -> None:
    expected: list[tuple[Any, str, str]] = [
        ({"item": desk.item.code}, "borrower", "core.missing-field"),
        ({**both(desk), "loan": 1}, "loan", "core.unknown-field"),
        ({**both(desk), "item": 12}, "item", "core.invalid-value"),
        ({**both(desk), "site": "here"}, "site", "core.invalid-value"),
        ({**both(desk), "item": "\x00"}, "", "core.invalid-value"),
        ([], "", "core.invalid-value"),
    ]
    for body, field, code in expected:
        answer = await client.post(CHECK_OUTS, json=body)
        assert answer.status_code == 422
        assert codes(answer) == ["core.invalid", code]
        assert answer.json()["errors"][0]["field"] == field


async def test_what_is_not_json_is_refused(client: AsyncClient) -> None:
    answer = await client.post(
        CHECK_OUTS, content="{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "core.malformed")
    answer = await client.post(CHECK_OUTS, data={"item": "x"})
    assert (answer.status_code, answer.json()["code"]) == (415, "core.media-type")


async def test_a_renewal_needs_the_version_that_was_read(desk: Desk, client: AsyncClient) -> None:
    lent = await client.post(CHECK_OUTS, json=both(desk))
    path = f"{LOANS}/{lent.json()['id']}"
    tag = lent.headers["etag"]
    assert version_of((await client.get(path)).headers["etag"]) == version_of(tag) == 1
    missing = await client.post(f"{path}/renewals")
    assert (missing.status_code, codes(missing)[0]) == (428, "core.version-missing")
    answers = await asyncio.gather(
        *(client.post(f"{path}/renewals", headers={"If-Match": tag}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    done, late = sorted(answers, key=lambda answer: answer.status_code)
    assert codes(late) == ["lending.loan-changed"]
    now_read = await client.get(path)
    assert now_read.headers["etag"] == done.headers["etag"]
    assert version_of(now_read.headers["etag"]) == 2
    assert now_read.json()["renewals"] == 1
    undone = await client.post(f"{path}/undo-renewal")
    assert (undone.status_code, undone.json()["renewals"]) == (200, 0)
    assert undone.json()["due_at"] == lent.json()["due_at"]
    again = await client.post(f"{path}/undo-renewal")
    assert (again.status_code, codes(again)) == (409, ["lending.undo-overtaken"])


async def test_every_change_of_a_loan_changes_its_tag(desk: Desk, client: AsyncClient) -> None:
    path = f"{LOANS}/{(await client.post(CHECK_OUTS, json=both(desk))).json()['id']}"
    tags = [(await client.get(path)).headers["etag"]]
    await client.post(CHECK_INS, json={"item": desk.item.code})
    tags.append((await client.get(path)).headers["etag"])
    tags.append((await client.post(f"{path}/undo-check-in")).headers["etag"])
    tags.append((await client.post(f"{path}/undo-check-out")).headers["etag"])
    assert len(set(tags)) == 4


async def test_a_site_that_the_token_does_not_know_is_not_found(
    desk: Desk, client: AsyncClient
) -> None:
    other = await make.site()
    for path, body in ((CHECK_OUTS, both(desk)), (CHECK_INS, {"item": desk.item.code})):
        answer = await client.post(path, json={**body, "site": str(other.id)})
        assert (answer.status_code, answer.json()["code"]) == (404, "accounts.place-not-yours")


async def test_a_token_without_a_site_lends_where_the_item_is(desk: Desk) -> None:
    async with program("desk") as client:
        answer = await client.post(CHECK_OUTS, json=both(desk))
        assert answer.json()["site_id"] == str(desk.site.id)
        elsewhere = await make.site()
        answer = await client.post(
            CHECK_INS, json={"item": desk.item.code, "site": str(elsewhere.id)}
        )
        assert answer.json()["transfer_to"] == str(desk.site.id)


async def test_a_retry_gets_the_first_outcome_whatever_happened_since(
    desk: Desk, client: AsyncClient
) -> None:
    key = {"Idempotency-Key": "a-1"}
    first = await client.post(CHECK_OUTS, json=both(desk), headers=key)
    await client.post(CHECK_INS, json={"item": desk.item.code})
    again = await client.post(CHECK_OUTS, json=both(desk), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await Loan.count() == 1


async def test_a_retry_of_a_refusal_is_refused_again(desk: Desk, client: AsyncClient) -> None:
    key = {"Idempotency-Key": "a-2"}
    first = await client.post(CHECK_INS, json={"item": desk.item.code}, headers=key)
    assert first.json()["code"] == "lending.item-not-on-loan"
    await client.post(CHECK_OUTS, json=both(desk))
    again = await client.post(CHECK_INS, json={"item": desk.item.code}, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "lending.item-not-on-loan")
    assert await status_of(desk.item) == "on_loan"


async def test_a_key_is_refused_for_another_request(desk: Desk, client: AsyncClient) -> None:
    key = {"Idempotency-Key": "a-3"}
    await client.post(CHECK_OUTS, json=both(desk), headers=key)
    other = await desk.add_item()
    for path, body in (
        (CHECK_OUTS, {**both(desk), "item": other.code}),
        (CHECK_INS, {"item": desk.item.code}),
    ):
        answer = await client.post(path, json=body, headers=key)
        assert answer.status_code == 422
        assert answer.json()["code"] == "core.idempotency-key-reused"
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await status_of(desk.item) == "on_loan"


async def test_a_key_belongs_to_its_token(desk: Desk, client: AsyncClient) -> None:
    key = {"Idempotency-Key": "a-4"}
    await client.post(CHECK_OUTS, json=both(desk), headers=key)
    async with program("desk", site_id=desk.site.id) as other:
        answer = await other.post(CHECK_INS, json={"item": desk.item.code}, headers=key)
    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
async def test_a_key_of_another_form_is_refused(desk: Desk, client: AsyncClient, key: str) -> None:
    answer = await client.post(CHECK_OUTS, json=both(desk), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "core.idempotency-key-unfit")


async def test_equal_calls_at_the_same_moment_act_once(desk: Desk, client: AsyncClient) -> None:
    key = {"Idempotency-Key": "a-5"}
    answers = await asyncio.gather(
        *(client.post(CHECK_OUTS, json=both(desk), headers=key) for _ in range(5))
    )
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.text for answer in answers}) == 1
    assert await Loan.count() == 1


async def test_nobody_is_overdue_because_of_a_door_that_was_shut(
    desk: Desk, client: AsyncClient
) -> None:
    shut = await make.site(opens=0, closes=0)
    long_ago = make.MADE_AT
    await make.loan(item=desk.item, borrower_id=desk.borrower.id, now=long_ago)
    other = await desk.add_item()
    await make.loan(item=other, borrower_id=desk.borrower.id, now=long_ago, return_site=shut.id)
    answer = await client.get(LOANS, params={"state": "overdue"})
    assert [loan["item"] for loan in answer.json()["items"]] == [desk.item.code]
    assert answer.json()["items"][0]["late_days"] > 0
    answer = await client.get(LOANS, params={"state": "open"})
    assert {loan["item"] for loan in answer.json()["items"]} == {desk.item.code, other.code}
