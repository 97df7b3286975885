"""The weekly grid in Chromium: by keyboard alone, by mouse, at 320 pixels, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

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
    url = apart(copy_database(template, tmp_path_factory.mktemp("hours")))
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
    yield page
    page.context.close()


def kept(world: World, site: Site) -> str:
    return world.run(queries.site(site.id)).opening_hours


def tab_to(page: Page, field: str) -> None:
    """Press the tabulator until the focus is on a field; a time has several places."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == field:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {field}")


def copy_monday(page: Page) -> None:
    """To the days until Friday."""
    monday = page.get_by_role("group", name="Monday", exact=True)
    monday.get_by_text("Copy this day").click()
    monday.get_by_role("button", name="to Monday–Friday").click()


def test_grid_is_filled_by_keyboard_alone(page: Page, world: World, site: Site) -> None:
    page.locator("#opens_0_0").focus()
    for field, time in (
        ("opens_0_0", "0900AM"),
        ("closes_0_0", "1200PM"),
        ("opens_0_1", "0130PM"),
        ("closes_0_1", "0500PM"),
        ("opens_1_0", "1000AM"),
        ("closes_1_0", "1130AM"),
    ):
        tab_to(page, field)
        page.keyboard.type(time)
    page.keyboard.press("Enter")  # saves, as the first button of the form does
    page.wait_for_url("**/settings/sites")
    assert kept(world, site) == "Mo 09:00-12:00,13:30-17:00; Tu 10:00-11:30"


def test_seasons_and_services_are_folded_until_one_works_on_the_form(
    page: Page, world: World, site: Site
) -> None:
    page.get_by_role("button", name="Add a season").click()
    season = page.get_by_role("region", name="Season 1")
    expect(season.get_by_label("First day, day")).to_be_visible()
    for label, value in (("First day", "July"), ("Last day", "August")):
        season.get_by_label(f"{label}, day").fill("1")
        season.get_by_label(f"{label}, month").select_option(value)
    page.locator("#opens_0_0").fill("09:00")
    page.locator("#closes_0_0").fill("12:00")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/settings/sites")
    page.goto(f"/settings/sites/{site.id}/hours")
    expect(season.get_by_label("First day, day")).to_be_hidden()
    season.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(season.get_by_label("First day, day")).to_have_value("1")
    season.locator("summary").first.press("Enter")
    # What is folded is sent all the same.
    before = kept(world, site)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/settings/sites")
    assert kept(world, site) == before
    assert "Jul" in str(before)


def test_grid_is_filled_by_mouse(page: Page, world: World, site: Site) -> None:
    page.locator("#opens_0_0").fill("09:00")
    page.locator("#closes_0_0").fill("12:00")
    copy_monday(page)
    expect(page.locator("#opens_4_0")).to_have_value("09:00")
    tuesday = page.get_by_role("group", name="Tuesday")
    tuesday.get_by_label("by appointment").first.click()
    page.get_by_role("button", name="Add a season").click()
    season = page.get_by_role("region", name="Season 1")
    season.get_by_label("First day, day").fill("1")
    season.get_by_label("First day, month").select_option("July")
    season.get_by_label("Last day, day").fill("31")
    season.get_by_label("Last day, month").select_option("August")
    page.get_by_role("button", name="Add a service with its own hours").click()
    service = page.get_by_role("region", name="Service 1")
    service.get_by_label("Name").fill("Workshop")
    page.locator("#v0_opens_2_0").fill("14:00")
    page.locator("#v0_closes_2_0").fill("16:00")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/settings/sites")
    assert kept(world, site) == (
        'Mo,We-Fr 09:00-12:00, Tu 09:00-12:00 unknown "sur rendez-vous"; Jul-Aug off, '
        'We 14:00-16:00 open "Workshop"'
    )


def test_each_button_of_the_grid_leads_to_its_new_field(page: Page) -> None:
    for button, field in (
        (page.get_by_role("button", name="More hours on Friday"), "opens_4_2"),
        (page.get_by_role("button", name="Add a service"), "v0_name"),
        (page.get_by_role("button", name="Add a season"), "s0_first_day"),
        (page.locator('[name=copy][value="v0_:1:7"]'), "v0_opens_0_0"),
        (page.get_by_role("button", name="Remove this season"), "add_season"),
    ):
        for folded in page.locator("details.copy:not([open])").filter(has=button).all():
            folded.locator("summary").click()
        button.click()
        focused = page.locator(f'[id="{field}"], [value="{field.removeprefix("add_")}"][name=add]')
        expect(focused).to_be_focused()
        expect(focused).to_be_in_viewport()


def test_what_copying_monday_replaced_is_said(page: Page, world: World, site: Site) -> None:
    for field, time in (("0_0", "09:00"), ("2_0", "13:00")):
        page.locator(f"#opens_{field}").fill(time)
        page.locator(f"#closes_{field}").fill("17:00")
    copy_monday(page)
    expect(page.locator("#copied")).to_contain_text("Nothing is saved yet.")
    expect(page.locator("#copied li")).to_have_text(["Wednesday 13:00–17:00"])
    expect(page.locator("#opens_1_0")).to_have_accessible_description(re.compile("replaced"))
    assert kept(world, site) == ""


@pytest.mark.parametrize("width", [1280, 320])
def test_grid_and_expert_field_are_for_everybody(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for button in ("Add a season", "Add a service with its own hours"):
        page.get_by_role("button", name=button).click()
    page.get_by_text("For experts").click()
    page.locator("#opening_hours").fill("Mo-Fr 09:00-25:00")
    page.get_by_role("button", name="Save the expression").click()
    expect(page.locator("mark")).to_have_text("25:00")
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_goes_on_from_the_first_wrong_field(page: Page) -> None:
    page.locator("#opens_4_1").fill("14:00")
    page.locator("#closes_4_1").fill("13:00")
    page.locator("#opens_5_0").fill("14:00")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("something to correct")
    expect(page.locator("#opens_4_1")).to_be_focused()
    expect(page.locator("#opens_4_1")).to_be_in_viewport()
    expect(page.locator("#opens_4_1")).to_have_accessible_description(re.compile("must be later"))


def test_without_javascript_there_are_the_fields_alone(
    browser: Browser, world: World, site: Site
) -> None:
    user = world.run(make.user(role=Role.COORDINATOR, site_id=site.id, language="en"))
    token = world.run(sign_in(user, site.id))
    page = signed_in_page(browser, world, token, java_script_enabled=False)
    page.goto(f"/settings/sites/{site.id}/hours")
    assert page.locator(".track, #bar-hint:visible, .remove:visible").count() == 0
    page.fill("#opens_0_0", "09:00")
    page.fill("#closes_0_0", "12:00")
    copy_monday(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/settings/sites")
    assert kept(world, site) == "Mo-Fr 09:00-12:00"
    page.context.close()
