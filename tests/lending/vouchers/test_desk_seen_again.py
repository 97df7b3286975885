"""Who sees a code at the desk, when, and how it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from comptoir.core import clock
from comptoir.core.accounts import throttle
from comptoir.core.accounts.tables import SignInThrottle
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher, VoucherKind
from comptoir.lending.errors import IssueRefused
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher
from comptoir.lending.vouchers.sending import send_issued
from comptoir.lending.vouchers.showing import show_issued
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.sites.tables import StaffMember
from tests import factories as make
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.at_the_desk import CODE, shown


async def test_an_hour_later_it_is_revealed_as_any_other(reception: Reception, wifi: Any) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    moves: tuple[dict[Any, Any], ...] = (
        {VoucherIssue.shown_at: clock.now() - timedelta(minutes=11)},
        {VoucherIssue.issued_at: clock.now() - timedelta(minutes=61), VoucherIssue.shown_at: None},
    )
    for moved in moves:
        await VoucherIssue.update(moved, force=True)
        answer = await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)
        assert refusal_in(answer) == RefusalCode.VOUCHER_NOT_AT_HAND
        assert not shown(answer.text)
    reveal = f"/vouchers/{issue.voucher}/code"
    assert reveal in (await reception.client.get(f"/desk?visit={visit}")).text
    assert shown((await reception.post(reveal, back="/desk")).text)
    await reception.post("/desk/visits/close", visit=visit)
    assert not shown((await reception.post(reveal, back="/desk")).text)


async def test_a_code_that_is_revealed_is_in_the_language_of_its_person(
    reception: Reception, wifi: Any
) -> None:
    texts = {"fr": "Ouvrez une page.", "de": "Öffnen Sie eine Seite.", "en": "Open a page."}
    await VoucherKind.update(
        {VoucherKind.instructions: msgspec.json.encode(texts).decode()}, force=True
    )
    await Borrower.update({Borrower.language: "de"}).where(Borrower.id == reception.borrower.id)
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    answer = await reception.post(f"/vouchers/{issue.voucher}/code", back="/desk")
    assert texts["de"] in answer.text
    assert "WLAN" in answer.text
    assert '<span lang="de">Deutsch</span>' in answer.text
    assert texts["fr"] not in answer.text
    assert texts["en"] not in answer.text


async def test_a_code_is_seen_again_by_whoever_gave_it_once_its_person_has_left(
    reception: Reception, wifi: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    colleague = await make.principal(Role.RECEPTION, reception.site.id)
    now = clock.now()
    await show_issued(colleague, issue.id, now=now)  # the person is at the desk of both
    await reception.post("/desk/visits/close", visit=visit)
    for refusing in (show_issued, send_issued):
        with pytest.raises(IssueRefused) as error:
            await refusing(colleague, issue.id, now=now)
        assert error.value.refusal.code == RefusalCode.VOUCHER_NOT_AT_HAND
    assert shown((await reception.post("/desk/vouchers/show", issue=issue.id)).text)
    slip = await reception.post("/desk/vouchers/slip", issue=issue.id)
    assert slip.headers["content-type"] == "application/pdf"


async def test_whoever_gave_one_before_sees_it_not_when_somebody_else_gives_it_again(
    reception: Reception, wifi: Any
) -> None:
    first = await make.principal(Role.RECEPTION, reception.site.id)
    gift = IssueVoucher(kind_id=wifi.id, site_id=reception.site.id)
    now = clock.now()
    issue = await issue_voucher(first, gift, now=now)
    await undo_issue(first, issue.id, now=now)
    second = await make.principal(Role.RECEPTION, reception.site.id)
    later = now + timedelta(seconds=5)
    again = await issue_voucher(second, gift, now=later)
    assert again.voucher_id == issue.voucher_id
    with pytest.raises(IssueRefused):
        await show_issued(first, again.id, now=later)
    await show_issued(second, again.id, now=later)


async def test_very_many_first_showings_wait_and_the_voucher_stays_theirs(
    reception: Reception, wifi: Any
) -> None:
    await SignInThrottle.delete(force=True)
    staff = await StaffMember.objects().first()
    assert staff is not None
    subject = throttle.vouchers_given(staff.user)
    for _ in range(subject.free):
        await throttle.begin([subject], now=clock.now())
    visit = await reception.open_visit()
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    answer = await reception.post("/desk/vouchers", **tap)
    assert not shown(answer.text)
    assert "this one has to wait" in answer.text
    [issue] = await VoucherIssue.objects()
    assert f'name="of" value="{issue.id}"' in answer.text  # it can be undone
    refused = await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)
    assert refusal_in(refused) == RefusalCode.VOUCHER_SHOWN_TOO_OFTEN
    await SignInThrottle.delete(force=True)
    show = {"issue": issue.id, "visit": visit}
    assert shown((await reception.post("/desk/vouchers/show", **show)).text)
    for _ in range(3):  # seen again, it counts for nothing
        await reception.post("/desk/vouchers/show", **show)
    [count] = await SignInThrottle.select(SignInThrottle.failures).where(
        SignInThrottle.subject_hash == subject.hash
    )
    assert count["failures"] == 1


async def test_a_code_from_before_is_asked_for_again_in_the_visit(
    reception: Reception, wifi: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    await reception.post("/desk/visits/close", visit=visit)
    [issue] = await VoucherIssue.objects()
    page = await reception.client.get(f"/desk?visit={await reception.open_visit()}")
    assert f'href="/vouchers/{issue.voucher}/code"' in page.text
    assert not shown(page.text)


@pytest.mark.parametrize(
    "typed", [CODE, "12345-67890", "8899 0011 2233 4455", "0123456789012345", "*121*889900#"]
)
async def test_a_code_that_was_typed_is_not_shown_again(
    reception: Reception, wifi: Any, typed: str
) -> None:
    for visit in ("", await reception.open_visit()):
        answer = await reception.post("/desk/scan", scan=typed, visit=visit, attempt_id=f"a{visit}")
        assert typed not in answer.text
        assert "The code of a voucher is not typed here" in answer.text


async def test_all_that_is_dialled_is_shown_and_the_code_below(reception: Reception) -> None:
    kind = await make.voucher_kind(names=make.names("Top-up"), medium="top_up", dial="*121*{code}#")
    await make.voucher_policy(kind)
    secret = Secret("88990011223344")
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), secret)
    visit = await reception.open_visit()
    answer = await reception.post("/desk/vouchers", kind=kind.id, visit=visit, attempt_id="tap-1")
    assert "<span>*121*</span><span>8899</span>" in answer.text
    assert "<span>44#</span>" in answer.text
    assert "<span>44</span>" in answer.text


async def test_a_crash_before_it_was_shown_leaves_it_to_be_shown_in_the_visit(
    reception: Reception, wifi: Any
) -> None:
    visit = await reception.open_visit()
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    await reception.post("/desk/vouchers", **tap)
    await VoucherIssue.update({VoucherIssue.shown_at: None}, force=True)
    page = await reception.client.get(f"/desk?visit={visit}")
    [issue] = await VoucherIssue.objects()
    assert f'name="issue" value="{issue.id}"' in page.text
    assert shown((await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)).text)


async def test_the_code_of_a_wifi_is_read_whole_and_is_hidden_again(
    reception: Reception, wifi: Any
) -> None:
    await Voucher.delete(force=True)
    batch = await make.voucher_batch(wifi, site_id=reception.site.id)
    await make.voucher(batch, Secret("1234567890"))
    answer = await reception.post("/desk/vouchers", kind=wifi.id, attempt_id="tap-1", language="de")
    assert "<span>1234567890</span>" in answer.text
    assert "data-shown-for=" in answer.text
    card = answer.text.split('<div lang="de">')[1].split("data-hide")[0]
    assert "<h3>Wi-Fi</h3>" in card
    [issue] = await VoucherIssue.objects()
    again = await reception.post("/desk/vouchers/show", issue=issue.id, language="en")
    assert "<h3>Wi-Fi</h3>" not in again.text  # the heading above says it in that language
