"""Other hours in Chromium: what moves is looked at, saved, called about, and changed back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, signed_in_page, the_world
from tests.lending.counter import Desk
from tests.lending.test_closures_in_the_browser import (
    DAY,
    coordinator_of,
    desk_with_a_loan,
    due_days,
    sound,
)


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("hours")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def days_moved(world: World, desk: Desk) -> set[int]:
    return {each.days for each in world.run(due_days(desk))}


def fill_wednesday(page: Page, opens: str, closes: str) -> None:
    day = page.locator("fieldset.day", has=page.locator(f"#opens_{DAY.weekday()}_0"))
    fold = day.locator(".fold")
    expect(fold).to_have_attribute("aria-expanded", "false")
    if fold.is_visible():  # on a telephone a day is a line
        fold.click()
    page.fill(f"#opens_{DAY.weekday()}_0", opens)
    page.fill(f"#closes_{DAY.weekday()}_0", closes)


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "fr")])
def test_other_hours_are_looked_at_saved_called_about_and_changed_back(
    browser: Browser, world: World, width: int, language: str
) -> None:
    desk = world.run(desk_with_a_loan())
    page = signed_in_page(browser, world, world.run(coordinator_of(desk)), width, language)
    hours = f"/settings/sites/{desk.site.id}/hours"
    page.goto(hours)
    fill_wednesday(page, "", "")
    page.locator("p.actions button[name=save]").first.click()

    preview = page.locator(".preview")
    expect(preview).to_contain_text("2 loans move" if language == "en" else "2 prêts changent")
    assert days_moved(world, desk) == {0}
    sound(page, width)
    # What was entered is still there to be changed, and looked at again.
    expect(page.locator(f"#opens_{DAY.weekday()}_0")).to_have_value("")
    page.locator("form[action$='/hours'] p.actions button[name=save]").click()
    expect(preview).to_be_visible()
    preview.locator("button").last.click()

    page.wait_for_url("**/days")
    assert days_moved(world, desk) == {1}
    sound(page, width)
    changed = "Weekly hours changed" if language == "en" else "Horaires de la semaine changés"
    expect(page.locator("main")).to_contain_text(changed)
    page.locator("a[href^='/loans/moved/']").click()
    expect(page.get_by_role("link", name="+41 26 555 01 10")).to_be_visible()
    sound(page, width)

    page.goto(hours)
    fill_wednesday(page, "09:00", "17:00")
    page.locator("p.actions button[name=save]").first.click()
    as_before = "as it was at first" if language == "en" else "comme à l’origine"
    expect(preview).to_contain_text(as_before)
    sound(page, width)
    preview.locator("button").last.click()
    page.wait_for_url("**/days")
    assert days_moved(world, desk) == {0}
    back = "Hours changed back" if language == "en" else "Horaires rétablis"
    expect(page.locator("main")).to_contain_text(back)
    sound(page, width)
    page.goto("/loans/moved")
    expect(page.locator("main")).to_contain_text(back)
    sound(page, width)

    # Hours on which nothing hangs are saved at once.
    page.goto(hours)
    fill_wednesday(page, "08:00", "17:00")
    page.locator("p.actions button[name=save]").first.click()
    page.wait_for_url("**/settings/sites")
    page.context.close()
