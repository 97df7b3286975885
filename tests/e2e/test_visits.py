"""The tally at the door: a key for each who comes in, however fast they come."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from comptoir.core import db
from tests.e2e.world import Counter, World


def counted(world: World) -> dict[str, int]:
    rows = world.run(db.fetch("SELECT reason, visits FROM sites_visit_tally"))
    return {row["reason"]: row["visits"] for row in rows if row["visits"]}


def test_f9_at_the_desk_counts_each_press_and_one_is_taken_back(
    world: World, page: Page, counter: Counter
) -> None:
    for _ in range(3):
        page.keyboard.press("F9")
    expect(page.locator("#tally-today")).to_contain_text("3 visits today")
    page.click("#less-unsaid")
    expect(page.locator("#tally-today")).to_contain_text("2 visits today")
    assert counted(world) == {"unsaid": 2}
    expect(page.locator("#scan, [name=scan]").first).to_be_visible()


def test_the_page_has_a_key_for_each_reason(world: World, page: Page, counter: Counter) -> None:
    page.goto(page.url.split("/desk")[0] + "/visits")
    for key in "144":
        page.keyboard.press(key)
    expect(page.locator("#tally-heading")).to_have_text("Today: 3")
    page.click("#less-help")
    expect(page.locator("#tally-heading")).to_have_text("Today: 2")
    assert counted(world) == {"unsaid": 1, "help": 1}
