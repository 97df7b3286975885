"""A double click on a button of the desk: what it does moves another one under the pointer."""

from __future__ import annotations

from playwright.sync_api import Page

from comptoir.core import db
from tests.e2e.world import Counter, World, type_in


def test_double_click_renews_one_loan_and_it_is_undone(
    world: World, page: Page, counter: Counter
) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    for number, item in enumerate(counter.items, 1):
        type_in(page, item)
        page.wait_for_selector(f".held li:nth-child({number})")
    page.dblclick(".held li:first-child button")
    page.wait_for_selector(".answer [data-countdown]:has([value=renewal])")
    page.wait_for_load_state("networkidle")
    assert sum(renewals(world, counter)) == 1
    page.click(".answer [data-countdown] button")
    page.wait_for_selector(".answer:has-text('Undone')")
    assert sum(renewals(world, counter)) == 0


def test_double_click_reports_one_accessory(world: World, page: Page, counter: Counter) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.dblclick(".parts li:first-child button:first-of-type")
    page.wait_for_selector(".answer.warn")
    page.wait_for_load_state("networkidle")
    found = world.run(
        db.fetch(
            "SELECT problem.id FROM inventory_item_problem problem "
            "JOIN inventory_item item ON item.id = problem.item WHERE item.code = :item",
            item=counter.items[0],
        )
    )
    assert len(found) == 1


def renewals(world: World, counter: Counter) -> list[int]:
    """How often each thing was renewed."""
    rows = world.run(
        db.fetch(
            "SELECT loan.renewals FROM lending_loan loan "
            "JOIN inventory_item item ON item.id = loan.item WHERE item.code IN :items",
            items=list(counter.items),
        )
    )
    return [row["renewals"] for row in rows]
