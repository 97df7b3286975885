"""The desk without a scanner, a camera or a mouse."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from tests import factories as make
from tests.e2e.world import Counter, LoanSeen, World

FOCUSED = """() => {
  const element = document.activeElement;
  return element.id || element.getAttribute("aria-label") || element.textContent.trim();
}"""


def enter(page: Page, text: str) -> None:
    """Type where the focus is, as a person does, and press Enter."""
    page.keyboard.type(text, delay=80)  # slower than any scanner
    page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name (or the beginning of it) has the focus."""
    passed: list[str] = []
    while len(passed) < 40:
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"{name} is not among {passed}")


def test_person_found_by_name_borrows_and_brings_back(
    world: World, page: Page, counter: Counter
) -> None:
    enter(page, "amina dialo")  # one slip, and no capitals
    page.wait_for_selector(".found")
    assert page.evaluate(FOCUSED) == "scan"
    tab_to(page, counter.borrower)
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit")
    assert page.evaluate(FOCUSED) == "scan"
    enter(page, counter.items[0].lower())
    page.wait_for_selector(".answer.ok")
    assert page.evaluate(FOCUSED) == "scan"
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
    world.let_pass(timedelta(seconds=3))
    enter(page, counter.items[0])
    page.wait_for_selector(".answer.back")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=False)]
    tab_to(page, "Done")
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit", state="detached")
    assert page.evaluate(FOCUSED) == "scan"


def test_loan_is_undone(world: World, page: Page, counter: Counter) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    enter(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:has-text('Undone')")
    assert page.evaluate(FOCUSED) == "scan"
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=False, undone=True)]


def test_field_is_followed_by_what_the_last_scan_did_then_by_the_visit(
    page: Page, counter: Counter
) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    enter(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    order = ["Go", "No sound", "Scan with the camera", "Undo", "Missing", counter.borrower, "Done"]
    for name in order:
        tab_to(page, name)


def test_letters_typed_anywhere_land_in_the_field(page: Page, counter: Counter) -> None:
    page.focus("[data-mute]")
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    assert page.evaluate(FOCUSED) == "scan"


def test_enter_opens_the_only_person_found(page: Page, counter: Counter) -> None:
    enter(page, counter.borrower)
    page.wait_for_selector(".found:has-text('Press Enter to open the visit')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")


def test_escape_empties_the_field_then_leads_to_the_end_of_the_visit(
    page: Page, counter: Counter
) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    page.keyboard.type("mar")
    page.keyboard.press("Escape")
    assert (page.input_value("#scan"), page.evaluate(FOCUSED)) == ("", "scan")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit", state="detached")
    assert page.evaluate(FOCUSED) == "scan"


def test_visit_is_signed_and_ended_by_the_keys_on_its_buttons(page: Page, counter: Counter) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    enter(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    for name, key in (("Sign the agreement", "F2"), ("Done", "F4")):
        assert page.locator(f".visit :is(a, button):has-text('{name}') kbd").inner_text() == key
    page.keyboard.press("F4")
    page.wait_for_selector(".answer:has-text('Not signed yet')")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-question]", state="detached")
    assert page.evaluate(FOCUSED) == "scan"
    assert page.locator(".visit").is_visible()
    page.keyboard.press("F2")
    page.wait_for_url("**/agreement")


def test_visit_without_anything_to_sign_is_ended_by_its_key(page: Page, counter: Counter) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    page.keyboard.press("F4")
    page.wait_for_selector(".visit", state="detached")
    assert page.evaluate(FOCUSED) == "scan"


def test_arrows_choose_among_the_people_found(world: World, page: Page, counter: Counter) -> None:
    second = world.run(make.borrower(site_id=counter.site, name="Amina Diallo-Favre"))
    enter(page, "amina diallo")
    page.wait_for_selector(".found:has-text('2 people found')")
    assert "arrow keys" in page.inner_text(".found .keys")
    shown = page.locator(".found .people strong").all_inner_texts()
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED).startswith(shown[place])
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUSED) == "scan"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "scan"
    for _ in range(shown.index(second.name) + 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit:has-text('Amina Diallo-Favre')")


def test_menu_leads_back_to_the_visit_until_it_is_over(page: Page, counter: Counter) -> None:
    enter(page, counter.card)
    page.wait_for_selector(".visit")
    page.goto(f"/items/{counter.items[0]}")
    page.click("nav a[href='/desk']")
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    page.click("[data-done] button")
    page.wait_for_selector(".visit", state="detached")
    page.goto("/desk")
    page.wait_for_selector("#scan:focus")
    assert page.locator(".visit").count() == 0
