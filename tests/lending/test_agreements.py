"""Agreements: one for all that was lent in a visit, and never changed again."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import clock, db
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.lending.agreed_loans import AgreementNotFound, NothingToAgree, visit_loans
from comptoir.lending.agreement_pdf import PaperSignature, Signature, TypedSignature
from comptoir.lending.agreement_queries import agreement_pdf, read_agreement
from comptoir.lending.agreements import (
    AgreementKeptAlready,
    AgreementNotOnPaper,
    PaperWanted,
    SignatureMissing,
    make_agreement,
    sign_on_paper,
)
from comptoir.lending.desk.view import read_visit
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.undo import undo_check_out
from comptoir.lending.tables import Agreement, AgreementLoan, Borrower, Loan, Policy
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.test_desk import Counter


@pytest.fixture
async def counter(database: Any) -> Counter:
    """A desk where a policy wants a signature on the screen."""
    counter = await Counter().set_up()
    await Policy.update({Policy.signature: "screen"}, force=True)
    return counter


async def lend_two(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    await counter.scan(counter.item.code, now)
    await counter.scan((await counter.add_item(serial="SN-1")).code, now)


async def agree(counter: Counter, signature: Signature | None, now: datetime) -> UUID:
    assert counter.visit is not None
    loans = await visit_loans(counter.actor, counter.visit)
    return await make_agreement(counter.actor, loans, signature, now=now)


async def to_sign(counter: Counter, now: datetime) -> bool:
    view = await read_visit(counter.actor, counter.visit, now=now)
    assert view is not None
    return view.to_sign


async def test_one_agreement_covers_all_that_was_lent(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    assert counter.visit is not None
    assert (await visit_loans(counter.actor, counter.visit)).signature == "screen"
    assert await to_sign(counter, now)
    made = await agree(counter, TypedSignature("A. Diallo"), now)
    assert await AgreementLoan.count() == 2
    assert not await to_sign(counter, now)
    kept = await agreement_pdf(counter.actor, made)
    assert kept.pdf.startswith(b"%PDF")
    assert hashlib.sha256(kept.pdf).hexdigest() == kept.sha256
    assert kept.signature == "screen"


async def test_what_is_lent_after_signing_is_to_be_signed_too(
    counter: Counter, now: datetime
) -> None:
    await lend_two(counter, now)
    assert counter.visit is not None
    await agree(counter, PaperSignature(), now)
    await counter.scan((await counter.add_item()).code, now)
    assert await to_sign(counter, now)


@pytest.mark.parametrize(
    "column", ["pdf", "sha256", "number", "signature", "signed_name", "language", "created_at"]
)
async def test_a_kept_agreement_refuses_every_change(
    counter: Counter, now: datetime, column: str
) -> None:
    await lend_two(counter, now)
    assert counter.visit is not None
    made = await agree(counter, PaperSignature(), now)
    with pytest.raises(Exception, match="never changes"):
        await db.execute(
            f"UPDATE lending_agreement SET {column} = {column} WHERE id = :id", id=made
        )
    assert await Agreement.count() == 1


async def test_a_visit_without_loans_has_nothing_to_agree(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    assert counter.visit is not None
    with pytest.raises(NothingToAgree):
        await agree(counter, None, now)


@pytest.mark.parametrize("wanted", ["screen", "paper"])
async def test_what_a_policy_wants_signed_is_not_kept_unsigned(
    counter: Counter, now: datetime, wanted: str
) -> None:
    await Policy.update({Policy.signature: wanted}, force=True)
    await lend_two(counter, now)
    assert counter.visit is not None
    with pytest.raises(SignatureMissing) as refused:
        await agree(counter, None, now)
    assert refused.value.code == "lending.signature-missing"
    assert await Agreement.count() == 0


async def test_one_thing_to_sign_on_paper_puts_the_whole_agreement_on_paper(
    counter: Counter, now: datetime
) -> None:
    """Of two things in one visit, lent under rules that differ only in the signature."""
    await lend_two(counter, now)
    assert counter.visit is not None
    on_paper = await make.policy(category_id=(await make.category("Phone")).id, signature="paper")
    one = (await Loan.objects().order_by(Loan.id))[0].id
    await Loan.update({Loan.policy: on_paper.id}).where(Loan.id == one)
    assert (await visit_loans(counter.actor, counter.visit)).signature == "paper"
    with pytest.raises(PaperWanted) as refused:
        await agree(counter, TypedSignature("A. Diallo"), now)
    assert refused.value.code == "lending.paper-wanted"
    assert await Agreement.count() == 0
    made = await agree(counter, PaperSignature(), now)
    assert (await agreement_pdf(counter.actor, made)).signature == "paper"


async def test_the_screen_is_not_offered_in_the_place_of_paper(counter: Counter) -> None:
    await Policy.update({Policy.signature: "paper"}, force=True)
    await lend_two(counter, clock.now())
    form = f"/desk/visits/{counter.visit}/agreement"
    async with client_of() as client:
        reception = await make.user(role=Role.RECEPTION, site_id=counter.site.id)
        await sign_in(client, reception, site_id=counter.site.id)
        drawn = await client.post(form, data={"how": "screen", "signature_typed": "A. Diallo"})
        assert (drawn.status_code, "must be signed on paper" in drawn.text) == (422, True)
        await client.post(form, data={"how": "paper"})
        [made] = await Agreement.objects()
        kept = (await client.get(f"/agreements/{made.id}")).text
    assert "The paper is signed" in kept
    assert "Sign on the screen instead" not in kept


async def test_where_nothing_is_to_be_signed_there_is_a_receipt(
    counter: Counter, now: datetime
) -> None:
    await Policy.update({Policy.signature: "none"}, force=True)
    await lend_two(counter, now)
    assert not await to_sign(counter, now)
    assert counter.visit is not None
    made = await agree(counter, None, now)
    assert (await agreement_pdf(counter.actor, made)).signature == "none"


async def test_an_agreement_of_another_site_is_not_found(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    assert counter.visit is not None
    made = await agree(counter, PaperSignature(), now)
    stranger = Principal(kind="user", id=counter.actor.id, roles=())
    assert not stranger.has_role(Role.RECEPTION)
    with pytest.raises(AgreementNotFound):
        await agreement_pdf(stranger, made)
    with pytest.raises(AgreementNotFound):
        await visit_loans(stranger, counter.visit)


async def test_what_is_signed_is_not_signed_again(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    first = await agree(counter, TypedSignature("A. Diallo"), now)
    for again in (TypedSignature("Second"), PaperSignature()):
        with pytest.raises(AgreementKeptAlready) as refused:
            await agree(counter, again, now)
        assert refused.value.details()["agreement"] == str(first)
    assert await Agreement.count() == 1


async def test_what_is_renewed_is_signed_for_again(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    first = await agree(counter, TypedSignature("A. Diallo"), now)
    [loan, _] = await Loan.objects().order_by(Loan.id)
    await renew_loan(counter.actor, loan.id, now=now)
    assert not await to_sign(counter, now), "nothing asks for it"
    second = await agree(counter, TypedSignature("A. Diallo"), now)
    assert second != first
    assert (await agreement_pdf(counter.actor, second)).pdf != (
        await agreement_pdf(counter.actor, first)
    ).pdf
    with pytest.raises(AgreementKeptAlready):
        await agree(counter, TypedSignature("A. Diallo"), now)


async def test_a_printed_agreement_is_not_signed_before_somebody_says_so(
    counter: Counter, now: datetime
) -> None:
    await lend_two(counter, now)
    made = await agree(counter, PaperSignature(), now)
    assert await to_sign(counter, now)
    assert (await read_agreement(counter.actor, made)).signed_at is None
    for _ in range(2):
        await sign_on_paper(counter.actor, made, now=now)
    assert not await to_sign(counter, now)
    assert (await read_agreement(counter.actor, made)).signed_at == now
    assert await AuditEvent.count().where(AuditEvent.action == "agreement.signed") == 1


async def test_what_was_printed_may_be_signed_on_the_screen(
    counter: Counter, now: datetime
) -> None:
    await lend_two(counter, now)
    paper = await agree(counter, PaperSignature(), now)
    with pytest.raises(AgreementKeptAlready):
        await agree(counter, PaperSignature(), now)
    signed = await agree(counter, TypedSignature("A. Diallo"), now)
    assert signed != paper
    assert not await to_sign(counter, now)
    with pytest.raises(AgreementNotOnPaper):
        await sign_on_paper(counter.actor, signed, now=now)


async def test_an_agreement_is_void_for_what_was_undone(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    made = await agree(counter, TypedSignature("A. Diallo"), now)
    kept = await agreement_pdf(counter.actor, made)
    loans = [loan.id for loan in await Loan.objects().order_by(Loan.id)]
    await undo_check_out(counter.actor, loans[0], now=now)
    partly = await read_agreement(counter.actor, made)
    assert (partly.undone, partly.void) == ((loans[0],), False)
    await undo_check_out(counter.actor, loans[1], now=now)
    assert (await read_agreement(counter.actor, made)).void
    assert (await agreement_pdf(counter.actor, made)) == kept


async def test_a_double_click_signs_once(counter: Counter, now: datetime) -> None:
    await lend_two(counter, now)
    made = await asyncio.gather(
        *(agree(counter, TypedSignature("A. Diallo"), now) for _ in range(5)),
        return_exceptions=True,
    )
    [kept] = [each for each in made if isinstance(each, UUID)]
    others = [each for each in made if isinstance(each, AgreementKeptAlready)]
    assert [each.agreement_id for each in others] == [kept] * 4
    assert await Agreement.count() == 1


async def test_what_is_signed_is_shown_as_kept(counter: Counter, now: datetime) -> None:
    site = counter.actor.site_id
    await lend_two(counter, clock.now())
    async with client_of() as client:
        user = await make.user(role=Role.RECEPTION, site_id=site)
        await sign_in(client, user, site_id=site)
        path = f"/desk/visits/{counter.visit}/agreement"
        assert (await client.get(path)).status_code == 200
        form = {"how": "screen", "signature_typed": "A. Diallo"}
        first = (await client.post(path, data=form)).headers["location"]
        assert first.startswith("/desk?signed=")
        kept = f"/agreements/{first.removeprefix('/desk?signed=')}"
        assert (await client.post(path, data=form)).headers["location"] == first
        assert (await client.get(path)).headers["location"] == kept


@pytest.mark.parametrize(
    ("name", "warned"),
    [("李小龙", True), ("Zoë Đorđević", False), ("أمينة", False), ("ሰላም", False)],
)
async def test_a_name_that_cannot_be_printed_is_said_before_it_is(
    counter: Counter, name: str, warned: bool
) -> None:
    site = counter.actor.site_id
    await lend_two(counter, clock.now())
    await Borrower.update({Borrower.name: name}, force=True)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=site), site_id=site)
        answer = await client.get(f"/desk/visits/{counter.visit}/agreement")
    assert answer.status_code == 200
    assert ("cannot show this name" in answer.text) == warned
