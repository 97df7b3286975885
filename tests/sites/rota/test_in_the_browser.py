"""The rota in Chromium: filled by form and keyboard, by drag, by the handle; what is lacking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from comptoir.core import clock
from comptoir.sites.rota.tables import Shift
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world
from tests.paper import DPI, is_pdf_ua, pictures, text_of
from tests.sites.rota.world import Team, make_team

#: The Wednesday after next: nothing before it is over.
DAY = clock.now().date() + timedelta(days=16 - clock.now().date().weekday())
NEXT = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("rota")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def team(world: World) -> Team:
    return world.run(make_team())


@pytest.fixture
def page(browser: Browser, world: World, team: Team) -> Iterator[Page]:
    """The rota of that week, as a coordinator has it open."""
    page = signed_in_page(browser, world, world.run(sign_in(team.sophie, team.site.id)))
    yield page
    page.context.close()


def open_week(page: Page) -> None:
    page.goto(f"/rota?day={DAY}")


def cell(page: Page, name: str, day: date) -> Locator:
    return page.locator(f'td[data-name="{name}"][data-day="{day}"]')


def test_the_rota_is_filled_from_its_form_by_keyboard_alone(page: Page, team: Team) -> None:
    open_week(page)
    cell(page, "Claire Monney", DAY).get_by_role("link", name="Add a shift").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rota/shifts/new*")
    expect(page.get_by_label("Who?")).to_have_value(str(team.claire.id))
    page.get_by_label("Every week").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Put on the rota").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rota?site=*")
    expect(cell(page, "Claire Monney", DAY)).to_contain_text("09:00–17:00")
    page.get_by_role("link", name="Week after").click()
    expect(cell(page, "Claire Monney", DAY + timedelta(days=7))).to_contain_text("09:00–17:00")


def test_a_shift_is_dragged_to_another_day_and_person(page: Page, world: World, team: Team) -> None:
    world.run(team.shift(team.claire, DAY, last_day=None))
    open_week(page)
    cell(page, "Claire Monney", DAY).locator(".shift").drag_to(cell(page, "Luca Bernasconi", NEXT))
    expect(page.locator("#flash")).to_contain_text(
        re.compile("Claire Monney, Wednesday.* → Luca Bernasconi, Thursday")
    )
    expect(cell(page, "Luca Bernasconi", NEXT)).to_contain_text("09:00–17:00")
    expect(cell(page, "Claire Monney", DAY).locator(".shift")).to_have_count(0)
    page.get_by_role("link", name="Week after").click()
    expect(cell(page, "Claire Monney", DAY + timedelta(days=7))).to_contain_text("09:00")


def test_the_handle_moves_a_shift_by_keyboard(page: Page, world: World, team: Team) -> None:
    world.run(team.shift(team.claire, DAY))
    open_week(page)
    handle = cell(page, "Claire Monney", DAY).get_by_role("button", name="Move:")
    handle.focus()
    page.keyboard.press("Space")
    expect(page.locator("#rota-live")).to_contain_text("Picked up.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#rota-live")).to_contain_text("Luca Bernasconi")
    page.keyboard.press("Escape")
    expect(page.locator("#rota-live")).to_contain_text("Left where it was.")
    expect(page.locator(".target")).to_have_count(0)
    page.keyboard.press("Enter")
    for key in ("ArrowUp", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(cell(page, "Luca Bernasconi", NEXT)).to_contain_text("09:00–17:00")
    expect(cell(page, "Luca Bernasconi", NEXT).locator(".shift a")).to_be_focused()
    [shift] = world.run(_shifts(team))
    assert (shift.user, shift.first_day) == (team.luca.id, NEXT)


def test_a_tap_on_the_handle_and_one_on_a_day_move_a_shift(
    page: Page, world: World, team: Team
) -> None:
    world.run(team.shift(team.claire, DAY))
    open_week(page)
    cell(page, "Claire Monney", DAY).get_by_role("button", name="Move:").click()
    cell(page, "Claire Monney", NEXT).click(position={"x": 3, "y": 3})
    expect(cell(page, "Claire Monney", NEXT)).to_contain_text("09:00–17:00")


def test_what_cannot_be_is_said_on_the_form_after_a_drag(
    page: Page, world: World, team: Team
) -> None:
    world.run(team.shift(team.claire, DAY))
    world.run(team.shift(team.luca, DAY, starts=600, ends=720))
    open_week(page)
    cell(page, "Claire Monney", DAY).locator(".shift").drag_to(cell(page, "Luca Bernasconi", DAY))
    expect(page.get_by_role("alert")).to_contain_text("already on the rota")
    expect(page.get_by_label("Who?")).to_have_value(str(team.luca.id))


def test_a_warning_leads_to_who_could_come_and_goes_away(
    page: Page, world: World, team: Team
) -> None:
    world.run(team.need(weekday=DAY.weekday(), language="it"))
    open_week(page)
    lacking = page.locator(".lacking")
    expect(lacking).to_contain_text("Somebody is missing for: Italian")
    lacking.get_by_role("link", name="Luca Bernasconi").click()
    page.get_by_role("button", name="Put on the rota").click()
    expect(cell(page, "Luca Bernasconi", DAY)).to_contain_text("09:00–17:00")
    expect(lacking).to_have_count(0)


def test_what_is_lacking_and_who_could_come_are_dragged_together(
    browser: Browser, world: World, team: Team
) -> None:
    world.run(team.need(weekday=DAY.weekday(), starts=540, ends=720, people=2))
    token = world.run(sign_in(team.sophie, team.site.id))
    page = signed_in_page(browser, world, token, has_touch=True)
    open_week(page)
    lacking = page.locator(".lacking")
    expect(lacking).to_contain_text("2 people are missing")
    lacking.locator(".led").drag_to(cell(page, "Luca Bernasconi", NEXT))
    expect(page.locator("#flash")).to_contain_text("On the rota: Luca Bernasconi, Wednesday")
    expect(cell(page, "Luca Bernasconi", DAY)).to_contain_text("09:00–12:00")
    expect(lacking).to_contain_text("1 person is missing")
    page.get_by_role("button", name="Undo").click()
    expect(lacking).to_contain_text("2 people are missing")
    name = page.get_by_role("rowheader", name="Claire Monney")
    drag_by_finger(page, name.locator(".handle"), lacking.locator(".led"))
    expect(cell(page, "Claire Monney", DAY)).to_contain_text("09:00–12:00")
    name.drag_to(lacking.locator(".led"))
    expect(page.get_by_role("alert")).to_contain_text("already on the rota")
    expect(page.get_by_label("Who?")).to_have_value(str(team.claire.id))
    page.context.close()


def test_who_is_missing_is_found_by_one_button(browser: Browser, world: World, team: Team) -> None:
    world.run(team.need(weekday=DAY.weekday(), starts=840, ends=960))
    page = signed_in_page(browser, world, world.run(sign_in(team.luca, team.site.id)), 320)
    open_week(page)
    lacking = page.locator(".lacking")
    expect(lacking).to_contain_text("14:00–16:00")
    expect(lacking).to_contain_text("1 person is missing")
    assert violations(page) + too_small(page) == []
    lacking.get_by_role("button", name="I can come: 14:00–16:00").press("Enter")
    expect(page.locator("#flash")).to_contain_text("The coordinator sees that you came forward.")
    expect(cell(page, "Luca Bernasconi", DAY)).to_contain_text("Came forward")
    expect(lacking).to_have_count(0)
    assert violations(page) + too_small(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(lacking).to_contain_text("1 person is missing")
    page.context.close()


def test_the_week_is_printed_as_the_page_shows_it(page: Page, world: World, team: Team) -> None:
    world.run(team.shift(team.claire, DAY, ends=720))
    world.run(team.shift(team.luca, NEXT, starts=780))
    open_week(page)
    address = page.get_by_role("link", name="Print").get_attribute("href")
    pdf = page.request.get(str(address)).body()
    assert is_pdf_ua(pdf)
    text = text_of(pdf)
    for row in page.locator("table.rota tbody tr").all():
        assert row.locator("th").inner_text() in text
    for shift in page.locator(".shift a").all():
        assert shift.inner_text()[: len("09:00–12:00")] in text
    assert team.site.name in text
    [sheet] = pictures(pdf)
    assert sheet.width > sheet.height, "for the wall, one sheet, broad"
    margin = round(8 / 25.4 * DPI)
    edges = [
        sheet.crop((0, 0, margin, sheet.height)),
        sheet.crop((sheet.width - margin, 0, sheet.width, sheet.height)),
    ]
    assert all(edge.getextrema() == (255, 255) for edge in edges), "nothing runs off the paper"


@pytest.mark.one_engine
@pytest.mark.parametrize("width", [1280, 320])
def test_a_full_week_is_accessible_and_narrow_enough(
    page: Page, world: World, team: Team, width: int
) -> None:
    world.run(team.need(people=2))
    for person in (team.claire, team.luca):
        world.run(team.shift(person, DAY, starts=540, ends=720))
    page.set_viewport_size({"width": width, "height": 800})
    open_week(page)
    expect(page.locator(".handle").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) + too_small(page) == []


def test_without_javascript_there_are_forms_and_no_handles(
    browser: Browser, world: World, team: Team
) -> None:
    world.run(team.shift(team.claire, DAY))
    token = world.run(sign_in(team.sophie, team.site.id))
    context = browser.new_context(base_url=world.url, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": token, "url": world.url}])
    page = context.new_page()
    open_week(page)
    assert page.locator(".handle").count() == 0
    assert not page.locator(".drag-hint").is_visible()
    page.click(f'td[data-day="{DAY}"] .shift a')
    page.select_option("#person", str(team.luca.id))
    page.click('button:has-text("Save"), button:has-text("Enregistrer")')
    expect(page.locator(f'td[data-day="{DAY}"][data-name^="Luca"]')).to_contain_text("09:00")
    context.close()


def drag_by_finger(page: Page, source: Locator, goal: Locator) -> None:
    """Touch, move and let go, as a finger does."""
    source.scroll_into_view_if_needed()
    browser = page.context.new_cdp_session(page)
    for kind, place in (("Start", source), ("Move", goal), ("Move", goal), ("End", None)):
        box = place.bounding_box() if place else None
        points = [{"x": box["x"] + 9, "y": box["y"] + 9}] if box else []
        browser.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})


async def _shifts(team: Team) -> list[Shift]:
    return await Shift.objects().where(Shift.site == team.site.id)
