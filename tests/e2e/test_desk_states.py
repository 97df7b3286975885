"""Whatever the desk answers: accessible, and never wider than a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from comptoir.core import db
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.test_pages import WIDTHS, widest
from tests.e2e.world import Counter, World, open_counter, type_in

pytestmark = pytest.mark.one_engine


def found_in(page: Page, state: str) -> list[str]:
    """What is wrong with what the page shows now, at both widths."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found = violations(page) + too_small(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than the screen: {widest(page, width)}")
        wrong += [f"{state}, {width}: {each}" for each in found]
    return wrong


@pytest.mark.long
def test_every_answer_of_the_desk(world: World, page: Page, counter: Counter) -> None:
    wrong: list[str] = []

    def look(state: str, selector: str) -> None:
        page.wait_for_selector(selector)
        wrong.extend(found_in(page, state))

    first, second = counter.items
    other = world.run(open_counter("Besnik Hoxha", items=1))
    for state, text, selector in (
        ("misread", first[:-1] + ("C" if first[-1] == "B" else "B"), "[data-code$=code-misread]"),
        ("unknown", "BCDFGHJK", "[data-code$=code-unknown]"),
        ("nobody", "Nadia Nouvelle", ".newcomer[open]"),
        ("a name", counter.borrower, ".found .person"),
        ("a free item", first, ".answer:has-text('Now scan')"),
        ("lent", counter.card, ".answer.ok"),
        ("lent with others", second, ".recent"),
    ):
        type_in(page, text)
        look(state, selector)
    page.click(".held li:first-child button:has-text('Renew')")
    look("renewed", ".answer:has-text('Renewed')")
    page.click("#desk button:has-text('Done')")
    look("unsigned", "[data-question]")
    type_in(page, other.card)
    look("left unsigned", ".answer:has-text('has not signed yet')")
    type_in(page, second)
    look("returned at once", ".answer.back.warn")
    page.click(".parts li:first-child button:has-text('Missing')")
    look("set aside", ".answer:has-text('Set aside')")
    page.click("#desk .answer button:has-text('Undo')")
    look("undone", ".answer:has-text('Undone')")
    world.let_pass(timedelta(minutes=2))
    type_in(page, other.items[0])
    look("of another site", ".answer")
    world.run(
        db.execute("UPDATE inventory_item SET status = 'lost' WHERE code = :code", code=first)
    )
    type_in(page, first)
    look("found again", "[data-code$=item-found-again]")
    world.run(
        db.execute("UPDATE inventory_item SET status = 'to_check' WHERE code = :code", code=second)
    )
    world.let_pass(timedelta(minutes=2))
    type_in(page, second)
    look("to check", "[data-code$=item-to-check]")
    assert wrong == []


def test_question_about_a_form_that_was_gone_back_to(page: Page, counter: Counter) -> None:
    page.goto("/borrowers/new")
    form: dict[str, str | float | bool] = {
        "id": page.input_value("[name=id]"),
        "name": "Amina Dialo",
        "language": "fr",
    }
    page.request.post("/borrowers/new", form=form, headers={"Sec-Fetch-Site": "same-origin"})
    page.fill("[name=name]", "Amina Diallo")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Is it the same person?')")
    assert found_in(page, "asked") == []
    page.click("button:has-text('Yes')")
    page.wait_for_selector("h1:has-text('Amina Diallo')")
