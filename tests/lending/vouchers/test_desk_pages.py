"""Vouchers at the pages of the desk: by one tap, shown, printed, limited, replaced."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from comptoir.core import clock, vault
from comptoir.core.principal import Role
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.borrowers.households import leave_household
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower, Household
from comptoir.lending.vouchers.at_desk import for_anybody
from comptoir.lending.vouchers.held_panel import given_to
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher
from comptoir.lending.vouchers.tables import VoucherIssue, VoucherPolicy
from comptoir.sites.tables import StaffMember
from tests import factories as make
from tests.lending.counter import actions
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.at_the_desk import CODE, shown
from tests.lending.vouchers.drawer import given, status_of


async def test_one_tap_gives_a_code_and_shows_it_once(reception: Reception, wifi: Any) -> None:
    visit = await reception.open_visit()
    page = await reception.client.get(f"/desk?visit={visit}")
    assert f'name="kind" value="{wifi.id}"' in page.text
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    answer = await reception.post("/desk/vouchers", **tap)
    assert shown(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert CODE not in str(answer.headers)
    assert await actions() == ["visit.opened", "voucher.issued", "voucher.shown"]
    again = await reception.client.get(f"/desk?visit={visit}")
    assert not shown(again.text)
    assert len(await given()) == 1


async def test_the_same_tap_sent_again_shows_the_same_code(reception: Reception, wifi: Any) -> None:
    visit = await reception.open_visit()
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    for _ in range(2):
        assert shown((await reception.post("/desk/vouchers", **tap)).text)
    assert len(await given()) == 1


async def test_a_page_whose_visit_is_over_gives_nothing(reception: Reception, wifi: Any) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    await reception.post("/desk/visits/close", visit=visit)
    for number, said in enumerate((visit, "x")):
        tap = {"kind": wifi.id, "visit": said, "attempt_id": f"tap-late-{number}"}
        answer = await reception.post("/desk/vouchers", **tap)
        assert answer.status_code == 404
    assert len(await given()) == 1


async def test_of_what_nobody_is_asked_for_no_visit_is_kept(
    reception: Reception, wifi: Any
) -> None:
    actor = await make.principal(Role.RECEPTION, reception.site.id)
    command = IssueVoucher(kind_id=wifi.id, visit_id=await reception.open_visit())
    await issue_voucher(actor, command, now=clock.now())
    [issue] = await VoucherIssue.objects()
    assert (issue.borrower, issue.visit) == (None, None)


async def test_what_could_not_be_shown_is_not_given(reception: Reception, wifi: Any) -> None:
    keys = vault.current()
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    try:
        tap = {"kind": wifi.id, "visit": await reception.open_visit(), "attempt_id": "tap-1"}
        answer = await reception.post("/desk/vouchers", **tap)
    finally:
        vault.use(keys)
    assert "COMPTOIR_VOUCHER_KEYS" in answer.text
    assert not await given()
    assert await VoucherIssue.count() == 0
    assert (await reception.post("/desk/vouchers", **tap)).status_code == 200
    assert len(await given()) == 1


async def test_the_limit_is_said_and_passed_with_a_reason(reception: Reception, wifi: Any) -> None:
    batch = await make.voucher_batch(wifi, site_id=reception.site.id)
    await make.voucher(batch)
    visit = await reception.open_visit()
    tap = {"kind": wifi.id, "visit": visit}
    await reception.post("/desk/vouchers", **tap, attempt_id="tap-1")
    answer = await reception.post("/desk/vouchers", **tap, attempt_id="tap-2")
    assert refusal_in(answer) == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED
    assert 'name="reason"' in answer.text
    await reception.post("/desk/vouchers", **tap, attempt_id="tap-3", reason="lost the paper")
    assert len(await given()) == 2


async def test_why_more_was_given_is_read_by_coordinators(reception: Reception, wifi: Any) -> None:
    batch = await make.voucher_batch(wifi, site_id=reception.site.id)
    await make.voucher(batch)
    visit = await reception.open_visit()
    for number in range(2):
        tap = {"kind": wifi.id, "visit": visit, "attempt_id": f"tap-{number}"}
        await reception.post("/desk/vouchers", **tap, reason="her bag was stolen")
    addresses = [f"/vouchers/{voucher}" for voucher in await given()]
    said = "her bag was stolen"
    assert [said in (await reception.client.get(each)).text for each in addresses] == [False] * 2
    await StaffMember.update({StaffMember.role: "coordinator"}, force=True)
    pages = [said in (await reception.client.get(each)).text for each in addresses]
    assert sorted(pages) == [False, True]
    await VoucherIssue.update({VoucherIssue.ended_at: clock.now()}, force=True)
    again = [said in (await reception.client.get(each)).text for each in addresses]
    assert again == pages, "it remains once it came back"


async def test_a_code_has_no_slip_without_it(reception: Reception, wifi: Any) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    data = {"issue": issue.id, "closed": "true"}
    assert (await reception.client.post("/desk/vouchers/slip", data=data)).status_code == 404


async def test_a_kind_that_is_sold_out_is_named_without_a_button(
    reception: Reception, wifi: Any
) -> None:
    other = await make.voucher_kind(names=make.names("Never here"))
    await make.voucher_policy(other)
    await make.voucher(await make.voucher_batch(other, site_id=(await make.site()).id))
    await Voucher.update({Voucher.status: "void"}, force=True)
    page = await reception.client.get(f"/desk?visit={await reception.open_visit()}")
    assert "Wi-Fi: none is left here" in page.text
    assert "Never here" not in page.text


async def test_amid_a_search_for_somebody_else_nothing_is_given_to_the_last_one(
    reception: Reception, wifi: Any
) -> None:
    await make.borrower(site_id=reception.site.id, name="Berthe Zosso")
    visit = await reception.open_visit()
    give = f'name="kind" value="{wifi.id}"'
    assert give in (await reception.client.get(f"/desk?visit={visit}")).text
    answer = await reception.post("/desk/scan", scan="Zosso", visit=visit, attempt_id="scan-1")
    assert "Berthe Zosso" in answer.text
    assert give not in answer.text
    assert f"Vouchers: {reception.borrower.name}" in answer.text


async def test_the_page_of_a_person_lists_what_they_were_given(
    reception: Reception, wifi: Any
) -> None:
    person = f"/borrowers/{reception.borrower.id}"
    assert "Vouchers given" not in (await reception.client.get(person)).text
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    for _ in range(2):  # printed and printed again: told once
        await reception.post("/desk/vouchers/slip", issue=issue.id)
    page = await reception.client.get(person)
    assert f'href="/vouchers/{issue.voucher}"' in page.text.partition("Vouchers given")[2]
    assert page.text.count("Code shown: Wi-Fi.") == 1
    assert (await actions()).count("voucher.shown") == 3
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert await given_to(stranger, reception.borrower.id) == []


async def test_the_next_one_is_given_after_the_first(reception: Reception, wifi: Any) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    answer = await reception.post("/desk/vouchers", kind=wifi.id, attempt_id="tap-1")
    assert "Another one: Wi-Fi" in answer.text
    answer = await reception.post("/desk/vouchers", kind=wifi.id, attempt_id="tap-2")
    assert "Another one: Wi-Fi" not in answer.text  # none is left


async def test_a_code_is_given_to_whoever_is_there(reception: Reception, wifi: Any) -> None:
    page = await reception.client.get("/desk")
    assert f'name="kind" value="{wifi.id}"' in page.text
    answer = await reception.post("/desk/vouchers", kind=wifi.id, attempt_id="tap-1")
    assert shown(answer.text)
    [issue] = await VoucherIssue.objects()
    assert (issue.borrower, issue.visit) == (None, None)


async def test_the_day_on_which_one_can_still_be_given_is_that_of_the_site(
    reception: Reception, wifi: Any
) -> None:
    # Half past midnight in Zurich, which is the day before in UTC.
    midnight = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)
    await Voucher.update({Voucher.activate_by: date(2026, 12, 23)}, force=True)
    assert await for_anybody(reception.site.id, now=midnight) == ()
    await Voucher.update({Voucher.activate_by: date(2026, 12, 24)}, force=True)
    assert len(await for_anybody(reception.site.id, now=midnight)) == 1


async def test_it_is_asked_for_the_language_of_whoever_is_there_and_the_slip_is_in_it(
    reception: Reception, wifi: Any
) -> None:
    page = await reception.client.get("/desk")
    for language in ("fr", "de", "it", "en"):
        assert f'name="language" value="{language}"' in page.text
    tap = {"kind": wifi.id, "attempt_id": "tap-1", "language": "it"}
    answer = await reception.post("/desk/vouchers", **tap)
    assert '<div lang="it">' in answer.text
    assert "Codice" in answer.text
    assert '<input type="hidden" name="language" value="it">' in answer.text
    [issue] = await VoucherIssue.objects()
    slip = await reception.post("/desk/vouchers/slip", issue=issue.id, language="it")
    assert b"(it)" in slip.content
    again = await reception.post("/desk/vouchers/show", issue=issue.id, language="xx")
    assert '<div lang="en">' in again.text


async def test_another_is_given_for_one_that_does_not_work_and_shown(
    reception: Reception, wifi: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    tap = {"issue": issue.id, "visit": visit, "attempt_id": "tap-2"}
    none_left = await reception.post("/desk/vouchers/replace", **tap)
    assert refusal_in(none_left) == RefusalCode.VOUCHER_NONE_LEFT
    other = "KQ7-7788-MNPQ"
    batch = await make.voucher_batch(wifi, site_id=reception.site.id)
    await make.voucher(batch, Secret(other))
    answer = await reception.post("/desk/vouchers/replace", **{**tap, "attempt_id": "tap-3"})
    assert shown(answer.text, other)
    assert not shown(answer.text)
    assert await status_of(issue.voucher) == "void"
    assert len(await given()) == 1


async def test_where_no_rule_lets_them_have_any_the_desk_says_so(
    reception: Reception, wifi: Any
) -> None:
    await VoucherPolicy.delete(force=True)
    visit = await reception.open_visit()
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "no rule lets" in page.text
    assert "/settings/voucher-policies" not in page.text.partition("no rule lets")[2]
    await StaffMember.update({StaffMember.role: "coordinator"}, force=True)
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "/settings/voucher-policies" in page.text.partition("no rule lets")[2]


async def test_nothing_is_said_of_vouchers_to_a_suspended_person(
    reception: Reception, wifi: Any
) -> None:
    visit = await reception.open_visit()
    assert "<h3>Vouchers: " in (await reception.client.get(f"/desk?visit={visit}")).text
    await Borrower.update({Borrower.suspended_at: clock.now()}, force=True)
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "May not borrow" in page.text
    assert "<h3>Vouchers: " not in page.text


async def test_the_desk_offers_no_second_share_of_a_household_that_was_left(
    reception: Reception, wifi: Any
) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    await VoucherPolicy.update({VoucherPolicy.limit_household: 1}, force=True)
    home = Household(label="Diallo", created_at=clock.now())
    await home.save()
    await Borrower.update({Borrower.household: home.id}, force=True)
    mate = await make.borrower(site_id=reception.site.id, household=home.id)
    gift = IssueVoucher(kind_id=wifi.id, borrower_id=mate.id, site_id=reception.site.id)
    actor = await make.principal(Role.RECEPTION, reception.site.id)
    await issue_voucher(actor, gift, now=clock.now())
    await leave_household(actor, mate.id, now=clock.now())
    page = await reception.client.get(f"/desk?visit={await reception.open_visit()}")
    assert "Wi-Fi: not before" in page.text
    assert "One household may have 1 of these" in page.text


async def test_whose_limit_was_reached_is_said(reception: Reception, wifi: Any) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "Wi-Fi: not before" in page.text
    assert "One person may have 1 of these" in page.text
