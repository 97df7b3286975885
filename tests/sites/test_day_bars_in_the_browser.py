"""The bars of the weekly grid in Chromium: hours painted by mouse, by finger and by keyboard.

What counts is the expression that is kept, and that fields and bars say the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from comptoir.core.principal import Role
from comptoir.sites import queries
from comptoir.sites.tables import Site
from tests import factories as make
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world

pytestmark = pytest.mark.one_engine


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("bars")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(world: World) -> Site:
    """A site whose hours nobody has said."""
    return world.run(make.site(opens=0, closes=0))


@pytest.fixture
def page(browser: Browser, world: World, site: Site) -> Iterator[Page]:
    user = world.run(make.user(role=Role.COORDINATOR, site_id=site.id, language="en"))
    page = signed_in_page(browser, world, world.run(sign_in(user, site.id)))
    page.goto(f"/settings/sites/{site.id}/hours")
    expect(page.locator("#bar-hint")).to_be_visible()
    yield page
    page.context.close()


def day(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def point(page: Page, name: str, time: str) -> tuple[float, float]:
    """Where a time lies in a day's bar, by the hours that stand above it."""
    ruler = day(page, name).locator(".hour")
    first, second = (ruler.nth(place) for place in (0, 1))
    left, right = (
        box["x"] + box["width"] / 2 for each in (first, second) if (box := each.bounding_box())
    )
    begins, follows = (int(each.inner_text()) for each in (first, second))
    hours, minutes = map(int, time.split(":"))
    track = day(page, name).locator(".track")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box
    at = (hours + minutes / 60 - begins) / (follows - begins)
    return left + at * (right - left), box["y"] + box["height"] / 2


def drag(page: Page, name: str, start: str, end: str) -> None:
    day(page, name).locator(".track").scroll_into_view_if_needed()
    page.mouse.move(*point(page, name, start))
    page.mouse.down()
    page.mouse.move(*point(page, name, end), steps=5)
    page.mouse.up()


def fields(page: Page, day: int, place: int = 0) -> tuple[str, str]:
    opens, closes = (page.locator(f"#{end}_{day}_{place}") for end in ("opens", "closes"))
    return opens.input_value(), closes.input_value()


def saved(page: Page, world: World, site: Site) -> str:
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/settings/sites")
    return world.run(queries.site(site.id)).opening_hours


def test_hours_are_painted_by_mouse(page: Page, world: World, site: Site) -> None:
    drag(page, "Monday", "09:00", "12:15")
    drag(page, "Monday", "13:30", "17:00")
    drag(page, "Wednesday", "16:00", "14:00")
    assert fields(page, 0) == ("09:00", "12:15")
    assert saved(page, world, site) == "Mo 09:00-12:15,13:30-17:00; We 14:00-16:00"


def test_hours_are_made_longer_shorter_and_moved_by_mouse(
    page: Page, world: World, site: Site
) -> None:
    for name in ("Monday", "Tuesday", "Friday"):
        drag(page, name, "09:00", "12:00")
    drag(page, "Monday", "12:00", "13:00")
    drag(page, "Tuesday", "09:00", "10:30")
    drag(page, "Friday", "10:30", "15:30")
    assert saved(page, world, site) == "Mo 09:00-13:00; Tu 10:30-12:00; Fr 14:00-17:00"


def test_hours_stay_apart_from_their_neighbours(page: Page, world: World, site: Site) -> None:
    drag(page, "Monday", "09:00", "11:00")
    drag(page, "Monday", "14:00", "16:00")
    drag(page, "Monday", "11:00", "20:00")
    assert fields(page, 0) == ("09:00", "14:00")
    drag(page, "Monday", "15:00", "08:00")
    assert fields(page, 0, 1) == ("14:00", "16:00")
    drag(page, "Monday", "11:00", "08:00")
    assert fields(page, 0) == ("06:00", "11:00")
    assert saved(page, world, site) == "Mo 06:00-11:00,14:00-16:00"


def test_hours_are_removed_by_their_button(page: Page, world: World, site: Site) -> None:
    drag(page, "Monday", "09:00", "11:00")
    drag(page, "Monday", "14:00", "16:00")
    page.get_by_role("button", name="Remove Monday 09:00–11:00").click()
    expect(page.locator("#opens_0_0")).to_be_focused()
    expect(day(page, "Monday").locator(".painted:visible")).to_have_text(["14:00–16:00"])
    assert saved(page, world, site) == "Mo 14:00-16:00"


def test_a_click_paints_an_hour_and_escape_takes_a_drag_back(
    page: Page, world: World, site: Site
) -> None:
    page.mouse.click(*point(page, "Monday", "10:00"))
    assert fields(page, 0) == ("10:00", "11:00")
    page.mouse.move(*point(page, "Monday", "11:00"))
    page.mouse.down()
    page.mouse.move(*point(page, "Monday", "15:00"), steps=3)
    assert fields(page, 0) == ("10:00", "15:00")
    page.keyboard.press("Escape")
    page.mouse.move(*point(page, "Monday", "16:00"), steps=3)
    page.mouse.up()
    assert fields(page, 0) == ("10:00", "11:00")
    assert saved(page, world, site) == "Mo 10:00-11:00"


def test_more_hours_than_there_are_fields_bring_their_own(
    page: Page, world: World, site: Site
) -> None:
    for start, end in (("07:00", "08:00"), ("10:00", "11:00"), ("13:00", "14:00")):
        drag(page, "Sunday", start, end)
    expect(page.locator("#opens_6_2")).to_have_accessible_name("Sunday, opens")
    assert saved(page, world, site) == "Su 07:00-08:00,10:00-11:00,13:00-14:00"


def test_hours_past_midnight_are_painted_where_the_night_is_shown(
    page: Page, world: World, site: Site
) -> None:
    page.get_by_label("Show the night in the bars too").check()
    drag(page, "Friday", "20:00", "26:00")
    drag(page, "Saturday", "03:00", "01:00")
    assert fields(page, 4) == ("20:00", "02:00")
    assert fields(page, 5) == ("02:00", "03:00"), "Friday’s night is still open until two"
    drag(page, "Friday", "20:00", "10:00")
    assert fields(page, 4) == ("12:00", "02:00"), "what begins before noon ends by midnight"
    assert saved(page, world, site) == "Fr 12:00-02:00, Sa 02:00-03:00"


def test_hours_are_painted_by_keyboard_alone(page: Page, world: World, site: Site) -> None:
    day(page, "Monday").get_by_role("button", name="Add an hour on Monday").focus()
    page.keyboard.press("Enter")
    opens = day(page, "Monday").get_by_role("slider", name="Monday, opens")
    expect(opens).to_be_focused()
    assert fields(page, 0) == ("09:00", "10:00")
    for key in ("ArrowLeft", "PageDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(opens).to_have_attribute("aria-valuetext", "08:00")
    page.keyboard.press("Tab")
    for key in ("PageUp", "PageUp", "ArrowUp"):
        page.keyboard.press(key)
    assert fields(page, 0) == ("08:00", "12:15")
    page.keyboard.press("Shift+PageUp")
    assert fields(page, 0) == ("09:00", "13:15")
    page.keyboard.press("Home")
    assert fields(page, 0) == ("09:00", "09:15"), "the ends do not cross"
    page.keyboard.press("End")
    assert fields(page, 0) == ("09:00", "00:00")
    add = day(page, "Tuesday").get_by_role("button", name="Add an hour on Tuesday")
    add.press("Enter")
    add.press("Enter")
    assert fields(page, 1, 1) == ("11:00", "12:00")
    page.keyboard.press("Delete")
    assert fields(page, 1, 1) == ("", "")
    assert saved(page, world, site) == "Mo 09:00-24:00; Tu 09:00-10:00"


def test_the_arrows_go_past_midnight_and_the_bars_grow(
    page: Page, world: World, site: Site
) -> None:
    page.locator("#opens_5_0").fill("20:00")
    page.locator("#closes_5_0").fill("23:45")
    closes = day(page, "Saturday").get_by_role("slider", name="Saturday, closes")
    closes.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(closes).to_have_attribute("aria-valuetext", "00:30")
    expect(day(page, "Saturday").locator(".hour").last).to_have_text("0")
    expect(closes).to_be_in_viewport()
    assert saved(page, world, site) == "Sa 20:00-00:30"


def test_what_is_typed_is_drawn_and_what_makes_no_hours_is_not(page: Page) -> None:
    painted = day(page, "Monday").locator(".painted:visible")
    page.locator("#opens_0_0").fill("09:00")
    expect(painted).to_have_count(0)
    page.locator("#closes_0_0").fill("12:10")
    expect(painted).to_have_text(["09:00–12:10"])
    page.locator("#closes_0_0").fill("08:00")
    expect(painted).to_have_count(0)
    page.locator("#opens_0_0").fill("20:00")
    page.locator("#closes_0_0").fill("02:00")
    expect(painted).to_have_text(["20:00–02:00"])
    day(page, "Monday").get_by_label("by appointment").first.click()
    slider = day(page, "Monday").get_by_role("slider", name="Monday, opens")
    expect(slider).to_have_attribute("aria-valuetext", "20:00, by appointment")


def test_a_painted_day_is_copied_to_the_others(page: Page, world: World, site: Site) -> None:
    drag(page, "Tuesday", "09:00", "12:00")
    drag(page, "Sunday", "10:00", "11:00")
    tuesday = day(page, "Tuesday")
    tuesday.get_by_text("Copy this day").click()
    tuesday.get_by_role("button", name="to Monday–Friday").click()
    expect(page.locator("#copied")).to_contain_text("Nothing is saved yet.")
    expect(page.locator("#opens_0_0")).to_be_focused()
    expect(day(page, "Friday").locator(".painted:visible")).to_have_text(["09:00–12:00"])
    assert saved(page, world, site) == "Mo-Fr 09:00-12:00; Su 10:00-11:00"


def test_seasons_and_services_have_bars_too(page: Page, world: World, site: Site) -> None:
    page.get_by_role("button", name="Add a service with its own hours").click()
    page.get_by_label("Name").fill("Workshop")
    drag(page, "Service 1, Wednesday", "14:00", "16:00")
    drag(page, "Monday", "09:00", "12:00")
    assert saved(page, world, site) == 'Mo 09:00-12:00, We 14:00-16:00 open "Workshop"'


def unfold(page: Page, name: str) -> None:
    day(page, name).locator(".fold").click()


def test_on_a_phone_a_day_is_a_line_that_says_its_hours(page: Page) -> None:
    page.locator("#opens_0_0").fill("09:00")
    page.locator("#closes_0_0").fill("12:00")
    page.locator("[name=appointment_0_0]").check()
    monday, tuesday = day(page, "Monday").locator(".fold"), day(page, "Tuesday").locator(".fold")
    expect(monday).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 900})
    expect(page.locator("#opens_0_0")).to_be_hidden()
    unfold(page, "Monday")
    expect(monday).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#opens_0_0")).to_be_visible()
    unfold(page, "Monday")
    expect(monday).to_have_text("Monday09:00–12:00 by appointment")
    expect(tuesday).to_have_text("Tuesdayclosed")
    expect(page.locator("#opens_0_0")).to_be_hidden()
    assert violations(page) + too_small(page) == []
    unfold(page, "Tuesday")
    page.locator("#opens_1_0").fill("09:00")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(day(page, "Tuesday").locator(".fold")).to_have_attribute("aria-expanded", "true")
    expect(day(page, "Monday").locator(".fold")).to_have_attribute("aria-expanded", "false")


def test_on_a_phone_a_second_pair_of_fields_comes_once_it_is_wanted(page: Page) -> None:
    expect(page.locator("#opens_0_1")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 900})
    unfold(page, "Monday")
    expect(page.locator("#opens_0_1")).not_to_be_visible()
    page.locator("#opens_0_0").fill("09:00")
    expect(page.locator("#opens_0_1")).to_be_visible()
    unfold(page, "Friday")
    page.get_by_role("button", name="More hours on Friday").click()
    expect(page.locator("#opens_4_2")).to_be_focused()
    expect(page.locator("#opens_4_1")).not_to_be_visible()


def test_hours_are_painted_by_finger(browser: Browser, world: World, site: Site) -> None:
    user = world.run(make.user(role=Role.COORDINATOR, site_id=site.id, language="en"))
    token = world.run(sign_in(user, site.id))
    page = signed_in_page(browser, world, token, 320, has_touch=True, is_mobile=True)
    page.goto(f"/settings/sites/{site.id}/hours")
    unfold(page, "Monday")
    day(page, "Monday").locator(".track").scroll_into_view_if_needed()
    touches = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    (x, y), (end, _y) = point(page, "Monday", "09:00"), point(page, "Monday", "12:30")
    touch("touchStart", x, y)
    for part in (0.1, 0.5, 1):
        touch("touchMove", x + part * (end - x), y)
    touch("touchEnd")
    assert fields(page, 0) == ("09:00", "12:30")
    assert saved(page, world, site) == "Mo 09:00-12:30"
    page.context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_bars_are_for_everybody(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    if width == 320:
        unfold(page, "Monday")
    for number, times in enumerate((("09:00", "12:00"), ("13:30", "18:00"))):
        for field, time in zip(("opens", "closes"), times, strict=True):
            page.locator(f"#{field}_0_{number}").fill(time)
    day(page, "Monday").get_by_text("Copy this day").click()
    page.get_by_label("Show the night in the bars too").check()
    assert violations(page) + too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
