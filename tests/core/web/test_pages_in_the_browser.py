"""Sample pages in Chromium: accessible, narrow enough, quiet, and usable by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import open_page

PAGES = [
    "/items",
    "/items?anonymous",
    "/items/new",
    "/detail",
    "/confirm",
    "/nothing",
    "/desk",
    "/fail/conflict",
    "/fail/unexpected",
    "/sign-in?anonymous",
]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds, as readable lines."""
    options = {
        "runOnly": {"type": "tag", "values": STANDARDS},
        "resultTypes": ["violations"],  # of the rest, one place each
    }
    results = Axe().run(page, options=options)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


def too_small(page: Page) -> list[str]:
    """Targets below 44 by 44 CSS pixels, links inside a sentence apart."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(
             "a[href], button, select, summary, textarea, label.choice, input:not([type=hidden])")]
           .filter((e) => !e.matches(".choice input, .skip, [aria-hidden=true]"))
           .filter((e) => !e.closest("p:not(.actions)"))
           .filter((e) => e.checkVisibility({ visibilityProperty: true }))
           .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
           .filter(([, box]) => box.width && (box.width < 43.9 || box.height < 43.9))
           .map(([html, box]) => `${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
    )
    return found


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(browser: Browser, url: str, path: str, width: int, scheme: str) -> None:
    page = open_page(browser, url, width, color_scheme=scheme)
    page.goto(path)
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_form_with_errors_is_accessible_and_has_the_focus(
    browser: Browser, url: str, width: int
) -> None:
    page = open_page(browser, url, width)
    page.goto("/items/new")
    page.click("text=Save")
    page.wait_for_selector(".summary:focus")
    assert violations(page) == []
    page.click(".summary a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "name"
    page.click(".summary a >> nth=1")
    assert page.evaluate("document.activeElement.name") == "reach"
    page.context.close()


def test_page_works_without_scripts(browser: Browser, url: str) -> None:
    page = open_page(browser, url, 320, java_script_enabled=False)
    page.goto("/items")
    assert page.locator("#menu").is_visible()
    page.goto("/items/new")
    page.fill("#name", "A")
    page.click("text=Save")
    page.wait_for_selector(".notice.ok")
    page.context.close()


def test_menu_unfolds_on_a_phone_by_keyboard(browser: Browser, url: str) -> None:
    page = open_page(browser, url, 320)
    page.goto("/items")
    assert not page.locator("#menu").is_visible()
    page.focus(".menu-button")
    page.keyboard.press("Enter")
    assert page.locator("#menu").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Desk"
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_account_menu_opens_and_closes(browser: Browser, url: str, width: int) -> None:
    page = open_page(browser, url, width)
    page.goto("/items")
    page.click(".account summary")
    assert page.locator(".popover").is_visible()
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    assert not page.locator(".popover").is_visible()
    page.click(".account summary")
    page.click("text=Deutsch")
    page.wait_for_selector("html[lang=de]")
    page.context.close()


def test_skip_link_leads_to_the_content(browser: Browser, url: str) -> None:
    page = open_page(browser, url)
    page.goto("/items")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_print_leaves_out_what_paper_cannot_do(browser: Browser, url: str) -> None:
    page = open_page(browser, url)
    page.goto("/items")
    page.emulate_media(media="print")
    for selector in (".bar nav", ".account", ".filters", ".pager", ".foot"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".table").is_visible()
    page.context.close()


def test_page_zoomed_to_200_percent_needs_no_sideways_scroll(browser: Browser, url: str) -> None:
    page = open_page(browser, url, 640)
    page.goto("/detail")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    page.context.close()
