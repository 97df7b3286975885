"""A USB scanner on four keyboard layouts, wherever the focus is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from comptoir.inventory import codes
from tests.browser import open_page
from tests.core.web.sample import Desk
from tests.scanners import LAYOUTS, scan

CODE = "BCDFGHJK"
URL = f"HTTPS://DESK.EXAMPLE.ORG/T/{CODE}"


@pytest.fixture
def page(browser: Browser, url: str, desk: Desk) -> Iterator[Page]:
    page = open_page(browser, url)
    page.goto("/desk")
    page.wait_for_selector("#scan:focus")
    yield page
    page.context.close()


def test_code_in_these_tests_is_a_real_one() -> None:
    assert codes.scan(URL).code == CODE


@pytest.mark.parametrize("text", [URL, CODE, CODE.lower()])
@pytest.mark.parametrize("scanner", ["us", "as the pc"])
@pytest.mark.parametrize("pc", list(LAYOUTS))
def test_scan_arrives_on_every_layout(
    page: Page, desk: Desk, pc: str, scanner: str, text: str
) -> None:
    scan(page, text, pc=pc, scanner=pc if scanner == "as the pc" else scanner)
    page.wait_for_selector(".answer.ok")
    [sent] = desk.sent
    reading = codes.scan(sent["scan"])
    assert (reading.outcome, reading.code) == ("code", CODE)
    if text == URL:
        assert reading.kind == "item"
    assert page.input_value("#scan") == ""


@pytest.mark.parametrize("pc", list(LAYOUTS))
def test_scan_into_another_field_leaves_that_field_as_it_was(
    page: Page, desk: Desk, pc: str
) -> None:
    page.fill("#other", "half a note")
    page.locator("#other").evaluate("e => e.setSelectionRange(4, 4)")
    scan(page, URL, pc=pc)
    page.wait_for_selector(".answer.ok")
    assert len(desk.sent) == 1
    assert page.input_value("#other") == "half a note"
    assert page.locator("#other").evaluate("e => e.selectionStart") == 4
    assert page.evaluate("document.activeElement.id") == "other"


def test_scan_presses_no_button_that_has_the_focus(page: Page, desk: Desk) -> None:
    page.focus("[data-mute]")
    scan(page, URL)
    page.wait_for_selector(".answer.ok")
    assert page.get_attribute("[data-mute]", "aria-pressed") == "false"
    assert len(desk.sent) == 1


@pytest.mark.parametrize("focused", ["[data-mute]", "#scan"])
def test_field_is_empty_after_a_scan(page: Page, desk: Desk, focused: str) -> None:
    page.focus(focused)
    scan(page, URL, pc="swiss")
    page.wait_for_selector(".answer.ok")
    assert page.input_value("#scan") == ""


def test_what_was_typed_before_a_scan_is_in_nobodys_way(page: Page, desk: Desk) -> None:
    page.fill("#scan", "Dupo")
    scan(page, CODE)
    page.wait_for_selector(".answer.ok")
    assert [codes.scan(sent["scan"]).code for sent in desk.sent] == [CODE]
    assert page.input_value("#scan") == ""


@pytest.mark.parametrize("cut", [1, 2, 4])
@pytest.mark.parametrize("text", [CODE, URL])
def test_scan_with_a_pause_in_it_is_one_scan(page: Page, desk: Desk, text: str, cut: int) -> None:
    page.fill("#scan", text[:cut])  # keys of longer ago than a burst's
    scan(page, text[cut:])
    page.wait_for_selector(".answer.ok")
    assert [codes.scan(sent["scan"]) for sent in desk.sent] == [codes.scan(text)]
    assert page.input_value("#scan") == ""


def test_click_on_the_camera_leaves_the_focus_with_the_field(page: Page) -> None:
    page.click('[data-part="toggle"]')
    assert page.evaluate("document.activeElement.id") == "scan"


def test_slow_typing_is_no_scan(page: Page, desk: Desk) -> None:
    page.focus("#other")
    scan(page, CODE, gap=0.12)
    assert page.input_value("#other") == CODE
    assert desk.sent == []


def test_typing_and_enter_in_the_field_is_sent_as_typed(page: Page, desk: Desk) -> None:
    scan(page, "dupont", gap=0.12)
    page.wait_for_selector(".answer.ok")
    assert [sent["scan"] for sent in desk.sent] == ["dupont"]


def test_few_fast_keys_are_no_scan(page: Page, desk: Desk) -> None:
    scan(page, "abc")
    page.wait_for_selector(".answer.ok")
    assert [sent["scan"] for sent in desk.sent] == ["abc"]


def test_typing_beside_every_field_lands_in_the_desks(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("Dup")
    assert page.input_value("#scan") == "Dup"


def test_very_long_scan_is_sent_whole(page: Page, desk: Desk) -> None:
    text = "A" * 600
    page.locator("#scan").evaluate("(e, text) => { e.value = text }", text)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer.ok")
    assert [len(sent["scan"]) for sent in desk.sent] == [600]
