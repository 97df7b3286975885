"""Vouchers at the pages of the desk: by one tap, by a scan, shown once, undone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from comptoir.core import clock, vault
from comptoir.core.accounts import throttle
from comptoir.core.accounts.tables import SignInThrottle
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch, VoucherBundle, VoucherKind
from comptoir.lending.borrowers.households import leave_household
from comptoir.lending.errors import IssueRefused
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower, Household, Loan
from comptoir.lending.vouchers.at_desk import for_anybody
from comptoir.lending.vouchers.held_panel import given_to
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher
from comptoir.lending.vouchers.sending import send_issued
from comptoir.lending.vouchers.showing import show_issued
from comptoir.lending.vouchers.tables import VoucherIssue, VoucherPolicy
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.lending.vouchers.went_with import went_with
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.tables import Message, Sending
from comptoir.sites.tables import StaffMember
from tests import factories as make
from tests.lending.counter import actions
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.drawer import given, status_of
from tests.paper import text_of

CODE = "KQ7-4455-XYZW"
ICCID = "89410000000000000013"


@pytest.fixture
async def wifi(reception: Reception) -> Any:
    """One Wi-Fi code of the site, for everybody."""
    kind = await make.voucher_kind(
        names=make.names("Wi-Fi"), medium="wifi", network="Pont", without_borrower=True
    )
    await make.voucher_policy(kind, limit_person=1)
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), Secret(CODE))
    return kind


@pytest.fixture
async def sim(reception: Reception) -> Any:
    """One SIM card in the drawer."""
    kind = await make.voucher_kind()
    await make.voucher_policy(kind)
    secret = Secret(ICCID, pin="1234", puk="12345678", number="+41790000000")
    return await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), secret)


async def visit_of(reception: Reception) -> Any:
    await reception.post("/desk/scan", scan=reception.card.code)
    return (await reception.visit()).id


def shown(text: str, code: str = CODE) -> bool:
    return code in re.sub(r"</?span>", "", text)


async def test_one_tap_gives_a_code_and_shows_it_once(reception: Reception, wifi: Any) -> None:
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    for _ in range(2):
        assert shown((await reception.post("/desk/vouchers", **tap)).text)
    assert len(await given()) == 1


async def test_a_crash_before_it_was_shown_leaves_it_to_be_shown_in_the_visit(
    reception: Reception, wifi: Any
) -> None:
    visit = await visit_of(reception)
    tap = {"kind": wifi.id, "visit": visit, "attempt_id": "tap-1"}
    await reception.post("/desk/vouchers", **tap)
    await VoucherIssue.update({VoucherIssue.shown_at: None}, force=True)
    page = await reception.client.get(f"/desk?visit={visit}")
    [issue] = await VoucherIssue.objects()
    assert f'name="issue" value="{issue.id}"' in page.text
    assert shown((await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)).text)


async def test_a_page_whose_visit_is_over_gives_nothing(reception: Reception, wifi: Any) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    visit = await visit_of(reception)
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
    command = IssueVoucher(kind_id=wifi.id, visit_id=await visit_of(reception))
    await issue_voucher(actor, command, now=clock.now())
    [issue] = await VoucherIssue.objects()
    assert (issue.borrower, issue.visit) == (None, None)


async def test_what_could_not_be_shown_is_not_given(reception: Reception, wifi: Any) -> None:
    keys = vault.current()
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    try:
        tap = {"kind": wifi.id, "visit": await visit_of(reception), "attempt_id": "tap-1"}
        answer = await reception.post("/desk/vouchers", **tap)
    finally:
        vault.use(keys)
    assert "COMPTOIR_VOUCHER_KEYS" in answer.text
    assert not await given()
    assert await VoucherIssue.count() == 0
    assert (await reception.post("/desk/vouchers", **tap)).status_code == 200
    assert len(await given()) == 1


async def test_an_hour_later_it_is_revealed_as_any_other(reception: Reception, wifi: Any) -> None:
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    answer = await reception.post(f"/vouchers/{issue.voucher}/code", back="/desk")
    assert texts["de"] in answer.text
    assert "WLAN" in answer.text
    assert '<span lang="de">Deutsch</span>' in answer.text
    assert texts["fr"] not in answer.text
    assert texts["en"] not in answer.text


async def test_the_limit_is_said_and_passed_with_a_reason(reception: Reception, wifi: Any) -> None:
    batch = await make.voucher_batch(wifi, site_id=reception.site.id)
    await make.voucher(batch)
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
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


async def test_a_card_is_printed_without_its_pin_and_stays_unopened(
    reception: Reception, sim: Any
) -> None:
    visit = await visit_of(reception)
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


async def test_a_code_has_no_slip_without_it(reception: Reception, wifi: Any) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    data = {"issue": issue.id, "closed": "true"}
    assert (await reception.client.post("/desk/vouchers/slip", data=data)).status_code == 404


async def test_it_is_marked_as_in_use_in_the_visit(reception: Reception, sim: Any) -> None:
    visit = await visit_of(reception)
    answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    assert "/desk/vouchers/activate" in answer.text
    [issue] = await VoucherIssue.objects()
    answer = await reception.post("/desk/vouchers/activate", issue=issue.id, visit=visit)
    assert "In use from today: SIM 10 GB" in answer.text
    assert "/desk/vouchers/activate" not in answer.text
    assert await status_of(sim.id) == "activated"


async def test_a_kind_that_is_sold_out_is_named_without_a_button(
    reception: Reception, wifi: Any
) -> None:
    other = await make.voucher_kind(names=make.names("Never here"))
    await make.voucher_policy(other)
    await make.voucher(await make.voucher_batch(other, site_id=(await make.site()).id))
    await Voucher.update({Voucher.status: "void"}, force=True)
    page = await reception.client.get(f"/desk?visit={await visit_of(reception)}")
    assert "Wi-Fi: none is left here" in page.text
    assert "Never here" not in page.text


async def test_amid_a_search_for_somebody_else_nothing_is_given_to_the_last_one(
    reception: Reception, wifi: Any
) -> None:
    await make.borrower(site_id=reception.site.id, name="Berthe Zosso")
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
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


async def test_a_card_that_was_set_aside_is_taken_from_where_it_lies(
    reception: Reception, sim: Any
) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers/reserve", kind=sim.kind, visit=visit, attempt_id="a-1")
    answer = await reception.post("/desk/vouchers", kind=sim.kind, visit=visit, attempt_id="tap-1")
    assert "Take the card that was laid apart" in answer.text
    assert "another card in your hand" not in answer.text


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


async def test_a_code_is_seen_again_by_whoever_gave_it_once_its_person_has_left(
    reception: Reception, wifi: Any
) -> None:
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
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


async def test_a_tap_says_which_card_to_take_and_a_scan_does_not(
    reception: Reception, sim: Any
) -> None:
    await VoucherBatch.update({VoucherBatch.order_number: "B-2026-7"}, force=True)
    visit = await visit_of(reception)
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


@pytest.mark.parametrize(
    "typed", [CODE, "12345-67890", "8899 0011 2233 4455", "0123456789012345", "*121*889900#"]
)
async def test_a_code_that_was_typed_is_not_shown_again(
    reception: Reception, wifi: Any, typed: str
) -> None:
    for visit in ("", await visit_of(reception)):
        answer = await reception.post("/desk/scan", scan=typed, visit=visit, attempt_id=f"a{visit}")
        assert typed not in answer.text
        assert "The code of a voucher is not typed here" in answer.text


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
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
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
    visit = await visit_of(reception)
    await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    await reception.post("/desk/visits/close", visit=visit)
    [issue] = await VoucherIssue.objects()
    later = await visit_of(reception)
    page = await reception.client.get(f"/desk?visit={later}")
    assert "/desk/vouchers/return" in page.text
    answer = await reception.post("/desk/vouchers/return", issue=issue.id, visit=later)
    assert "SIM 10 GB" in answer.text
    assert "/desk/vouchers/return" not in answer.text
    assert await status_of(sim.id) == "available"
    again = await reception.post("/desk/vouchers/return", issue=issue.id, visit=later)
    assert refusal_in(again) == RefusalCode.VOUCHER_NOT_HELD


async def test_another_is_given_for_one_that_does_not_work_and_shown(
    reception: Reception, wifi: Any
) -> None:
    visit = await visit_of(reception)
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


async def test_a_sim_whose_pin_was_revealed_on_its_page_is_not_as_new(
    reception: Reception, sim: Any
) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
    [issue] = await VoucherIssue.objects()
    assert shown((await reception.post(f"/vouchers/{sim.id}/code", back="/desk")).text, "12345678")
    answer = await reception.post("/desk/vouchers/return", issue=issue.id, visit=visit)
    assert refusal_in(answer) == RefusalCode.VOUCHER_OPENED
    assert await status_of(sim.id) == "issued"


async def test_all_that_is_dialled_is_shown_and_the_code_below(reception: Reception) -> None:
    kind = await make.voucher_kind(names=make.names("Top-up"), medium="top_up", dial="*121*{code}#")
    await make.voucher_policy(kind)
    secret = Secret("88990011223344")
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), secret)
    visit = await visit_of(reception)
    answer = await reception.post("/desk/vouchers", kind=kind.id, visit=visit, attempt_id="tap-1")
    assert "<span>*121*</span><span>8899</span>" in answer.text
    assert "<span>44#</span>" in answer.text
    assert "<span>44</span>" in answer.text


async def test_a_sim_without_a_pin_offers_none(reception: Reception) -> None:
    kind = await make.voucher_kind()
    await make.voucher_policy(kind)
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), Secret(ICCID))
    visit = await visit_of(reception)
    for _ in range(2):  # the second is told what the first was told
        answer = await reception.post("/desk/scan", scan=ICCID, visit=visit, attempt_id="scan-1")
        assert "SIM 10 GB" in answer.text
        assert "/desk/vouchers/show" not in answer.text
        assert "/code" not in answer.text


async def test_a_code_from_before_is_asked_for_again_in_the_visit(
    reception: Reception, wifi: Any
) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    await reception.post("/desk/visits/close", visit=visit)
    [issue] = await VoucherIssue.objects()
    page = await reception.client.get(f"/desk?visit={await visit_of(reception)}")
    assert f'href="/vouchers/{issue.voucher}/code"' in page.text
    assert not shown(page.text)


async def test_where_no_rule_lets_them_have_any_the_desk_says_so(
    reception: Reception, wifi: Any
) -> None:
    await VoucherPolicy.delete(force=True)
    visit = await visit_of(reception)
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "no rule lets" in page.text
    assert "/settings/voucher-policies" not in page.text.partition("no rule lets")[2]
    await StaffMember.update({StaffMember.role: "coordinator"}, force=True)
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "/settings/voucher-policies" in page.text.partition("no rule lets")[2]


async def test_nothing_is_said_of_vouchers_to_a_suspended_person(
    reception: Reception, wifi: Any
) -> None:
    visit = await visit_of(reception)
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
    page = await reception.client.get(f"/desk?visit={await visit_of(reception)}")
    assert "Wi-Fi: not before" in page.text
    assert "One household may have 1 of these" in page.text


async def test_whose_limit_was_reached_is_said(reception: Reception, wifi: Any) -> None:
    await make.voucher(await make.voucher_batch(wifi, site_id=reception.site.id))
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=wifi.id, visit=visit, attempt_id="tap-1")
    page = await reception.client.get(f"/desk?visit={visit}")
    assert "Wi-Fi: not before" in page.text
    assert "One person may have 1 of these" in page.text


@pytest.fixture
async def top_up(reception: Reception) -> Any:
    """A top-up whose code may be sent, and somebody with a phone."""
    number: dict[Any, str] = {
        Borrower.phone: "+41791234567",
        Borrower.contact_kind: "phone",
    }
    await Borrower.update(number, force=True)
    kind = await make.voucher_kind(names=make.names("Top-up"), medium="top_up", by_sms=True)
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=reception.site.id)
    await make.voucher(batch, Secret(CODE))
    return kind


async def test_where_the_code_goes_is_said_and_it_can_be_shown_or_printed_still(
    reception: Reception, top_up: Any
) -> None:
    visit = await visit_of(reception)
    given = await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    assert "/desk/vouchers/sms" in given.text
    [issue] = await VoucherIssue.objects()
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "No text message goes to +41 79 123 45 67" in answer.text  # no gateway is set up
    assert "/desk/vouchers/show" in answer.text
    assert "/desk/vouchers/slip" in answer.text
    [message] = await Message.objects()
    assert message.kind == "voucher"


async def test_a_message_that_would_not_arrive_is_not_said_to_be_on_its_way(
    reception: Reception, top_up: Any
) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    [person] = await Borrower.objects()
    wish = BorrowerWish(borrower=person.id, stopped_at=clock.now())
    await wish.save()
    codes = [await refused_to_send(reception, issue, visit)]
    await BorrowerWish.update({BorrowerWish.wrong_number: person.phone}, force=True)
    codes.append(await refused_to_send(reception, issue, visit))
    await BorrowerWish.delete(force=True)
    await Borrower.update({Borrower.phone: "+41265550110"}, force=True)  # takes no messages
    codes.append(await refused_to_send(reception, issue, visit))
    await Borrower.update({Borrower.phone: "+41791234567"}, force=True)
    await Sending(id=1, paused_at=clock.now()).save()
    codes.append(await refused_to_send(reception, issue, visit))
    assert await Message.count() == 0
    assert "voucher.sent_to_phone" not in await actions()
    await Sending.delete(force=True)
    await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    await Message.update({Message.status: "failed"}, force=True)
    codes.append(await refused_to_send(reception, issue, visit))
    assert codes == [
        RefusalCode.VOUCHER_MESSAGES_STOPPED,
        RefusalCode.VOUCHER_NUMBER_DOUBTED,
        RefusalCode.VOUCHER_NUMBER_DOUBTED,
        RefusalCode.VOUCHER_SENDING_PAUSED,
        RefusalCode.VOUCHER_MESSAGE_FAILED,
    ]


@pytest.mark.parametrize("end", ["failed", "unknown", "dropped"])
async def test_a_message_that_was_tried_again_went_as_its_last_try_did(
    reception: Reception, top_up: Any, end: str
) -> None:
    visit = await visit_of(reception)
    await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    await Message.update({Message.status: "failed"}, force=True)
    [first] = await Message.objects()
    coordinator = await make.principal(Role.COORDINATOR, reception.site.id)
    second = await try_again(coordinator, first.id, now=clock.now())
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "+41 79 123 45 67" in answer.text  # it is on its way
    await Message.update({Message.status: end}).where(Message.id == second)
    code = await refused_to_send(reception, issue, visit)
    assert code == RefusalCode.VOUCHER_MESSAGE_FAILED
    assert await Message.count() == 2


async def refused_to_send(reception: Reception, issue: Any, visit: Any) -> str:
    """Why, with what is offered instead; it is not offered beside the code either."""
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "/desk/vouchers/show" in answer.text
    assert "/desk/vouchers/slip" in answer.text
    shown = await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)
    assert "/desk/vouchers/sms" not in shown.text
    return refusal_in(answer)
