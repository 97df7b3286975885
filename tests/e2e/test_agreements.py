"""An agreement in the browser: printed in a window of its own, and a scan beside it."""

from __future__ import annotations

from playwright.sync_api import Page

from comptoir.lending.tables import Agreement, Policy
from tests.e2e.world import Counter, LoanSeen, World, type_in
from tests.scanners import scan


def open_agreement(world: World, page: Page, counter: Counter) -> None:
    world.run(Policy.update({Policy.signature: "screen"}, force=True).run())
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.click(".visit a[href$='/agreement']")
    page.wait_for_url("**/agreement")  # and for its scripts


def test_paper_is_printed_beside_and_waits_to_be_signed(
    world: World, page: Page, counter: Counter
) -> None:
    open_agreement(world, page, counter)
    with page.context.expect_page() as printed:
        page.click("button[value=paper]")
    printed.value.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")  # as no window manager gives it here
    page.click("form[action$='/signed'] button")
    page.wait_for_url("**/desk")
    assert page.locator(".visit").count() == 0
    assert counter.borrower in page.inner_text(".answer.ok h2")


def test_after_a_signature_the_desk_is_free_and_the_next_card_opens_a_visit(
    world: World, page: Page, counter: Counter
) -> None:
    open_agreement(world, page, counter)
    page.fill("[name=signature_typed]", "A. Diallo")
    page.click("button[value=screen]")
    page.wait_for_url("**/desk")
    assert counter.borrower in page.inner_text(".answer.ok h2")
    assert page.locator(".visit").count() == 0
    assert page.evaluate("document.activeElement.id") == "scan"
    page.reload()
    assert page.locator(".answer.ok").count() == 0, "it is said once"
    scan(page, counter.card, pc="german")
    page.wait_for_selector(".visit")


def test_a_scan_beside_an_agreement_is_a_scan_at_the_desk(
    world: World, page: Page, counter: Counter
) -> None:
    open_agreement(world, page, counter)
    with page.context.expect_page() as printed:
        page.click("button[value=paper]")
    printed.value.close()
    [agreement] = world.run(Agreement.select(Agreement.id).order_by(Agreement.id).run())[-1:]
    page.goto(f"/agreements/{agreement['id']}")
    scan(page, counter.items[1], pc="german")
    page.wait_for_selector(".desk-state")
    assert world.loans(counter.items[1]) == [LoanSeen(counter.borrower, is_open=True)]
